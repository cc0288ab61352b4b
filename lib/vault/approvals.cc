// Stores approvals, collects signatures and counts them.
#include "vault/approvals.h"

#include <algorithm>

#include "base/clock.h"
#include "base/writer.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "crypto/sign.h"
#include "people/policy.h"
#include "vault/known_time.h"
#include "vault/two_persons.h"

namespace mseal::vault {
namespace {

using format::Action;
using format::ActionKind;
using format::Approval;
using format::ApprovalState;
using keys::MetaKind;

constexpr std::uint64_t kHour = 3'600'000;
constexpr std::size_t kMostOpen = 256;
constexpr std::size_t kLongestText = 4096;

Bytes IdOf(std::uint64_t number) {
  Bytes id;
  Writer(id).U64(number);
  return id;
}

Status Store(Core& core, std::uint64_t number, const Approval& approval) {
  store::Batch batch;
  core.meta->Put(batch, MetaKind::kApproval, IdOf(number), format::WriteApproval(approval).Reveal());
  MS_TRY(core.CommitAs(batch, store::Durability::kPower));
  return core.anchor->Move();
}

// A clock that was set back does not bring one back.
Result<bool> IsOver(const Core& core, const Approval& approval) {
  const std::uint64_t now = NowMs();
  MS_ASSIGN(const ClockState clock, JudgeClock(core, now, approval.asked_ms));
  return now >= approval.expires_ms || clock == ClockState::kBehind;
}

// The signatures by the keys that the chain names now, of persons who may still sign.
std::vector<format::ApprovalSignature> Counting(const Core& core, std::uint64_t number, const Approval& approval) {
  const auto chain = core.registry->chain();
  const Bytes message = format::ApprovalSigned(core.identity.store, number, approval);
  std::vector<format::ApprovalSignature> counting;
  for (const format::ApprovalSignature& one : approval.signatures) {
    const people::Person* const person = chain->FindPerson(one.person);
    if (person == nullptr || !MaySign(*chain, *person)) continue;
    if (crypto::Verify(person->verify_key, message, one.signature)) counting.push_back(one);
  }
  return counting;
}

bool IsAmong(const std::vector<format::ApprovalSignature>& signatures, people::PersonNumber person) {
  return std::any_of(signatures.begin(), signatures.end(), [&](const auto& one) { return one.person == person; });
}

// Those that count no more make room; beyond as many as can be needed, one more is none.
void Sign(const Core& core, const people::Identity& who, std::uint64_t number, Approval& approval) {
  approval.signatures = Counting(core, number, approval);
  if (IsAmong(approval.signatures, who.person.number)) return;
  if (approval.signatures.size() == format::kMostSignatures) return;
  const Bytes message = format::ApprovalSigned(core.identity.store, number, approval);
  approval.signatures.push_back({who.person.number, crypto::Sign(who.keys.seed, message)});
}

// By those at the session who may.
void SignAtDesk(const Core& core, const Desk& desk, std::uint64_t number, Approval& approval) {
  const auto chain = core.registry->chain();
  const people::Identity& first = desk.session->identity();
  if (MaySign(*chain, first.person)) Sign(core, first, number, approval);
  const auto second = SecondAt(desk);
  if (second != nullptr && MaySign(*chain, second->person)) Sign(core, *second, number, approval);
}

Approval Ask(const people::Chain& chain, const Desk& desk, const Action& action) {
  Approval approval;
  crypto::SystemRandom(approval.nonce);
  approval.asked_by = desk.session->identity().person.number;
  approval.asked_ms = NowMs();
  approval.expires_ms = approval.asked_ms + chain.policy(people::policy::kApprovalHours) * kHour;
  approval.needed = static_cast<std::uint8_t>(PersonsNeeded(chain, action.kind));
  approval.action = action;
  return approval;
}

// The open one of this action that is not over, else a new one under the next number.
Result<ApprovalView> FindOrAsk(Core& core, const Desk& desk, const Action& action) {
  ApprovalView found;
  std::uint64_t newest = 0;
  std::size_t open = 0;
  MS_TRY(ForEachApproval(core, [&](const ApprovalView& view) {
    newest = view.number;
    if (view.approval.state != ApprovalState::kOpen || view.expired) return Status::Ok();
    ++open;
    if (found.number == 0 && view.approval.action == action) found = view;
    return Status::Ok();
  }));
  if (found.number != 0) return found;
  if (open >= kMostOpen)
    return Status::ResourceExhausted("too many approvals are open: withdraw some (medseal approve list)");
  found.number = newest + 1;
  found.approval = Ask(*core.registry->chain(), desk, action);
  return found;
}

Status TooFew(const Core& core, const ApprovalView& view, std::size_t signed_by, unsigned needed) {
  std::string message =
      "this takes " + std::to_string(needed) + " persons and " + std::to_string(signed_by) +
      " signed: it is asked for as approval " + std::to_string(view.number) +
      "; have others sign that (medseal approve sign), then do this again; or bring one along (--with)";
  const std::size_t there = HowManyMaySign(*core.registry->chain());
  if (there < needed) message += "; only " + std::to_string(there) + " may sign, so give others a role that audits";
  return Status::PermissionDenied(message);
}

Status End(Core& core, const Desk& desk, ApprovalState state, std::uint64_t number, Approval& approval) {
  approval.state = state;
  approval.ended_by = desk.session->identity().person.number;
  approval.ended_ms = std::max(NowMs(), approval.asked_ms + 1);
  return Store(core, number, approval);
}

// The caller holds the mutex of numbered rows.
Result<Approval> ReadOpen(const Core& core, std::uint64_t number) {
  const auto content = core.meta->Get(MetaKind::kApproval, IdOf(number));
  if (content.code() == StatusCode::kNotFound) return Status::NotFound("there is no approval of that number");
  MS_TRY(content.status());
  MS_ASSIGN(Approval approval, format::ParseApproval(content->Reveal()));
  MS_ASSIGN(const bool over, IsOver(core, approval));
  if (approval.state != ApprovalState::kOpen || over)
    return Status::AlreadyExists("the approval is not open any more: it was carried out or withdrawn, or it is over");
  return approval;
}

}  // namespace

bool MaySign(const people::Chain& chain, const people::Person& person) {
  if (person.kind != people::PersonKind::kHuman || chain.IsDisabled(person.number)) return false;
  const people::Operations operations = chain.OperationsOverVault(person.number);
  return person.number == people::kFounder || operations.Has(people::Operation::kAdminister) ||
         operations.Has(people::Operation::kAudit);
}

std::size_t HowManyMaySign(const people::Chain& chain) {
  const auto persons = chain.persons();
  return static_cast<std::size_t>(std::count_if(persons.begin(), persons.end(),
                                                [&](const people::Person* person) { return MaySign(chain, *person); }));
}

// A vault begins with one person, who gives the first classes away alone, and replaces lost custodians.
unsigned PersonsNeeded(const people::Chain& chain, ActionKind kind) {
  const auto needed = static_cast<unsigned>(chain.policy(people::policy::kApprovals));
  if (kind == ActionKind::kPolicy || kind == ActionKind::kErase) return needed;
  return std::min(needed, static_cast<unsigned>(HowManyMaySign(chain)));
}

Status RequireApproval(Core& core, Desk& desk, const Action& action) {
  const auto chain = core.registry->chain();
  if (PersonsNeeded(*chain, action.kind) <= 1 && MaySign(*chain, desk.session->identity().person)) return Status::Ok();
  if (action.name.size() > kLongestText || action.object.size() > kLongestText)
    return Status::InvalidArgument("what takes several persons is named in 4 096 bytes at the most");
  const std::lock_guard lock(core.numbered_mutex);
  MS_ASSIGN(ApprovalView view, FindOrAsk(core, desk, action));
  SignAtDesk(core, desk, view.number, view.approval);
  const unsigned needed = std::max<unsigned>(view.approval.needed, PersonsNeeded(*chain, action.kind));
  const std::size_t signed_by = Counting(core, view.number, view.approval).size();
  const std::string name = "approval " + std::to_string(view.number);
  if (signed_by < needed) {
    MS_TRY(core.Record(desk, {.operation = audit::Operation::kApproval, .detail = name + " is asked for"}));
    MS_TRY(Store(core, view.number, view.approval));
    return TooFew(core, view, signed_by, needed);
  }
  MS_TRY(core.Record(desk, {.operation = audit::Operation::kApproval, .detail = name + " is carried out"}));
  return End(core, desk, ApprovalState::kCarriedOut, view.number, view.approval);
}

Status ForEachApproval(const Core& core, const std::function<Status(const ApprovalView&)>& visit) {
  std::uint64_t last = 0;
  return core.meta->ForEach(MetaKind::kApproval, [&](ByteView id, const SecretBytes& content) -> Status {
    if (!SameBytes(id, IdOf(++last))) return Status::AuthFailed("a row of approvals is missing: it was taken away");
    ApprovalView view{.number = last, .approval = {}, .expired = false, .counting = {}};
    MS_ASSIGN(view.approval, format::ParseApproval(content.Reveal()));
    if (view.approval.state != ApprovalState::kOpen) return visit(view);
    MS_ASSIGN(view.expired, IsOver(core, view.approval));
    view.counting = Counting(core, last, view.approval);
    return visit(view);
  });
}

Status ListApprovals(const Core& core, const Desk& desk, const std::function<Status(const ApprovalView&)>& visit) {
  const people::Person& own = desk.session->identity().person;
  const bool all = MaySign(*core.registry->chain(), own);
  return ForEachApproval(core, [&](const ApprovalView& view) {
    return all || view.approval.asked_by == own.number ? visit(view) : Status::Ok();
  });
}

ByteArray<32> DigestOfApproval(const Core& core, std::uint64_t number, const Approval& approval) {
  return crypto::Hash("ms.approval", format::ApprovalSigned(core.identity.store, number, approval));
}

Status SignApproval(Core& core, Desk& desk, std::uint64_t number, const ByteArray<32>& digest) {
  MS_TRY(core.CheckWritable());
  const people::Identity& who = desk.session->identity();
  if (!MaySign(*core.registry->chain(), who.person))
    return Status::PermissionDenied("approvals are signed by the founder and by humans who administer or audit");
  const std::lock_guard lock(core.numbered_mutex);
  MS_ASSIGN(Approval approval, ReadOpen(core, number));
  if (DigestOfApproval(core, number, approval) != digest)
    return Status::Conflict("the approval is not what it was when it was shown: look at it again");
  const auto counting = Counting(core, number, approval);
  if (IsAmong(counting, who.person.number)) return Status::AlreadyExists("it bears this person's signature already");
  if (counting.size() == format::kMostSignatures)
    return Status::AlreadyExists("as many signed it as can ever be needed");
  Sign(core, who, number, approval);
  return Store(core, number, approval);
}

Status WithdrawApproval(Core& core, Desk& desk, std::uint64_t number) {
  MS_TRY(core.CheckWritable());
  const people::Person& own = desk.session->identity().person;
  const std::lock_guard lock(core.numbered_mutex);
  const auto approval = ReadOpen(core, number);
  const bool may = MaySign(*core.registry->chain(), own) || (approval.ok() && approval->asked_by == own.number);
  if (!may) return Status::PermissionDenied("only who asked for an approval, or may sign it, withdraws it");
  MS_TRY(approval.status());
  Approval ended = *approval;
  return End(core, desk, ApprovalState::kWithdrawn, number, ended);
}

std::string DescribeAction(const Action& action) {
  switch (action.kind) {
    case ActionKind::kPolicy:
      return "set policy " + action.name + " to " + std::to_string(action.value);
    case ActionKind::kGrant:
      return "grant class " + action.object + " to " + action.name;
    case ActionKind::kGiveRole:
      return "give role " + action.object + " to " + action.name;
    case ActionKind::kDefineRole:
      return "define role " + action.name + " (" + people::NamesOf(people::Operations::FromBits(static_cast<std::uint16_t>(action.value))) +
             ") on classes " + (action.object.empty() ? "none" : action.object);
    case ActionKind::kErase:
      return "erase " + std::to_string(action.patients.size()) + " patients: " + action.name;
    case ActionKind::kAddPerson:
      return "add person " + action.name + " with classes and roles " + action.object;
    case ActionKind::kCustodians:
      return "name " + std::to_string(action.value >> 8) + " custodians, " + std::to_string(action.value & 255) +
             " of whom recover, in the place of others";
  }
  return {};
}

}  // namespace mseal::vault
