// approve list, show, sign, withdraw: what takes several persons.
#include <fmt/core.h>

#include <algorithm>

#include "commands.h"
#include "confirm.h"
#include "ids.h"
#include "json.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

const char* StateOf(const medseal::Approval& approval) {
  switch (approval.state) {
    case MEDSEAL_APPROVAL_OPEN:
      return "open";
    case MEDSEAL_APPROVAL_CARRIED_OUT:
      return "done";
    case MEDSEAL_APPROVAL_WITHDRAWN:
      return "withdrawn";
    case MEDSEAL_APPROVAL_EXPIRED:
      return "expired";
  }
  return "";
}

std::string SignersOf(const medseal::Approval& approval) {
  std::string text;
  for (const std::string& name : approval.signers) text.append(text.empty() ? "" : ", ").append(Printable(name));
  return text.empty() ? "nobody" : text;
}

void WriteText(const medseal::Approval& approval) {
  WriteLine(fmt::format("{:>6}  {:<9}  {}", approval.number, StateOf(approval), Printable(approval.action.text())));
  WriteLine(fmt::format("{:>17}  asked by {} at {}; {} of {} signed: {}; over at {}", "", Printable(approval.asked_by),
                        TimeText(approval.asked_ms), approval.signers.size(), approval.needed, SignersOf(approval),
                        TimeText(approval.expires_ms)));
}

void WriteJson(const medseal::Approval& approval, bool with_patients) {
  JsonLine line("approval");
  line.Number("number", approval.number).Text("state", StateOf(approval)).Text("action", approval.action.text());
  line.Number("patients", approval.patients.size()).Text("asked_by", approval.asked_by);
  line.Text("asked", TimeIso(approval.asked_ms)).Text("expires", TimeIso(approval.expires_ms));
  line.Number("needed", approval.needed).List("signers", {approval.signers.begin(), approval.signers.end()});
  if (!approval.ended_by.empty()) line.Text("ended_by", approval.ended_by).Text("ended", TimeIso(approval.ended_ms));
  std::vector<std::string> handles;
  for (const medseal::PatientHandle& patient : approval.patients) handles.push_back(HandleText(patient));
  if (with_patients) line.List("patient_handles", {handles.begin(), handles.end()});
  WriteLine(line.Done());
}

Result<medseal::Approval> Find(medseal::Session& session, std::uint64_t number) {
  CLI_ASSIGN(auto approvals, session.Approvals());
  for (medseal::Approval& approval : approvals) {
    if (approval.number == number) return std::move(approval);
  }
  return Error(MEDSEAL_NOT_FOUND, "there is no approval of that number that you may see");
}

void WriteWhole(const medseal::Approval& approval, bool json) {
  if (json) return WriteJson(approval, true);
  WriteText(approval);
  for (const medseal::PatientHandle& patient : approval.patients) WriteLine("        " + HandleText(patient));
}

}  // namespace

Outcome ListApprovals(const Common& common, const ApprovalsArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(auto approvals, session.Approvals());
    if (!arguments.all)
      std::erase_if(approvals, [](const medseal::Approval& one) { return one.state != MEDSEAL_APPROVAL_OPEN; });
    for (const medseal::Approval& approval : approvals) common.json ? WriteJson(approval, false) : WriteText(approval);
    if (approvals.empty()) Say(arguments.all ? "nothing was asked for" : "nothing waits for signatures");
    return kDone;
  });
}

Outcome ShowApproval(const Common& common, const ApprovalArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const medseal::Approval approval, Find(session, arguments.number));
    return WriteWhole(approval, common.json), kDone;
  });
}

// What is signed is what was shown here, whatever the vault holds by the time of the answer.
Outcome SignApproval(const Common& common, const ApprovalArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const medseal::Approval approval, Find(session, arguments.number));
    WriteWhole(approval, common.json);
    CLI_TRY(Confirm(common, "sign that this takes place?"));
    CLI_TRY(session.SignApproval(approval));
    Say("signed: whoever asked for it gives the same command again once enough have");
    return kDone;
  });
}

Outcome WithdrawApproval(const Common& common, const ApprovalArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(session.WithdrawApproval(arguments.number));
    Say("withdrawn");
    return kDone;
  });
}

}  // namespace cli
