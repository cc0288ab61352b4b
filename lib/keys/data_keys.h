// Data keys: one per patient and class, wrapped under a version of the class key in a slot of the patient's key row.
#pragma once

#include "keys/patient_keys.h"

namespace mseal::keys {

using ClassKey = Key<struct ClassKeyRole>;
using DataKey = Key<struct DataKeyRole>;

// Makes a data key in slot `class_number` of `row`, wrapped under `class_key` of `version`. The slot is unused before.
DataKey MakeDataKey(const StoreId& store, seal::SuiteSet suite, const PatientHandle& patient, std::uint8_t class_number,
                    std::uint32_t version, const ClassKey& class_key, format::KeyRow& row);

// A data key of the next generation in a slot that has one; that becomes the previous. `class_key` is of the version
// the slot names.
DataKey MakeNextDataKey(const StoreId& store, seal::SuiteSet suite, const PatientHandle& patient,
                        std::uint8_t class_number, const ClassKey& class_key, format::KeyRow& row);
// The slot without its previous data key if it has one. Whatever is not in use in it is drawn anew, so that rows with
// and without data keys change alike.
void DropPreviousDataKey(std::uint8_t class_number, format::KeyRow& row);

// The slot's current data key, or the one before it.
//   AuthFailed  the slot was changed, or is not of this patient, class and version
Result<DataKey> UnwrapCurrent(const StoreId& store, seal::SuiteSet suite, const PatientHandle& patient,
                              std::uint8_t class_number, const ClassKey& class_key, const format::Slot& slot);
Result<DataKey> UnwrapPrevious(const StoreId& store, seal::SuiteSet suite, const PatientHandle& patient,
                               std::uint8_t class_number, const ClassKey& class_key, const format::Slot& slot);

// The same data keys, in use or not, under the class key `to` of `version`. `from` is the key of the version the slot
// names, and may be null for an unused slot.
//   AuthFailed  as UnwrapCurrent; the slot is as it was
Status RewrapSlot(const StoreId& store, seal::SuiteSet suite, const PatientHandle& patient, std::uint8_t class_number,
                  const ClassKey* from, const ClassKey& to, std::uint32_t version, format::Slot& slot);

}  // namespace mseal::keys
