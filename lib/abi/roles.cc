// medseal.h: what persons may do, and who of them works on.
#include "vault/roles.h"

#include "abi/call.h"
#include "abi/handles.h"
#include "abi/on_record.h"
#include "format/statement.h"
#include "vault/administer.h"

namespace mseal::abi {
namespace {

constexpr std::uint32_t Bit(people::Operation one) { return static_cast<std::uint32_t>(one); }

static_assert(Bit(people::Operation::kRead) == MEDSEAL_OP_READ && Bit(people::Operation::kWrite) == MEDSEAL_OP_WRITE &&
              Bit(people::Operation::kSearch) == MEDSEAL_OP_SEARCH &&
              Bit(people::Operation::kExport) == MEDSEAL_OP_EXPORT &&
              Bit(people::Operation::kAdminister) == MEDSEAL_OP_ADMINISTER &&
              Bit(people::Operation::kErase) == MEDSEAL_OP_ERASE &&
              Bit(people::Operation::kAudit) == MEDSEAL_OP_AUDIT &&
              Bit(people::Operation::kBreakGlass) == MEDSEAL_OP_BREAK_GLASS &&
              Bit(people::Operation::kReadMasked) == MEDSEAL_OP_READ_MASKED);

Status ListRole(const people::Chain& chain, const people::Role& role, medseal_role_callback callback, void* context) {
  std::vector<const char*> classes;
  for (const auto& [number, entry] : chain.classes()) {
    if (role.Names(number)) classes.push_back(entry.name.c_str());
  }
  const medseal_role info{sizeof(info), role.name.c_str(), role.operations.bits(), classes.data(), classes.size()};
  return callback(context, &info) == 0 ? Status::Ok() : Status::Cancelled("the callback ended the listing");
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_person_revoke(medseal_session* session, const char* person, const char* class_name,
                                   medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kRevoke, Text(person), error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && person != nullptr && class_name != nullptr,
                   "session, person and class are needed"));
    return vault::ChangePeople(*session->session, [&](people::Registry& registry, const people::Identity& who) {
      return registry.Revoke(who, person, class_name);
    });
  });
}

medseal_code medseal_person_enable(medseal_session* session, const char* person, int enabled, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kPerson, Text(person), error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && person != nullptr, "session and person are needed"));
    return vault::ChangePeople(*session->session, [&](people::Registry& registry, const people::Identity& who) {
      return enabled != 0 ? registry.Enable(who, person) : registry.Disable(who, person);
    });
  });
}

medseal_code medseal_person_rename(medseal_session* session, const char* person, const char* name,
                                   medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kPerson, Text(person), error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && person != nullptr && name != nullptr, "session, person and name are needed"));
    return vault::ChangePeople(*session->session, [&](people::Registry& registry, const people::Identity& who) {
      return registry.Rename(who, person, name);
    });
  });
}

medseal_code medseal_role_define(medseal_session* session, const medseal_role* role, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kRole, {}, error, [&]() -> Status {
    MS_TRY(Require(session != nullptr, "there is no session"));
    MS_ASSIGN(const medseal_role known, Read(role));
    MS_TRY(Require(known.name != nullptr, "a name is needed"));
    MS_TRY(Require(known.class_count == 0 || known.classes != nullptr, "the list of classes is missing"));
    MS_TRY(Require(known.operations <= format::kAllOperations, "an operation has no meaning"));
    const auto operations = people::Operations::FromBits(static_cast<std::uint16_t>(known.operations));
    std::vector<std::string> classes;
    for (std::size_t i = 0; i < known.class_count; ++i) classes.emplace_back(Text(known.classes[i]));
    return vault::DefineRole(*session->session, known.name, operations, classes);
  });
}

medseal_code medseal_role_give(medseal_session* session, const char* person, const char* role, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kRole, Text(person), error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && person != nullptr && role != nullptr, "session, person and role are needed"));
    return vault::GiveRole(*session->session, person, role);
  });
}

medseal_code medseal_role_take(medseal_session* session, const char* person, const char* role, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kRole, Text(person), error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && person != nullptr && role != nullptr, "session, person and role are needed"));
    return vault::ChangePeople(*session->session, [&](people::Registry& registry, const people::Identity& who) {
      return registry.TakeRole(who, person, role);
    });
  });
}

medseal_code medseal_roles(medseal_session* session, medseal_role_callback callback, void* context,
                           medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && callback != nullptr, "session and callback are needed"));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    const auto chain = call.core().registry->chain();
    for (const auto& [number, role] : chain->roles()) MS_TRY(ListRole(*chain, role, callback, context));
    return Status::Ok();
  });
}
