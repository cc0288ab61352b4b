// What the process has spent so far: processor time, bytes written, syncs and the time they took, AEAD seals. The last
// two are counted in front of the C library and libsodium, so the library measured is the one that ships.
#pragma once

#include <cstdint>

namespace mseal::bench {

struct Spent {
  double seconds = 0;       // by the clock
  double cpu_seconds = 0;   // of all threads
  double sync_seconds = 0;  // in fsync and fdatasync, of all threads
  std::uint64_t syncs = 0;
  std::uint64_t bytes_written = 0;  // asked of the kernel, to files of any kind
  std::uint64_t seals = 0;          // AEAD encryptions
  std::uint64_t sealed_bytes = 0;

  Spent operator+(const Spent& more) const;
  Spent operator-(const Spent& before) const;
};

Spent SpentSoFar();

}  // namespace mseal::bench
