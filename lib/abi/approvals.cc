// medseal.h: approvals.
#include "vault/approvals.h"

#include "abi/call.h"
#include "abi/handles.h"
#include "abi/on_record.h"

namespace mseal::abi {
namespace {

using format::ApprovalState;

static_assert(static_cast<int>(ApprovalState::kOpen) == MEDSEAL_APPROVAL_OPEN &&
              static_cast<int>(ApprovalState::kCarriedOut) == MEDSEAL_APPROVAL_CARRIED_OUT &&
              static_cast<int>(ApprovalState::kWithdrawn) == MEDSEAL_APPROVAL_WITHDRAWN);

// While it is open, those whose signature counts; afterwards, all who signed it.
std::vector<const char*> SignersOf(const vault::ApprovalView& view, const people::Chain& chain) {
  const bool open = view.approval.state == ApprovalState::kOpen;
  std::vector<const char*> names;
  for (const format::ApprovalSignature& one : open ? view.counting : view.approval.signatures)
    names.push_back(NameOf(chain, one.person));
  return names;
}

Status Show(const vault::Core& core, const vault::ApprovalView& view, medseal_approval_callback callback,
            void* context) {
  const auto chain = core.registry->chain();
  const format::Approval& approval = view.approval;
  const std::string action = vault::DescribeAction(approval.action);
  const std::vector<const char*> signers = SignersOf(view, *chain);
  medseal_approval info{};
  info.size = sizeof(info);
  info.number = view.number;
  info.state = view.expired ? MEDSEAL_APPROVAL_EXPIRED : static_cast<medseal_approval_state>(approval.state);
  info.action = Lend(AsBytes(action));
  info.patient_handles = approval.action.patients.empty() ? nullptr : approval.action.patients.front().data();
  info.patient_count = approval.action.patients.size();
  info.asked_by = NameOf(*chain, approval.asked_by);
  info.asked_ms = approval.asked_ms;
  info.expires_ms = approval.expires_ms;
  info.needed = approval.needed;
  info.signers = signers.data();
  info.signer_count = signers.size();
  if (approval.ended_by != 0) info.ended_by = NameOf(*chain, approval.ended_by);
  info.ended_ms = approval.ended_ms;
  CopyBytes(vault::DigestOfApproval(core, view.number, approval), info.digest);
  return callback(context, &info) == 0 ? Status::Ok() : Status::Cancelled("the callback ended the listing");
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_approvals(medseal_session* session, medseal_approval_callback callback, void* context,
                               medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kList, "approvals", error, [&]() -> Status {
    MS_TRY(Require(callback != nullptr, "a callback is needed"));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    return vault::ListApprovals(call.core(), call.desk(), [&](const vault::ApprovalView& view) {
      return Show(call.core(), view, callback, context);
    });
  });
}

medseal_code medseal_approval_sign(medseal_session* session, std::uint64_t number, const std::uint8_t* digest,
                                   medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kApproval, "signs approval " + std::to_string(number), error,
                     [&]() -> Status {
                       MS_TRY(Require(digest != nullptr, "the digest of what was shown is needed"));
                       ByteArray<32> shown;
                       CopyBytes({digest, shown.size()}, shown);
                       MS_ASSIGN(vault::Call call, session->session->Enter());
                       return vault::SignApproval(call.core(), call.desk(), number, shown);
                     });
}

medseal_code medseal_approval_withdraw(medseal_session* session, std::uint64_t number, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kApproval, "withdraws approval " + std::to_string(number), error,
                     [&]() -> Status {
                       MS_ASSIGN(vault::Call call, session->session->Enter());
                       return vault::WithdrawApproval(call.core(), call.desk(), number);
                     });
}
