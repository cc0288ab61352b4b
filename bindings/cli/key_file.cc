#include "key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <utility>

namespace cli {
namespace {

constexpr std::size_t kSize = 32;

bool WriteAndSync(int file, const std::uint8_t* bytes) {
  return write(file, bytes, kSize) == static_cast<ssize_t>(kSize) && fsync(file) == 0;
}

}  // namespace

Result<NewKeyFile> NewKeyFile::Make(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno == EEXIST) return InvalidArgument(path + ": is there already; a key file is a new file");
  if (file < 0) return IoError(path + ": " + strerror(errno));
  std::uint8_t bytes[kSize];
  const bool written = getrandom(bytes, kSize, 0) == static_cast<ssize_t>(kSize) && WriteAndSync(file, bytes);
  Secret content;
  content.Append({bytes, kSize});
  medseal::Wipe(bytes, kSize);
  NewKeyFile made(path, std::move(content));
  if (close(file) != 0 || !written) return IoError(path + ": the key file could not be written");
  return made;
}

NewKeyFile::NewKeyFile(NewKeyFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), content_(std::move(other.content_)) {}

NewKeyFile::~NewKeyFile() {
  if (!path_.empty()) unlink(path_.c_str());
}

}  // namespace cli
