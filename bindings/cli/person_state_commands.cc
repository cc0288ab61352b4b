// person revoke, disable, enable, rename: what changes for somebody who is there.
#include <fmt/core.h>

#include <algorithm>

#include "commands.h"
#include "json.h"
#include "output.h"
#include "talk.h"

namespace cli {
namespace {

// By a role: the grant that was taken back was not all.
Result<bool> StillHolds(medseal::Session& session, const std::string& name, const std::string& class_name) {
  CLI_ASSIGN(const auto persons, session.Persons());
  return std::any_of(persons.begin(), persons.end(), [&](const medseal::PersonInfo& person) {
    return person.name == name &&
           std::find(person.classes.begin(), person.classes.end(), class_name) != person.classes.end();
  });
}

Outcome SetEnabled(const Common& common, const std::string& name, bool enabled) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(session.EnablePerson(name, enabled));
    if (common.json) WriteLine(JsonLine(enabled ? "person_enabled" : "person_disabled").Text("name", name).Done());
    if (enabled) {
      Say(fmt::format("{} may log in again, with the classes and roles they have", name));
    } else {
      Say(fmt::format("{} may not log in any more, and open sessions have ended", name));
      Say(fmt::format("  keys that they kept live until `medseal rotate person {} --compromised`", name));
    }
    return kDone;
  });
}

}  // namespace

Outcome RevokeClasses(const Common& common, const PersonGrantArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    for (const std::string& class_name : arguments.classes) {
      CLI_TRY(session.Revoke(arguments.name, class_name));
      CLI_ASSIGN(const bool still, StillHolds(session, arguments.name, class_name));
      if (common.json) {
        JsonLine line("revoked");
        line.Text("name", arguments.name).Text("class", class_name).Flag("held_by_role", still);
        WriteLine(line.Done());
      }
      if (still) {
        Warn(fmt::format("{} still holds {} by a role: medseal person show, then medseal role take", arguments.name,
                         class_name));
        continue;
      }
      Say(fmt::format("{} may not open {} any more, in open sessions either", arguments.name, class_name));
      Say(fmt::format("  a key that they kept lives until `medseal rotate class {}`", class_name));
    }
    return kDone;
  });
}

Outcome DisablePerson(const Common& common, const std::string& name) { return SetEnabled(common, name, false); }
Outcome EnablePerson(const Common& common, const std::string& name) { return SetEnabled(common, name, true); }

Outcome RenamePerson(const Common& common, const PersonRenameArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(session.RenamePerson(arguments.name, arguments.new_name));
    if (common.json)
      WriteLine(JsonLine("person_renamed").Text("name", arguments.new_name).Text("was", arguments.name).Done());
    Say(fmt::format("{} logs in as {} from now on; the name of before stays taken", arguments.name,
                    arguments.new_name));
    return kDone;
  });
}

}  // namespace cli
