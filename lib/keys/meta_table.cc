// Seals and opens rows of meta.
#include "keys/meta_table.h"

#include <mutex>

#include "base/writer.h"

namespace mseal::keys {
namespace {

using format::ContextItem;
using store::Table;

seal::Place MetaKeyPlace(const StoreId& store, seal::SuiteSet suite, std::uint32_t epoch) {
  format::Context context(format::ContextKind::kMetaKey);
  context.Add(ContextItem::kStore, store).AddNumber(ContextItem::kEpoch, epoch);
  return {.purpose = format::Purpose::kMetaKey, .suite = suite, .context = seal::DigestOf(context)};
}

Bytes MetaKeyRow(std::uint32_t epoch) { return format::MetaKey(epoch, MetaKind::kMetaKey, {}); }

}  // namespace

Bytes MetaIdOf(std::initializer_list<std::uint32_t> numbers) {
  Bytes id;
  for (const std::uint32_t number : numbers) Writer(id).U32(number);
  return id;
}

MetaTable::MetaTable(store::Rows& rows, const StoreId& store, seal::SuiteView suite, KeyPointer key)
    : rows_(rows), store_(store), suite_(suite), key_(std::move(key)) {}

std::unique_ptr<MetaTable> MetaTable::Make(store::Rows& rows, const StoreId& store, seal::SuiteView suite,
                                           const Epoch& epoch, store::Batch& batch) {
  auto key = std::make_shared<const Key>(Key{epoch.number, crypto::RandomKey()});
  batch.Put(Table::kMeta, MetaKeyRow(epoch.number),
            seal::WrapKey(epoch.secret.Reveal(), MetaKeyPlace(store, suite, epoch.number), key->key.Reveal()));
  return std::unique_ptr<MetaTable>(new MetaTable(rows, store, suite, std::move(key)));
}

Result<std::unique_ptr<MetaTable>> MetaTable::Open(store::Rows& rows, const StoreId& store, seal::SuiteView suite,
                                                   const Epoch& epoch) {
  Bytes sealed;
  MS_TRY(rows.Get(Table::kMeta, MetaKeyRow(epoch.number), sealed));
  MS_ASSIGN(KeyBytes key, seal::UnwrapKey(epoch.secret.Reveal(), MetaKeyPlace(store, suite, epoch.number), sealed));
  auto pointer = std::make_shared<const Key>(Key{epoch.number, std::move(key)});
  return std::unique_ptr<MetaTable>(new MetaTable(rows, store, suite, std::move(pointer)));
}

MetaTable::KeyPointer MetaTable::current() const {
  const std::shared_lock lock(key_mutex_);
  return key_;
}

std::uint32_t MetaTable::epoch() const { return current()->epoch; }

// What was there at a point before the newest change of epoch lies under the key before.
Result<MetaTable::KeyPointer> MetaTable::KeyAt(const store::Snapshot* at) const {
  KeyPointer newest, older;
  {
    const std::shared_lock lock(key_mutex_);
    newest = key_;
    older = older_;
  }
  Bytes sealed;
  for (const KeyPointer& key : {newest, older}) {
    if (key == nullptr) continue;
    const Status got = rows_.Get(Table::kMeta, MetaKeyRow(key->epoch), sealed, at);
    if (got.code() != StatusCode::kNotFound) return got.ok() ? Result<KeyPointer>(key) : got;
  }
  return Status::KeyUnavailable("the epoch has changed since the point in time that is looked at");
}

seal::Place MetaTable::PlaceOf(std::uint32_t epoch, MetaKind kind, ByteView id) const {
  format::Context context(format::ContextKind::kMeta);
  context.Add(ContextItem::kStore, store_).AddNumber(ContextItem::kEpoch, epoch);
  context.AddNumber(ContextItem::kRowKind, static_cast<std::uint8_t>(kind)).Add(ContextItem::kRowId, id);
  return {.purpose = format::Purpose::kMeta, .suite = suite_, .context = seal::DigestOf(context)};
}

void MetaTable::RequireEpoch(store::Batch& batch, std::uint32_t epoch) const {
  batch.RequireAbsent(Table::kMeta, MetaKeyRow(epoch + 1));
}

void MetaTable::Put(store::Batch& batch, MetaKind kind, ByteView id, ByteView content) const {
  const KeyPointer key = current();
  RequireEpoch(batch, key->epoch);
  batch.Put(Table::kMeta, format::MetaKey(key->epoch, kind, id),
            seal::Seal(key->key.Reveal(), PlaceOf(key->epoch, kind, id), content));
}

void MetaTable::Delete(store::Batch& batch, MetaKind kind, ByteView id) const {
  const KeyPointer key = current();
  RequireEpoch(batch, key->epoch);
  batch.Delete(Table::kMeta, format::MetaKey(key->epoch, kind, id));
}

void MetaTable::RequireAbsent(store::Batch& batch, MetaKind kind, ByteView id) const {
  const KeyPointer key = current();
  RequireEpoch(batch, key->epoch);
  batch.RequireAbsent(Table::kMeta, format::MetaKey(key->epoch, kind, id));
}

Status MetaTable::Commit(const store::Batch& batch, store::Durability durability) const {
  const std::shared_lock gate(commit_gate_);
  return rows_.Commit(batch, durability);
}

// The row may have gone with its epoch between the look at the key and the look at the row: once more, then.
Result<SecretBytes> MetaTable::Get(MetaKind kind, ByteView id) const {
  for (KeyPointer key = current();;) {
    Bytes sealed;
    const Status got = rows_.Get(Table::kMeta, format::MetaKey(key->epoch, kind, id), sealed);
    KeyPointer now = current();
    if (got.code() == StatusCode::kNotFound && now != key) {
      key = std::move(now);
      continue;
    }
    MS_TRY(got);
    return seal::Open(key->key.Reveal(), PlaceOf(key->epoch, kind, id), sealed);
  }
}

Status MetaTable::ForEach(MetaKind kind, const std::function<Status(ByteView, const SecretBytes&)>& visit,
                          const store::Snapshot* at) const {
  std::unique_ptr<store::Snapshot> now;
  if (at == nullptr) at = (now = rows_.Freeze()).get();
  MS_ASSIGN(const KeyPointer key, KeyAt(at));
  const Bytes first = format::MetaKey(key->epoch, kind, {});
  const auto cursor = rows_.Scan(Table::kMeta, first, format::AfterPrefix(first), at);
  for (; cursor->Valid(); cursor->Next()) {
    MS_ASSIGN(const ByteView id, format::MetaId(cursor->key(), key->epoch, kind));
    MS_ASSIGN(const SecretBytes content, seal::Open(key->key.Reveal(), PlaceOf(key->epoch, kind, id), cursor->value()));
    MS_TRY(visit(id, content));
  }
  return cursor->status();
}

Status MetaTable::ForEachStored(const Key& key,
                                const std::function<Status(MetaKind, ByteView, const SecretBytes&)>& visit) const {
  const Bytes first = format::MetaEpochPrefix(key.epoch);
  const auto cursor = rows_.Scan(Table::kMeta, first, format::AfterPrefix(first));
  for (; cursor->Valid(); cursor->Next()) {
    MS_ASSIGN(const MetaKind kind, format::MetaKindOf(cursor->key()));
    if (kind == MetaKind::kMetaKey) continue;  // sealed under the epoch secret
    MS_ASSIGN(const ByteView id, format::MetaId(cursor->key(), key.epoch, kind));
    MS_ASSIGN(const SecretBytes content, seal::Open(key.key.Reveal(), PlaceOf(key.epoch, kind, id), cursor->value()));
    MS_TRY(visit(kind, id, content));
  }
  return cursor->status();
}

Status MetaTable::Renew(const Epoch& epoch, std::uint64_t& number_of_rows) {
  const std::unique_lock gate(commit_gate_);
  store::Batch batch;
  const auto renewed = Make(rows_, store_, suite_, epoch, batch);
  number_of_rows = 0;
  MS_TRY(ForEachStored(*current(), [&](MetaKind kind, ByteView id, const SecretBytes& content) {
    ++number_of_rows;
    renewed->Put(batch, kind, id, content.Reveal());
    return Status::Ok();
  }));
  MS_TRY(rows_.Commit(batch, store::Durability::kPower));
  const std::unique_lock lock(key_mutex_);
  older_ = std::move(key_);
  key_ = renewed->key_;
  return Status::Ok();
}

Status MetaTable::CheckAll() const {
  return ForEachStored(*current(), [](MetaKind, ByteView, const SecretBytes&) { return Status::Ok(); });
}

Status MetaTable::DropOlder(store::Batch& batch) {
  const auto cursor = rows_.Scan(Table::kMeta, {}, format::MetaEpochPrefix(epoch()));
  for (; cursor->Valid(); cursor->Next()) batch.Delete(Table::kMeta, cursor->key());
  MS_TRY(cursor->status());
  const std::unique_lock lock(key_mutex_);
  older_.reset();
  return Status::Ok();
}

}  // namespace mseal::keys
