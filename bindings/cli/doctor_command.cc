// doctor: what is not safe, on one page.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "commands.h"
#include "json.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

constexpr std::array kSeverities = {MEDSEAL_RED, MEDSEAL_YELLOW, MEDSEAL_NOTE};

const char* NameOf(medseal_severity severity) {
  switch (severity) {
    case MEDSEAL_RED:
      return "red";
    case MEDSEAL_YELLOW:
      return "yellow";
    case MEDSEAL_NOTE:
      return "note";
  }
  return "note";
}

void WriteFinding(const medseal::Finding& finding, bool json) {
  if (json) {
    JsonLine line("finding");
    line.Text("severity", NameOf(finding.severity)).Text("code", finding.code);
    return WriteLine(line.Text("text", finding.text).Text("advice", finding.advice).Done());
  }
  WriteLine(fmt::format("{:<7} {}", NameOf(finding.severity), Printable(finding.text)));
  if (!finding.advice.empty()) WriteLine(fmt::format("{:<7}   -> {}", "", finding.advice));
}

// The worst first.
void WriteFindings(const std::vector<medseal::Finding>& findings, bool json) {
  for (const medseal_severity severity : kSeverities) {
    for (const medseal::Finding& finding : findings) {
      if (finding.severity == severity) WriteFinding(finding, json);
    }
  }
}

int CodeOf(const std::vector<medseal::Finding>& findings, bool json) {
  const auto count = [&](medseal_severity severity) {
    return std::count_if(findings.begin(), findings.end(), [&](const auto& one) { return one.severity == severity; });
  };
  const auto red = count(MEDSEAL_RED), yellow = count(MEDSEAL_YELLOW);
  if (json) {
    JsonLine line("doctor");
    line.Number("red", static_cast<std::uint64_t>(red)).Number("yellow", static_cast<std::uint64_t>(yellow));
    WriteLine(line.Done());
  } else {
    WriteLine(fmt::format("{} red, {} yellow", red, yellow));
  }
  return red == 0 ? kDone : kSomeRejected;
}

}  // namespace

Outcome ShowFindings(const Common& common) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    std::optional<medseal::Session> session;
    if (common.person.empty()) {
      Say("nobody is logged in (--person, who may audit): how accounts are used is not looked at");
    } else {
      CLI_ASSIGN(session, LogIn(vault, common));
    }
    const std::string& secret = common.key_file.empty() ? common.passphrase.file : common.key_file;
    const std::string& own = common.person_key.empty() ? common.password.file : common.person_key;
    CLI_ASSIGN(const auto findings, vault.Doctor(session ? &*session : nullptr, {secret, own}));
    WriteFindings(findings, common.json);
    return CodeOf(findings, common.json);
  });
}

}  // namespace cli
