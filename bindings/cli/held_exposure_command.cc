// exposure --backup, --key: what lies open to who has a backup or a class key; the content of a breach notification.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "commands.h"
#include "json.h"
#include "log_text.h"
#include "names.h"
#include "new_file.h"
#include "output.h"
#include "page.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

bool ReadNumber(std::string_view text, std::uint32_t& number) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

// What the query borrows.
struct Asked {
  std::string place;
  std::string class_name;
  std::uint32_t backup = 0;
  std::uint32_t version = 0;

  medseal::AuditQuery query() const {
    medseal::AuditQuery out;
    out.of_backup = class_name.empty();
    out.backup_place = place;
    out.backup = backup;
    if (!class_name.empty()) out.key_class = class_name;
    out.key_version = version;
    return out;
  }
};

Result<Asked> ReadAsked(const ExposureArguments& arguments) {
  Asked asked;
  asked.place = arguments.place;
  if (!arguments.backup.empty()) {
    if (ReadNumber(arguments.backup, asked.backup) && asked.backup != 0) return asked;
    if (!arguments.place.empty()) return InvalidArgument("--backup takes a number beside --place");
    asked.backup = 0;
    asked.place = arguments.backup;
    return asked;
  }
  const std::size_t at = arguments.key.rfind('@');
  asked.class_name = arguments.key.substr(0, at);
  if (at == std::string::npos || asked.class_name.empty() ||
      !ReadNumber(std::string_view(arguments.key).substr(at + 1), asked.version))
    return InvalidArgument("--key takes CLASS@VERSION, such as hiv@1");
  return asked;
}

// Adds up what passes by; patients are kept for a page alone.
class Tally {
 public:
  Tally(bool json, bool quiet, bool keep)
      : json_(json), quiet_(quiet), keep_(keep), progress_("exposure", "patients") {}

  bool Take(const medseal::ExposedPatient& patient) {
    ++seen_;
    if (quiet_ || isatty(STDOUT_FILENO) == 0) progress_.Update(seen_, 0, 0);  // not among the lines
    if (!patient.canary) {
      for (const std::string& name : patient.classes) ++by_class_[name];
      for (const std::string& name : patient.not_assessed) ++unknown_by_class_[name];
    }
    if (!quiet_) WriteLine(json_ ? Json(patient) : Text(patient));
    if (keep_) rows_.push_back(Row(patient));
    return !OutputGone();
  }
  const std::map<std::string, std::uint64_t>& by_class() const { return by_class_; }
  const std::map<std::string, std::uint64_t>& unknown_by_class() const { return unknown_by_class_; }
  const std::vector<std::vector<std::string>>& rows() const { return rows_; }

 private:
  static std::string Text(const medseal::ExposedPatient& patient) {
    return fmt::format("{}  {:>4} records  {:>5} values  {}{}{}", HandleText(patient.patient), patient.reads,
                       patient.fields, Joined(patient.classes),
                       patient.not_assessed.empty() ? "" : "  not assessed: " + Joined(patient.not_assessed),
                       patient.canary ? "  (planted)" : "");
  }
  static std::string Json(const medseal::ExposedPatient& patient) {
    JsonLine line("exposed");
    line.Text("patient", HandleText(patient.patient)).List("classes", {patient.classes.begin(), patient.classes.end()});
    line.List("not_assessed", {patient.not_assessed.begin(), patient.not_assessed.end()});
    line.Number("records", patient.reads).Number("fields", patient.fields);
    if (patient.first_ms != 0)
      line.Text("first_written", TimeIso(patient.first_ms)).Text("last_written", TimeIso(patient.last_ms));
    return line.Flag("canary", patient.canary).Done();
  }
  static std::vector<std::string> Row(const medseal::ExposedPatient& patient) {
    return {HandleText(patient.patient) + (patient.canary ? " (planted)" : ""), Joined(patient.classes),
            Joined(patient.not_assessed), Grouped(patient.reads), Grouped(patient.fields)};
  }

  const bool json_, quiet_, keep_;
  ProgressLine progress_;
  std::uint64_t seen_ = 0;
  std::map<std::string, std::uint64_t> by_class_, unknown_by_class_;
  std::vector<std::vector<std::string>> rows_;
};

void WriteJson(const Asked& asked, const medseal_exposure_summary& all, const Tally& tally) {
  JsonLine line("exposure");
  if (asked.class_name.empty())
    line.Number("backup", all.backup);
  else
    line.Text("class", asked.class_name).Number("version", asked.version);
  line.Number("patients", all.patients).Number("records", all.reads).Number("fields", all.fields);
  line.Number("patients_not_assessed", all.not_assessed).Number("erased", all.erased);
  line.Number("unreadable", all.unreadable).Number("canaries", all.canaries);
  line.Raw("patients_by_class", CountsJson(tally.by_class()));
  WriteLine(line.Raw("not_assessed_by_class", CountsJson(tally.unknown_by_class())).Done());
}

std::string Subject(const Asked& asked, const medseal_exposure_summary& all) {
  if (!asked.class_name.empty())
    return fmt::format("version {} of the key of class {}", asked.version, asked.class_name);
  return fmt::format("backup {}", all.backup);
}

void WriteText(const Asked& asked, const medseal_exposure_summary& all, const Tally& tally) {
  WriteLine(fmt::format("{}: {} patients, {} records, {} field values", Subject(asked, all), Grouped(all.patients),
                        Grouped(all.reads), Grouped(all.fields)));
  for (const auto& [name, patients] : tally.by_class())
    WriteLine(fmt::format("  {:<16} {:>9} patients", Printable(name), Grouped(patients)));
  for (const auto& [name, patients] : tally.unknown_by_class())
    WriteLine(fmt::format("  {:<16} {:>9} patients not assessable", Printable(name), Grouped(patients)));
  if (all.erased != 0) WriteLine(fmt::format("  {} erased patients, who open from nowhere", Grouped(all.erased)));
  if (all.unreadable != 0)
    WriteLine(fmt::format("  {} patients who do not open: no key row of theirs does, or rows were changed",
                          Grouped(all.unreadable)));
  if (all.canaries != 0) WriteLine(fmt::format("  {} planted patients, who are not counted", Grouped(all.canaries)));
}

std::string PageOf(const Asked& asked, const medseal_exposure_summary& all, const Tally& tally) {
  Page page("What lies open");
  page.Facts({{"Of", Subject(asked, all)},
              {"As of", TimeText(NowMs())},
              {"Patients", Grouped(all.patients)},
              {"Records", Grouped(all.reads)},
              {"Field values", Grouped(all.fields)},
              {"Patients of whom something is not assessable", Grouped(all.not_assessed)},
              {"Erased patients, who open from nowhere", Grouped(all.erased)},
              {"Patients who do not open: no key row does, or rows were changed", Grouped(all.unreadable)},
              {"Planted patients, nobody to notify and not counted", Grouped(all.canaries)}});
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, patients] : tally.by_class()) rows.push_back({name, Grouped(patients), ""});
  for (const auto& [name, patients] : tally.unknown_by_class()) rows.push_back({name, "", Grouped(patients)});
  page.Table("Patients by class of data", {"Class", "Patients", "Not assessable"}, rows);
  page.Table("Patients", {"Patient", "Classes", "Not assessable", "Records", "Values"}, tally.rows());
  return page.Done();
}

}  // namespace

Outcome ShowHeldExposure(const Common& common, const ExposureArguments& arguments) {
  CLI_ASSIGN(const Asked asked, ReadAsked(arguments));
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    const bool page = !arguments.html.empty();
    Tally tally(common.json, page && !common.json, page);
    CLI_ASSIGN(const medseal_exposure_summary all,
               session.VisitExposure(asked.query(), [&](const auto& patient) { return tally.Take(patient); }));
    if (page) {
      CLI_TRY(WriteNewFile(arguments.html, medseal::AsBytes(PageOf(asked, all, tally)), "the page"));
      Say("written to " + arguments.html);
    }
    if (common.json)
      WriteJson(asked, all, tally);
    else if (!page)
      WriteText(asked, all, tally);
    return kDone;
  });
}

}  // namespace cli
