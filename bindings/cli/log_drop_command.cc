// audit drop: entries of the log past their legal limit.
#include <fmt/core.h>

#include "commands.h"
#include "confirm.h"
#include "json.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {

Outcome DropLog(const Common& common, const LogDropArguments& arguments) {
  const auto before = ParseDate(arguments.before);
  if (!before.has_value()) return InvalidArgument("--before takes YYYY-MM-DD, in UTC");
  if (arguments.run) CLI_TRY(Confirm(common, "drop entries of the log from before " + arguments.before + " for good?"));
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const medseal_audit_drop_report report, session.DropAudit(*before, arguments.run));
    if (common.json) {
      JsonLine line("audit_drop");
      line.Flag("run", arguments.run).Number("segments", report.segments).Number("entries", report.entries);
      WriteLine(line.Number("held_by_keys", report.held_by_keys).Done());
    } else {
      WriteLine(fmt::format("{} {} entries in {} segments; {} segments stay for keys that later entries need",
                            arguments.run ? "dropped" : "would drop", Grouped(report.entries), Grouped(report.segments),
                            Grouped(report.held_by_keys)));
    }
    if (!arguments.run && report.segments != 0) Say("nothing is gone yet: --run drops them");
    return kDone;
  });
}

}  // namespace cli
