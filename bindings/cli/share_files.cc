#include "share_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cli {
namespace {

Error Failed(const std::string& path) { return IoError(path + ": " + strerror(errno)); }

Error IsThere(const std::string& path) {
  return {MEDSEAL_ALREADY_EXISTS, path + ": is there already; name an empty directory with --out"};
}

Status WriteAll(int file, medseal::ByteView text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t count = write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed(path);
    text = text.subspan(static_cast<std::size_t>(count));
  }
  return fsync(file) == 0 ? Status() : Status(Failed(path));
}

}  // namespace

ShareFiles::~ShareFiles() {
  for (const std::string& path : written_) unlink(path.c_str());
}

std::string ShareFiles::PathOf(std::uint32_t number) const {
  return folder_ + "/" + stem_ + "-" + std::to_string(number) + ".txt";
}

Status ShareFiles::Prepare(std::uint32_t count) {
  if (mkdir(folder_.c_str(), S_IRWXU) != 0 && errno != EEXIST) return Failed(folder_);
  struct stat info {};
  for (std::uint32_t number = 1; number <= count; ++number) {
    if (lstat(PathOf(number).c_str(), &info) == 0) return IsThere(PathOf(number));
  }
  return {};
}

Status ShareFiles::Write(std::uint32_t number, medseal::ByteView text) {
  const std::string path = PathOf(number);
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0 && errno == EEXIST) return IsThere(path);
  if (file < 0) return Failed(path);
  written_.push_back(path);
  const Status whole = WriteAll(file, text, path);
  if (close(file) != 0 && whole.ok()) return Failed(path);
  return whole.ok() ? SyncFolder() : whole;
}

Status ShareFiles::SyncFolder() const {
  const int folder = open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return Failed(folder_);
  const bool synced = fsync(folder) == 0;
  close(folder);
  return synced ? Status() : Status(Failed(folder_));
}

}  // namespace cli
