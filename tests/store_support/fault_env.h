// A file system that counts its operations, lets chosen ones fail and can lose its power.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace mseal::store {

struct RocksEnvironment;

enum class Fault : std::uint8_t {
  kIoError,     // EIO
  kNoSpace,     // ENOSPC
  kShortWrite,  // half of the bytes of a write are written, then EIO
};

// Stands in front of the real files of one store. Every operation of the engine counts: open, create, append, sync,
// rename, delete, read, list, lock and so on. The count of a run is about the same the next time, not exactly: the
// engine has threads. Syncs are noted and not passed on to the disk. Thread-safe. Must outlive the store.
class FaultEnv {
 public:
  FaultEnv();
  ~FaultEnv();
  FaultEnv(const FaultEnv&) = delete;
  FaultEnv& operator=(const FaultEnv&) = delete;

  // For RocksOptions.
  RocksEnvironment* environment();

  // The n-th operation (1 is the first since this was made) fails, and with `sticky` all after it. 0: none does. For
  // kShortWrite n counts writes alone.
  void FailAt(std::uint64_t n, Fault fault, bool sticky = false);
  // From the n-th operation on the power is off, as in CutPower.
  void CutPowerAt(std::uint64_t n);

  // From here on every operation fails, and what was not synced is gone from the disk: the unsynced end of each file,
  // files made or renamed since their folder was last synced.
  void CutPower();

  // Each sync takes this long, as on a real disk.
  void SlowSyncs(std::chrono::milliseconds time);

  std::uint64_t operations() const;  // so far
  // The first operation that failed and the file it was for, such as "append 000012.log"; empty while none did.
  std::string first_failure() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mseal::store
