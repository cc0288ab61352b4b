// What meta remembers of an erased patient, and of the epoch change that made the patient's keys die. Layouts:
// FORMAT.md, "Erasure" and "Epoch end".
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

enum class ErasureState : std::uint8_t {
  kWithdrawn = 1,  // nothing of the patient is in the live store; older copies still open
  kDead = 2,       // the epoch secret that older copies need is destroyed
};

struct Erasure {
  ErasureState state = ErasureState::kWithdrawn;
  std::uint32_t epoch = 0;  // the one that the change leads to: the one before dies
  ByteArray<16> certificate{};
  std::uint64_t withdrawn_ms = 0;
  std::uint64_t dead_ms = 0;
  std::uint32_t person = 0;  // who asked
  std::string reason;        // UTF-8, at most 65 535 bytes
  // What was taken away.
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  // of row keys and values
  std::uint32_t postings = 0;
  std::uint32_t unreadable = 0;  // rows that did not open: their postings could not be named
  // The bucket key that opened the key row, as it was stored: what the recorded open is tried on.
  std::uint32_t bucket = 0;
  std::uint32_t bucket_key_version = 0;
  Bytes bucket_key;
  std::uint32_t posting_key = 0;  // generation of the newest there was: search tokens die with it
};

Bytes WriteErasure(const Erasure& erasure);
Result<Erasure> ParseErasure(ByteView content);  // UnsupportedVersion, Corrupt

// How an epoch ended, in the order of its steps.
struct EpochEnd {
  std::uint32_t scope = 0;  // EpochScope
  std::uint32_t buckets = 0;
  std::uint64_t key_rows = 0;  // sealed anew
  std::uint64_t seals = 0;     // in all: key rows, bucket keys, rows of meta
  std::uint64_t bytes = 0;     // written by them
  struct Place {
    ByteArray<16> id{};
    std::uint64_t bundle = 0;  // number of the bundle that was read back there; 0: not reached
    std::string name;
  };
  std::vector<Place> places;
  struct Copy {
    ByteArray<16> instance{};
    std::uint8_t assurance = 0;  // keys::Assurance
    std::string name;
  };
  std::vector<Copy> copies;  // of the provider: each has destroyed the old secret
  std::uint64_t destroyed_ms = 0;
  // The open that was tried afterwards on the old bucket keys of the erased, with every secret there is.
  std::uint32_t opens_tried = 0;
  std::uint32_t opens_failed = 0;
  std::uint64_t purged_ms = 0;  // 0: not purged yet
  std::uint8_t purge_complete = 0;
};

Bytes WriteEpochEnd(const EpochEnd& end);
Result<EpochEnd> ParseEpochEnd(ByteView content);  // UnsupportedVersion, Corrupt

}  // namespace mseal::format
