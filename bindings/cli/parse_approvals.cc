// What takes several persons: approve.
#include "parse_commands.h"

namespace cli {
namespace {

void DefineNumber(CLI::App& command, ApprovalArguments& arguments) {
  command.add_option("number", arguments.number, "as `approve list` has it")->required();
}

}  // namespace

void AddApprovals(CLI::App& app, Commands& commands) {
  CLI::App* approve = app.add_subcommand("approve", "what takes several persons: who asked for it, and signing it")
                          ->require_subcommand(1);
  commands.Add<ApprovalsArguments>(*approve, "list", "what waits for signatures", ListApprovals,
                                   [](CLI::App& command, ApprovalsArguments& arguments) {
                                     command.add_flag("--all", arguments.all, "also what is over");
                                   });
  commands.Add<ApprovalArguments>(*approve, "show", "one, with the patients it names", ShowApproval, DefineNumber);
  commands.Add<ApprovalArguments>(*approve, "sign",
                                  "after a look at it: by the founder, an administrator or an auditor", SignApproval,
                                  DefineNumber);
  commands.Add<ApprovalArguments>(*approve, "withdraw", "it is not to take place", WithdrawApproval, DefineNumber);
}

}  // namespace cli
