// One open file, read and written at places, with every failure as a Status.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/status.h"
#include "keys/file_io.h"

namespace mseal::keys {

// The FileIo outlives the file. Any thread may read; writing is for one.
class File {
 public:
  // For reading and writing, or for reading alone.
  //   NotFound  nothing is there;  Corrupt  it is no regular file;  IoError
  static Result<File> Open(FileIo& io, const std::string& path);
  static Result<File> OpenToRead(FileIo& io, const std::string& path);
  // Readable and writable by the owner alone. AlreadyExists, IoError.
  static Result<File> Create(FileIo& io, const std::string& path);

  File(File&& other) noexcept : io_(other.io_), descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  File& operator=(File&& other) noexcept;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  Status ReadAt(std::uint64_t offset, MutableBytes out) const;  // Corrupt: the file ends before
  Status WriteAt(std::uint64_t offset, ByteView bytes);
  Status Sync();
  Status SyncData();
  Result<FileFacts> Look() const;

  // Corrupt unless the medium, asked anew where the system allows, gives back `bytes` at `offset`.
  Status CheckOnMedium(std::uint64_t offset, ByteView bytes) const;

 private:
  File(FileIo& io, int descriptor) : io_(&io), descriptor_(descriptor) {}
  static Result<File> OpenExisting(FileIo& io, const std::string& path, int flags);

  FileIo* io_;
  int descriptor_;
};

}  // namespace mseal::keys
