// Makes the system calls.
#include "keys/file_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace mseal::keys {
namespace {

template <typename Number>
Number OrErrno(Number result) {
  return result < 0 ? -errno : result;
}

}  // namespace

int FileIo::Open(const std::string& path, int flags, std::uint32_t mode) {
  const int opened = OrErrno(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (opened < 0 || opened > STDERR_FILENO) return opened;
  // The number of a standard stream that the host closed: what it prints would be written over the keyring.
  const int moved = OrErrno(::fcntl(opened, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  ::close(opened);
  return moved;
}

void FileIo::Close(int descriptor) { ::close(descriptor); }

std::int64_t FileIo::ReadAt(int descriptor, MutableBytes out, std::uint64_t offset) {
  return OrErrno(::pread(descriptor, out.data(), out.size(), static_cast<off_t>(offset)));
}

std::int64_t FileIo::WriteAt(int descriptor, ByteView bytes, std::uint64_t offset) {
  return OrErrno(::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset)));
}

int FileIo::Sync(int descriptor) { return OrErrno(::fsync(descriptor)); }

int FileIo::SyncData(int descriptor) { return OrErrno(::fdatasync(descriptor)); }

int FileIo::Look(int descriptor, FileFacts& facts) {
  struct stat found {};
  if (::fstat(descriptor, &found) != 0) return -errno;
  facts = {static_cast<std::uint64_t>(found.st_size), found.st_mode & 07777u, found.st_nlink,
           S_ISREG(found.st_mode) != 0};
  return 0;
}

void FileIo::Forget(int descriptor) { static_cast<void>(::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)); }

int FileIo::RenameNew(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -errno;
  // File systems that cannot rename so (NFS) can link, which replaces nothing either.
  if (::link(from.c_str(), to.c_str()) != 0) return -errno;
  return OrErrno(::unlink(from.c_str()));
}

int FileIo::Exchange(const std::string& one, const std::string& other) {
  return OrErrno(::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE));
}

int FileIo::Unlink(const std::string& path) { return OrErrno(::unlink(path.c_str())); }

FileIo& SystemFileIo() {
  static FileIo io;
  return io;
}

}  // namespace mseal::keys
