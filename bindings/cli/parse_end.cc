// How data ends, and what keeps it: erase, certificate, purge, hold, restrict, retention.
#include "parse_commands.h"

namespace cli {

void AddErasure(CLI::App& app, Commands& commands) {
  commands.Add<EraseArguments>(
      app, "erase", "a patient, from the store and from every backup (the founder may, or who has a role that erases)",
      ErasePatients, [](CLI::App& command, EraseArguments& arguments) {
        command.add_option("patient", arguments.patient);
        command.add_option("--file", arguments.file, "several patients, one a line; they share a change of epoch");
        command.add_option("--reason", arguments.reason, "why; goes into the certificate")->required();
        command.add_option("--certificate", arguments.certificate, "write it to this new file");
      });
  CLI::App* certificate = app.add_subcommand("certificate", "what proves an erasure")->require_subcommand(1);
  commands.Add<CertificateArguments>(*certificate, "make", "as things stand now", MakeCertificate,
                                     [](CLI::App& command, CertificateArguments& arguments) {
                                       command.add_option("number", arguments.what)->required();
                                       command.add_option("--out", arguments.out, "a new file, not stdout");
                                     });
  commands.Add<CertificateArguments>(*certificate, "verify", "needs no vault", VerifyCertificate,
                                     [](CLI::App& command, CertificateArguments& arguments) {
                                       command.add_option("file", arguments.what)->required();
                                       command.add_option("--founder", arguments.founder,
                                                          "the key that has to stand behind it");
                                     });
  commands.Add<PurgeArguments>(app, "purge", "deleted rows leave the store's files", PurgeStore,
                               [](CLI::App& command, PurgeArguments& arguments) {
                                 command.add_option("--patience", arguments.patience_seconds,
                                                    "wait so many seconds for readers, 60 if not given");
                               });
}

void AddMarks(CLI::App& app, Commands& commands) {
  const auto add = [&](const char* name, const char* help, Outcome (*run)(const Common&, const MarkArguments&),
                       bool reason) {
    commands.Add<MarkArguments>(app, name, help, run, [reason](CLI::App& command, MarkArguments& arguments) {
      command.add_option("patient", arguments.patient)->required();
      if (reason) command.add_option("--reason", arguments.reason, "why, up to 240 bytes; kept sealed")->required();
    });
  };
  add("hold", "legal hold: nothing of a patient is deleted (the founder may)", HoldPatient, true);
  add("release", "end a legal hold", ReleasePatient, false);
  add("restrict", "only two persons together may read a patient (GDPR art. 18)", RestrictPatient, true);
  add("unrestrict", "end a restriction; takes two persons (--with)", UnrestrictPatient, false);
  commands.Add(app, "holds", "who is held or restricted, by whom and why", ListMarks);
}

void AddRetention(CLI::App& app, Commands& commands) {
  CLI::App* retention = app.add_subcommand("retention", "what has had its time")->require_subcommand(1);
  commands.Add<RetentionArguments>(*retention, "plan", "what would go; with --json, record by record", PlanRetention,
                                   [](CLI::App& command, RetentionArguments& arguments) {
                                     command.add_option("--type", arguments.type, "of one record type");
                                     command.add_option("--until", arguments.until,
                                                        "as if it were this day: YYYY-MM-DD, UTC");
                                   });
  commands.Add<RetentionArguments>(
      *retention, "run", "let it go for good; again after an interruption", RunRetention,
      [](CLI::App& command, RetentionArguments& arguments) {
        command
            .add_option("--max-share", arguments.max_share,
                        "per cent of all records at most: 5 if not given; more takes a second person (--with)")
            ->check(CLI::Range(1, 100));
      });
}

}  // namespace cli
