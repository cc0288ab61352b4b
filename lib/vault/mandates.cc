// Makes, signs and judges mandates.
#include "vault/mandates.h"

#include <algorithm>

#include "audit/note.h"
#include "base/clock.h"
#include "crypto/random.h"
#include "crypto/sign.h"
#include "people/policy.h"
#include "vault/approvals.h"
#include "vault/known_time.h"
#include "vault/two_persons.h"

namespace mseal::vault {
namespace {

using format::Mandate;

// By which a person's signatures are named.
audit::NoteKey KeyOf(const Core& core, const people::Person& person) {
  return {"medseal.person-" + std::to_string(person.number) + "/" + audit::HexText(core.identity.store),
          person.verify_key};
}

Status CheckAgainstSchema(const Core& core, const Mandate& mandate) {
  const auto current = core.schemas.current();
  for (const format::MandateTake& take : mandate.takes) {
    const schema::TypePlan* const type = current->schema->FindType(take.type);
    if (type == nullptr) return Status::InvalidArgument("the schema has no record type " + take.type);
    for (const std::string& field : take.fields) {
      if (type->FindField(field) == nullptr)
        return Status::InvalidArgument("the schema has no field " + take.type + "." + field);
    }
  }
  return Status::Ok();
}

unsigned NeededNow(const Core& core, const Mandate& mandate) {
  return std::max<unsigned>(mandate.signers,
                            static_cast<unsigned>(core.registry->chain()->policy(people::policy::kApprovals)));
}

// The text, and the signatures below it if there are any.
Result<audit::UnprovenNote> Split(std::string_view file) {
  if (file.find("\n\n") == file.npos) return audit::UnprovenNote{std::string(file), {}};
  return audit::ParseNote(file);
}

// Nobody may sign for a person whose name a line bears but by that person's key.
Status CountSignatures(const Core& core, const audit::UnprovenNote& note, MandateView& view) {
  const auto chain = core.registry->chain();
  for (const people::Person* person : chain->persons()) {
    if (!MaySign(*chain, *person)) continue;
    const audit::NoteKey key = KeyOf(core, *person);
    const auto by_them = [&](const audit::NoteSignature& one) { return one.name == key.name && one.id == key.Id(); };
    const auto line = std::find_if(note.signatures.begin(), note.signatures.end(), by_them);
    if (line == note.signatures.end()) continue;
    if (!crypto::Verify(person->verify_key, AsBytes(note.text), line->signature))
      return Status::AuthFailed("a signature of the mandate is not of this text: it was changed after it was signed");
    view.counting.push_back(person->number);
  }
  return Status::Ok();
}

}  // namespace

format::MandatePatients DigestOfPatients(const ByteArray<16>& mandate, std::span<const ByteView> patients) {
  std::vector<ByteView> sorted(patients.begin(), patients.end());
  const auto before = [](ByteView a, ByteView b) { return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end()); };
  std::sort(sorted.begin(), sorted.end(), before);
  sorted.erase(std::unique(sorted.begin(), sorted.end(), [](ByteView a, ByteView b) { return SameBytes(a, b); }),
               sorted.end());
  format::MandatePatients out{sorted.size(), {}};
  crypto::Hasher hasher("medseal.v1.mpat", out.digest.size());
  hasher.Add(mandate);
  for (const ByteView patient : sorted) hasher.AddPrefixed(patient);
  hasher.Finish(out.digest);
  return out;
}

Result<std::string> MakeMandate(const Core& core, Mandate draft, std::span<const ByteView> patients) {
  crypto::SystemRandom(draft.id);
  draft.store = core.identity.store;
  draft.made_ms = NowMs() / 1000 * 1000;
  draft.signers = NeededNow(core, draft);
  if (!patients.empty()) draft.patients = DigestOfPatients(draft.id, patients);
  MS_TRY(format::CheckMandate(draft));
  MS_TRY(CheckAgainstSchema(core, draft));
  std::string text = format::WriteMandate(draft);
  if (text.size() > format::kLongestMandate) return Status::InvalidArgument("the mandate has more than 64 KiB of text");
  return text;
}

Result<MandateView> JudgeMandate(const Core& core, std::string_view file) {
  MS_ASSIGN(const audit::UnprovenNote note, Split(file));
  MandateView view;
  MS_ASSIGN(view.mandate, format::ParseMandate(note.text));
  view.text = note.text;
  if (view.mandate.store != core.identity.store) return Status::InvalidArgument("the mandate is another vault's");
  MS_TRY(CheckAgainstSchema(core, view.mandate));
  MS_TRY(CountSignatures(core, note, view));
  view.needed = NeededNow(core, view.mandate);
  const std::uint64_t now = NowMs();
  MS_ASSIGN(const ClockState clock, JudgeClock(core, now, view.mandate.made_ms));
  view.expired = now >= view.mandate.expires_ms || clock == ClockState::kBehind;
  return view;
}

Status CheckInForce(const MandateView& view) {
  if (view.expired) return Status::PermissionDenied("the mandate is over, or the clock is behind: have a new one signed");
  if (view.counting.size() >= view.needed) return Status::Ok();
  return Status::PermissionDenied("the mandate takes " + std::to_string(view.needed) + " persons and " +
                                  std::to_string(view.counting.size()) +
                                  " signed who may: have others sign it (medseal mandate sign)");
}

Result<std::string> SignMandate(const Core& core, const Desk& desk, std::string_view file) {
  MS_ASSIGN(const MandateView view, JudgeMandate(core, file));
  if (view.expired) return Status::PermissionDenied("the mandate is over, or the clock is behind: have a new one made");
  const auto chain = core.registry->chain();
  std::string out = view.text.size() == file.size() ? std::string(file) + "\n" : std::string(file);
  bool may = false, added = false;
  const auto second = SecondAt(desk);
  for (const people::Identity* who : {&desk.session->identity(), second.get()}) {
    if (who == nullptr || !MaySign(*chain, who->person)) continue;
    may = true;
    if (std::ranges::count(view.counting, who->person.number) != 0) continue;
    out += audit::SignNote(view.text, KeyOf(core, who->person).name, who->keys.seed).substr(view.text.size() + 1);
    added = true;
  }
  if (!may)
    return Status::PermissionDenied("mandates are signed by the founder and by humans who administer or audit");
  if (!added) return Status::AlreadyExists("the mandate bears this person's signature already");
  return out;
}

}  // namespace mseal::vault
