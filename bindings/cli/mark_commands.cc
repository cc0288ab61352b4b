// hold, release, restrict, unrestrict, holds: what a patient is held back by.
#include <fmt/core.h>

#include "commands.h"
#include "ids.h"
#include "json.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

// Changes one patient's marks and says what is so from now on.
template <typename Change>
Outcome ChangeMarks(const Common& common, const std::string& patient, const char* kind, const char* said,
                    Change&& change) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const PatientId id, ReadPatientId(patient, common));
    CLI_TRY(change(session, id.ref()));
    if (common.json) WriteLine(JsonLine(kind).Done());
    Say(said);
    return kDone;
  });
}

void WriteText(const char* what, const std::string& handle, const std::optional<medseal::Mark>& mark) {
  if (!mark) return;
  WriteLine(fmt::format("{}  {:<10}  since {}  by {}  {}", handle, what, TimeText(mark->since_ms), Printable(mark->by),
                        Printable(mark->reason.text())));
}

void AddJson(JsonLine& line, const char* what, const std::optional<medseal::Mark>& mark) {
  if (!mark) return;
  JsonLine entry(what);
  entry.Text("since", TimeIso(mark->since_ms)).Text("by", mark->by).Text("reason", mark->reason.text());
  line.Raw(what, entry.Done());
}

void WriteMark(const medseal::MarkInfo& info, bool json) {
  const std::string handle = HandleText(info.patient);
  if (!json) {
    WriteText("held", handle, info.hold);
    return WriteText("restricted", handle, info.restriction);
  }
  JsonLine line("mark");
  line.Text("patient", handle);
  AddJson(line, "hold", info.hold);
  AddJson(line, "restriction", info.restriction);
  WriteLine(line.Done());
}

}  // namespace

Outcome HoldPatient(const Common& common, const MarkArguments& arguments) {
  return ChangeMarks(common, arguments.patient, "held",
                     "held: nothing of this patient is deleted before `medseal release`",
                     [&](medseal::Session& session, const medseal::Patient& patient) {
                       return session.Hold(patient, arguments.reason);
                     });
}

Outcome ReleasePatient(const Common& common, const MarkArguments& arguments) {
  return ChangeMarks(
      common, arguments.patient, "released", "released: deletion, retention and erasure take effect again",
      [](medseal::Session& session, const medseal::Patient& patient) { return session.Release(patient); });
}

Outcome RestrictPatient(const Common& common, const MarkArguments& arguments) {
  return ChangeMarks(common, arguments.patient, "restricted",
                     "restricted: two persons together may read (--person NAME --with NAME), nobody else",
                     [&](medseal::Session& session, const medseal::Patient& patient) {
                       return session.Restrict(patient, arguments.reason);
                     });
}

Outcome UnrestrictPatient(const Common& common, const MarkArguments& arguments) {
  return ChangeMarks(
      common, arguments.patient, "unrestricted", "unrestricted: whoever holds the classes reads again",
      [](medseal::Session& session, const medseal::Patient& patient) { return session.Unrestrict(patient); });
}

Outcome ListMarks(const Common& common) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const auto marks, session.Marks());
    for (const medseal::MarkInfo& info : marks) WriteMark(info, common.json);
    if (marks.empty()) Say("nobody is held or restricted");
    return kDone;
  });
}

}  // namespace cli
