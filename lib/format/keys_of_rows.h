// The row keys of tables `keys` and `meta`, whose places are numbered and hold nothing personal. FORMAT.md, "Row keys".
#pragma once

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

// ---- keys: key rows and bucket keys
Bytes KeyRowKey(const ByteArray<16>& patient, std::uint32_t bucket_key_version);
Bytes BucketKeyKey(std::uint8_t bits, std::uint32_t bucket, std::uint32_t version, std::uint32_t epoch);
// Every key of a bucket's keys, of all buckets', of key rows, begins with these.
Bytes BucketPrefix(std::uint8_t bits, std::uint32_t bucket);
Bytes BucketPrefix(std::uint8_t bits);
Bytes KeyRowPrefix();
Bytes KeyRowPrefix(const ByteArray<16>& patient);

struct KeyRowPlace {
  ByteArray<16> patient;
  std::uint32_t bucket_key_version;
};
Result<KeyRowPlace> ParseKeyRowKey(ByteView key);

struct BucketKeyPlace {
  std::uint8_t bits;
  std::uint32_t bucket;
  std::uint32_t version;
  std::uint32_t epoch;
};
Result<BucketKeyPlace> ParseBucketKeyKey(ByteView key);

// The bucket of a patient: the leading `bits` bits of the handle, at most 32.
std::uint32_t BucketOf(const ByteArray<16>& patient, std::uint8_t bits);
// The lowest handle of a bucket.
ByteArray<16> FirstOfBucket(std::uint32_t bucket, std::uint8_t bits);

// ---- meta
enum class MetaKind : std::uint8_t {
  kMetaKey = 0,  // the meta key itself, under the epoch secret
  kSettings = 1,
  kStatement = 2,      // number u64
  kCredential = 3,     // person u32
  kPersonSlot = 4,     // class u8, class-key version u32, person u32
  kSchema = 5,         // version u32
  kIndexKey = 6,       // index u32, generation u32
  kPostingKey = 7,     // generation u32: X_m
  kPendingUpload = 8,  // stream id
  kLedger = 9,         // patient handle, record tag
  kJob = 10,           // number u32
  kRecovery = 11,
  kMark = 12,  // patient handle; all zero: the tally of marks
  kKnownTime = 13,
  kProviderCopy = 14,    // instance
  kBackupPlace = 15,     // place id
  kErasure = 16,         // patient handle
  kEpochEnd = 17,        // epoch u32: the one that ended
  kSigningSeed = 18,     // of certificates
  kProviderChange = 19,  // instance
  kGivenUpCopy = 21,     // instance
  kPasswordSalt = 22,
  kLoginAttempts = 24,  // place u32
  kLoginKey = 25,
  kCredentialTag = 26,  // person u32
  kLogKeys = 28,
  kDeclaredJob = 29,  // number u32
  kAlertSinks = 30,
  kKeptAlert = 31,  // number u64
  kCanaries = 32,
  kHabit = 33,         // person u32
  kBrokenGlass = 35,   // number u64
  kApproval = 36,      // number u64
  kFormerCanary = 37,  // patient handle
};

Bytes MetaKey(std::uint32_t epoch, MetaKind kind, ByteView id);
// Every key of an epoch begins with this.
Bytes MetaEpochPrefix(std::uint32_t epoch);
// Corrupt if the key is cut short or of no kind that is known here.
Result<MetaKind> MetaKindOf(ByteView key);
// The id inside a meta key, borrowed; Corrupt if it is not of this epoch and kind, or not as long as ids of the kind
// are: whoever writes to the disk may write any key, and an id goes into a context, which has limits.
Result<ByteView> MetaId(ByteView key, std::uint32_t epoch, MetaKind kind);

// First key after every key that begins with `prefix`; empty when there is none.
Bytes AfterPrefix(ByteView prefix);

}  // namespace mseal::format
