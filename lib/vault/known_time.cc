// Keeps the known time and compares the clock with it.
#include "vault/known_time.h"

#include <algorithm>

#include "base/clock.h"
#include "format/known_time.h"

namespace mseal::vault {
namespace {

using keys::MetaKind;

constexpr std::uint64_t kLeapMs = std::chrono::milliseconds(kLongestLeap).count();
constexpr std::uint64_t kStepMs = std::chrono::milliseconds(kSmallestStep).count();
constexpr std::uint64_t kFollowMs = std::chrono::milliseconds(std::chrono::hours(1)).count();

Result<std::uint64_t> ReadKnownTime(const Core& core) {
  MS_ASSIGN(const SecretBytes content, core.meta->Get(MetaKind::kKnownTime, {}));
  return format::ParseKnownTime(content.Reveal());
}

}  // namespace

Result<ClockState> JudgeClock(const Core& core, std::uint64_t now_ms, std::uint64_t newest_row_ms) {
  const auto known = ReadKnownTime(core);
  if (known.code() == StatusCode::kNotFound) return ClockState::kUnknown;
  MS_TRY(known.status());
  if (now_ms + kStepMs < std::max(*known, newest_row_ms)) return ClockState::kBehind;
  return now_ms > *known && now_ms - *known > kLeapMs ? ClockState::kAhead : ClockState::kBelieved;
}

Status FollowClock(Core& core) {
  if (core.read_only) return Status::Ok();
  MS_ASSIGN(const std::uint64_t known, ReadKnownTime(core));
  const std::uint64_t now = NowMs();
  if (now < known || now - known < kFollowMs || now - known > kLeapMs) return Status::Ok();
  store::Batch batch;
  PutKnownTime(*core.meta, now, batch);
  return core.Commit(batch);
}

void PutKnownTime(const keys::MetaTable& meta, std::uint64_t ms, store::Batch& batch) {
  meta.Put(batch, MetaKind::kKnownTime, {}, format::WriteKnownTime(ms));
}

}  // namespace mseal::vault
