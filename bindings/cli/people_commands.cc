// person add, grant, list, show: who works with the vault, and what each may open.
#include <fmt/core.h>

#include "commands.h"
#include "json.h"
#include "key_file.h"
#include "output.h"
#include "secrets.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

std::vector<const char*> Pointers(const std::vector<std::string>& names) {
  std::vector<const char*> out;
  for (const std::string& name : names) out.push_back(name.c_str());
  return out;
}

std::string Joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

const char* KindOf(const medseal::PersonInfo& person) {
  return person.founder ? "founder" : person.kind == MEDSEAL_SERVICE ? "service" : "human";
}

void WritePerson(const medseal::PersonInfo& person, bool json) {
  if (!json) {
    return WriteLine(
        fmt::format("{}  {:<8} {}", Padded(Printable(person.name), 20), KindOf(person), Joined(person.classes)));
  }
  JsonLine line("person");
  line.Text("name", person.name).Flag("founder", person.founder).Flag("service", person.kind == MEDSEAL_SERVICE);
  WriteLine(line.List("classes", {person.classes.begin(), person.classes.end()}).Done());
}

Outcome WritePersons(const Common& common, const std::string& name) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const auto persons, session.Persons());
    bool found = name.empty();
    for (const medseal::PersonInfo& person : persons) {
      if (!name.empty() && person.name != name) continue;
      WritePerson(person, common.json);
      found = true;
    }
    if (!found) return Error(MEDSEAL_NOT_FOUND, "there is no such person; `medseal person list` names all");
    return kDone;
  });
}

}  // namespace

namespace {

Status AddWith(medseal::Session& session, const PersonAddArguments& arguments, medseal::ByteView password,
               medseal::ByteView key_file) {
  const std::vector<const char*> classes = Pointers(arguments.classes);
  return session.AddPerson({
      .name = arguments.name,
      .kind = arguments.service ? MEDSEAL_SERVICE : MEDSEAL_HUMAN,
      .password = password,
      .classes = classes,
      .cost = arguments.cost.cost(),
      .key_file = key_file,
  });
}

Status AddWithNewSecret(medseal::Session& session, const PersonAddArguments& arguments) {
  if (!arguments.key_file.empty()) {
    CLI_ASSIGN(NewKeyFile file, NewKeyFile::Make(arguments.key_file));
    CLI_TRY(AddWith(session, arguments, {}, file.content().view()));
    return file.Keep(), Status();
  }
  CLI_ASSIGN(const Secret password, ReadNewSecret(arguments.password, "new password of " + arguments.name));
  return AddWith(session, arguments, password.view(), {});
}

}  // namespace

Outcome AddPerson(const Common& common, const PersonAddArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(AddWithNewSecret(session, arguments));
    if (common.json) WriteLine(JsonLine("person_added").Text("name", arguments.name).Done());
    Say(fmt::format("{} may now log in and open: directory{}{}", arguments.name, arguments.classes.empty() ? "" : ", ",
                    Joined(arguments.classes)));
    return kDone;
  });
}

Outcome GrantClasses(const Common& common, const PersonGrantArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    for (const std::string& class_name : arguments.classes) {
      CLI_TRY(session.Grant(arguments.name, class_name));
      if (common.json) WriteLine(JsonLine("granted").Text("name", arguments.name).Text("class", class_name).Done());
      Say(fmt::format("{} may now open {}", arguments.name, class_name));
    }
    return kDone;
  });
}

Outcome UnlockPerson(const Common& common, const std::string& name) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(session.Unlock(name));
    if (common.json) WriteLine(JsonLine("unlocked").Text("name", name).Done());
    Say(fmt::format("{} may log in again", name));
    return kDone;
  });
}

Outcome ListPersons(const Common& common) { return WritePersons(common, ""); }
Outcome ShowPerson(const Common& common, const std::string& name) { return WritePersons(common, name); }

}  // namespace cli
