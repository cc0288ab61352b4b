// exposure: what a person, or who had their secret, saw; the content of a breach notification (GDPR art. 33).
#include <fmt/core.h>

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

std::map<std::string, std::uint64_t> PatientsByClass(const medseal::Exposure& exposure) {
  std::map<std::string, std::uint64_t> by_class;
  for (const medseal::ExposedPatient& patient : exposure.patients) {
    if (patient.canary) continue;
    for (const std::string& name : patient.classes) ++by_class[name];
  }
  return by_class;
}

void WriteText(const medseal::Exposure& exposure) {
  const medseal_exposure_summary& all = exposure.summary;
  WriteLine(fmt::format("{} patients, {} records opened, {} field values, {} searches", Grouped(all.patients),
                        Grouped(all.reads), Grouped(all.fields), Grouped(all.searches)));
  for (const auto& [name, patients] : PatientsByClass(exposure))
    WriteLine(fmt::format("  {:<16} {:>9} patients", Printable(name), Grouped(patients)));
  if (all.unknown != 0)
    WriteLine(
        fmt::format("  {} reads of patients erased since: of what, nobody can say any more", Grouped(all.unknown)));
  if (all.asserted != 0)
    WriteLine(fmt::format("  {} of {} reads were on behalf of somebody, as the host asserted", Grouped(all.asserted),
                          Grouped(all.reads)));
  if (all.canaries != 0) WriteLine(fmt::format("  {} planted patients, who are not counted", Grouped(all.canaries)));
  for (const medseal::ExposedPatient& patient : exposure.patients)
    WriteLine(fmt::format("{}  {}  to {}  {:>4} reads  {}{}", HandleText(patient.patient), TimeText(patient.first_ms),
                          TimeText(patient.last_ms), patient.reads, Joined(patient.classes),
                          patient.canary ? "  (planted)" : ""));
}

void WriteJson(const ExposureArguments& arguments, const medseal::Exposure& exposure) {
  const medseal_exposure_summary& all = exposure.summary;
  WriteLine(JsonLine("exposure")
                .Text("person", arguments.log.person)
                .Number("patients", all.patients)
                .Number("reads", all.reads)
                .Number("fields", all.fields)
                .Number("searches", all.searches)
                .Number("erased_since", all.unknown)
                .Number("asserted", all.asserted)
                .Number("canaries", all.canaries)
                .Raw("patients_by_class", CountsJson(PatientsByClass(exposure)))
                .Done());
  for (const medseal::ExposedPatient& patient : exposure.patients)
    WriteLine(JsonLine("exposed")
                  .Text("patient", HandleText(patient.patient))
                  .List("classes", {patient.classes.begin(), patient.classes.end()})
                  .Number("reads", patient.reads)
                  .Number("fields", patient.fields)
                  .Text("first", TimeIso(patient.first_ms))
                  .Text("last", TimeIso(patient.last_ms))
                  .Flag("canary", patient.canary)
                  .Done());
}

// The page that goes to the authority with the notification: counts first, then the patients by handle.
std::string PageOf(const ExposureArguments& arguments, const medseal::Exposure& exposure) {
  const medseal_exposure_summary& all = exposure.summary;
  Page page("What was exposed");
  page.Facts({{"Person", arguments.log.person},
              {"From", arguments.log.since.empty() ? "the beginning of the log" : arguments.log.since},
              {"To", arguments.log.until.empty() ? TimeText(NowMs()) : arguments.log.until},
              {"Patients", Grouped(all.patients)},
              {"Records opened", Grouped(all.reads)},
              {"Field values opened", Grouped(all.fields)},
              {"Searches", Grouped(all.searches)},
              {"Reads of patients erased since", Grouped(all.unknown)},
              {"Reads on behalf of somebody (asserted)", Grouped(all.asserted)},
              {"Planted patients, nobody to notify and not counted", Grouped(all.canaries)}});
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, patients] : PatientsByClass(exposure)) rows.push_back({name, Grouped(patients)});
  page.Table("Patients by class of data", {"Class", "Patients"}, rows);
  rows.clear();
  for (const medseal::ExposedPatient& patient : exposure.patients)
    rows.push_back({HandleText(patient.patient) + (patient.canary ? " (planted)" : ""), Joined(patient.classes),
                    Grouped(patient.reads), TimeText(patient.first_ms), TimeText(patient.last_ms)});
  page.Table("Patients", {"Patient", "Classes", "Reads", "First", "Last"}, rows);
  return page.Done();
}

}  // namespace

Outcome ShowExposure(const Common& common, const ExposureArguments& arguments) {
  const int asked = !arguments.log.person.empty() + !arguments.backup.empty() + !arguments.key.empty();
  if (asked != 1) return InvalidArgument("say of whom or what: --of PERSON, --backup B or --key CLASS@VERSION");
  if (arguments.log.person.empty()) return ShowHeldExposure(common, arguments);
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const LogQuery query, ReadLogQuery(arguments.log, common));
    CLI_ASSIGN(const medseal::Exposure exposure, session.ExposureOf(query.raw()));
    if (!arguments.html.empty()) {
      CLI_TRY(WriteNewFile(arguments.html, medseal::AsBytes(PageOf(arguments, exposure)), "the page"));
      Say("written to " + arguments.html);
    }
    if (common.json)
      WriteJson(arguments, exposure);
    else if (arguments.html.empty())
      WriteText(exposure);
    return kDone;
  });
}

}  // namespace cli
