// Wraps and unwraps index keys.
#include "vault/index_keys.h"

#include "base/reader.h"
#include "base/writer.h"
#include "schema/normalize.h"

namespace mseal::vault {
namespace {

using format::ContextItem;

constexpr std::uint8_t kIndexKeyVersion = 1;

seal::Place IndexKeyPlace(const StoreIdentity& identity, std::uint32_t index, people::ClassNumber number,
                          people::ClassKeyVersion version) {
  format::Context context(format::ContextKind::kIndexKey);
  context.Add(ContextItem::kStore, identity.store).AddNumber(ContextItem::kIndex, index);
  context.AddNumber(ContextItem::kGeneration, kIndexGeneration).AddNumber(ContextItem::kClass, number);
  context.AddNumber(ContextItem::kVersion, version);
  return {.purpose = format::Purpose::kIndexKey,
          .suite = identity.suite,
          .context = seal::DigestOf(context),
          .class_number = number,
          .number = index};
}

Bytes IndexKeyId(std::uint32_t index) { return keys::MetaIdOf({index, kIndexGeneration}); }

// As stored; the wrapped key is borrowed.
struct StoredIndexKey {
  people::ClassNumber class_number = 0;
  people::ClassKeyVersion version = 0;
  std::uint32_t normalizer = 0;
  ByteView wrapped;
};

Result<StoredIndexKey> ReadIndexKey(ByteView content) {
  Reader in(content);
  const std::uint8_t format_version = in.U8();
  if (in.ok() && format_version != kIndexKeyVersion) return Status::UnsupportedVersion("index key");
  StoredIndexKey stored;
  stored.class_number = in.U8();
  stored.version = in.U32();
  stored.normalizer = in.U32();
  stored.wrapped = in.Rest();
  if (!in.ok()) return Status::Corrupt("index key is cut short");
  return stored;
}

Bytes WriteIndexKey(const StoreIdentity& identity, std::uint32_t index, const StoredIndexKey& facts,
                    const keys::ClassKey& class_key, const KeyBytes& key) {
  Bytes content;
  Writer(content).U8(kIndexKeyVersion).U8(facts.class_number).U32(facts.version).U32(facts.normalizer);
  Writer(content).Raw(seal::WrapKey(class_key.Reveal(),
                                    IndexKeyPlace(identity, index, facts.class_number, facts.version), key.Reveal()));
  return content;
}

Result<KeyBytes> UnwrapIndexKey(const StoreIdentity& identity, std::uint32_t index, const StoredIndexKey& stored,
                                people::Session& session) {
  MS_ASSIGN(const auto class_key, session.ClassKeyAt(stored.class_number, stored.version));
  return seal::UnwrapKey(class_key->Reveal(), IndexKeyPlace(identity, index, stored.class_number, stored.version),
                         stored.wrapped);
}

Status MakeIndexKey(const StoreIdentity& identity, const keys::MetaTable& meta, people::Session& session,
                    const people::Chain& chain, std::uint32_t index, people::ClassNumber number, store::Batch& batch) {
  const people::ClassKeyVersion version = chain.NewestVersion(number);
  MS_ASSIGN(const auto class_key, session.ClassKeyAt(number, version));
  const KeyBytes key = crypto::RandomKey();
  meta.RequireAbsent(batch, keys::MetaKind::kIndexKey, IndexKeyId(index));
  people::RequireNewest(meta, chain, batch);
  meta.Put(batch, keys::MetaKind::kIndexKey, IndexKeyId(index),
           WriteIndexKey(identity, index, {number, version, schema::NormalizerVersion(), {}}, *class_key, key));
  return Status::Ok();
}

bool CouldSearch(const schema::Schema* schema, std::uint32_t index) {
  if (schema == nullptr) return false;
  for (const schema::TypePlan& type : schema->types()) {
    for (const schema::FieldPlan& field : type.fields) {
      if (field.find && field.index_id == index) return true;
    }
  }
  return false;
}

}  // namespace

Status MakeIndexKeys(const StoreIdentity& identity, const keys::MetaTable& meta, people::Session& session,
                     const people::Chain& chain, const ActiveSchema& schema, store::Batch& batch,
                     const schema::Schema* before) {
  for (const schema::TypePlan& type : schema.schema->types()) {
    for (const schema::FieldPlan& field : type.fields) {
      if (!field.find || CouldSearch(before, field.index_id)) continue;
      const auto known = meta.Get(keys::MetaKind::kIndexKey, IndexKeyId(field.index_id));
      if (known.ok()) continue;
      if (known.code() != StatusCode::kNotFound) return known.status();
      MS_TRY(MakeIndexKey(identity, meta, session, chain, field.index_id, schema.NumberOf(field.class_index), batch));
    }
  }
  return Status::Ok();
}

Status RewrapIndexKeys(const StoreIdentity& identity, const keys::MetaTable& meta, people::Session& session,
                       people::ClassNumber number, const keys::ClassKey& next, people::ClassKeyVersion version,
                       store::Batch& batch) {
  return meta.ForEach(keys::MetaKind::kIndexKey, [&](ByteView id, const SecretBytes& content) -> Status {
    const std::uint32_t index = Reader(id).U32();
    MS_ASSIGN(StoredIndexKey stored, ReadIndexKey(content.Reveal()));
    if (stored.class_number != number) return Status::Ok();
    MS_ASSIGN(const KeyBytes key, UnwrapIndexKey(identity, index, stored, session));
    stored.version = version;
    meta.Put(batch, keys::MetaKind::kIndexKey, id, WriteIndexKey(identity, index, stored, next, key));
    return Status::Ok();
  });
}

Result<std::shared_ptr<const IndexKey>> IndexKeys::Load(const StoreIdentity& identity, const keys::MetaTable& meta,
                                                        people::Session& session, std::uint32_t index,
                                                        people::ClassNumber number) {
  std::lock_guard lock(mutex_);
  const auto found = known_.find(index);
  if (found != known_.end()) return found->second;
  const auto content = meta.Get(keys::MetaKind::kIndexKey, IndexKeyId(index));
  if (content.code() == StatusCode::kNotFound) return Status::KeyUnavailable("the index has no key");
  MS_TRY(content.status());
  MS_ASSIGN(const StoredIndexKey stored, ReadIndexKey(content->Reveal()));
  // Whoever seals rows of meta and holds some other class could plant a key of their own, and so learn later values.
  if (stored.class_number != number)
    return Status::AuthFailed("the key of an index is of another class than its field");
  if (!session.Holds(number)) return Status::PermissionDenied("the session does not hold the field's class");
  MS_ASSIGN(KeyBytes key, UnwrapIndexKey(identity, index, stored, session));
  return known_[index] = std::make_shared<const IndexKey>(std::move(key));
}

void IndexKeys::Clear() {
  std::lock_guard lock(mutex_);
  known_.clear();
}

}  // namespace mseal::vault
