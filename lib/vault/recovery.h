// Recovery after the loss of every password: custodians, some of whose shares open the founder's keys. They replace
// passwords, not a lost keyring, and bring back nobody who was erased.
#pragma once

#include <functional>
#include <span>

#include "people/custodians.h"
#include "vault/core.h"

namespace mseal::vault {

struct RecoverySetup {
  std::uint8_t count = 5;
  std::uint8_t threshold = 3;
  // Takes each share, and keeps it, before the set counts; false: nothing is changed (Cancelled).
  std::function<bool(std::uint8_t number, ByteView text)> on_share;
};

// Names new custodians; the shares of a set before open nothing here any more.
//   PermissionDenied  only the founder may; or there are some already and too few persons signed that (approvals.h)
//   Conflict  somebody else named custodians meanwhile
Status SetUpRecovery(Core& core, Desk& desk, const RecoverySetup& setup);

struct GivenShares {
  std::span<const ByteView> texts;
  std::function<void(std::size_t index, people::ShareFault fault)> on_bad;  // may be empty
};

struct RecoveryReport {
  std::uint32_t set = 0;  // the newest; 0: there are no custodians
  std::uint8_t threshold = 0;
  std::uint8_t count = 0;
  std::uint8_t good = 0;                 // of the shares given
  std::string founder;                   // once their keys were open
  std::uint64_t class_keys = 0;          // that the founder's keys open, of those the chain names
  std::uint64_t class_keys_missing = 0;  // that they do not
};

// The custodians as the chain names them; of `report` only set, threshold and count.
void DescribeRecovery(const Core& core, RecoveryReport& report);

// Opens the founder's keys and every class key; changes nothing. `report` says what was seen whatever ends the call.
//   NotFound         there are no custodians
//   InvalidArgument  too few good shares; the message says how many are missing
//   AuthFailed       what is sealed to the custodians, or a class key's slot, was changed or taken away
Status DrillRecovery(Core& core, const GivenShares& shares, RecoveryReport& report);

// The same, then another password for the founder, over the keys they have. Class keys that do not open are counted and
// no reason to stop.
Status OpenRecovery(Core& core, const GivenShares& shares, ByteView password, const crypto::Argon2Cost& cost,
                    RecoveryReport& report);

}  // namespace mseal::vault
