// What only several persons together may do, M of all who may sign: each signs the exact action before it takes place.
// Code here enforces it; the signatures stay as evidence. FORMAT.md, "Approval".
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "format/approval.h"
#include "vault/core.h"

namespace mseal::vault {

// Lets an action go on that enough persons signed: the session's person by asking for it, a second one at the session
// along with them, others beforehand (SignApproval). It is used up by that. Otherwise it is asked for, if it is not
// already, and waits for signatures until it expires.
//   PermissionDenied   too few have signed; the message has the number it is asked for under
//   ResourceExhausted  too many approvals are open
//   AuthFailed         a row of approvals was taken away or changed
//   InvalidArgument    names of more than 4 096 bytes
Status RequireApproval(Core& core, Desk& desk, const format::Action& action);

struct ApprovalView {
  std::uint64_t number = 0;
  format::Approval approval;
  bool expired = false;                             // open, and over
  std::vector<format::ApprovalSignature> counting;  // of who may sign now, by the keys of now; while it is open
};

// In the order of their numbers. Whoever may sign sees all, others what they asked for.
//   AuthFailed  as above
Status ListApprovals(const Core& core, const Desk& desk, const std::function<Status(const ApprovalView&)>& visit);
// The same for the vault itself.
Status ForEachApproval(const Core& core, const std::function<Status(const ApprovalView&)>& visit);

// What is signed: the signer saw it under this digest.
ByteArray<32> DigestOfApproval(const Core& core, std::uint64_t number, const format::Approval& approval);

//   PermissionDenied  the session's person may not sign
//   NotFound          no such number;  AlreadyExists  they signed it, sixteen did, or it is not open any more
//   Conflict          it is not what the digest was of
Status SignApproval(Core& core, Desk& desk, std::uint64_t number, const ByteArray<32>& digest);
// By who asked for it, and by whoever may sign. NotFound, AlreadyExists, PermissionDenied likewise.
Status WithdrawApproval(Core& core, Desk& desk, std::uint64_t number);

// Enabled humans who are the founder, or may administer or audit.
bool MaySign(const people::Chain& chain, const people::Person& person);
std::size_t HowManyMaySign(const people::Chain& chain);
// How many persons such an action takes now.
unsigned PersonsNeeded(const people::Chain& chain, format::ActionKind kind);

// For people: "set policy login_attempts to 50".
std::string DescribeAction(const format::Action& action);

}  // namespace mseal::vault
