// Loops over short reads and writes, and turns errno into Status.
#include "keys/file.h"

#include <fcntl.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace mseal::keys {
namespace {

constexpr std::uint32_t kOwnerOnly = 0600;

Status Failure(std::string_view what, std::int64_t result) {
  const int error = static_cast<int>(-result);
  const std::string message = std::string(what) + ": " + std::generic_category().message(error);
  if (error == ENOENT) return Status::NotFound(message);
  if (error == EEXIST) return Status::AlreadyExists(message);
  return Status::IoError(message);
}

}  // namespace

Result<File> File::OpenExisting(FileIo& io, const std::string& path, int flags) {
  // O_NONBLOCK: a pipe in the place of the file must not hold up whoever opens it.
  const int descriptor = io.Open(path, flags | O_NONBLOCK, 0);
  if (descriptor < 0) return Failure("opening a key file", descriptor);
  File file(io, descriptor);
  MS_ASSIGN(const FileFacts facts, file.Look());
  if (!facts.regular) return Status::Corrupt("not a regular file");
  return file;
}

Result<File> File::Open(FileIo& io, const std::string& path) { return OpenExisting(io, path, O_RDWR); }

Result<File> File::OpenToRead(FileIo& io, const std::string& path) { return OpenExisting(io, path, O_RDONLY); }

Result<File> File::Create(FileIo& io, const std::string& path) {
  const int descriptor = io.Open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, kOwnerOnly);
  if (descriptor == -EEXIST) return Failure("creating a key file", descriptor);
  if (descriptor < 0) return Status::IoError(Failure("creating a key file", descriptor).message());
  return File(io, descriptor);
}

File& File::operator=(File&& other) noexcept {
  std::swap(io_, other.io_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

File::~File() {
  if (descriptor_ >= 0) io_->Close(descriptor_);
}

Status File::ReadAt(std::uint64_t offset, MutableBytes out) const {
  while (!out.empty()) {
    const std::int64_t read = io_->ReadAt(descriptor_, out, offset);
    if (read == -EINTR) continue;
    if (read < 0) return Failure("reading a key file", read);
    if (read == 0) return Status::Corrupt("a key file is cut short");
    offset += static_cast<std::uint64_t>(read);
    out = out.subspan(static_cast<std::size_t>(read));
  }
  return Status::Ok();
}

Status File::WriteAt(std::uint64_t offset, ByteView bytes) {
  while (!bytes.empty()) {
    const std::int64_t written = io_->WriteAt(descriptor_, bytes, offset);
    if (written == -EINTR) continue;
    if (written <= 0) return Failure("writing a key file", written == 0 ? -EIO : written);
    offset += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return Status::Ok();
}

Status File::Sync() {
  const int result = io_->Sync(descriptor_);
  return result < 0 ? Failure("syncing a key file", result) : Status::Ok();
}

Status File::SyncData() {
  const int result = io_->SyncData(descriptor_);
  return result < 0 ? Failure("syncing a key file", result) : Status::Ok();
}

Result<FileFacts> File::Look() const {
  FileFacts facts;
  const int result = io_->Look(descriptor_, facts);
  if (result < 0) return Failure("looking at a key file", result);
  return facts;
}

Status File::CheckOnMedium(std::uint64_t offset, ByteView bytes) const {
  io_->Forget(descriptor_);
  Bytes found(bytes.size());
  MS_TRY(ReadAt(offset, found));
  return SameBytes(found, bytes) ? Status::Ok() : Status::Corrupt("a key file does not read back as written");
}

}  // namespace mseal::keys
