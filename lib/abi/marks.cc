// medseal.h: the second person at a session, legal hold and restriction.
#include "vault/marks.h"

#include "abi/call.h"
#include "abi/counted.h"
#include "abi/handles.h"
#include "abi/login_secret.h"
#include "abi/on_record.h"
#include "vault/two_persons.h"

namespace mseal::abi {
namespace {

// Calls `change` with the patient that `ref` names.
template <typename Change>
Status OfPatient(medseal_session* session, const medseal_ref* ref, Change&& change) {
  MS_TRY(Require(session != nullptr, "there is no session"));
  MS_ASSIGN(const medseal_ref known, Read(ref));
  keys::PatientHandle place;
  MS_ASSIGN(const vault::PatientName name, PatientOf(known, place));
  std::optional<keys::PatientHandle> patient;
  {
    MS_ASSIGN(vault::Call call, session->session->Enter());
    auto found = vault::FindPatient(call.core(), call.desk(), name);
    if (found.ok()) patient = *found;
  }
  return vault::OnRecord(
      *session->session, audit::Operation::kMark, {},
      [&]() -> Status {
        MS_ASSIGN(vault::Call call, session->session->Enter());
        return change(call.core(), call.desk(), name);
      },
      patient);
}

struct EntryPlaces {
  uint64_t& since_ms;
  const char*& by_person;
  medseal_bytes& reason;
};

void ShowEntry(const std::optional<format::MarkEntry>& entry, const people::Chain& chain, EntryPlaces places) {
  if (!entry.has_value()) return;
  const people::Person* person = chain.FindPerson(entry->by_person);
  places.since_ms = entry->since_ms;
  places.by_person = person == nullptr ? "" : person->name.c_str();
  places.reason = Lend(entry->reason.Reveal());
}

medseal_mark_info InfoOf(const keys::PatientHandle& patient, const vault::Marks& marks, const people::Chain& chain) {
  medseal_mark_info info{};
  info.size = sizeof(info);
  std::memcpy(info.patient_handle, patient.data(), patient.size());
  info.held = marks.hold.has_value() ? 1 : 0;
  info.restricted = marks.restriction.has_value() ? 1 : 0;
  ShowEntry(marks.hold, chain, {info.hold_since_ms, info.hold_by, info.hold_reason});
  ShowEntry(marks.restriction, chain, {info.restriction_since_ms, info.restriction_by, info.restriction_reason});
  return info;
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_session_join(medseal_session* session, const medseal_login_options* second, medseal_error* error) {
  return RunOnRecord(session, {audit::Operation::kLogin, vault::Operation::kLogin}, "second person", error, [&]() -> Status {
    MS_TRY(Require(session != nullptr, "there is no session"));
    MS_ASSIGN(const medseal_login_options known, Read(second));
    MS_TRY(Require(known.person != nullptr, "a person is needed"));
    MS_ASSIGN(const GivenSecret given, ReadSecret(known.password, known.key_file, known.token));
    return vault::Join(*session->session, known.person, given.secret);
  });
}

medseal_code medseal_hold(medseal_session* session, const medseal_ref* ref, const char* reason, medseal_error* error) {
  return Run(error, [&] {
    return OfPatient(session, ref, [&](vault::Core& core, vault::Desk& desk, const vault::PatientName& name) {
      return vault::Hold(core, desk, name, Text(reason));
    });
  });
}

medseal_code medseal_release(medseal_session* session, const medseal_ref* ref, medseal_error* error) {
  return Run(error, [&] { return OfPatient(session, ref, vault::Release); });
}

medseal_code medseal_restrict(medseal_session* session, const medseal_ref* ref, const char* reason,
                              medseal_error* error) {
  return Run(error, [&] {
    return OfPatient(session, ref, [&](vault::Core& core, vault::Desk& desk, const vault::PatientName& name) {
      return vault::Restrict(core, desk, name, Text(reason));
    });
  });
}

medseal_code medseal_unrestrict(medseal_session* session, const medseal_ref* ref, medseal_error* error) {
  return Run(error, [&] { return OfPatient(session, ref, vault::Unrestrict); });
}

medseal_code medseal_marks(medseal_session* session, medseal_mark_callback callback, void* context,
                           medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kList, "marks", error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && callback != nullptr, "session and callback are needed"));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    return vault::ListMarks(
        call.core(), call.desk(), [&](const keys::PatientHandle& patient, const vault::Marks& marks) {
          const auto chain = call.core().registry->chain();
          const medseal_mark_info info = InfoOf(patient, marks, *chain);
          return callback(context, &info) == 0 ? Status::Ok() : Status::Cancelled("the callback ended the listing");
        });
  });
}
