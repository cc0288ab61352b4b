// Wraps and unwraps data keys.
#include "keys/data_keys.h"

namespace mseal::keys {
namespace {

using format::ContextItem;

seal::Place SlotPlace(const StoreId& store, seal::SuiteSet suite, const PatientHandle& patient,
                      std::uint8_t class_number, std::uint32_t version, std::uint32_t generation) {
  format::Context context(format::ContextKind::kSlot);
  context.Add(ContextItem::kStore, store).Add(ContextItem::kPatient, patient);
  context.AddNumber(ContextItem::kClass, class_number).AddNumber(ContextItem::kVersion, version);
  return {.purpose = format::Purpose::kSlotKey,
          .suite = suite,
          .context = seal::DigestOf(context),
          .class_number = class_number,
          .generation = generation};
}

// A fresh data key, wrapped into the slot's place for the current one.
DataKey DrawCurrent(const StoreId& store, seal::SuiteSet suite, const PatientHandle& patient, std::uint8_t class_number,
                    const ClassKey& class_key, format::Slot& slot) {
  DataKey key(crypto::RandomKey());
  const seal::Place place = SlotPlace(store, suite, patient, class_number, slot.class_key_version, slot.generation);
  CopyBytes(seal::WrapKey(class_key.Reveal(), place, key.Reveal()), slot.current);
  return key;
}

}  // namespace

DataKey MakeDataKey(const StoreId& store, seal::SuiteSet suite, const PatientHandle& patient, std::uint8_t class_number,
                    std::uint32_t version, const ClassKey& class_key, format::KeyRow& row) {
  format::Slot& slot = row.slots[class_number];
  slot.state = format::SlotState::kCurrent;
  slot.class_key_version = version;
  slot.generation = 1;
  ++row.slot_counter;
  return DrawCurrent(store, suite, patient, class_number, class_key, slot);
}

DataKey MakeNextDataKey(const StoreId& store, seal::SuiteSet suite, const PatientHandle& patient,
                        std::uint8_t class_number, const ClassKey& class_key, format::KeyRow& row) {
  format::Slot& slot = row.slots[class_number];
  slot.state = format::SlotState::kBoth;
  slot.previous_generation = slot.generation++;
  slot.previous = slot.current;
  ++row.slot_counter;
  return DrawCurrent(store, suite, patient, class_number, class_key, slot);
}

void DropPreviousDataKey(std::uint8_t class_number, format::KeyRow& row) {
  format::Slot& slot = row.slots[class_number];
  if (slot.state == format::SlotState::kBoth) slot.state = format::SlotState::kCurrent;
  slot.previous_generation = 0;
  crypto::PooledRandom(slot.previous);
  if (slot.state == format::SlotState::kUnused) crypto::PooledRandom(slot.current);
  ++row.slot_counter;
}

Result<DataKey> UnwrapCurrent(const StoreId& store, seal::SuiteSet suite, const PatientHandle& patient,
                              std::uint8_t class_number, const ClassKey& class_key, const format::Slot& slot) {
  const seal::Place place = SlotPlace(store, suite, patient, class_number, slot.class_key_version, slot.generation);
  MS_ASSIGN(KeyBytes key, seal::UnwrapKey(class_key.Reveal(), place, slot.current));
  return DataKey(std::move(key));
}

Result<DataKey> UnwrapPrevious(const StoreId& store, seal::SuiteSet suite, const PatientHandle& patient,
                               std::uint8_t class_number, const ClassKey& class_key, const format::Slot& slot) {
  const seal::Place place =
      SlotPlace(store, suite, patient, class_number, slot.class_key_version, slot.previous_generation);
  MS_ASSIGN(KeyBytes key, seal::UnwrapKey(class_key.Reveal(), place, slot.previous));
  return DataKey(std::move(key));
}

Status RewrapSlot(const StoreId& store, seal::SuiteSet suite, const PatientHandle& patient, std::uint8_t class_number,
                  const ClassKey* from, const ClassKey& to, std::uint32_t version, format::Slot& slot) {
  format::Slot next = slot;
  next.class_key_version = version;
  const auto wrap = [&](const DataKey& key, std::uint32_t generation, ByteArray<format::kWrappedKeySize>& out) {
    CopyBytes(
        seal::WrapKey(to.Reveal(), SlotPlace(store, suite, patient, class_number, version, generation), key.Reveal()),
        out);
  };
  if (slot.state != format::SlotState::kUnused) {
    MS_ASSIGN(const DataKey key, UnwrapCurrent(store, suite, patient, class_number, *from, slot));
    wrap(key, slot.generation, next.current);
  }
  if (slot.state == format::SlotState::kBoth) {
    MS_ASSIGN(const DataKey key, UnwrapPrevious(store, suite, patient, class_number, *from, slot));
    wrap(key, slot.previous_generation, next.previous);
  }
  slot = next;
  return Status::Ok();
}

}  // namespace mseal::keys
