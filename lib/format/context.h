// The context encoder: the bytes that say where a sealed value belongs. Injective: two contexts give the same bytes
// only if they name the same things in the same order (FORMAT.md, "Context").
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace mseal::format {

// What kind of place it is. Numbers are never used again.
enum class ContextKind : std::uint8_t {
  kRecord = 1,      // groups of a record: store, patient, record tag
  kHeader = 2,      // store, patient, record tag, digest of the public part
  kSlot = 3,        // store, patient, class, class-key version
  kKeyRow = 4,      // store, patient, bucket, bucket-key version
  kBucketKey = 5,   // store, bucket, its version, epoch
  kMetaKey = 6,     // store, epoch
  kMeta = 7,        // store, epoch, row kind, row id
  kPersonSlot = 8,  // store, class, class-key version, person
  kCredential = 9,  // store, person
  kKeyring = 10,    // store, instance, slot number
  kAnchor = 11,     // store, instance
  kHead = 12,       // store, patient
  kPosting = 13,    // store, row key
  kStream = 14,     // store, patient, stream id
  kIndexKey = 15,   // store, index, generation, class, class-key version
  kToken = 16,      // store, instance, epoch
  kRecovery = 17,   // store, set number
  kBundle = 18,     // store, epoch, number
  kPersonToken = 19,  // store, person, key on the token
  kLogEntry = 23,   // store, audit key id
  kAuditKey = 24,   // store, audit key id, version of the class key
};

// One named thing inside a context.
enum class ContextItem : std::uint8_t {
  kStore = 1,
  kPatient = 2,
  kRecordTag = 3,
  kPublicDigest = 4,
  kClass = 5,
  kVersion = 6,
  kBucket = 7,
  kEpoch = 8,
  kRowKind = 9,
  kRowId = 10,
  kPerson = 11,
  kInstance = 12,
  kNumber = 13,
  kRowKey = 14,
  kStream = 15,
  kIndex = 16,
  kGeneration = 17,
  kAuditKeyId = 18,
  kTokenKey = 19,
};

// Builds a context in place, without the heap. Items are at most 64 bytes long and a context at most kCapacity:
// more is a slip in code and stops the process.
class Context {
 public:
  static constexpr std::size_t kCapacity = 256;

  explicit Context(ContextKind kind);
  Context& Add(ContextItem item, ByteView bytes);
  Context& AddNumber(ContextItem item, std::uint64_t number);  // as 8 bytes
  ByteView bytes() const { return {bytes_.data(), size_}; }

 private:
  ByteArray<kCapacity> bytes_;
  std::size_t size_ = 0;
};

}  // namespace mseal::format
