// break-glass list, close: what was read in need, and its review.
#include <fmt/core.h>

#include "commands.h"
#include "json.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

const char* StateOf(const medseal::BrokenGlass& glass) {
  if (!glass.reviewed_by.empty()) return "reviewed";
  return glass.overdue ? "OVERDUE" : "open";
}

void WriteText(const medseal::BrokenGlass& glass) {
  WriteLine(fmt::format("{:>6}  {:<8}  {}  {}  from {} until {}  {}", glass.number, StateOf(glass),
                        Printable(glass.person), glass.class_name, TimeText(glass.from_ms), TimeText(glass.until_ms),
                        Printable(glass.reason.text())));
  if (glass.reviewed_by.empty()) return;
  WriteLine(fmt::format("{:>18}by {} at {}  {}", "", Printable(glass.reviewed_by), TimeText(glass.reviewed_ms),
                        Printable(glass.verdict.text())));
}

void WriteJson(const medseal::BrokenGlass& glass) {
  JsonLine line("broken_glass");
  line.Number("number", glass.number).Text("person", glass.person).Text("class", glass.class_name);
  line.Text("from", TimeIso(glass.from_ms)).Text("until", TimeIso(glass.until_ms));
  line.Text("reason", glass.reason.text()).Flag("overdue", glass.overdue);
  if (!glass.reviewed_by.empty()) {
    line.Text("reviewed_by", glass.reviewed_by).Text("reviewed", TimeIso(glass.reviewed_ms));
    line.Text("verdict", glass.verdict.text());
  }
  WriteLine(line.Done());
}

}  // namespace

Outcome ListBrokenGlass(const Common& common) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const auto glasses, session.BrokenGlasses());
    for (const medseal::BrokenGlass& glass : glasses) common.json ? WriteJson(glass) : WriteText(glass);
    if (glasses.empty()) Say("no glass was broken");
    return kDone;
  });
}

Outcome ReviewBrokenGlass(const Common& common, const GlassReviewArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(session.ReviewBrokenGlass(arguments.number, arguments.verdict));
    if (common.json) WriteLine(JsonLine("glass_reviewed").Number("number", arguments.number).Done());
    Say("reviewed");
    return kDone;
  });
}

}  // namespace cli
