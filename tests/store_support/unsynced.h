// Knows what a loss of power would take from a folder of files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace mseal::store {

// Told of each change in the order it happens; not thread-safe.
class Unsynced {
 public:
  void Made(const std::string& file);
  void Appended(const std::string& file, std::uint64_t bytes);
  void Truncated(const std::string& file, std::uint64_t size);
  void Synced(const std::string& file);
  void Renaming(const std::string& from, const std::string& to);  // just before it happens
  void Deleted(const std::string& file);
  void FolderSynced(const std::filesystem::path& folder);

  // Takes from the disk what was not synced.
  void Drop();

 private:
  struct File {
    std::uint64_t size = 0;
    std::uint64_t synced = 0;
    bool named = false;                   // its name is on the medium
    std::optional<std::string> previous;  // what the medium has under this name instead, once renamed over
  };
  static void DropFrom(const std::string& name, const File& file);

  std::map<std::string, File> files_;
};

}  // namespace mseal::store
