// The command line, understood.
#include "parse.h"

#include "parse_commands.h"
#include "talk.h"

namespace cli {
namespace {

constexpr const char* kFooter =
    "PATIENT and search values: - reads a line of standard input, @FILE reads a file, h:... is a printed handle;\n"
    "--allow-argv takes them as they are. Secrets come from a file, a descriptor or a prompt.\n"
    "Exit codes: 0 done, 1 other, 2 wrong call or input, 3 done but some inputs were rejected or the\n"
    "doctor found something red, 4 not found, 5 erased,\n"
    "6 may not, 10 no vault, 11 locked, 12 wrong secret, 13 tampered, corrupt or stale, 14 key unavailable, 130 "
    "cancelled.";

void AddCommon(CLI::App& app, Common& common) {
  app.add_option("--store", common.store, "directory of the vault")->envname("MEDSEAL_STORE");
  app.add_option(
         "--keyring", common.keyring,
         "keyring file outside the store, or pkcs11:token=NAME;object=NAME (quoted: the shell ends a command at ;)")
      ->envname("MEDSEAL_KEYRING");
  app.add_option("--keyring-passphrase-file", common.passphrase.file,
                 "file with the passphrase of the keyring or the PIN of its token")
      ->envname("MEDSEAL_KEYRING_PASSPHRASE_FILE");
  app.add_option("--keyring-passphrase-fd", common.passphrase.descriptor,
                 "descriptor with the passphrase or PIN, one line");
  app.add_option("--keyring-key-file", common.key_file, "32 bytes that open the keyring instead of a passphrase")
      ->envname("MEDSEAL_KEYRING_KEY_FILE");
  app.add_option("--person", common.person, "who works")->envname("MEDSEAL_PERSON");
  app.add_option("--password-file", common.password.file, "file with the person's password")
      ->envname("MEDSEAL_PASSWORD_FILE");
  app.add_option("--password-fd", common.password.descriptor, "descriptor with the person's password, one line");
  app.add_option("--person-key", common.person_key, "the person's key file, if that is what they log in with")
      ->envname("MEDSEAL_PERSON_KEY");
  app.add_option("--person-token", common.person_token,
                 "the person's token, pkcs11:token=NAME, if that is what they log in with; the password is its PIN")
      ->envname("MEDSEAL_PERSON_TOKEN");
  app.add_option("--with", common.second_person, "a second person, for what takes two: they log in too");
  app.add_option("--with-password-file", common.second_password.file, "file with the second person's password");
  app.add_option("--with-password-fd", common.second_password.descriptor, "descriptor with it, one line");
  app.add_option("--with-key", common.second_key, "the second person's key file");
  app.add_option("--with-token", common.second_token, "the second person's token; the password is its PIN");
  app.add_option("--break-glass", common.glass_reason,
                 "in need, and why: read a class behind glass in this command; it is reviewed afterwards");
  app.add_option("--break-glass-class", common.glass_class, "which, where you may break the glass for several");
  app.add_option("--break-glass-minutes", common.glass_minutes, "for how long at most, as policy says if not given");
  app.add_option("--purpose", common.purpose,
                 "of use: care, billing, research, admin, emergency, migration, audit, patient_request, public_health, "
                 "or x-... of your own")
      ->envname("MEDSEAL_PURPOSE");
  app.add_option("--on-behalf-of", common.on_behalf_of, "whose work it is, as you say; recorded as asserted")
      ->envname("MEDSEAL_ON_BEHALF_OF");
  app.add_option("--origin", common.origin, "machine, terminal or address they are at; recorded as asserted")
      ->envname("MEDSEAL_ORIGIN");
  app.add_option("--job", common.job, "the declared job that this is, as `medseal job declare` named it")
      ->envname("MEDSEAL_JOB");
  app.add_option("--durability", common.durability, "what a write survives: power (default) or process")
      ->check(CLI::IsMember({"power", "process"}));
  app.add_option("--metrics", common.metrics,
                 "file for this run's metrics, written when it ends (the textfile collector takes NAME.prom)");
  app.add_flag("--accept-stale", common.accept_stale, "open a store older than its anchor, read-only");
  app.add_flag("--json", common.json, "results as JSON, one object a line");
  app.add_flag("--allow-argv", common.allow_argv, "take patient ids and search values from the command line");
  app.add_flag("--yes", common.yes, "do not ask before what cannot be taken back");
}

// The library's own text where it names options only; where it quotes what was typed, a text of ours.
std::string Mistake(const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    return "there are words or options that this command does not know (secrets are never taken from the command line)";
  }
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr)
    return "an option that takes a number was given something else";
  if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr)
    return "an option has a value that it does not take";
  return error.what();
}

int Answer(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);
  SayFailed(InvalidArgument(Mistake(error)));
  Say("  next: medseal --help, or medseal COMMAND --help");
  return medseal_exit_code(MEDSEAL_INVALID_ARGUMENT);
}

}  // namespace

void AddCost(CLI::App& command, CostArguments& cost) {
  command.add_option("--argon2-memory", cost.memory_mib, "MiB to hash a secret with: 19 to 1024, 64 if not given")
      ->check(CLI::Range(19, 1024));
  command.add_option("--argon2-passes", cost.passes, "passes over it: 2 to 10, 3 if not given")
      ->check(CLI::Range(2, 10));
}

void AddNames(CLI::App& command, const char* option, std::vector<std::string>& names, const char* help) {
  command.add_option(option, names, help)->delimiter(',')->allow_extra_args(false);
}

void AddRate(CLI::App& command, std::uint64_t& rows_per_second) {
  command.add_option("--max-rate", rows_per_second, "key rows a second at most")->check(CLI::PositiveNumber);
}

Parsed Parse(int count, char** words) {
  Parsed parsed;
  Commands commands(parsed);
  CLI::App app("medseal: medical records, sealed field by field");
  app.footer(kFooter);
  app.fallthrough();  // options that every command has may stand behind it
  app.require_subcommand(1);
  app.set_version_flag("-V,--version", std::string("medseal ") + medseal_version());
  AddCommon(app, parsed.common);
  AddVault(app, commands);
  AddPeople(app, commands);
  AddPolicy(app, commands);
  AddRoles(app, commands);
  AddRotate(app, commands);
  AddBackup(app, commands);
  AddRestore(app, commands);
  AddProvider(app, commands);
  AddRecovery(app, commands);
  AddReseal(app, commands);
  AddIndex(app, commands);
  AddSchema(app, commands);
  AddWrites(app, commands);
  AddReads(app, commands);
  AddLists(app, commands);
  AddImport(app, commands);
  AddErasure(app, commands);
  AddMarks(app, commands);
  AddApprovals(app, commands);
  AddMandates(app, commands);
  AddBreakGlass(app, commands);
  AddAudit(app, commands);
  AddAlerts(app, commands);
  AddDeclaredJobs(app, commands);
  AddRetention(app, commands);
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    SetTalk(parsed.common.json);
    parsed.exit_code = Answer(app, error);
    parsed.run = nullptr;
  }
  return parsed;
}

}  // namespace cli
