// Makes files.
#include "new_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace cli {

Status WriteNewFile(const std::string& path, medseal::ByteView bytes, const std::string& what) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0 && errno == EEXIST) return Error(MEDSEAL_ALREADY_EXISTS, what + "'s file is there: name another");
  if (descriptor < 0) return IoError(what + "'s file cannot be made: " + strerror(errno));
  bool whole = true;
  while (whole && !bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    whole = written > 0;
    if (whole) bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  whole = whole && fsync(descriptor) == 0;
  close(descriptor);
  if (whole) return {};
  unlink(path.c_str());
  return IoError(what + "'s file cannot be written");
}

}  // namespace cli
