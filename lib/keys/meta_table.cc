// Seals and opens rows of meta.
#include "keys/meta_table.h"

#include "base/writer.h"

namespace mseal::keys {
namespace {

using format::ContextItem;

seal::Place MetaKeyPlace(const StoreId& store, crypto::Suite suite, std::uint32_t epoch) {
  format::Context context(format::ContextKind::kMetaKey);
  context.Add(ContextItem::kStore, store).AddNumber(ContextItem::kEpoch, epoch);
  return {.purpose = format::Purpose::kMetaKey, .suite = suite, .context = seal::DigestOf(context)};
}

}  // namespace

Bytes MetaIdOf(std::initializer_list<std::uint32_t> numbers) {
  Bytes id;
  for (const std::uint32_t number : numbers) Writer(id).U32(number);
  return id;
}

MetaTable::MetaTable(store::Rows& rows, const StoreId& store, crypto::Suite suite, std::uint32_t epoch, KeyBytes key)
    : rows_(rows), store_(store), suite_(suite), epoch_(epoch), key_(std::move(key)) {}

std::unique_ptr<MetaTable> MetaTable::Make(store::Rows& rows, const StoreId& store, crypto::Suite suite,
                                           std::uint32_t epoch, const EpochSecret& secret, store::Batch& batch) {
  KeyBytes key = crypto::RandomKey();
  const Bytes sealed = seal::WrapKey(secret.Reveal(), MetaKeyPlace(store, suite, epoch), key.Reveal());
  batch.Put(store::Table::kMeta, format::MetaKey(epoch, MetaKind::kMetaKey, {}), sealed);
  return std::unique_ptr<MetaTable>(new MetaTable(rows, store, suite, epoch, std::move(key)));
}

Result<std::unique_ptr<MetaTable>> MetaTable::Open(store::Rows& rows, const StoreId& store, crypto::Suite suite,
                                                   std::uint32_t epoch, const EpochSecret& secret) {
  Bytes sealed;
  MS_TRY(rows.Get(store::Table::kMeta, format::MetaKey(epoch, MetaKind::kMetaKey, {}), sealed));
  MS_ASSIGN(KeyBytes key, seal::UnwrapKey(secret.Reveal(), MetaKeyPlace(store, suite, epoch), sealed));
  return std::unique_ptr<MetaTable>(new MetaTable(rows, store, suite, epoch, std::move(key)));
}

seal::Place MetaTable::PlaceOf(MetaKind kind, ByteView id) const {
  format::Context context(format::ContextKind::kMeta);
  context.Add(ContextItem::kStore, store_).AddNumber(ContextItem::kEpoch, epoch_);
  context.AddNumber(ContextItem::kRowKind, static_cast<std::uint8_t>(kind)).Add(ContextItem::kRowId, id);
  return {.purpose = format::Purpose::kMeta, .suite = suite_, .context = seal::DigestOf(context)};
}

void MetaTable::Put(store::Batch& batch, MetaKind kind, ByteView id, ByteView content) const {
  batch.Put(store::Table::kMeta, format::MetaKey(epoch_, kind, id),
            seal::Seal(key_.Reveal(), PlaceOf(kind, id), content));
}

void MetaTable::Delete(store::Batch& batch, MetaKind kind, ByteView id) const {
  batch.Delete(store::Table::kMeta, format::MetaKey(epoch_, kind, id));
}

void MetaTable::RequireAbsent(store::Batch& batch, MetaKind kind, ByteView id) const {
  batch.RequireAbsent(store::Table::kMeta, format::MetaKey(epoch_, kind, id));
}

Result<SecretBytes> MetaTable::Get(MetaKind kind, ByteView id) const {
  Bytes sealed;
  MS_TRY(rows_.Get(store::Table::kMeta, format::MetaKey(epoch_, kind, id), sealed));
  return seal::Open(key_.Reveal(), PlaceOf(kind, id), sealed);
}

Status MetaTable::ForEach(MetaKind kind, const std::function<Status(ByteView, const SecretBytes&)>& visit,
                          const store::Snapshot* at) const {
  const Bytes first = format::MetaKey(epoch_, kind, {});
  const auto cursor = rows_.Scan(store::Table::kMeta, first, format::AfterPrefix(first), at);
  for (; cursor->Valid(); cursor->Next()) {
    MS_ASSIGN(const ByteView id, format::MetaId(cursor->key(), epoch_, kind));
    MS_ASSIGN(const SecretBytes content, seal::Open(key_.Reveal(), PlaceOf(kind, id), cursor->value()));
    MS_TRY(visit(id, content));
  }
  return cursor->status();
}

}  // namespace mseal::keys
