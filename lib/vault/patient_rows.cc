// Gathers a patient's rows and adds them up.
#include "vault/patient_rows.h"

#include <map>

#include "format/keys_of_rows.h"
#include "format/row.h"

namespace mseal::vault {
namespace {

using store::Table;

struct Gathering {
  PatientRows rows;
  std::map<Bytes, Bytes> unknown;  // rows that are not live: history, or planted
  format::RowSum sum;
  std::uint64_t count = 0;

  void Count(const keys::PatientKeys& keys, ByteView row_key, const OpenedRow& row) {
    ++count;
    sum.Add(keys::DigestOfRow(keys, row_key, row.commitment));
  }
};

Status GatherRow(const Core& core, const keys::PatientKeys& keys, ByteView row_key, ByteView value,
                 Gathering& gathered) {
  keys::RecordHandle handle;
  if (row_key.size() != handle.size()) return Status::AuthFailed("a row has a key of the wrong size");
  CopyBytes(row_key, handle);
  MS_ASSIGN(const format::RowKind kind, format::KindOfRow(value));
  if (kind == format::RowKind::kChunk) {
    gathered.rows.chunks.emplace(row_key.begin(), row_key.end());
    return Status::Ok();
  }
  // A row whose key is its record's tag is live; a replaced one has another key and does not open this way.
  auto row = OpenRow(core.identity, keys, keys::TagOf(handle), Bytes(value.begin(), value.end()));
  if (!row.ok()) {
    gathered.unknown.emplace(Bytes(row_key.begin(), row_key.end()), Bytes(value.begin(), value.end()));
    return Status::Ok();
  }
  gathered.Count(keys, row_key, *row);
  gathered.rows.live.push_back(std::move(*row));
  return Status::Ok();
}

// The history of a live record lies where its versions say.
Status GatherHistory(const Core& core, const keys::PatientKeys& keys, const OpenedRow& live, Gathering& gathered) {
  for (std::uint64_t version = live.header.version; version-- > 1;) {
    const Bytes row_key = HistoryRowKey(keys, live.header.type, live.header.record_id.Reveal(), version);
    const auto found = gathered.unknown.find(row_key);
    if (found == gathered.unknown.end()) continue;
    MS_ASSIGN(OpenedRow row, OpenRow(core.identity, keys, live.place.tag, std::move(found->second)));
    if (row.header.version != version) return Status::AuthFailed("a row of another version lies in the history");
    gathered.Count(keys, row_key, row);
    gathered.rows.history.push_back(std::move(row));
    gathered.unknown.erase(found);
  }
  return Status::Ok();
}

}  // namespace

Result<PatientRows> CollectPatient(const Core& core, const keys::PatientKeys& keys, const store::Snapshot& at) {
  MS_ASSIGN(const format::Head head, keys::ReadHead(*core.rows, core.identity.store, core.identity.suite, keys, &at));
  Gathering gathered;
  const auto cursor = core.rows->Scan(Table::kRecords, keys.handle, format::AfterPrefix(keys.handle), &at);
  for (; cursor->Valid(); cursor->Next()) MS_TRY(GatherRow(core, keys, cursor->key(), cursor->value(), gathered));
  MS_TRY(cursor->status());
  for (const OpenedRow& live : gathered.rows.live) MS_TRY(GatherHistory(core, keys, live, gathered));
  if (!gathered.unknown.empty())
    return Status::AuthFailed("a patient has a row that does not open or that no record accounts for");
  if (gathered.count != head.rows || !(gathered.sum == head.sum))
    return Status::AuthFailed("a patient's rows do not add up to the head");
  return std::move(gathered.rows);
}

Result<std::vector<OpenedRow>> LiveRowsThatOpen(const Core& core, const keys::PatientKeys& keys,
                                                const store::Snapshot& at) {
  Gathering gathered;
  const auto cursor = core.rows->Scan(Table::kRecords, keys.handle, format::AfterPrefix(keys.handle), &at);
  for (; cursor->Valid(); cursor->Next()) {
    const Status row = GatherRow(core, keys, cursor->key(), cursor->value(), gathered);
    if (!row.ok() && !IsDamage(row.code())) return row;
  }
  MS_TRY(cursor->status());
  return std::move(gathered.rows.live);
}

std::set<Bytes> NamedChunks(const keys::PatientKeys& keys, const PatientRows& rows) {
  std::set<Bytes> named;
  for (const auto* list : {&rows.live, &rows.history}) {
    for (const OpenedRow& row : *list) {
      for (const format::HeaderStream& stream : row.header.streams) {
        for (std::uint64_t number = 0; number < stream.chunks; ++number)
          named.insert(ChunkRowKey(keys.handle, keys.tag.Reveal(), stream.id, number));
      }
    }
  }
  return named;
}

Status CheckChunks(const keys::PatientKeys& keys, const PatientRows& rows, const std::set<Bytes>& pending) {
  const std::set<Bytes> named = NamedChunks(keys, rows);
  for (const Bytes& chunk : named) {
    if (!rows.chunks.contains(chunk)) return Status::AuthFailed("a large value lacks a chunk");
  }
  for (const Bytes& chunk : rows.chunks) {
    if (!named.contains(chunk) && !pending.contains(chunk))
      return Status::AuthFailed("a chunk belongs to no large value");
  }
  return Status::Ok();
}

}  // namespace mseal::vault
