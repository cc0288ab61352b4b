// What was read in need, and its review: break-glass.
#include "parse_commands.h"

namespace cli {

void AddBreakGlass(CLI::App& app, Commands& commands) {
  CLI::App* glass =
      app.add_subcommand("break-glass", "what was read in need (--break-glass), and its review")->require_subcommand(1);
  commands.Add(*glass, "list", "who broke the glass for what, and who reviewed it", ListBrokenGlass);
  commands.Add<GlassReviewArguments>(
      *glass, "close", "review one: by an auditor or administrator who is not who broke it", ReviewBrokenGlass,
      [](CLI::App& command, GlassReviewArguments& arguments) {
        command.add_option("number", arguments.number, "as `break-glass list` has it")->required();
        command.add_option("--verdict", arguments.verdict, "what the review found; names no patient")->required();
      });
}

}  // namespace cli
