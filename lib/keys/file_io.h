// The system calls that a file provider stands on, each replaceable, so that a test can let any one of them fail.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace mseal::keys {

struct FileFacts {
  std::uint64_t size = 0;
  std::uint32_t mode = 0;   // permission bits
  std::uint64_t links = 0;  // 0: removed while it was open
  bool regular = false;
};

// Answers as the system call does, with -errno for a failure. This class makes the calls; a test overrides. Any thread
// may call.
class FileIo {
 public:
  virtual ~FileIo() = default;

  virtual int Open(const std::string& path, int flags, std::uint32_t mode);
  virtual void Close(int descriptor);
  virtual std::int64_t ReadAt(int descriptor, MutableBytes out, std::uint64_t offset);
  virtual std::int64_t WriteAt(int descriptor, ByteView bytes, std::uint64_t offset);
  virtual int Sync(int descriptor);
  virtual int SyncData(int descriptor);  // the content and what is needed to find it
  virtual int Look(int descriptor, FileFacts& facts);
  // Lets the system forget what it holds of the file in memory, so that the next read asks the medium. Only a wish.
  virtual void Forget(int descriptor);
  virtual int RenameNew(const std::string& from, const std::string& to);   // -EEXIST: never replaces
  virtual int Exchange(const std::string& one, const std::string& other);  // both names are there at every moment
  virtual int Unlink(const std::string& path);
};

FileIo& SystemFileIo();

}  // namespace mseal::keys
