// What may be moved in or out: mandate.
#include "parse_commands.h"

namespace cli {
namespace {

void DefineFile(CLI::App& command, MandateArguments& arguments) {
  command.add_option("file", arguments.file, "the mandate")->required();
}

void DefineNew(CLI::App& command, NewMandateArguments& arguments) {
  command.add_option("file", arguments.file, "to be made")->required();
  command.add_option("direction", arguments.direction)->required()->check(CLI::IsMember({"import", "export"}));
  command.add_option("--from", arguments.from, "which system, file or vault, for people")->required();
  command.add_option("--to", arguments.to, "where it goes, for people")->required();
  command.add_option("--for", arguments.purpose, "the purpose of use, such as migration")->required();
  command.add_option("--take", arguments.takes, "TYPE:FIELD,FIELD,... ; once for each record type")
      ->required()
      ->allow_extra_args(false);
  command.add_option("--since", arguments.since, "the first date of what is moved, as 2026-01-31");
  command.add_option("--until", arguments.until, "the last one");
  command.add_option("--patients", arguments.patients, "file with an external id a line: of these alone");
  command.add_option("--recipient", arguments.recipients, "of an export: \"KEY WHO\", an X25519 key in 64 digits")
      ->allow_extra_args(false);
  command.add_flag("--keep-unknown", arguments.keep_unknown,
                   "of an import: columns that are not named are sealed, not dropped");
  command.add_option("--rows", arguments.most_rows, "at most; before the next one it stops")
      ->required()
      ->check(CLI::PositiveNumber);
  command.add_option("--expires", arguments.expires, "the last date on which it is in force")->required();
  command.add_option("--erase-by", arguments.erase_by, "of an import: the date by which the source is gone");
  command.add_option("--signers", arguments.signers, "persons at least, if more than policy asks for")
      ->check(CLI::Range(1, 16));
}

}  // namespace

void AddMandates(CLI::App& app, Commands& commands) {
  CLI::App* mandate = app.add_subcommand("mandate", "signed orders to move records in or out: they name each field")
                          ->require_subcommand(1);
  commands.Add<NewMandateArguments>(*mandate, "new", "write one, to be read and signed", NewMandate, DefineNew);
  commands.Add<MandateArguments>(*mandate, "show", "what it says, who signed it, and whether it is in force", ShowMandate,
                                 DefineFile);
  commands.Add<MandateArguments>(*mandate, "sign",
                                 "after a look at it: by the founder, an administrator or an auditor", SignMandate,
                                 DefineFile);
  commands.Add<MandateArguments>(*mandate, "verify", "exit code 0 if it is in force; needs no login", VerifyMandate,
                                 DefineFile);
}

}  // namespace cli
