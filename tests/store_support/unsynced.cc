// Bookkeeping of synced sizes and names.
#include "store_support/unsynced.h"

#include <fstream>
#include <iterator>

namespace mseal::store {
namespace {

std::optional<std::string> ContentOf(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

void Unsynced::Made(const std::string& file) { files_[file] = File{}; }

void Unsynced::Appended(const std::string& file, std::uint64_t bytes) { files_[file].size += bytes; }

void Unsynced::Truncated(const std::string& file, std::uint64_t size) {
  File& known = files_[file];
  known.size = size;
  known.synced = std::min(known.synced, size);
}

void Unsynced::Synced(const std::string& file) { files_[file].synced = files_[file].size; }

void Unsynced::Renaming(const std::string& from, const std::string& to) {
  const auto source = files_.find(from);
  if (source == files_.end()) return;  // made before we looked on: counted as synced
  File moved = source->second;
  moved.named = false;
  moved.previous = ContentOf(to);
  files_.erase(source);
  files_[to] = moved;
}

void Unsynced::Deleted(const std::string& file) { files_.erase(file); }

void Unsynced::FolderSynced(const std::filesystem::path& folder) {
  for (auto& [name, file] : files_) {
    if (std::filesystem::path(name).parent_path() != folder) continue;
    file.named = true;
    file.previous.reset();
  }
}

void Unsynced::Drop() {
  for (const auto& [name, file] : files_) DropFrom(name, file);
  files_.clear();
}

void Unsynced::DropFrom(const std::string& name, const File& file) {
  std::error_code gone;  // a file that is not there has nothing to lose
  if (file.previous.has_value()) {
    std::ofstream(name, std::ios::binary | std::ios::trunc) << *file.previous;
  } else if (!file.named) {
    std::filesystem::remove(name, gone);
  } else if (file.synced < file.size) {
    std::filesystem::resize_file(name, file.synced, gone);
  }
}

}  // namespace mseal::store
