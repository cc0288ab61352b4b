// The 40-byte label of a seal: what for, under which suite, for which class and generation (FORMAT.md, "Label").
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace mseal::format {

// What a sealed value is. Numbers are never used again.
enum class Purpose : std::uint8_t {
  kGroup = 1,         // the fields of one class in one record, under a data key
  kHeader = 2,        // a record's header, under a subkey of K_patient
  kVoidGroup = 3,     // key stream in the place of a group nobody wrote yet
  kRowPadding = 4,    // key stream that fills a row up
  kSlotKey = 5,       // a data key wrapped under a class key
  kKeyRow = 6,        // a key row under its bucket key
  kBucketKey = 7,     // a bucket key under the epoch secret
  kMetaKey = 8,       // the meta key under the epoch secret
  kMeta = 9,          // a row of meta under the meta key
  kPersonSlot = 10,   // a class key sealed to a person
  kCredential = 11,   // a person's private keys under their password
  kKeyring = 12,      // an epoch secret in a keyring file
  kAnchor = 13,       // the anchor in a provider
  kHead = 14,         // a patient's head
  kPosting = 15,      // a posting of the index
  kStreamChunk = 16,  // one chunk of a stream, under a data key
  kIndexKey = 17,     // an index key wrapped under a class key
  kToken = 18,        // an epoch secret under a key that a token keeps
  kRecovery = 19,     // the founder's private keys sealed to the custodians
  kBundle = 20,       // the digest of a bundle's list, under the epoch secret
  kLogWho = 24,       // who did something, under the audit key of their session
  kLogWhat = 25,      // what they did it to, under that key and one of the patient
  kLogHead = 26,      // a patient's head after a write, under a subkey of K_audit
  kLogPlace = 27,     // whose head that is, under a subkey of the log key
  kAuditKey = 28,     // the audit key of a session, sealed to the class `audit`
};

inline constexpr std::uint8_t kNoClass = 255;

// The parts of a label that vary. `number` is free for the purpose: 0 where FORMAT.md names none.
struct LabelParts {
  Purpose purpose;
  std::uint8_t suite = 0;
  std::uint8_t class_number = kNoClass;
  std::uint32_t generation = 0;  // of the data key
  std::uint64_t number = 0;
};

ByteArray<40> EncodeLabel(const LabelParts& parts);

}  // namespace mseal::format
