// Records: put, delete, get, history, patient, find, scan, range, import.
#include "parse_commands.h"

namespace cli {
namespace {

constexpr const char* kRecordHelp = "TYPE PATIENT RECORD, or the handle that was printed for the record";

void AddPaging(CLI::App& command, ListArguments& list) {
  command.add_flag("--full", list.full, "every field, not a line a record");
  command.add_option("--limit", list.limit, "records at most");
}

void AddRecord(CLI::App& command, std::vector<std::string>& record) {
  command.add_option("record", record, kRecordHelp)->required()->expected(1, 3);
}

}  // namespace

void AddWrites(CLI::App& app, Commands& commands) {
  commands.Add<PutArguments>(
      app, "put", R"(write records: {"patient": "...", "record": "...", "fields": {...}} a line of stdin)", Put,
      [](CLI::App& command, PutArguments& arguments) {
        command.add_option("type", arguments.type)->required();
        CLI::Option* absent = command.add_flag("--if-absent", arguments.if_absent, "refuse records that are there");
        CLI::Option* update =
            command.add_flag("--update", arguments.update, "change the fields given, keep the others");
        absent->excludes(update);
        command.add_option("--expect", arguments.expect, "refuse unless the record has this version")->excludes(absent);
        command.add_option("--clear", arguments.clear, "fields to make absent, separated by commas")
            ->delimiter(',')
            ->needs(update)
            ->allow_extra_args(false);
        command.add_flag("--skip-unchanged", arguments.skip_unchanged, "write nothing where nothing would change");
      });
  commands.Add<DeleteArguments>(
      app, "delete", "remove a record with its history", Delete, [](CLI::App& command, DeleteArguments& arguments) {
        AddRecord(command, arguments.record);
        command.add_option("--expect", arguments.expect, "refuse unless the record has this version");
      });
}

void AddReads(CLI::App& app, Commands& commands) {
  commands.Add<GetArguments>(app, "get", "one record", Get, [](CLI::App& command, GetArguments& arguments) {
    AddRecord(command, arguments.record);
    AddNames(command, "--fields", arguments.fields, "fields to open, separated by commas");
    command.add_option("--version", arguments.version, "an older version");
    CLI::Option* masked =
        command.add_flag("--masked", arguments.masked, "show no more than their mask of fields that have one");
    command.add_option("--raw", arguments.raw, "write the bytes of this one field as they are")->excludes(masked);
  });
  commands.Add<HistoryArguments>(app, "history", "versions of a record, newest first", ShowHistory,
                                 [](CLI::App& command, HistoryArguments& arguments) {
                                   AddRecord(command, arguments.record);
                                   AddPaging(command, arguments);
                                 });
  commands.Add<PatientArguments>(app, "patient", "all records of a patient, after checking that none is missing",
                                 ShowPatient, [](CLI::App& command, PatientArguments& arguments) {
                                   command.add_option("patient", arguments.patient)->required();
                                   AddPaging(command, arguments);
                                 });
  commands.Add<FindArguments>(
      app, "find", "records whose field has a value", Find, [](CLI::App& command, FindArguments& arguments) {
        command.add_option("type", arguments.type)->required();
        command.add_option("condition", arguments.condition, "field=- or field=@FILE")->required();
        AddPaging(command, arguments);
      });
}

void AddLists(CLI::App& app, Commands& commands) {
  commands.Add<ScanArguments>(app, "scan", "all records of a type", Scan,
                              [](CLI::App& command, ScanArguments& arguments) {
                                command.add_option("type", arguments.type)->required();
                                command.add_option("--after", arguments.after, "begin behind this record's handle");
                                AddPaging(command, arguments);
                              });
  commands.Add<RangeArguments>(
      app, "range", "records by a public ordered field", ShowRange, [](CLI::App& command, RangeArguments& arguments) {
        command.add_option("type", arguments.type)->required();
        command.add_option("field", arguments.field)->required();
        command.add_option("--from", arguments.from, "first value");
        command.add_option("--to", arguments.to, "first value that is too high; to the end if not given");
        command.add_option("--prefix", arguments.prefix, "values that begin with this")
            ->excludes("--from")
            ->excludes("--to");
        AddPaging(command, arguments);
      });
}

void AddImport(CLI::App& app, Commands& commands) {
  CLI::App* import =
      app.add_subcommand("import", "files into records; again after an interruption")->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, medseal_source source) {
    commands.Add<ImportArguments>(*import, name, help, Import, [source](CLI::App& command, ImportArguments& arguments) {
      arguments.source = source;
      command.add_option("files", arguments.files)->required();
      command.add_option("--lab", arguments.lab, "value of the public field `lab` of every record");
    });
  };
  add("fhir", "FHIR R4: Bundles, single resources and NDJSON", MEDSEAL_FHIR);
  add("hl7v2", "HL7 v2 messages and batches", MEDSEAL_HL7V2);
}

}  // namespace cli
