// Holds and hands out a session's keys.
#include "people/session.h"

#include "base/clock.h"

namespace mseal::people {

Session::Session(const Registry& registry, const keys::StoreId& store, seal::SuiteView suite, Identity identity,
                 Use use, std::size_t cached_patients)
    : registry_(registry),
      store_(store),
      suite_(suite),
      identity_(std::move(identity)),
      use_(std::move(use)),
      data_keys_(cached_patients) {}

Result<std::unique_ptr<Session>> Session::Start(const Registry& registry, const keys::StoreId& store,
                                                seal::SuiteView suite, Identity identity, Use use,
                                                std::size_t cached_patients) {
  std::unique_ptr<Session> session(
      new Session(registry, store, suite, std::move(identity), std::move(use), cached_patients));
  MS_TRY(session->TakeUpGrants());
  return session;
}

Status Session::TakeUpGrants() {
  const auto chain = registry_.chain();
  for (const auto& [number, entry] : chain->classes()) {
    if (Holds(number) || !chain->Granted(identity_.person.number, number)) continue;
    const auto key = ClassKeyAt(number, chain->NewestVersion(number));
    if (key.code() == StatusCode::kPermissionDenied) continue;  // revoked by a rotation that left this person out
    MS_TRY(key.status());
    Take(*chain, number);
  }
  return Status::Ok();
}

void Session::Take(const Chain& chain, ClassNumber number) {
  const Operations operations = chain.OperationsOn(identity_.person.number, number);
  if (!operations.Has(Operation::kBreakGlass)) broken_until_[number] = 0;
  may_[number] = static_cast<std::uint16_t>((operations & kKept).bits() | kHeld);
}

bool Session::ReadsThroughBrokenGlass(ClassNumber number) const {
  return Holds(number) && PassedMs() < broken_until_[number];
}

bool Session::DropRevoked() {
  const auto chain = registry_.chain();
  bool dropped = false;
  for (ClassNumber number = 0; number < format::kSlots; ++number) {
    if (!Holds(number)) continue;
    if (chain->Granted(identity_.person.number, number)) {
      Take(*chain, number);
      continue;
    }
    may_[number] = 0;
    broken_until_[number] = 0;
    dropped = true;
    std::lock_guard lock(mutex_);
    std::erase_if(class_keys_, [&](const auto& key) { return key.first.first == number; });
  }
  if (dropped) data_keys_.Clear();
  return dropped;
}

Result<std::shared_ptr<const keys::ClassKey>> Session::ClassKeyAt(ClassNumber number, ClassKeyVersion version) {
  std::lock_guard lock(mutex_);
  const auto found = class_keys_.find({number, version});
  if (found != class_keys_.end()) return found->second;
  auto key = registry_.FetchClassKey(identity_, number, version);
  if (key.code() == StatusCode::kAuthFailed && !registry_.HasNewestKeys(identity_.person))
    return Status::Closed("this person has other keys since");
  MS_TRY(key.status());
  return class_keys_[{number, version}] = std::make_shared<const keys::ClassKey>(std::move(*key));
}

Result<keys::DataKey> Session::Unwrap(const keys::PatientKeys& patient, ClassNumber number, bool previous) {
  const format::Slot& slot = patient.row.slots[number];
  MS_ASSIGN(const auto class_key, ClassKeyAt(number, slot.class_key_version));
  return previous ? keys::UnwrapPrevious(store_, suite_, patient.handle, number, *class_key, slot)
                  : keys::UnwrapCurrent(store_, suite_, patient.handle, number, *class_key, slot);
}

std::shared_ptr<const OpenedDataKeys> Session::DataKeys(const keys::PatientKeys& patient) {
  auto known = data_keys_.Find(patient.handle);
  if (known != nullptr && known->slot_counter == patient.row.slot_counter) return known;
  auto opened = std::make_shared<OpenedDataKeys>();
  opened->slot_counter = patient.row.slot_counter;
  for (ClassNumber number = 0; number < format::kSlots; ++number) {
    const format::Slot& slot = patient.row.slots[number];
    if (!Holds(number) || slot.state == format::SlotState::kUnused) continue;
    OpenedDataKeys::Pair& pair = opened->classes[number];
    pair.generation = slot.generation;
    pair.previous_generation = slot.previous_generation;
    if (auto key = Unwrap(patient, number, false); key.ok()) pair.current = std::move(*key);
    if (slot.state != format::SlotState::kBoth) continue;
    if (auto key = Unwrap(patient, number, true); key.ok()) pair.previous = std::move(*key);
  }
  data_keys_.Insert(patient.handle, opened);
  return opened;
}

Status Session::DataKeyError(const keys::PatientKeys& patient, ClassNumber number, std::uint32_t generation) {
  const format::Slot& slot = patient.row.slots[number];
  if (!Holds(number)) return Status::PermissionDenied("the session does not hold the class");
  if (generation != slot.generation && generation != slot.previous_generation)
    return Status::KeyUnavailable("the key row has no data key of this generation");
  return Unwrap(patient, number, generation != slot.generation).status();
}

Result<keys::DataKey> Session::MakeDataKey(const keys::PatientHandle& patient, ClassNumber number,
                                           format::KeyRow& row) {
  const ClassKeyVersion newest = registry_.chain()->NewestVersion(number);
  const format::Slot& slot = row.slots[number];
  if (slot.state != format::SlotState::kUnused) return Status::KeyUnavailable("the slot is in use");
  // A class that was declared after this key row was written is not named in it: its slot can only be of the first
  // version.
  const ClassKeyVersion named = slot.class_key_version == 0 ? 1 : slot.class_key_version;
  if (named > newest || (named < newest && !ClassKeyAt(number, named).ok()))
    return Status::KeyUnavailable("the slot waits for another version of the class key");
  MS_ASSIGN(const auto class_key, ClassKeyAt(number, newest));
  return keys::MakeDataKey(store_, suite_, patient, number, newest, *class_key, row);
}

void Session::End() {
  data_keys_.Clear();
  std::lock_guard lock(mutex_);
  class_keys_.clear();
  for (auto& may : may_) may = 0;
  for (auto& until : broken_until_) until = 0;
  identity_.keys = PrivateKeys{};
  // Where the compiler spilled registers with key bytes in them, calls of before may have left some on the stack.
  WipeStackBelow();
}

}  // namespace mseal::people
