// Looks at copies of the provider, and at when epochs and class keys began.
#include "vault/examine_keys.h"

#include <map>

#include "base/clock.h"
#include "format/erasure.h"
#include "people/policy.h"
#include "vault/jobs.h"
#include "vault/provider_copies.h"
#include "vault/settings.h"

namespace mseal::vault {
namespace {

constexpr std::uint64_t kDay = 24 * 3'600'000ull;

std::uint64_t DaysSince(std::uint64_t ms) {
  const std::uint64_t now = NowMs();
  return now > ms ? (now - ms) / kDay : 0;
}

// When the epoch of now began.
Result<std::uint64_t> EpochBegan(const Core& core, std::uint64_t created_ms) {
  std::uint64_t began = created_ms;
  MS_TRY(core.meta->ForEach(keys::MetaKind::kEpochEnd, [&](ByteView, const SecretBytes& content) -> Status {
    MS_ASSIGN(const format::EpochEnd end, format::ParseEpochEnd(content.Reveal()));
    began = std::max(began, end.destroyed_ms);
    return Status::Ok();
  }));
  return began;
}

// When each class got the newest key that a rotation gave it.
Result<std::map<people::ClassNumber, std::uint64_t>> Rotations(const Core& core) {
  std::map<people::ClassNumber, std::uint64_t> began;
  MS_TRY(ForEachJob(core, [&](std::uint32_t, const format::Job& job) {
    if (job.kind != format::JobKind::kClassRotation) return Status::Ok();
    std::uint64_t& newest = began[static_cast<people::ClassNumber>(job.subject)];
    newest = std::max(newest, job.started_ms);
    return Status::Ok();
  }));
  return began;
}

}  // namespace

Status ExamineProviders(Core& core, Findings& out) {
  const std::unique_lock lock(core.job_mutex, std::try_to_lock);
  if (!lock.owns_lock()) {
    out.push_back({Severity::kNote, "provider_busy", "a job is at work: the copies of the provider were not looked at",
                   "ask again later"});
    return Status::Ok();
  }
  MS_ASSIGN(const auto others, OtherCopies(core));
  if (others.empty())
    out.push_back({Severity::kRed, "provider_copies_few",
                   "there is one copy of the provider: if it is lost, no field opens again",
                   "medseal provider copy add FILE, on another device"});
  for (const RegisteredCopy& other : others) {
    const auto opened = OpenRegistered(core, other);
    if (opened.ok()) continue;
    out.push_back({Severity::kRed, "provider_copy_unreachable",
                   "a copy of the provider cannot be opened, " + other.copy.uri + ": " + opened.status().message(),
                   "bring it back, or medseal provider copy forget it and add another"});
  }
  return Status::Ok();
}

Status ExamineKeyAges(const Core& core, Findings& out) {
  const auto chain = core.registry->chain();
  MS_ASSIGN(const Settings settings, ReadSettings(*core.meta));
  MS_ASSIGN(const std::uint64_t epoch_began, EpochBegan(core, settings.created_ms));
  const std::uint64_t epoch_days = DaysSince(epoch_began);
  if (epoch_days > chain->policy(people::policy::kEpochDays))
    out.push_back({Severity::kRed, "epoch_old", "the epoch has lasted for " + std::to_string(epoch_days) + " days",
                   "medseal rotate epoch: copies of the disk from before die with it"});
  MS_ASSIGN(const auto rotations, Rotations(core));
  for (const auto& [number, entry] : chain->classes()) {
    const auto rotated = rotations.find(number);
    const std::uint64_t days = DaysSince(rotated == rotations.end() ? settings.created_ms : rotated->second);
    if (days <= chain->policy(people::policy::kClassKeyDays)) continue;
    out.push_back({Severity::kRed, "class_key_old",
                   "no rotation of the class " + entry.name + " began for " + std::to_string(days) + " days",
                   "medseal rotate class " + entry.name});
  }
  return Status::Ok();
}

}  // namespace mseal::vault
