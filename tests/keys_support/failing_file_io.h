// File operations of a provider that fail on demand: one of them once, or all from one on.
#pragma once

#include <cerrno>
#include <cstdint>
#include <string>

#include "keys/file_io.h"

namespace mseal::keys {

enum class Failure {
  kIo,          // EIO, nothing done
  kNoSpace,     // ENOSPC; a write has put half of its bytes down before
  kShortWrite,  // a write or read does half of its bytes and says so: no failure at all to a careful caller
  kDies,        // half of a write, and nothing after that: the process was killed there
};

// Counts every operation; number `fail_at` (from 0) fails as told. Closing and forgetting are no operations.
class FailingFileIo : public FileIo {
 public:
  void FailAt(std::uint64_t number, Failure failure) { count_ = 0, fail_at_ = number, failure_ = failure; }
  void FailNever() { FailAt(UINT64_MAX, Failure::kIo); }
  std::uint64_t count() const { return count_; }
  bool failed() const { return count_ > fail_at_; }

  int Open(const std::string& path, int flags, std::uint32_t mode) override {
    return Fails() ? Error() : FileIo::Open(path, flags, mode);
  }
  std::int64_t ReadAt(int descriptor, MutableBytes out, std::uint64_t offset) override {
    if (!Fails()) return FileIo::ReadAt(descriptor, out, offset);
    return failure_ == Failure::kShortWrite ? FileIo::ReadAt(descriptor, out.first(out.size() / 2), offset) : Error();
  }
  std::int64_t WriteAt(int descriptor, ByteView bytes, std::uint64_t offset) override {
    const bool dead = Dead();
    if (!Fails()) return FileIo::WriteAt(descriptor, bytes, offset);
    if (dead || failure_ == Failure::kIo) return Error();
    const std::int64_t half = FileIo::WriteAt(descriptor, bytes.first(bytes.size() / 2), offset);
    return failure_ == Failure::kShortWrite ? half : Error();
  }
  int Sync(int descriptor) override { return Fails() ? Error() : FileIo::Sync(descriptor); }
  int SyncData(int descriptor) override { return Fails() ? Error() : FileIo::SyncData(descriptor); }
  int Look(int descriptor, FileFacts& facts) override { return Fails() ? Error() : FileIo::Look(descriptor, facts); }
  int RenameNew(const std::string& from, const std::string& to) override {
    return Fails() ? Error() : FileIo::RenameNew(from, to);
  }
  int Exchange(const std::string& one, const std::string& other) override {
    return Fails() ? Error() : FileIo::Exchange(one, other);
  }
  int Unlink(const std::string& path) override { return Fails() ? Error() : FileIo::Unlink(path); }

 private:
  bool Dead() const { return failure_ == Failure::kDies && count_ > fail_at_; }
  bool Fails() {
    const bool dead = Dead();
    return count_++ == fail_at_ || dead;
  }
  int Error() const { return failure_ == Failure::kNoSpace ? -ENOSPC : -EIO; }

  std::uint64_t count_ = 0;
  std::uint64_t fail_at_ = UINT64_MAX;
  Failure failure_ = Failure::kIo;
};

}  // namespace mseal::keys
