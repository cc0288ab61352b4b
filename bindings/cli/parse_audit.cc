// What the log of accesses answers: audit, who-saw, seen-by, accounting, exposure.
#include "parse_commands.h"

namespace cli {
namespace {

void AddTimes(CLI::App& command, LogArguments& log) {
  command.add_option("--since", log.since, "from then on: YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS, UTC");
  command.add_option("--until", log.until, "up to then, not included");
}

void AddPatient(CLI::App& command, LogArguments& log) {
  command.add_option("patient", log.patient, "a handle, @FILE, or - for a line of stdin")->required();
  AddTimes(command, log);
}

void AddFilters(CLI::App& command, LogArguments& log) {
  AddTimes(command, log);
  command.add_option("--of", log.person, "entries of one person");
  command.add_option("--patient", log.patient, "entries about one patient: a handle, @FILE or -");
  command.add_option("--operation", log.operation, "login, read, search, write, ...");
  command.add_option("--outcome", log.outcome, "done, denied, not-found, failed, begun, not-committed");
  command.add_option("--from", log.from, "from the entry with this index on");
}

}  // namespace

void AddAudit(CLI::App& app, Commands& commands) {
  CLI::App* audit = app.add_subcommand("audit", "the log of accesses")->require_subcommand(1);
  commands.Add<LogArguments>(*audit, "show", "its entries, oldest first (takes the class audit)", ShowLog, AddFilters);
  commands.Add<LogExportArguments>(
      *audit, "export", "its entries for other systems (takes the class audit)", ExportLog,
      [](CLI::App& command, LogExportArguments& arguments) {
        AddFilters(command, arguments.log);
        command
            .add_option("--format", arguments.format,
                        "jsonl; fhir: AuditEvents (R4) as NDJSON; syslog: RFC 5424 with structured data")
            ->check(CLI::IsMember({"jsonl", "fhir", "syslog"}));
        command.add_option("--syslog", arguments.socket, "sends them to this socket, such as /dev/log, as syslog");
      });
  AddLogProofs(*audit, commands);
  commands.Add<LogArguments>(app, "who-saw", "who read, wrote or was denied records of a patient", ShowWhoSaw,
                             AddPatient);
  commands.Add<LogArguments>(app, "accounting", "who saw a patient's records, as the patient may be given it",
                             ShowAccounting, AddPatient);
  commands.Add<LogArguments>(app, "seen-by", "which patients a person saw", ShowSeenBy,
                             [](CLI::App& command, LogArguments& log) {
                               command.add_option("person", log.person)->required();
                               AddTimes(command, log);
                             });
  commands.Add<ExposureArguments>(
      app, "exposure", "which patients and classes a person saw, or lie open to who has a backup or key, to notify of",
      ShowExposure, [](CLI::App& command, ExposureArguments& arguments) {
        command.add_option("--of", arguments.log.person, "the person whose account is in question");
        command.add_option("--backup", arguments.backup,
                           "a backup in wrong hands: its number, or its place for the newest");
        command.add_option("--place", arguments.place, "where that number is of");
        command.add_option("--key", arguments.key, "a class key in wrong hands: CLASS@VERSION");
        AddTimes(command, arguments.log);
        command.add_option("--html", arguments.html, "write a page to print");
      });
}

}  // namespace cli
