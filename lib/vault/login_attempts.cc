// Counts failed logins in memory and in meta. FORMAT.md, "Login attempts".
#include "vault/login_attempts.h"

#include <algorithm>

#include "base/clock.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "format/login_attempts.h"
#include "people/policy.h"
#include "vault/core.h"

namespace mseal::vault {
namespace {

using keys::MetaKind;
namespace policy = people::policy;

constexpr std::uint32_t kPlacesOfNobody = 1024;
constexpr std::uint32_t kFirstPlaceOfNobody = 1u << 31;
constexpr std::uint32_t kFirstPlaceOfChanges = 1u << 30;
constexpr std::uint32_t kMostDoublings = 20;

std::int64_t Passed() { return static_cast<std::int64_t>(PassedMs()); }

std::int64_t LockoutMs(const people::Chain& chain) {
  return static_cast<std::int64_t>(chain.policy(policy::kLockoutMinutes)) * 60'000;
}

std::uint32_t PlaceOfChanges(people::PersonNumber person) { return kFirstPlaceOfChanges + person; }

std::chrono::milliseconds WaitAfter(const people::Chain& chain, std::uint32_t failures) {
  if (failures == 0) return {};
  const std::uint64_t wait = chain.policy(policy::kLoginDelayMs) << std::min(failures - 1, kMostDoublings);
  return std::min(std::chrono::milliseconds(wait), kLongestLoginWait);
}

}  // namespace

// One that cannot be stored serves until the vault closes: a store that takes no writes must still let people read.
Status LoginAttempts::ReadKey(Core& core) {
  if (has_key_) return Status::Ok();
  const auto row = core.meta->Get(MetaKind::kLoginKey, {});
  if (row.ok()) {
    MS_ASSIGN(key_, format::ParseLoginKey(row->Reveal()));
    return has_key_ = true, Status::Ok();
  }
  if (row.code() != StatusCode::kNotFound) return row.status();
  key_ = crypto::RandomKey();
  store::Batch batch;
  core.meta->Put(batch, MetaKind::kLoginKey, {}, format::EncodeLoginKey(key_.Reveal()).Reveal());
  core.CommitAs(batch, store::Durability::kProcess).Ignore("counts of names that nobody has then end with the vault");
  return has_key_ = true, Status::Ok();
}

Result<LoginAttempts::Admission> LoginAttempts::PlaceOf(Core& core, std::string_view name) {
  Admission admission;
  const people::Person* const person = core.registry->chain()->FindPerson(name);
  if (person != nullptr) return admission.place = person->number, admission;
  MS_TRY(ReadKey(core));
  admission.name = crypto::Prf16(key_.Reveal(), "medseal.v1.name", AsBytes(name));
  const std::uint32_t drawn = static_cast<std::uint32_t>(admission.name[0]) << 8 | admission.name[1];
  admission.place = kFirstPlaceOfNobody + drawn % kPlacesOfNobody;
  return admission;
}

// The clock may have been set since the row was written: set back it would lock for as long, so that a time to come is
// taken for now, and written so.
LoginAttempts::Count LoginAttempts::Load(Core& core, const Admission& admission) const {
  Count count{.name = admission.name};
  const auto row = core.meta->Get(MetaKind::kLoginAttempts, keys::MetaIdOf({admission.place}));
  if (row.code() == StatusCode::kNotFound) return count;
  const auto parsed = row.ok() ? format::ParseLoginAttempts(row->Reveal()) : row.status();
  const std::uint64_t now = NowMs();
  count.newest = Passed();
  if (!parsed.ok()) {
    count.failures = static_cast<std::uint32_t>(core.registry->chain()->policy(policy::kLoginAttempts));
  } else if (parsed->name != admission.name) {
    return Count{.name = admission.name};
  } else {
    count.failures = parsed->failures;
    if (parsed->newest_ms <= now) return count.newest -= static_cast<std::int64_t>(now - parsed->newest_ms), count;
  }
  Store(core, admission.place, count);
  return count;
}

LoginAttempts::Count& LoginAttempts::Known(Core& core, const Admission& admission) {
  const auto found = counts_.find(admission.place);
  if (found != counts_.end() && found->second.name == admission.name) return found->second;
  if (found != counts_.end()) return found->second = Count{.name = admission.name};
  return counts_[admission.place] = Load(core, admission);
}

void LoginAttempts::Store(Core& core, std::uint32_t place, const Count& count) const {
  store::Batch batch;
  const Bytes id = keys::MetaIdOf({place});
  const auto age = static_cast<std::uint64_t>(std::max<std::int64_t>(Passed() - count.newest, 0));
  const std::uint64_t now = NowMs();
  if (count.failures == 0)
    core.meta->Delete(batch, MetaKind::kLoginAttempts, id);
  else
    core.meta->Put(batch, MetaKind::kLoginAttempts, id,
                   format::EncodeLoginAttempts({count.name, count.failures, now - std::min(age, now)}));
  core.CommitAs(batch, store::Durability::kProcess)
      .Ignore("a store that takes no writes lets people read; the count then ends with the vault");
}

void LoginAttempts::ForgetOld(Core& core, Count& count) const {
  if (count.failures != 0 && Passed() - count.newest >= LockoutMs(*core.registry->chain())) count.failures = 0;
}

Result<LoginAttempts::Admission> LoginAttempts::Begin(Core& core, std::string_view name) {
  const std::lock_guard lock(mutex_);
  MS_ASSIGN(Admission admission, PlaceOf(core, name));
  Count& count = Known(core, admission);
  const auto chain = core.registry->chain();
  const std::uint64_t most = chain->policy(policy::kLoginAttempts);
  ForgetOld(core, count);
  if (count.failures >= most) return admission.turn = Turn::kLocked, admission;
  if (count.failures + count.under_way >= most) return admission.turn = Turn::kLater, admission;
  ++count.under_way;
  admission.wait = WaitAfter(*chain, count.failures);
  return admission;
}

std::uint32_t LoginAttempts::Failed(Core& core, const Admission& admission) {
  const std::lock_guard lock(mutex_);
  Count& count = Known(core, admission);
  if (count.under_way > 0) --count.under_way;  // none: another name has taken the place meanwhile
  ++count.failures;
  count.newest = Passed();
  Store(core, admission.place, count);
  return count.failures;
}

// From meta, since a guesser may open the vault anew for each guess. A row that does not open counts when its name is
// tried again.
std::uint64_t LoginAttempts::FailuresOfAll(const Core& core) const {
  const auto counts_for = static_cast<std::uint64_t>(LockoutMs(*core.registry->chain()));
  const std::uint64_t now = NowMs();
  std::uint64_t failures = 0;
  core.meta
      ->ForEach(MetaKind::kLoginAttempts,
                [&](ByteView id, const SecretBytes& content) {
                  const auto row = format::ParseLoginAttempts(content.Reveal());
                  if (!IsOfChanges(id) && row.ok() && row->newest_ms + counts_for > now) failures += row->failures;
                  return Status::Ok();
                })
      .Ignore("what was counted until then is told");
  return failures;
}

void LoginAttempts::Succeeded(Core& core, const Admission& admission) {
  const std::lock_guard lock(mutex_);
  Count& count = Known(core, admission);
  if (count.under_way > 0) --count.under_way;
  if (count.failures == 0) return;
  count.failures = 0;
  Store(core, admission.place, count);
}

void LoginAttempts::GiveBack(Core& core, const Admission& admission) {
  const std::lock_guard lock(mutex_);
  Count& count = Known(core, admission);
  if (count.under_way > 0) --count.under_way;
}

LoginAttempts::State LoginAttempts::StateOf(Core& core, people::PersonNumber person) {
  const std::lock_guard lock(mutex_);
  Count& count = Known(core, {.place = person});
  ForgetOld(core, count);
  State state{.failures = count.failures};
  const auto chain = core.registry->chain();
  if (count.failures >= chain->policy(policy::kLoginAttempts))
    state.locked_for = std::chrono::milliseconds(count.newest + LockoutMs(*chain) - Passed());
  return state;
}

Status LoginAttempts::Unlock(Core& core, people::PersonNumber person) {
  MS_TRY(core.CheckWritable());
  const std::lock_guard lock(mutex_);
  store::Batch batch;
  for (const std::uint32_t place : {person, PlaceOfChanges(person)}) {
    Known(core, {.place = place}).failures = 0;
    core.meta->Delete(batch, MetaKind::kLoginAttempts, keys::MetaIdOf({place}));
  }
  return core.Commit(batch);
}

Result<bool> LoginAttempts::MayChange(Core& core, people::PersonNumber person) {
  const std::lock_guard lock(mutex_);
  Count& count = Known(core, {.place = PlaceOfChanges(person)});
  ForgetOld(core, count);
  return count.failures < core.registry->chain()->policy(policy::kLoginAttempts);
}

void LoginAttempts::CountChange(Core& core, people::PersonNumber person) {
  const std::lock_guard lock(mutex_);
  Count& count = Known(core, {.place = PlaceOfChanges(person)});
  ++count.failures;
  count.newest = Passed();
  Store(core, PlaceOfChanges(person), count);
}

}  // namespace mseal::vault
