// medseal.h: people and schema.
#include "abi/call.h"
#include "abi/handles.h"
#include "abi/login_secret.h"
#include "abi/on_record.h"
#include "abi/schema_text.h"
#include "base/clock.h"
#include "vault/administer.h"
#include "vault/load_schema.h"
#include "vault/login.h"
#include "vault/new_secret.h"
#include "vault/rotate_person.h"

namespace mseal::abi {

Result<schema::SchemaText> ReadSchema(const medseal_schema* given) {
  MS_ASSIGN(const medseal_schema known, Read(given));
  schema::SchemaText text;
  text.proto = AsText(View(known.proto));
  if (known.file_name != nullptr) text.file_name = known.file_name;
  const ByteView set = View(known.descriptor_set);
  text.descriptor_set.assign(set.begin(), set.end());
  text.rules = AsText(View(known.rules));
  MS_TRY(
      Require(text.proto.empty() != text.descriptor_set.empty(), "a schema is either .proto text or a descriptor set"));
  return text;
}

Result<crypto::Argon2Cost> ReadCost(const medseal_cost* given) {
  MS_ASSIGN(const medseal_cost known, ReadOptional(given));
  crypto::Argon2Cost cost;
  if (known.memory_kib != 0) cost.memory_kib = known.memory_kib;
  if (known.passes != 0) cost.passes = known.passes;
  return cost;
}

namespace {

Result<people::NewPerson> ReadPerson(const medseal_person_options& known) {
  MS_TRY(Require(known.name != nullptr, "a name is needed"));
  MS_TRY(RequireOneOf(known.kind, MEDSEAL_HUMAN, MEDSEAL_SERVICE, "there is no such kind of person"));
  MS_TRY(Require(known.class_count == 0 || known.classes != nullptr, "the list of classes is missing"));
  people::NewPerson person;
  person.name = known.name;
  person.kind = known.kind == MEDSEAL_SERVICE ? people::PersonKind::kService : people::PersonKind::kHuman;
  MS_TRY(Require(known.role_count == 0 || known.roles != nullptr, "the list of roles is missing"));
  for (std::size_t i = 0; i < known.class_count; ++i) person.classes.emplace_back(Text(known.classes[i]));
  for (std::size_t i = 0; i < known.role_count; ++i) person.roles.emplace_back(Text(known.roles[i]));
  person.only_check = known.only_check != 0;
  MS_ASSIGN(person.cost, ReadCost(known.cost));
  return person;
}

// To the person themselves, and to who administers or audits.
bool MayKnowLoginsOf(const vault::Desk& desk, const people::Person& person) {
  return desk.session->identity().person.number == person.number ||
         desk.session->MayOverVault(people::Operation::kAdminister) ||
         desk.session->MayOverVault(people::Operation::kAudit);
}

void TellLogins(vault::Core& core, const people::Person& person, medseal_person_info& info) {
  const auto state = core.attempts.StateOf(core, person.number);
  info.logins_told = 1;
  info.failed_logins = state.failures;
  info.locked_until_ms = state.locked_for.count() == 0 ? 0 : NowMs() + static_cast<std::uint64_t>(state.locked_for.count());
}

Status ListPerson(vault::Call& call, const people::Chain& chain, const people::Person& person,
                  medseal_person_callback callback, void* context) {
  std::vector<const char*> classes, roles;
  std::vector<std::uint32_t> class_operations;
  for (const auto& [number, entry] : chain.classes()) {
    if (!chain.Assigned(person.number, number)) continue;
    classes.push_back(entry.name.c_str());
    class_operations.push_back(chain.OperationsOn(person.number, number).bits());
  }
  for (const people::Role* role : chain.RolesOf(person.number)) roles.push_back(role->name.c_str());
  medseal_person_info info{};
  info.size = sizeof(info);
  info.name = person.name.c_str();
  info.kind = person.kind == people::PersonKind::kService ? MEDSEAL_SERVICE : MEDSEAL_HUMAN;
  info.founder = person.number == people::kFounder ? 1 : 0;
  info.classes = classes.data();
  info.class_count = classes.size();
  info.class_operations = class_operations.data();
  info.roles = roles.data();
  info.role_count = roles.size();
  info.operations = chain.OperationsOverVault(person.number).bits();
  info.disabled = chain.IsDisabled(person.number) ? 1 : 0;
  if (MayKnowLoginsOf(call.desk(), person)) TellLogins(call.core(), person, info);
  return callback(context, &info) == 0 ? Status::Ok() : Status::Cancelled("the callback ended the listing");
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_person_add(medseal_session* session, const medseal_person_options* options, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kPerson, "add", error, [&]() -> Status {
    MS_TRY(Require(session != nullptr, "there is no session"));
    MS_ASSIGN(const medseal_person_options known, Read(options));
    MS_ASSIGN(const people::NewPerson person, ReadPerson(known));
    MS_ASSIGN(const GivenSecret given, ReadSecret(known.password, known.key_file, known.token));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    return vault::AddPerson(call.core(), call.desk(), person, given.secret);
  });
}

medseal_code medseal_person_grant(medseal_session* session, const char* person, const char* class_name,
                                  medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kGrant, Text(person), error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && person != nullptr && class_name != nullptr,
                   "session, person and class are needed"));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    return vault::Grant(call.core(), call.desk(), person, class_name);
  });
}

medseal_code medseal_person_unlock(medseal_session* session, const char* person, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kPerson, Text(person), error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && person != nullptr, "session and person are needed"));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    return vault::Unlock(call.core(), call.desk(), person);
  });
}

medseal_code medseal_rotate_person(medseal_session* session, const char* person, medseal_bytes password,
                                   const medseal_cost* cost, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kPerson, Text(person), error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && person != nullptr, "session and person are needed"));
    MS_ASSIGN(const crypto::Argon2Cost known_cost, ReadCost(cost));
    return vault::RotatePerson(*session->session, person, View(password), known_cost);
  });
}

medseal_code medseal_rotate_person_to_key_file(medseal_session* session, const char* person, medseal_bytes key_file,
                                               medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kPerson, Text(person), error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && person != nullptr, "session and person are needed"));
    return vault::RotatePerson(*session->session, person, people::LoginSecret::KeyFile(View(key_file)), {});
  });
}

medseal_code medseal_rotate_person_to_token(medseal_session* session, const char* person, const char* token,
                                            medseal_bytes pin, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kPerson, Text(person), error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && person != nullptr && token != nullptr, "session, person and token are needed"));
    MS_ASSIGN(const GivenSecret given, ReadSecret(pin, {}, token));
    return vault::RotatePerson(*session->session, person, given.secret, {});
  });
}

medseal_code medseal_rotate_person_compromised(medseal_session* session, const char* person, medseal_bytes password,
                                               const medseal_cost* cost, medseal_rotated_class_callback callback,
                                               void* context, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kPerson, Text(person), error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && person != nullptr, "session and person are needed"));
    MS_ASSIGN(const crypto::Argon2Cost known_cost, ReadCost(cost));
    std::vector<vault::RotatedClass> classes;
    const Status status =
        vault::RotateCompromisedPerson(*session->session, person, View(password), known_cost, classes);
    for (const vault::RotatedClass& one : classes) {
      const medseal_rotated_class info{sizeof(info), one.name.c_str(), Report(one.begun, nullptr), one.job};
      if (callback != nullptr) callback(context, &info);
    }
    return status;
  });
}

medseal_code medseal_secret_change(medseal_session* session, const medseal_secret_change_options* options,
                                   medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kPerson, "own secret", error, [&]() -> Status {
    MS_ASSIGN(const medseal_secret_change_options known, Read(options));
    MS_ASSIGN(const GivenSecret now, ReadSecret(known.password, known.key_file, known.token));
    MS_ASSIGN(const GivenSecret next, ReadSecret(known.new_password, known.new_key_file, known.new_token));
    MS_ASSIGN(const crypto::Argon2Cost cost, ReadCost(known.cost));
    return vault::ChangeOwnSecret(*session->session, now.secret, next.secret, cost);
  });
}

medseal_code medseal_persons(medseal_session* session, medseal_person_callback callback, void* context,
                             medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && callback != nullptr, "session and callback are needed"));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    const auto chain = call.core().registry->chain();
    for (const people::Person* person : chain->persons()) MS_TRY(ListPerson(call, *chain, *person, callback, context));
    return Status::Ok();
  });
}

medseal_code medseal_schema_check(const medseal_schema* current, const medseal_schema* next, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_ASSIGN(const auto current_text, ReadSchema(current));
    MS_ASSIGN(const auto next_text, ReadSchema(next));
    MS_ASSIGN(const auto loaded_current, schema::Schema::Load(current_text));
    MS_ASSIGN(const auto loaded_next, schema::Schema::Load(next_text));
    return schema::Schema::Succeed(*loaded_current, *loaded_next).status();
  });
}

medseal_code medseal_schema_load(medseal_session* session, const medseal_schema* schema, std::uint32_t* version,
                                 medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kSchema, {}, error, [&]() -> Status {
    MS_TRY(Require(session != nullptr, "there is no session"));
    MS_ASSIGN(const auto text, ReadSchema(schema));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    MS_ASSIGN(const std::uint32_t loaded, vault::LoadSchema(call.core(), call.desk(), text));
    if (version != nullptr) *version = loaded;
    return Status::Ok();
  });
}

medseal_code medseal_schema_show(medseal_session* session, medseal_buffer** text, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && text != nullptr, "session and text are needed"));
    *text = nullptr;
    MS_ASSIGN(vault::Call call, session->session->Enter());
    const std::string shown = call.core().schemas.current()->schema->Describe();
    *text = new medseal_buffer{SecretBytes::CopyOf(AsBytes(shown))};
    return Status::Ok();
  });
}
