// One person at work: the class keys they were granted and the data keys those opened, wiped at logout.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <optional>
#include <string>

#include "base/lru.h"
#include "people/registry.h"
#include "people/use.h"

namespace mseal::people {

// The data keys of one patient that a session opened. Immutable.
struct OpenedDataKeys {
  std::uint64_t slot_counter = 0;  // of the key row they came from
  struct Pair {
    std::uint32_t generation = 0;
    std::uint32_t previous_generation = 0;
    std::optional<keys::DataKey> current;
    std::optional<keys::DataKey> previous;
  };
  std::array<Pair, format::kSlots> classes;
};

// What a session sees of the values of a class.
enum class Sight : std::uint8_t { kNothing, kMasked, kWhole };

// Any thread may call. Borrows the registry, which must outlive it.
class Session {
 public:
  // Fetches the newest version of each granted class key.
  static Result<std::unique_ptr<Session>> Start(const Registry& registry, const keys::StoreId& store,
                                                seal::SuiteView suite, Identity identity, Use use,
                                                std::size_t cached_patients);

  const Identity& identity() const { return identity_; }
  const Use& use() const { return use_; }
  const std::string& purpose() const { return use_.purpose; }
  // Whether the session has the key of the class; and whether its person may do `all` of this with what it opens. The
  // first is what keys enforce, the second what the code here does.
  bool Holds(ClassNumber number) const { return (BitsOf(number) & kHeld) != 0; }
  bool May(ClassNumber number, Operations all) const {
    const unsigned wanted = all.bits() | kHeld;
    return (BitsOf(number) & wanted) == wanted || (all == Operation::kRead && ReadsThroughBrokenGlass(number));
  }
  // Masks are what the code here keeps, like the operations: the session has the key.
  Sight SightOf(ClassNumber number) const {
    if (May(number, Operation::kRead)) return Sight::kWhole;
    return May(number, Operation::kReadMasked) ? Sight::kMasked : Sight::kNothing;
  }
  // Reads the class until then, as PassedMs has it; so long as it is held.
  void BreakGlass(ClassNumber number, std::uint64_t until) { broken_until_[number] = until; }
  bool MayOverVault(Operations all) const {
    return registry_.chain()->OperationsOverVault(identity_.person.number).Has(all);
  }

  // Goes on with the keys that replaced this person's. No other call may be running.
  void TakeNewKeys(Identity identity) { identity_ = std::move(identity); }
  // That the chain names now.
  ClassKeyVersion NewestVersion(ClassNumber number) const { return registry_.chain()->NewestVersion(number); }

  // Takes up what was granted since login. AuthFailed, Corrupt: a slot was changed.
  Status TakeUpGrants();

  // Wipes the keys of classes that were taken back since login, and takes up what may be done with the others now. True
  // if there were any.
  bool DropRevoked();

  // The class key of one version; one that rotation brought since login is fetched from the person's slot.
  //   PermissionDenied  not granted, or revoked since;  Closed  the person has other keys since
  Result<std::shared_ptr<const keys::ClassKey>> ClassKeyAt(ClassNumber number, ClassKeyVersion version);

  // The data keys that this session's class keys open in the patient's key row. A class that is not held or whose slot
  // does not open has none here; DataKeyError then says why.
  std::shared_ptr<const OpenedDataKeys> DataKeys(const keys::PatientKeys& patient);
  Status DataKeyError(const keys::PatientKeys& patient, ClassNumber number, std::uint32_t generation);
  // Lets go of the patient's data keys: they are wiped when the last call that uses them ends.
  void Forget(const keys::PatientHandle& patient) { data_keys_.Erase(patient); }

  // Makes a data key in an unused slot of `row`, before a first write of the class. The caller holds the patient's lock
  // and has compared the slot counter with the head's. Not kept here: the row may never be committed.
  // A slot that waits for a rotation to pass over it is brought to the newest version by a session that holds both.
  //   KeyUnavailable  the slot names a version that this session does not hold, or one to come, or is in use
  Result<keys::DataKey> MakeDataKey(const keys::PatientHandle& patient, ClassNumber number, format::KeyRow& row);

  // Wipes every key. No other call may be running: the vault sees to that.
  void End();

 private:
  Session(const Registry& registry, const keys::StoreId& store, seal::SuiteView suite, Identity identity, Use use,
          std::size_t cached_patients);
  static constexpr Operations kKept = kOnClasses | Operation::kReadMasked;
  static constexpr std::uint16_t kHeld = 0x8000;  // beside those, which have no such bit
  static_assert((kKept.bits() & kHeld) == 0);
  unsigned BitsOf(ClassNumber number) const { return number < may_.size() ? may_[number].load() : 0u; }
  bool ReadsThroughBrokenGlass(ClassNumber number) const;
  void Take(const Chain& chain, ClassNumber number);
  Result<keys::DataKey> Unwrap(const keys::PatientKeys& patient, ClassNumber number, bool previous);

  const Registry& registry_;
  keys::StoreId store_;
  seal::SuiteView suite_;
  Identity identity_;
  Use use_;
  std::array<std::atomic<std::uint16_t>, format::kSlots> may_{};  // per class: operations, and kHeld
  std::array<std::atomic<std::uint64_t>, format::kSlots> broken_until_{};
  std::mutex mutex_;
  std::map<std::pair<ClassNumber, ClassKeyVersion>, std::shared_ptr<const keys::ClassKey>> class_keys_;
  ShardedLru<keys::PatientHandle, OpenedDataKeys, keys::HandleHash> data_keys_;
};

}  // namespace mseal::people
