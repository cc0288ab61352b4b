// Looks into the files of a folder.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mseal::store {

// The content of a file; empty when it is gone meanwhile.
std::string ContentOf(const std::filesystem::path& file);

// The names of the files below `folder` that hold `needle`.
std::vector<std::string> FilesWith(const std::filesystem::path& folder, std::string_view needle);

}  // namespace mseal::store
