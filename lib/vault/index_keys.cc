// Wraps and unwraps index keys.
#include "vault/index_keys.h"

#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"
#include "schema/normalize.h"
#include "schema/walker.h"

namespace mseal::vault {
namespace {

using format::ContextItem;

constexpr std::uint8_t kIndexKeyVersion = 1;

seal::Place IndexKeyPlace(const StoreIdentity& identity, const IndexKeyName& name, people::ClassNumber number,
                          people::ClassKeyVersion version) {
  format::Context context(format::ContextKind::kIndexKey);
  context.Add(ContextItem::kStore, identity.store).AddNumber(ContextItem::kIndex, name.index);
  context.AddNumber(ContextItem::kGeneration, name.generation).AddNumber(ContextItem::kClass, number);
  context.AddNumber(ContextItem::kVersion, version);
  return {.purpose = format::Purpose::kIndexKey,
          .suite = identity.suite,
          .context = seal::DigestOf(context),
          .class_number = number,
          .number = name.index};
}

Bytes IdOf(const IndexKeyName& name) { return keys::MetaIdOf({name.index, name.generation}); }

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

Bytes WriteIndexKey(const StoreIdentity& identity, const IndexKeyName& name, const StoredIndexKey& facts,
                    const keys::ClassKey& class_key, const KeyBytes& key) {
  Bytes content;
  Writer(content).U8(kIndexKeyVersion).U8(facts.class_number).U32(facts.version).U32(facts.normalizer);
  Writer(content).Raw(seal::WrapKey(class_key.Reveal(),
                                    IndexKeyPlace(identity, name, facts.class_number, facts.version), key.Reveal()));
  return content;
}

Result<KeyBytes> UnwrapIndexKey(const StoreIdentity& identity, const IndexKeyName& name, const StoredIndexKey& stored,
                                people::Session& session) {
  MS_ASSIGN(const auto class_key, session.ClassKeyAt(stored.class_number, stored.version));
  return seal::UnwrapKey(class_key->Reveal(), IndexKeyPlace(identity, name, stored.class_number, stored.version),
                         stored.wrapped);
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

IndexKeyName NameOfIndexKey(ByteView id) {
  Reader in(id);
  IndexKeyName name;
  name.index = in.U32();
  name.generation = in.U32();
  return name;
}

Status MakeIndexKey(const StoreIdentity& identity, const keys::MetaTable& meta, people::Session& session,
                    const people::Chain& chain, const IndexKeyName& name, people::ClassNumber number,
                    store::Batch& batch) {
  const people::ClassKeyVersion version = chain.NewestVersion(number);
  MS_ASSIGN(const auto class_key, session.ClassKeyAt(number, version));
  const KeyBytes key = crypto::RandomKey();
  meta.RequireAbsent(batch, keys::MetaKind::kIndexKey, IdOf(name));
  people::RequireNewest(meta, chain, batch);
  meta.Put(batch, keys::MetaKind::kIndexKey, IdOf(name),
           WriteIndexKey(identity, name, {number, version, schema::NormalizerVersion(), {}}, *class_key, key));
  return Status::Ok();
}

void RequireNewestIndexKey(const keys::MetaTable& meta, const IndexKeyName& name, store::Batch& batch) {
  meta.RequireAbsent(batch, keys::MetaKind::kIndexKey, IdOf({name.index, name.generation + 1}));
}

Status MakeIndexKeys(const StoreIdentity& identity, const keys::MetaTable& meta, people::Session& session,
                     const people::Chain& chain, const ActiveSchema& schema, store::Batch& batch,
                     const schema::Schema* before) {
  for (const schema::TypePlan& type : schema.schema->types()) {
    for (const schema::FieldPlan& field : type.fields) {
      if (!field.find || CouldSearch(before, field.index_id)) continue;
      const IndexKeyName name{field.index_id};
      const auto known = meta.Get(keys::MetaKind::kIndexKey, IdOf(name));
      if (known.ok()) continue;
      if (known.code() != StatusCode::kNotFound) return known.status();
      MS_TRY(MakeIndexKey(identity, meta, session, chain, name, schema.NumberOf(field.class_index), batch));
    }
  }
  return Status::Ok();
}

Status RewrapIndexKeys(const StoreIdentity& identity, const keys::MetaTable& meta, people::Session& session,
                       people::ClassNumber number, const keys::ClassKey& next, people::ClassKeyVersion version,
                       store::Batch& batch) {
  return meta.ForEach(keys::MetaKind::kIndexKey, [&](ByteView id, const SecretBytes& content) -> Status {
    const IndexKeyName name = NameOfIndexKey(id);
    MS_ASSIGN(StoredIndexKey stored, ReadIndexKey(content.Reveal()));
    if (stored.class_number != number) return Status::Ok();
    MS_ASSIGN(const KeyBytes key, UnwrapIndexKey(identity, name, stored, session));
    stored.version = version;
    meta.Put(batch, keys::MetaKind::kIndexKey, id, WriteIndexKey(identity, name, stored, next, key));
    return Status::Ok();
  });
}

Status ResealIndexKeys(const StoreIdentity& identity, const keys::MetaTable& meta, people::Session& session,
                       store::Batch& batch) {
  return meta.ForEach(keys::MetaKind::kIndexKey, [&](ByteView id, const SecretBytes& content) -> Status {
    const IndexKeyName name = NameOfIndexKey(id);
    MS_ASSIGN(const StoredIndexKey stored, ReadIndexKey(content.Reveal()));
    MS_ASSIGN(const KeyBytes key, UnwrapIndexKey(identity, name, stored, session));
    MS_ASSIGN(const auto class_key, session.ClassKeyAt(stored.class_number, stored.version));
    meta.Put(batch, keys::MetaKind::kIndexKey, id, WriteIndexKey(identity, name, stored, *class_key, key));
    return Status::Ok();
  });
}

bool IsIndexKeyUnder(seal::Suite suite, ByteView content) {
  const auto stored = ReadIndexKey(content);
  return stored.ok() && seal::IsUnder(suite, stored->wrapped);
}

Result<std::shared_ptr<const IndexKey>> IndexKeys::Load(const StoreIdentity& identity, const keys::MetaTable& meta,
                                                        people::Session& session, const IndexKeyName& name,
                                                        people::ClassNumber number) {
  std::lock_guard lock(mutex_);
  const auto found = known_.find(name);
  if (found != known_.end()) return found->second;
  const people::ClassKeyVersion newest = session.NewestVersion(number);  // before the row, which may pass it meanwhile
  const auto content = meta.Get(keys::MetaKind::kIndexKey, IdOf(name));
  if (content.code() == StatusCode::kNotFound) return Status::KeyUnavailable("the index has no key");
  MS_TRY(content.status());
  MS_ASSIGN(const StoredIndexKey stored, ReadIndexKey(content->Reveal()));
  // Whoever seals rows of meta and holds some other class could plant a key of their own, and so learn later values.
  if (stored.class_number != number)
    return Status::AuthFailed("the key of an index is of another class than its field");
  if (!session.Holds(number)) return Status::PermissionDenied("the session does not hold the field's class");
  // Rotation of the class rewraps them all: one under an older version was put there by somebody who held that.
  if (stored.version < newest)
    return Status::AuthFailed("the key of an index lies under a class key that was rotated away");
  MS_ASSIGN(KeyBytes key, UnwrapIndexKey(identity, name, stored, session));
  return known_[name] = std::make_shared<const IndexKey>(std::move(key));
}

void IndexKeys::Clear() {
  std::lock_guard lock(mutex_);
  known_.clear();
}

Status AddNames(const IndexKey& key, const IndexKeyName& name, const schema::FieldPlan& field, ByteView wire,
                std::vector<format::HeaderPosting>& names) {
  std::vector<ByteView> values;
  SecretBytes numbers;
  MS_TRY(schema::Values(field, wire, values, numbers));
  for (const ByteView one : values) {
    const schema::Normalized normalised = schema::Normalize(field.normalizer, one);
    if (normalised.value.empty()) continue;
    const format::HeaderPosting posting{name.index, name.generation, InnerToken(key, normalised.value.Reveal())};
    if (std::find(names.begin(), names.end(), posting) == names.end()) names.push_back(posting);
  }
  return Status::Ok();
}

}  // namespace mseal::vault
