// role define, list, show, give, take: named sets of classes and of what may be done with them.
#include <fmt/core.h>

#include "commands.h"
#include "json.h"
#include "names.h"
#include "operations.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

void WriteRole(const medseal::RoleInfo& role, bool json) {
  if (json) {
    JsonLine line("role");
    line.Text("name", role.name).List("operations", OperationWords(role.operations));
    return WriteLine(line.List("classes", {role.classes.begin(), role.classes.end()}).Done());
  }
  WriteLine(fmt::format("{}  {}: {}", Padded(Printable(role.name), 20), OperationText(role.operations),
                        role.classes.empty() ? "no class" : Joined(role.classes)));
}

Outcome WriteRoles(const Common& common, const std::string& name) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const auto roles, session.Roles());
    bool found = name.empty();
    for (const medseal::RoleInfo& role : roles) {
      if (!name.empty() && role.name != name) continue;
      WriteRole(role, common.json);
      found = true;
    }
    if (!found) return Error(MEDSEAL_NOT_FOUND, "there is no such role; `medseal role list` names all");
    return kDone;
  });
}

}  // namespace

Outcome DefineRole(const Common& common, const RoleDefineArguments& arguments) {
  CLI_ASSIGN(const std::uint32_t operations, ParseOperations(arguments.operations));
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    const std::vector<const char*> classes = Pointers(arguments.classes);
    CLI_TRY(session.DefineRole({.name = arguments.name, .operations = operations, .classes = classes}));
    if (common.json) WriteLine(JsonLine("role_defined").Text("name", arguments.name).Done());
    Say(fmt::format("whoever has the role {} may now {}: {}", arguments.name, OperationText(operations),
                    classes.empty() ? "no class" : Joined(arguments.classes)));
    Say("  a class that it gave before and not now is gone from open sessions; a key that somebody kept of it lives "
        "until"
        " `medseal rotate class`");
    return kDone;
  });
}

Outcome GiveRole(const Common& common, const RoleArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(session.GiveRole(arguments.person, arguments.role));
    if (common.json)
      WriteLine(JsonLine("role_given").Text("name", arguments.person).Text("role", arguments.role).Done());
    Say(fmt::format("{} has the role {} from their next login on", arguments.person, arguments.role));
    return kDone;
  });
}

Outcome TakeRole(const Common& common, const RoleArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(session.TakeRole(arguments.person, arguments.role));
    if (common.json)
      WriteLine(JsonLine("role_taken").Text("name", arguments.person).Text("role", arguments.role).Done());
    Say(fmt::format("{} has the role {} no more, in open sessions either", arguments.person, arguments.role));
    Say("  a key that they kept of its classes lives until `medseal rotate class`");
    return kDone;
  });
}

Outcome ListRoles(const Common& common) { return WriteRoles(common, ""); }
Outcome ShowRole(const Common& common, const std::string& name) { return WriteRoles(common, name); }

}  // namespace cli
