// Reads whole files and searches them.
#include "store_support/file_search.h"

#include <fstream>
#include <iterator>

namespace mseal::store {

std::string ContentOf(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::vector<std::string> FilesWith(const std::filesystem::path& folder, std::string_view needle) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    if (ContentOf(entry.path()).find(needle) != std::string::npos) names.push_back(entry.path().filename().string());
  }
  return names;
}

}  // namespace mseal::store
