// Index keys: one per searchable field and generation, random, wrapped under the field's class key: searching is
// authorised like reading.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "keys/meta_table.h"
#include "people/session.h"
#include "vault/postings.h"
#include "vault/schema_book.h"

namespace mseal::vault {

// Of the key an index is born with: raised by rotating the index.
inline constexpr std::uint32_t kFirstIndexGeneration = 1;

// One key of an index.
struct IndexKeyName {
  std::uint32_t index = 0;
  std::uint32_t generation = kFirstIndexGeneration;
  auto operator<=>(const IndexKeyName&) const = default;
};

// The name in a row of meta's id.
IndexKeyName NameOfIndexKey(ByteView id);

// Makes a key for each searchable field of the schema that has none yet, into `batch`. The session holds the fields'
// classes. `before`: the schema that went before, or null. What it could search has a key already: one that is missing
// was taken away, and another in its place would hide what is stored and let ids be given twice.
Status MakeIndexKeys(const StoreIdentity& identity, const keys::MetaTable& meta, people::Session& session,
                     const people::Chain& chain, const ActiveSchema& schema, store::Batch& batch,
                     const schema::Schema* before = nullptr);

// Draws a key and puts it into `batch`, wrapped under the newest key of the class, which the session holds. The batch
// is refused with Conflict if the index has that key already, or if the chain of statements has grown.
Status MakeIndexKey(const StoreIdentity& identity, const keys::MetaTable& meta, people::Session& session,
                    const people::Chain& chain, const IndexKeyName& name, people::ClassNumber number,
                    store::Batch& batch);

// Refuses `batch` with Conflict once the index has a newer key: what is written under this one would be missed.
void RequireNewestIndexKey(const keys::MetaTable& meta, const IndexKeyName& name, store::Batch& batch);

// Every index key of the class, of every generation, under `next` of `version` instead, into `batch`. The session holds
// the class.
// Every index key as it is, under the suite of `identity` that is the newest.
Status ResealIndexKeys(const StoreIdentity& identity, const keys::MetaTable& meta, people::Session& session,
                       store::Batch& batch);
// Whether the content of an index key's row lies under the suite.
bool IsIndexKeyUnder(seal::Suite suite, ByteView content);
Status RewrapIndexKeys(const StoreIdentity& identity, const keys::MetaTable& meta, people::Session& session,
                       people::ClassNumber number, const keys::ClassKey& next, people::ClassKeyVersion version,
                       store::Batch& batch);

// The index keys one session unwrapped. Any thread may call.
class IndexKeys {
 public:
  // `number`: the class of the index's field.
  //   PermissionDenied  the session does not hold the class
  //   KeyUnavailable    the index has no such key
  //   AuthFailed        its key was changed, is of another class, or lies under a class key that was rotated away
  Result<std::shared_ptr<const IndexKey>> Load(const StoreIdentity& identity, const keys::MetaTable& meta,
                                               people::Session& session, const IndexKeyName& name,
                                               people::ClassNumber number);
  void Clear();

 private:
  std::mutex mutex_;
  std::map<IndexKeyName, std::shared_ptr<const IndexKey>> known_;
};

// What the values of a field are called in its index, under the key `name` has; into `names`, each once. `wire`: the
// field's bytes in its message.
Status AddNames(const IndexKey& key, const IndexKeyName& name, const schema::FieldPlan& field, ByteView wire,
                std::vector<format::HeaderPosting>& names);

}  // namespace mseal::vault
