// import: files of FHIR and HL7 v2. What was written stays; the same command again goes on where an interrupted one
// stopped.
#include <fmt/core.h>

#include "commands.h"
#include "interrupt.h"
#include "json.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

class ImportWatcher : public medseal::Watcher {
 public:
  bool OnProgress(const medseal_progress& progress) noexcept override {
    line_.Update(progress.done, progress.in_all, progress.records);
    return !Interrupted();
  }
  void OnReject(const char* file, std::uint64_t line, const char* segment, const char* why) noexcept override {
    std::string place = file == nullptr ? "" : file;
    if (line != 0) place += fmt::format(":{}", line);
    if (segment != nullptr && *segment != '\0') place += fmt::format(": {}", segment);
    SayRejected(place, why, MEDSEAL_INVALID_ARGUMENT);
  }

 private:
  ProgressLine line_{"import", "bytes"};
};

std::string ClassesJson(const medseal_import_report& report) {
  std::string out;
  for (std::size_t i = 0; i < report.class_count; ++i) {
    out += fmt::format("{}{}:{}", out.empty() ? "{" : ",", Quote(report.classes[i].name), report.classes[i].fields);
  }
  return out.empty() ? "{}" : out + "}";
}

void WriteJson(const medseal_import_report& report) {
  JsonLine line("import");
  line.Number("read", report.read).Number("written", report.written).Number("unchanged", report.unchanged);
  line.Number("rejected", report.rejected).Number("new_patients", report.patients);
  WriteLine(line.Raw("sealed", ClassesJson(report)).Done());
}

void WriteText(const medseal_import_report& report) {
  const std::pair<const char*, std::uint64_t> facts[] = {{"records read", report.read},
                                                         {"written", report.written},
                                                         {"there already", report.unchanged},
                                                         {"rejected", report.rejected},
                                                         {"new patients", report.patients}};
  for (const auto& [name, count] : facts) WriteLine(fmt::format("{:<16}{:>10}", name, Grouped(count)));
  if (report.written != 0) WriteLine("field values sealed, by class");
  for (std::size_t i = 0; i < report.class_count; ++i) {
    if (report.classes[i].fields == 0) continue;
    WriteLine(fmt::format("  {:<14}{:>10}", report.classes[i].name, Grouped(report.classes[i].fields)));
  }
}

Outcome ImportFiles(medseal::Session& session, const Common& common, const ImportArguments& arguments) {
  std::vector<const char*> files;
  for (const std::string& file : arguments.files) files.push_back(file.c_str());
  const medseal::Name lab = arguments.lab.empty() ? medseal::Name() : medseal::Name(arguments.lab);
  medseal_import_report report;
  Status status;
  {
    ImportWatcher watcher;
    status = session.Import({.source = arguments.source, .files = files, .lab = lab}, &watcher, &report);
  }
  if (status.ok() || report.read != 0) common.json ? WriteJson(report) : WriteText(report);
  if (!status.ok()) return status.error();
  return report.rejected == 0 ? kDone : kSomeRejected;
}

}  // namespace

Outcome Import(const Common& common, const ImportArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) { return ImportFiles(session, common, arguments); });
}

}  // namespace cli
