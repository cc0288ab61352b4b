// A folder of a test's own, gone with it.
#pragma once

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace mseal::store {

class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "medseal-store-XXXXXX").string();
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
