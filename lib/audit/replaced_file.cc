// Writes beside, syncs and renames.
#include "audit/replaced_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "keys/new_file.h"

namespace mseal::audit {
namespace {

Status Failed(const char* what) {
  const std::string why = std::string(what) + " cannot be written: " + std::strerror(errno);
  const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
  return full ? Status::ResourceExhausted(why) : Status::IoError(why);
}

bool WriteAll(int file, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t size = write(file, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace

Status ReplaceFile(const std::string& path, ByteView content, const char* what) {
  const std::string beside = path + ".new";
  const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return Failed(what);
  const bool whole = WriteAll(file, content) && fdatasync(file) == 0;
  const Status written = whole ? Status::Ok() : Failed(what);
  close(file);
  MS_TRY(written);
  if (std::rename(beside.c_str(), path.c_str()) != 0) return Failed(what);
  return keys::SyncFolderOf(keys::SystemFileIo(), path);
}

}  // namespace mseal::audit
