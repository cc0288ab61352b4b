// What a role lets do, as words on the command line and in output.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "status.h"

namespace cli {

// "read", "write", ...: InvalidArgument names those there are.
Result<std::uint32_t> ParseOperations(const std::vector<std::string>& words);
std::vector<std::string_view> OperationWords(std::uint32_t operations);
std::string OperationText(std::uint32_t operations);  // "read, write"; "nothing"

}  // namespace cli
