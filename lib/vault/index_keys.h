// Index keys: one per searchable field, random, wrapped under the field's class key: searching is authorised like
// reading.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "keys/meta_table.h"
#include "people/session.h"
#include "vault/postings.h"
#include "vault/schema_book.h"

namespace mseal::vault {

// Generation of every index key so far: raised by rotating the index.
inline constexpr std::uint32_t kIndexGeneration = 1;

// Makes a key for each searchable field of the schema that has none yet, into `batch`. The session holds the fields'
// classes. `before`: the schema that went before, or null. What it could search has a key already: one that is missing
// was taken away, and another in its place would hide what is stored and let ids be given twice.
Status MakeIndexKeys(const StoreIdentity& identity, const keys::MetaTable& meta, people::Session& session,
                     const people::Chain& chain, const ActiveSchema& schema, store::Batch& batch,
                     const schema::Schema* before = nullptr);

// Every index key of the class, under `next` of `version` instead, into `batch`. The session holds the class.
Status RewrapIndexKeys(const StoreIdentity& identity, const keys::MetaTable& meta, people::Session& session,
                       people::ClassNumber number, const keys::ClassKey& next, people::ClassKeyVersion version,
                       store::Batch& batch);

// The index keys one session unwrapped. Any thread may call.
class IndexKeys {
 public:
  // `number`: the class of the index's field.
  //   PermissionDenied  the session does not hold the class
  //   KeyUnavailable    the index has no key
  //   AuthFailed        its key was changed, or is of another class
  Result<std::shared_ptr<const IndexKey>> Load(const StoreIdentity& identity, const keys::MetaTable& meta,
                                               people::Session& session, std::uint32_t index,
                                               people::ClassNumber number);
  void Clear();

 private:
  std::mutex mutex_;
  std::map<std::uint32_t, std::shared_ptr<const IndexKey>> known_;
};

}  // namespace mseal::vault
