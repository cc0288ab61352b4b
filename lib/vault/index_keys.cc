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

Status MakeIndexKey(const StoreIdentity& identity, const keys::MetaTable& meta, people::Session& session,
                    const people::Chain& chain, std::uint32_t index, people::ClassNumber number, store::Batch& batch) {
  const people::ClassKeyVersion version = chain.NewestVersion(number);
  MS_ASSIGN(const auto class_key, session.ClassKeyAt(number, version));
  const KeyBytes key = crypto::RandomKey();
  Bytes content;
  Writer(content).U8(kIndexKeyVersion).U8(number).U32(version).U32(schema::NormalizerVersion());
  Writer(content).Raw(
      seal::WrapKey(class_key->Reveal(), IndexKeyPlace(identity, index, number, version), key.Reveal()));
  meta.RequireAbsent(batch, keys::MetaKind::kIndexKey, IndexKeyId(index));
  meta.Put(batch, keys::MetaKind::kIndexKey, IndexKeyId(index), content);
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

Result<std::shared_ptr<const IndexKey>> IndexKeys::Load(const StoreIdentity& identity, const keys::MetaTable& meta,
                                                        people::Session& session, std::uint32_t index,
                                                        people::ClassNumber number) {
  std::lock_guard lock(mutex_);
  const auto found = known_.find(index);
  if (found != known_.end()) return found->second;
  const auto content = meta.Get(keys::MetaKind::kIndexKey, IndexKeyId(index));
  if (content.code() == StatusCode::kNotFound) return Status::KeyUnavailable("the index has no key");
  MS_TRY(content.status());
  Reader in(content->Reveal());
  const std::uint8_t format_version = in.U8();
  if (in.ok() && format_version != kIndexKeyVersion) return Status::UnsupportedVersion("index key");
  const people::ClassNumber named = in.U8();
  const people::ClassKeyVersion version = in.U32();
  in.U32();  // the normaliser's version: compared when the index is rotated
  const ByteView wrapped = in.Rest();
  if (!in.ok()) return Status::Corrupt("index key is cut short");
  // Whoever seals rows of meta and holds some other class could plant a key of their own, and so learn later values.
  if (named != number) return Status::AuthFailed("the key of an index is of another class than its field");
  if (!session.Holds(number)) return Status::PermissionDenied("the session does not hold the field's class");
  MS_ASSIGN(const auto class_key, session.ClassKeyAt(number, version));
  MS_ASSIGN(KeyBytes key,
            seal::UnwrapKey(class_key->Reveal(), IndexKeyPlace(identity, index, number, version), wrapped));
  return known_[index] = std::make_shared<const IndexKey>(std::move(key));
}

void IndexKeys::Clear() {
  std::lock_guard lock(mutex_);
  known_.clear();
}

}  // namespace mseal::vault
