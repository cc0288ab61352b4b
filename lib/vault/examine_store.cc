// Looks at the store.
#include "vault/examine_store.h"

#include "base/clock.h"
#include "people/policy.h"
#include "vault/backup.h"
#include "vault/jobs.h"

namespace mseal::vault {
namespace {

constexpr std::uint64_t kDaySeconds = 24 * 3'600;
constexpr std::uint64_t kDay = kDaySeconds * 1'000;

// Two, so that one may be away when keys die, and lost without loss.
constexpr std::size_t kPlacesNeeded = 2;

void ExamineAge(const Core& core, const PlaceView& view, Findings& out) {
  if (view.place.facts.kind != format::PlaceKind::kBackups) return;
  if (view.backups.empty()) {
    out.push_back(
        {Severity::kRed, "backup_none", "there is no backup in " + view.place.facts.path, "medseal backup create"});
    return;
  }
  const auto made = static_cast<std::uint64_t>(std::max<std::int64_t>(view.backups.back().backup.time, 0));
  const std::uint64_t now = NowMs() / 1'000;
  const std::uint64_t days = now > made ? (now - made) / kDaySeconds : 0;
  if (days > core.registry->chain()->policy(people::policy::kBackupDays))
    out.push_back({Severity::kRed, "backup_stale",
                   "the newest backup in " + view.place.facts.path + " is " + std::to_string(days) + " days old",
                   "medseal backup create"});
}

void ExaminePlace(const Core& core, const PlaceView& view, Findings& out) {
  const std::string& path = view.place.facts.path;
  if (!view.reached.ok()) {
    out.push_back({Severity::kRed, "backup_place_unreachable", "a backup place cannot be reached: " + path,
                   "bring it back, or medseal backup forget it"});
    return;
  }
  if (!view.bundle.ok())
    out.push_back({Severity::kRed, "bundle_unusable",
                   "the bundle in " + path + " would not serve: " + view.bundle.message(),
                   "medseal backup create, which renews it"});
  if (!view.damaged.empty())
    out.push_back({Severity::kRed, "backup_damaged", "a backup in " + path + " lacks files", "medseal backup verify"});
  ExamineAge(core, view, out);
}

}  // namespace

void ExamineFreshness(const FreshnessReport& found, Findings& out) {
  switch (found.freshness) {
    case Freshness::kFresh:
      return;
    case Freshness::kFreshUpTo:
      out.push_back(
          {Severity::kNote, "not_closed", "the store held commits after its anchor: it ended without a close", {}});
      return;
    case Freshness::kOlder:
      out.push_back({Severity::kRed, "older_than_anchor",
                     "the store is older than its anchor: something was lost or put back",
                     "medseal restore, or find out who put it back"});
      return;
    case Freshness::kUnverified:
      out.push_back({Severity::kRed, "freshness_unverified", "the provider has no anchor to compare the store with",
                     "close the vault once, so that it moves its anchor"});
      return;
  }
}

void ExamineFoundLog(const Core& core, Findings& out) {
  if (core.access_log == nullptr) return;
  const audit::LogFound& found = core.access_log->log().found();
  if (found.lost_power)
    out.push_back({Severity::kYellow, "log_gap",
                   "the power failed while the log of accesses was open: up to 50 ms of entries may be missing",
                   "open with audit = sync where that is too much"});
}

Status ExamineBackups(Core& core, Findings& out) {
  std::vector<PlaceView> places;
  const Status listed = ListBackups(core, {}, places);
  if (listed.code() != StatusCode::kNotFound) MS_TRY(listed);
  if (places.size() < kPlacesNeeded)
    out.push_back({Severity::kRed, "backup_places_few",
                   "fewer than two backup places are registered: nothing that is erased can be proven dead",
                   "medseal backup register DIRECTORY, off this disk"});
  for (const PlaceView& view : places) ExaminePlace(core, view, out);
  return Status::Ok();
}

Status ExamineJobs(const Core& core, Findings& out) {
  return ForEachJob(core, [&](std::uint32_t number, const format::Job& job) {
    const std::uint64_t now = NowMs();
    if (IsOver(job) || now < job.moved_ms + kDay) return Status::Ok();
    out.push_back({Severity::kYellow, "job_waiting",
                   "job " + std::to_string(number) + " has not moved for " +
                       std::to_string((now - job.moved_ms) / kDay) + " days",
                   "medseal rotate status, then medseal rotate resume"});
    return Status::Ok();
  });
}

void ExamineSchema(const Core& core, Findings& out) {
  const auto active = core.schemas.current();
  if (active == nullptr) return;
  for (const schema::TypePlan& type : active->schema->types()) {
    for (const schema::FieldPlan& field : type.fields) {
      if (!field.is_public) continue;
      out.push_back({Severity::kYellow, "field_public", type.name + "." + field.name + " is stored in clear",
                     "a schema that seals it takes effect as records are written"});
    }
  }
}

}  // namespace mseal::vault
