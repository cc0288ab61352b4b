// Walks patients, then the tables nobody's patient accounts for.
#include "vault/verify.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "audit/log_heads.h"
#include "format/keys_of_rows.h"
#include "format/row.h"
#include "vault/erasures.h"
#include "vault/patient_change.h"
#include "vault/patient_rows.h"
#include "vault/read.h"
#include "vault/streams.h"

namespace mseal::vault {
namespace {

using store::Table;

// How often a record stands under a value. The postings of a value that many records share are read once, not once for
// each of those records, which would take the square of their number.
class PostingCounts {
 public:
  PostingCounts(const Core& core, const FrozenIndex& then) : core_(core), then_(then) {}

  Result<std::ptrdiff_t> Of(const format::HeaderPosting& name, const format::Posting& posting) {
    const auto kept = kept_.find(Key(name.index, name.generation, name.token));
    if (kept != kept_.end()) return CountIn(kept->second, posting);
    MS_ASSIGN(Places places, Read(name));
    const std::ptrdiff_t count = CountIn(places, posting);
    if (places.size() >= kWorthKeeping) Keep(name, std::move(places));
    return count;
  }

 private:
  using Key = std::tuple<std::uint32_t, std::uint32_t, ByteArray<16>>;
  using Place = std::pair<ByteArray<16>, ByteArray<16>>;
  using Places = std::vector<Place>;  // in order

  static constexpr std::size_t kWorthKeeping = 8;
  static constexpr std::size_t kMostKept = 4 << 20;  // places, of 32 bytes

  static std::ptrdiff_t CountIn(const Places& places, const format::Posting& posting) {
    const auto range = std::equal_range(places.begin(), places.end(), Place(posting.patient, posting.record_tag));
    return range.second - range.first;
  }

  Result<Places> Read(const format::HeaderPosting& name) const {
    MS_ASSIGN(const auto found, core_.postings->Find(*core_.rows, name, then_));
    Places places;
    places.reserve(found.size());
    for (const format::Posting& posting : found) places.emplace_back(posting.patient, posting.record_tag);
    std::sort(places.begin(), places.end());
    return places;
  }

  void Keep(const format::HeaderPosting& name, Places places) {
    if (count_kept_ + places.size() > kMostKept) kept_.clear(), count_kept_ = 0;
    count_kept_ += places.size();
    kept_.emplace(Key(name.index, name.generation, name.token), std::move(places));
  }

  const Core& core_;
  const FrozenIndex& then_;
  std::map<Key, Places> kept_;
  std::size_t count_kept_ = 0;
};

class Verifier {
 public:
  Verifier(Core& core, Desk* desk, const VerifyOptions& options, VerifyReport& report)
      : core_(core),
        desk_(desk),
        options_(options),
        report_(report),
        generations_(core.generations.All()),
        then_(core.postings->Freeze(*core.rows)),
        posting_counts_(core, then_) {}

  Status Run() {
    patients_in_all_ = core_.rows->Measure().approximate_rows[static_cast<int>(Table::kHeads)];
    MS_ASSIGN(pending_, PendingChunks(core_, then_.at.get()));
    if (!core_.meta->CheckAll().ok()) Problem("a row of meta does not open", nullptr);
    MS_TRY(VerifyLog());
    MS_TRY(VerifyPatients());
    MS_TRY(VerifyOwners(Table::kHeads, "a head belongs to no patient"));
    MS_TRY(VerifyOwners(Table::kRecords, "a record row belongs to no patient"));
    MS_TRY(VerifyOrdered());
    return report_.problems == 0 ? Status::Ok() : Status::AuthFailed("the store has problems");
  }

 private:
  void Problem(std::string_view what, const keys::PatientHandle* patient) {
    ++report_.problems;
    if (options_.on_problem) options_.on_problem(what, patient);
  }

  // The tree as a whole, and the last word on each patient's head since the store was last restored.
  Status VerifyLog() {
    if (core_.access_log == nullptr) return Status::Ok();
    MS_ASSIGN(const audit::LogPosition synced, core_.access_log->log().Sync());
    const auto compare = [&](const audit::LogPosition& at) {
      return at.root == synced.root ? Status::Ok() : Status::AuthFailed("the log of accesses was changed");
    };
    const auto walked = audit::WalkLog(core_.access_log->log().options().folder, core_.identity.store, {synced.size},
                                       compare, [&](std::uint64_t, std::uint64_t, ByteView entry) {
                                         NoteHead(entry);
                                         return Status::Ok();
                                       });
    if (walked.code() == StatusCode::kIoError) return walked.status();
    if (!walked.ok()) Problem(walked.status().message(), nullptr);
    return Status::Ok();
  }

  void NoteHead(ByteView bytes) {
    const auto mark = format::ParseLogMark(bytes);
    if (mark.ok() && mark->kind == format::LogMarkKind::kRestored) heads_.clear();
    if (const auto entry = audit::HeadEntryOf(bytes)) heads_[entry->patient_token] = *entry;
  }

  // An older head than the log tells of: patient and head were rolled back together.
  Status CompareWithLog(const keys::PatientKeys& keys, const format::Head& head) const {
    const auto known = heads_.find(keys.audit_token);
    if (known == heads_.end()) return Status::Ok();
    MS_ASSIGN(const format::LogHead logged,
              audit::OpenHead(keys, core_.identity.store, core_.identity.suite, known->second));
    const format::LogHead there = audit::HeadOf(head);
    if (there.version > logged.version) return Status::Ok();
    if (there.version == logged.version && there.digest == logged.digest) return Status::Ok();
    return Status::AuthFailed("the patient is older than the log of accesses says: rows and head were put back");
  }

  // A write that is under way is on record before it is in the store: once more, while nobody writes.
  Status CheckAgainstLog(const keys::PatientKeys& keys, const format::Head& head) const {
    if (CompareWithLog(keys, head).ok()) return Status::Ok();
    const std::lock_guard lock(core_.locks.Of(keys.handle));
    MS_ASSIGN(const format::Head now, keys::ReadHead(*core_.rows, core_.identity.store, core_.identity.suite, keys));
    return CompareWithLog(keys, now);
  }

  Status VerifyPatients() {
    const Bytes prefix = format::KeyRowPrefix();
    const auto cursor = core_.rows->Scan(Table::kKeys, prefix, format::AfterPrefix(prefix), then_.at.get());
    for (; cursor->Valid(); cursor->Next()) {
      const auto place = format::ParseKeyRowKey(cursor->key());
      if (!place.ok()) {
        Problem(place.status().message(), nullptr);
        continue;
      }
      if (!patients_.insert(place->patient).second) continue;
      if (!core_.IsPlanted(place->patient)) ++report_.patients;
      if (report_.patients % 256 == 0 && options_.on_progress &&
          !options_.on_progress(report_.patients, patients_in_all_))
        return Status::Cancelled("verify was cancelled");
      const Status status = VerifyPatient(place->patient);
      if (status.code() == StatusCode::kIoError) return status;
      if (!status.ok()) Problem(status.message(), &place->patient);
    }
    if (options_.on_progress) options_.on_progress(report_.patients, report_.patients);
    return cursor->status();
  }

  void Count(const PatientRows& rows) {
    report_.records += rows.live.size();
    report_.history += rows.history.size();
    report_.chunks += rows.chunks.size();
  }

  // Read from the store, not from memory: that is what is looked at.
  Status VerifyPatient(const keys::PatientHandle& patient) {
    const auto loaded = core_.patients->Reload(patient);
    if (loaded.code() == StatusCode::kNotFound && ReadErasure(core_, patient).ok()) return Status::Ok();  // since then
    MS_ASSIGN(const auto keys, loaded);
    MS_ASSIGN(const PatientRows rows, CollectPatient(core_, *keys, *then_.at));
    MS_ASSIGN(const format::Head head,
              keys::ReadHead(*core_.rows, core_.identity.store, core_.identity.suite, *keys, then_.at.get()));
    if (keys->row.slot_counter < head.slot_counter)
      return Status::AuthFailed("the key row is older than the patient's head");
    MS_TRY(CheckAgainstLog(*keys, head));
    MS_TRY(CheckChunks(*keys, rows, pending_));
    if (!core_.IsPlanted(patient)) Count(rows);
    for (const OpenedRow& row : rows.live) MS_TRY(VerifyRecord(*keys, row, true));
    for (const OpenedRow& row : rows.history) MS_TRY(VerifyRecord(*keys, row, false));
    return Status::Ok();
  }

  Status VerifyRecord(const keys::PatientKeys& keys, const OpenedRow& row, bool live) {
    if (live) MS_TRY(VerifyIndex(row));
    if (desk_ == nullptr) return report_.groups_held_back += row.header.groups.size(), Status::Ok();
    for (const format::HeaderGroup& group : row.header.groups) {
      const bool opens = group.state == format::GroupState::kSealed && desk_->session->Holds(group.class_number);
      ++(opens ? report_.groups_opened : report_.groups_held_back);
    }
    return RecordReader(core_, *desk_, then_.at.get()).Check(keys, row);
  }

  bool IsLookedUp(const format::HeaderPosting& name) const {
    const auto before = generations_.find(name.index);
    const std::uint32_t oldest = before == generations_.end() ? kFirstIndexGeneration : before->second.oldest;
    return name.generation >= oldest && name.generation <= core_.generations.Of(name.index).newest;
  }

  Status VerifyIndex(const OpenedRow& row) {
    const format::Posting own{row.place.patient, row.place.tag};
    for (const format::HeaderPosting& name : row.header.postings) {
      if (!IsLookedUp(name)) return Status::AuthFailed("a record is under an index key that nobody searches by");
      MS_ASSIGN(const std::ptrdiff_t count, posting_counts_.Of(name, own));
      if (count != 1) return Status::AuthFailed("a posting that a record names is missing or doubled");
    }
    Bytes value;
    for (const format::HeaderOrdered& name : row.header.ordered) {
      const Bytes key = OrderedRowKey(name.index, name.value, row.place.handle());
      if (!core_.rows->Get(Table::kIndex, key, value, then_.at.get()).ok())
        return Status::AuthFailed("an ordered row that a record names is missing");
      ordered_.insert(key);
    }
    return Status::Ok();
  }

  Status VerifyOwners(Table table, std::string_view what) {
    const auto cursor = core_.rows->Scan(table, {}, {}, then_.at.get());
    keys::PatientHandle last{};
    for (; cursor->Valid(); cursor->Next()) {
      keys::PatientHandle owner{};
      const bool named = cursor->key().size() >= owner.size();
      if (named) CopyBytes(cursor->key().first(owner.size()), owner);
      if (named && (owner == last || patients_.contains(owner))) {
        last = owner;
        continue;
      }
      // Of a writer who lost the race to make the patient: swept at the next opening.
      if (table == Table::kRecords && pending_.contains(Bytes(cursor->key().begin(), cursor->key().end()))) continue;
      Problem(what, named ? &owner : nullptr);
    }
    return cursor->status();
  }

  // Ordered rows are in clear: any that no record names was planted.
  Status VerifyOrdered() {
    const Bytes first = {'o'};
    const auto cursor = core_.rows->Scan(Table::kIndex, first, format::AfterPrefix(first), then_.at.get());
    for (; cursor->Valid(); cursor->Next()) {
      if (!ordered_.contains(Bytes(cursor->key().begin(), cursor->key().end())))
        Problem("an ordered row belongs to no record", nullptr);
    }
    return cursor->status();
  }

  Core& core_;
  Desk* desk_;
  const VerifyOptions& options_;
  VerifyReport& report_;
  std::map<std::uint32_t, IndexGeneration> generations_;  // from before the point in time that is looked at
  FrozenIndex then_;
  PostingCounts posting_counts_;
  std::set<keys::PatientHandle> patients_;
  std::set<Bytes> ordered_;
  std::set<Bytes> pending_;
  std::map<ByteArray<16>, audit::HeadEntry> heads_;  // by the token of the patient
  std::uint64_t patients_in_all_ = 0;
};

}  // namespace

Status Verify(Core& core, Desk* desk, const VerifyOptions& options, VerifyReport& report) {
  return Verifier(core, desk, options, report).Run();
}

}  // namespace mseal::vault
