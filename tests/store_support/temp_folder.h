// A folder of a test's own, gone with it.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace mseal::store {

// Files in memory where the system has such a place: for tests to which it makes no difference whether a sync reaches a
// disk, since the process alone dies or since the failing file system keeps the books on syncs itself.
inline std::filesystem::path InMemory() {
  constexpr std::uintmax_t kRoom = std::uintmax_t{2} << 30;  // containers often have 64 MB there
  const std::filesystem::path memory = "/dev/shm";
  std::error_code error;
  const auto space = std::filesystem::space(memory, error);
  const bool there = !error && space.available >= kRoom && ::access(memory.c_str(), W_OK | X_OK) == 0;
  return there ? memory : std::filesystem::temp_directory_path();
}

class TempFolder {
 public:
  explicit TempFolder(const std::filesystem::path& in = std::filesystem::temp_directory_path()) {
    std::string name = (in / "medseal-store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();  // no test can go on without its folder
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;  // a folder left behind fails no test
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  // Where a store may be made; not there yet.
  std::string store() const { return (path_ / "store").string(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace mseal::store
