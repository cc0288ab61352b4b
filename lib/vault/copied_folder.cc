// Copies file by file.
#include "vault/copied_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "vault/store_files.h"

namespace mseal::vault {
namespace {

namespace fs = std::filesystem;

Status Failed(int error) {
  const std::string why = "a file cannot be copied: " + std::generic_category().message(error);
  return error == ENOSPC || error == EDQUOT || error == EFBIG ? Status::ResourceExhausted(why) : Status::IoError(why);
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

Status WriteAll(int to, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t written = write(to, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed(errno);
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return Status::Ok();
}

}  // namespace

Status CopyFile(const std::string& from, const std::string& to) {
  const Descriptor in(open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (in.number() < 0) return Failed(errno);
  const Descriptor out(open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (out.number() < 0 && errno == EEXIST) return Status::AlreadyExists("something is where the copy should go");
  if (out.number() < 0) return Failed(errno);
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const ssize_t got = read(in.number(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed(errno);
    if (got == 0) return fsync(out.number()) == 0 ? Status::Ok() : Failed(errno);
    MS_TRY(WriteAll(out.number(), buffer.data(), static_cast<std::size_t>(got)));
  }
}

Status CopyFolder(const std::string& from, const std::string& to) {
  if (mkdir(to.c_str(), S_IRWXU) != 0)
    return errno == EEXIST ? Status::AlreadyExists("something is where the copy should go") : Failed(errno);
  std::error_code error;
  for (fs::directory_iterator entry(from, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name == "LOCK" || !entry->is_regular_file(error) || entry->is_symlink(error)) continue;
    MS_TRY(CopyFile(entry->path().string(), to + "/" + name));
  }
  if (error) return Failed(error.value());
  return SyncFolderOf(to + "/LOCK");  // the names in the folder
}

}  // namespace mseal::vault
