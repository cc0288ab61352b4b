// The surrogates that stand for patients and records everywhere outside a sealed value.
#pragma once

#include <cstdint>
#include <cstring>

#include "base/bytes.h"

namespace mseal::keys {

using PatientHandle = ByteArray<16>;  // random
using RecordTag = ByteArray<16>;      // PRF of type and record id under the patient's key
using RecordHandle = ByteArray<32>;   // patient handle ‖ record tag

inline RecordHandle MakeRecordHandle(const PatientHandle& patient, const RecordTag& tag) {
  RecordHandle handle;
  CopyBytes(patient, handle);
  CopyBytes(tag, MutableBytes(handle).subspan(patient.size()));
  return handle;
}
inline PatientHandle PatientOf(const RecordHandle& handle) {
  PatientHandle patient;
  CopyBytes(ByteView(handle).first(patient.size()), patient);
  return patient;
}
inline RecordTag TagOf(const RecordHandle& handle) {
  RecordTag tag;
  CopyBytes(ByteView(handle).subspan(tag.size()), tag);
  return tag;
}

// Handles are random: any eight of their bytes are a hash.
struct HandleHash {
  std::size_t operator()(const PatientHandle& handle) const {
    std::size_t hash;
    std::memcpy(&hash, handle.data() + 8, sizeof hash);
    return hash;
  }
};

}  // namespace mseal::keys
