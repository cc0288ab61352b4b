// audit show, who-saw, seen-by, accounting: what the log of accesses says.
#include <fmt/core.h>

#include "commands.h"
#include "fhir_audit.h"
#include "ids.h"
#include "json.h"
#include "log_text.h"
#include "output.h"
#include "syslog_audit.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

using Entry = medseal_audit_entry;

// Runs the query that the arguments make and gives each entry to `show`.
template <typename Show>
Outcome WithEntries(const Common& common, const LogArguments& arguments, Show&& show) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const LogQuery query, ReadLogQuery(arguments, common));
    std::uint64_t count = 0;
    CLI_TRY(session.AuditEntries(query.raw(), [&](const Entry& entry) {
      count += show(entry) ? 1 : 0;
      return !OutputGone();
    }));
    if (count == 0) Say("the log has no such entry");
    return kDone;
  });
}

bool WriteEntry(const Entry& entry, bool json) {
  WriteLine(json ? EntryJson(entry) : EntryText(entry));
  return true;
}

bool IsRead(const Entry& entry) { return std::string_view(entry.operation) == "read"; }

}  // namespace

Outcome ShowLog(const Common& common, const LogArguments& arguments) {
  return WithEntries(common, arguments, [&](const Entry& entry) { return WriteEntry(entry, common.json); });
}

// Writing and denied attempts count too: who asked is part of the answer.
Outcome ShowWhoSaw(const Common& common, const LogArguments& arguments) {
  return WithEntries(common, arguments, [&](const Entry& entry) {
    return std::string_view(entry.operation) != "audit" && WriteEntry(entry, common.json);
  });
}

Outcome ShowSeenBy(const Common& common, const LogArguments& arguments) {
  return WithEntries(common, arguments,
                     [&](const Entry& entry) { return entry.has_patient != 0 && WriteEntry(entry, common.json); });
}

// What a patient may be given: who, when, what for and which kind of data; no session, no record ids, no other patient.
Outcome ShowAccounting(const Common& common, const LogArguments& arguments) {
  return WithEntries(common, arguments, [&](const Entry& entry) {
    const bool denied = std::string_view(entry.outcome) != "done";
    if (denied || (!IsRead(entry) && std::string_view(entry.operation) != "write")) return false;
    WriteLine(common.json ? AccountingJson(entry) : AccountingText(entry));
    return true;
  });
}

Outcome ExportLog(const Common& common, const LogExportArguments& arguments) {
  if (arguments.socket.empty()) {
    const auto layout = arguments.format == "fhir"     ? AuditEventJson
                        : arguments.format == "syslog" ? SyslogLine
                                                       : EntryJson;
    return WithEntries(common, arguments.log, [&](const Entry& entry) {
      WriteLine(layout(entry));
      return true;
    });
  }
  CLI_ASSIGN(const SyslogSocket socket, SyslogSocket::Connect(arguments.socket));
  Status sent;
  const Outcome outcome = WithEntries(common, arguments.log, [&](const Entry& entry) {
    if (sent.ok()) sent = socket.Send(SyslogLine(entry));
    return sent.ok();
  });
  if (outcome.ok() && !sent.ok()) return sent.error();
  return outcome;
}

}  // namespace cli
