// Failed logins of each name, counted across openings, so that guessing is slow and then ends for a while. Names that
// nobody has are counted like the others, or the pace would tell who exists.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>

#include "base/bytes.h"
#include "people/chain.h"

namespace mseal::vault {

struct Core;

// Whether a row of login attempts counts new secrets that a person tried, not logins.
inline bool IsOfChanges(ByteView id) { return (id[0] & 0xc0) == 0x40; }

// However many doublings, nobody waits longer for an answer.
inline constexpr std::chrono::milliseconds kLongestLoginWait{30'000};

// Any thread may call.
class LoginAttempts {
 public:
  enum class Turn : std::uint8_t {
    kGo = 0,      // after waiting; Failed, Succeeded or GiveBack is called once it ended
    kLater = 1,   // as many as may fail are under way: ask again
    kLocked = 2,  // whatever the secret
  };
  struct Admission {
    Turn turn = Turn::kGo;
    std::chrono::milliseconds wait{0};  // before the secret is looked at
    std::uint32_t place = 0;
    ByteArray<16> name{};  // tag, where nobody has the name
  };

  // Errors of the store alone.
  Result<Admission> Begin(Core& core, std::string_view name);
  // The count is stored before this returns, and with it before anybody is told. How often the name failed in a row.
  std::uint32_t Failed(Core& core, const Admission& admission);
  // Failed logins of all names that still count.
  std::uint64_t FailuresOfAll(const Core& core) const;
  void Succeeded(Core& core, const Admission& admission);
  // Nothing was learned of the secret: what was counted stays.
  void GiveBack(Core& core, const Admission& admission);
  struct State {
    std::uint32_t failures = 0;              // in a row, as far as they count still
    std::chrono::milliseconds locked_for{};  // 0: not locked out
  };
  State StateOf(Core& core, people::PersonNumber person);
  // Ends the lock-out of a person.
  Status Unlock(Core& core, people::PersonNumber person);

  // New secrets that a person tried, counted like failures: false once there are as many as lock a name out.
  Result<bool> MayChange(Core& core, people::PersonNumber person);
  void CountChange(Core& core, people::PersonNumber person);

 private:
  struct Count {
    ByteArray<16> name{};
    std::uint32_t failures = 0;
    std::uint32_t under_way = 0;
    std::int64_t newest = 0;  // as PassedMs has it; before 0 if that was before the machine started
  };

  Result<Admission> PlaceOf(Core& core, std::string_view name);
  Status ReadKey(Core& core);
  Count& Known(Core& core, const Admission& admission);
  void ForgetOld(Core& core, Count& count) const;
  Count Load(Core& core, const Admission& admission) const;
  void Store(Core& core, std::uint32_t place, const Count& count) const;

  std::mutex mutex_;
  bool has_key_ = false;
  KeyBytes key_;
  std::map<std::uint32_t, Count> counts_;  // at most two a person, and kPlacesOfNobody
};

}  // namespace mseal::vault
