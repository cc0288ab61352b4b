// Walks the patients for what has had its time, judges whether it may go, and lets it go.
#include "vault/retention.h"

#include <algorithm>
#include <set>

#include "base/clock.h"
#include "format/keys_of_rows.h"
#include "vault/entitled.h"
#include "vault/expiry.h"
#include "vault/marks.h"
#include "vault/patient_change.h"
#include "vault/patient_rows.h"
#include "vault/two_persons.h"

namespace mseal::vault {
namespace {

constexpr std::size_t kRecordsPerBatch = 64;
constexpr int kAttempts = 16;
constexpr std::uint64_t kTellEvery = 64;  // patients

Status Cancelled() { return Status::Cancelled("retention was stopped; what went is gone, run it again for the rest"); }

// What goes of one record.
struct Verdict {
  std::uint64_t end_ms = 0;  // 0: nothing
  bool whole = false;
  std::set<people::ClassNumber> classes;
};

// The verdict on each live record of a patient, in their order. Replaced versions lose values at their own times.
std::vector<Verdict> Judge(const ExpiryRules& rules, const PatientRows& rows) {
  std::vector<Verdict> verdicts(rows.live.size());
  const auto look = [&](const OpenedRow& row, Verdict& verdict) {
    for (const format::HeaderGroup& group : row.header.groups) {
      const std::uint64_t end = rules.EndOf(row.header, group);
      if (!rules.IsOver(end)) continue;
      verdict.classes.insert(group.class_number);
      verdict.end_ms = verdict.end_ms == 0 ? end : std::min(verdict.end_ms, end);
    }
  };
  std::map<keys::RecordTag, Verdict*> by_tag;
  for (std::size_t i = 0; i < rows.live.size(); ++i) {
    by_tag[rows.live[i].place.tag] = &verdicts[i];
    look(rows.live[i], verdicts[i]);
  }
  for (const OpenedRow& row : rows.history) look(row, *by_tag[row.place.tag]);
  for (std::size_t i = 0; i < rows.live.size(); ++i) {
    const std::uint64_t end = rules.EndOf(rows.live[i].header);
    if (rules.IsOver(end)) verdicts[i] = {end, true, {}};
  }
  return verdicts;
}

void Count(const Verdict& verdict, RetentionCount& count) {
  ++(verdict.whole ? count.expired : count.clearing);
  count.earliest_ms = count.earliest_ms == 0 ? verdict.end_ms : std::min(count.earliest_ms, verdict.end_ms);
  count.latest_ms = std::max(count.latest_ms, verdict.end_ms);
}

class Retention {
 public:
  Retention(Core& core, Desk& desk, const RetentionOptions& options, RetentionReport& report)
      : core_(core),
        desk_(desk),
        options_(options),
        report_(report),
        schema_(core.schemas.current()),
        rules_(schema_, options.until_ms != 0 ? options.until_ms : report.now_ms),
        patients_in_all_(core.rows->Measure().approximate_rows[static_cast<int>(store::Table::kHeads)]) {}

  Status Plan() {
    const auto at = core_.rows->Freeze();
    const Bytes prefix = format::KeyRowPrefix();
    const auto cursor = core_.rows->Scan(store::Table::kKeys, prefix, format::AfterPrefix(prefix), at.get());
    keys::PatientHandle last{};
    std::uint64_t seen = 0;
    for (; cursor->Valid(); cursor->Next()) {
      MS_ASSIGN(const format::KeyRowPlace place, format::ParseKeyRowKey(cursor->key()));
      if (place.patient == last) continue;  // the same under another bucket-key version
      last = place.patient;
      MS_TRY(Look(place.patient, *at));
      if (++seen % kTellEvery == 0) MS_TRY(Tell(seen));
    }
    MS_TRY(cursor->status());
    report_.patients = patients_.size();
    MS_ASSIGN(report_.clock, JudgeClock(core_, report_.now_ms, newest_row_ms_));
    return Status::Ok();
  }

  Status Run() {
    if (patients_.empty()) return Status::Ok();
    MS_TRY(CheckConfirmed());
    if (report_.clock != ClockState::kBelieved) MS_TRY(BelieveClock());
    std::uint64_t done = 0;
    for (const keys::PatientHandle& patient : patients_) {
      MS_TRY(Expire(patient));
      ++done;
      if (options_.on_progress && !options_.on_progress(done, patients_.size(), Gone())) return Cancelled();
    }
    return core_.anchor->Move();
  }

 private:
  std::uint64_t Gone() const { return report_.deleted + report_.cleared; }

  Status Tell(std::uint64_t seen) const {
    return !options_.on_progress || options_.on_progress(seen, patients_in_all_, 0) ? Status::Ok() : Cancelled();
  }

  // Planted patients are rotated: they have no term.
  Status Look(const keys::PatientHandle& patient, const store::Snapshot& at) {
    if (core_.IsPlanted(patient)) return Status::Ok();
    const auto keys = core_.patients->Load(patient);
    if (keys.code() == StatusCode::kNotFound) return Status::Ok();  // went since the scan began
    MS_TRY(keys.status());
    MS_ASSIGN(const PatientRows rows, CollectPatient(core_, **keys, at));
    for (const OpenedRow& row : rows.history) newest_row_ms_ = std::max(newest_row_ms_, row.header.written_ms);
    const std::vector<Verdict> verdicts = Judge(rules_, rows);
    bool any = false;
    for (std::size_t i = 0; i < verdicts.size(); ++i) any |= Note(rows.live[i], verdicts[i]);
    if (any) patients_.push_back(patient);
    return Status::Ok();
  }

  // Counts one record. True if something of it goes.
  bool Note(const OpenedRow& row, const Verdict& verdict) {
    newest_row_ms_ = std::max(newest_row_ms_, row.header.written_ms);
    if (row.header.type == schema::kDirectoryType) return false;
    RetentionCount& of_type = report_.types[row.header.type];
    ++report_.all.records;
    ++of_type.records;
    const bool meant = options_.type.empty() || options_.type == row.header.type;
    if (verdict.end_ms == 0 || !meant) return false;
    if (core_.marked.IsHeld(row.place.patient)) return ++report_.held, false;
    if (core_.marked.IsRestricted(row.place.patient)) return ++report_.restricted, false;
    Count(verdict, report_.all);
    Count(verdict, of_type);
    if (!options_.run && options_.on_item) options_.on_item(ItemOf(row, verdict));
    return true;
  }

  RetentionItem ItemOf(const OpenedRow& row, const Verdict& verdict) const {
    RetentionItem item{row.place.handle(), row.header.type, verdict.end_ms, {}};
    for (const people::ClassNumber number : verdict.classes) item.classes.emplace_back(schema_->ClassName(number));
    return item;
  }

  // One person alone may let go of so much.
  std::uint32_t Share() const {
    if (options_.share == 0) return AreTwo(desk_) ? 100 : kLargestShare;
    return AreTwo(desk_) ? options_.share : std::min(options_.share, kLargestShare);
  }

  Status CheckConfirmed() const {
    if (report_.clock != ClockState::kBelieved && !AreTwo(desk_))
      return Status::PermissionDenied(
          "the clock is not where this vault last knew it: look at the time of day, then confirm it with a second "
          "person's own login");
    if ((report_.all.expired + report_.all.clearing) * 100 > Share() * report_.all.records)
      return Status::PermissionDenied(
          "a larger share of all records than is let go at once has had its time: look at the plan, then confirm it "
          "with a second person's own login");
    return Status::Ok();
  }

  Status BelieveClock() {
    store::Batch batch;
    PutKnownTime(*core_.meta, report_.now_ms, batch);
    return core_.Commit(batch);
  }

  // In batches, each whole or not at all. What was written to the patient since the plan is looked at anew.
  Status Expire(const keys::PatientHandle& patient) {
    const std::lock_guard lock(core_.locks.Of(patient));
    for (int attempt = 0;;) {
      if (core_.marked.IsHeld(patient) || core_.marked.IsRestricted(patient)) return Status::Ok();
      std::uint64_t deleted = 0, cleared = 0;
      const Status status = ExpireSome(patient, deleted, cleared);
      if (status.code() == StatusCode::kNotFound) return Status::Ok();  // the patient went
      if (status.code() == StatusCode::kConflict && ++attempt < kAttempts) continue;
      MS_TRY(status);
      if (deleted + cleared == 0) return Status::Ok();
      report_.deleted += deleted;
      report_.cleared += cleared;
    }
  }

  Status ExpireSome(const keys::PatientHandle& patient, std::uint64_t& deleted, std::uint64_t& cleared) {
    MS_ASSIGN(const auto change, PatientChange::Open(core_, desk_, patient));
    const auto at = core_.rows->Freeze();
    MS_ASSIGN(const PatientRows rows, CollectPatient(core_, change->keys(), *at));
    const std::vector<Verdict> verdicts = Judge(rules_, rows);
    const GroupFilter gone = [&](const format::Header& header, const format::HeaderGroup& group) {
      return rules_.IsOver(rules_.EndOf(header, group));
    };
    for (std::size_t i = 0; i < verdicts.size() && deleted + cleared < kRecordsPerBatch; ++i) {
      const format::Header& header = rows.live[i].header;
      if (verdicts[i].end_ms == 0) continue;
      if (verdicts[i].whole) {
        MS_TRY(change->Delete(header.type, header.record_id.Reveal(), header.version));
        ++deleted;
      } else {
        MS_TRY(change->LetGo(header.type, header.record_id.Reveal(), gone));
        ++cleared;
      }
    }
    return change->Commit();
  }

  Core& core_;
  Desk& desk_;
  const RetentionOptions& options_;
  RetentionReport& report_;
  std::shared_ptr<const ActiveSchema> schema_;
  ExpiryRules rules_;
  std::uint64_t patients_in_all_;
  std::uint64_t newest_row_ms_ = 0;
  std::vector<keys::PatientHandle> patients_;
};

Status CheckOptions(const Core& core, const RetentionOptions& options) {
  if (options.run && core.read_only)
    return Status::Unsupported("the vault was opened read-only, because its store is older than its anchor");
  if (options.run && (!options.type.empty() || options.until_ms != 0))
    return Status::InvalidArgument("a run is of all types and of now; a plan may be of one type or another time");
  if (options.share > 100) return Status::InvalidArgument("a share is at most 100 per cent");
  if (!options.type.empty() && core.schemas.current()->schema->FindType(options.type) == nullptr)
    return Status::InvalidArgument("the schema has no such record type");
  return Status::Ok();
}

}  // namespace

Status Retain(Core& core, Desk& desk, const RetentionOptions& options, RetentionReport& report) {
  report = {};
  report.now_ms = NowMs();
  MS_TRY(CheckOptions(core, options));
  MS_TRY(RequireEntitled(core, desk));
  const std::lock_guard lock(core.job_mutex);
  Retention retention(core, desk, options, report);
  MS_TRY(retention.Plan());
  if (options.on_plan) options.on_plan(report);
  return options.run ? retention.Run() : Status::Ok();
}

}  // namespace mseal::vault
