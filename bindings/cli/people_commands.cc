// person add, grant, list, show: who works with the vault, and what each may open.
#include <fmt/core.h>

#include "commands.h"
#include "json.h"
#include "key_file.h"
#include "names.h"
#include "operations.h"
#include "output.h"
#include "secrets.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

const char* KindOf(const medseal::PersonInfo& person) {
  return person.founder ? "founder" : person.kind == MEDSEAL_SERVICE ? "service" : "human";
}

std::string ListJson(const std::vector<std::string_view>& words) {
  std::string out;
  for (const std::string_view word : words) out.append(out.empty() ? "" : ",").append(Quote(word));
  return "[" + out + "]";
}

void WriteJson(const medseal::PersonInfo& person) {
  JsonLine line("person");
  line.Text("name", person.name).Flag("founder", person.founder).Flag("service", person.kind == MEDSEAL_SERVICE);
  line.Flag("disabled", person.disabled).List("classes", {person.classes.begin(), person.classes.end()});
  std::string may;
  for (std::size_t i = 0; i < person.classes.size(); ++i) {
    const std::string operations = ListJson(OperationWords(person.class_operations[i]));
    may += fmt::format("{}{}:{}", may.empty() ? "" : ",", Quote(person.classes[i]), operations);
  }
  line.Raw("class_operations", "{" + may + "}").List("roles", {person.roles.begin(), person.roles.end()});
  line.List("operations", OperationWords(person.operations));
  if (person.logins.has_value())
    line.Number("failed_logins", person.logins->failed).Number("locked_until_ms", person.logins->locked_until_ms);
  WriteLine(line.Done());
}

void WritePerson(const medseal::PersonInfo& person, bool json) {
  if (json) return WriteJson(person);
  WriteLine(fmt::format("{}  {:<8} {}{}", Padded(Printable(person.name), 20), KindOf(person), Joined(person.classes),
                        person.disabled ? "  (disabled)" : ""));
}

// All there is to know of one.
void WriteWhole(const medseal::PersonInfo& person, bool json) {
  WritePerson(person, json);
  if (json) return;
  WriteLine("  roles: " + (person.roles.empty() ? std::string("none") : Joined(person.roles)));
  for (std::size_t i = 0; i < person.classes.size(); ++i)
    WriteLine(fmt::format("  {:<14}{}", person.classes[i], OperationText(person.class_operations[i])));
  if (person.operations != 0) WriteLine("  over the vault: " + OperationText(person.operations));
  if (!person.logins.has_value()) return;
  const std::uint64_t locked = person.logins->locked_until_ms;
  WriteLine(fmt::format("  failed logins: {}{}", person.logins->failed,
                        locked == 0 ? std::string() : ", locked out until " + TimeText(locked)));
}

Outcome WritePersons(const Common& common, const std::string& name) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const auto persons, session.Persons());
    bool found = name.empty();
    for (const medseal::PersonInfo& person : persons) {
      if (!name.empty() && person.name != name) continue;
      name.empty() ? WritePerson(person, common.json) : WriteWhole(person, common.json);
      found = true;
    }
    if (!found) return Error(MEDSEAL_NOT_FOUND, "there is no such person; `medseal person list` names all");
    return kDone;
  });
}

}  // namespace

namespace {

Status AddWith(medseal::Session& session, const PersonAddArguments& arguments, medseal::ByteView password,
               medseal::ByteView key_file, const std::string& token = {}) {
  const std::vector<const char*> classes = Pointers(arguments.classes);
  const std::vector<const char*> roles = Pointers(arguments.roles);
  return session.AddPerson({
      .name = arguments.name,
      .kind = arguments.service ? MEDSEAL_SERVICE : MEDSEAL_HUMAN,
      .password = password,
      .classes = classes,
      .cost = arguments.cost.cost(),
      .key_file = key_file,
      .roles = roles,
      .token = token,
  });
}

Status AddWithNewSecret(medseal::Session& session, const PersonAddArguments& arguments) {
  if (!arguments.key_file.empty()) {
    CLI_ASSIGN(NewKeyFile file, NewKeyFile::Make(arguments.key_file));
    CLI_TRY(AddWith(session, arguments, {}, file.content().view()));
    return file.Keep(), Status();
  }
  if (!arguments.token.empty()) {
    CLI_ASSIGN(const Secret pin, ReadSecret(arguments.password, "PIN of " + arguments.name + "'s token"));
    return AddWith(session, arguments, pin.view(), {}, arguments.token);
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
    if (!arguments.roles.empty()) Say("  and what these roles give: " + Joined(arguments.roles));
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
Outcome ShowPerson(const Common& common, const std::string& name) {
  if (name.empty()) return InvalidArgument("say whom to show; `medseal person list` names all");
  return WritePersons(common, name);
}

}  // namespace cli
