// An action that takes several persons, and who of them signed it. Layouts: FORMAT.md, "Approval".
#pragma once

#include <string>
#include <vector>

#include "base/secret_bytes.h"
#include "base/status.h"

namespace mseal::format {

enum class ActionKind : std::uint8_t {
  kPolicy = 1,      // name: the setting; value: what it is to be
  kGrant = 2,       // name: the person; object: the class
  kGiveRole = 3,    // name: the person; object: the role
  kDefineRole = 4,  // name: the role; value: its operations; object: its classes, with commas
  kErase = 5,       // patients, in order; name: the reason
  kCustodians = 6,  // value: how many times 256, and how many of them recover
  kAddPerson = 7,   // name: the person; object: their classes, with commas, a semicolon and their roles, with commas
};

// With all that it is to do: what is signed is what takes place.
struct Action {
  ActionKind kind = ActionKind::kPolicy;
  std::uint64_t value = 0;
  std::string name = {};
  std::string object = {};
  std::vector<ByteArray<16>> patients = {};

  bool operator==(const Action&) const = default;
};
inline constexpr std::size_t kMostPatientsOfAnAction = 65'536;

enum class ApprovalState : std::uint8_t { kOpen = 1, kCarriedOut = 2, kWithdrawn = 3 };

inline constexpr std::size_t kMostSignatures = 16;  // and the most that can be needed

struct ApprovalSignature {
  std::uint32_t person = 0;
  ByteArray<64> signature{};
};

struct Approval {
  ApprovalState state = ApprovalState::kOpen;
  std::uint32_t ended_by = 0;  // 0: it is open
  std::uint64_t ended_ms = 0;
  // From here on it is what is signed.
  ByteArray<16> nonce{};
  std::uint32_t asked_by = 0;
  std::uint64_t asked_ms = 0;
  std::uint64_t expires_ms = 0;
  std::uint8_t needed = 0;  // persons, from 1
  Action action;
  std::vector<ApprovalSignature> signatures;  // one a person
};

// What each person signs: Ed25519 over label, store, number and all of the approval but its end and its signatures.
Bytes ApprovalSigned(const ByteArray<16>& store, std::uint64_t number, const Approval& approval);

SecretBytes WriteApproval(const Approval& approval);
Result<Approval> ParseApproval(ByteView content);  // UnsupportedVersion, Corrupt

}  // namespace mseal::format
