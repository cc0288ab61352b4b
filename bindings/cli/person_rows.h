// The persons that a file names, for `person import`: CSV or lines of JSON, told apart by the first character.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "status.h"

namespace cli {

struct PersonRow {
  std::size_t line = 0;  // of the file, from 1
  std::string name = {};
  bool service = false;
  std::vector<std::string> roles = {};
};
struct BadRow {
  std::size_t line = 0;
  std::string why;
};

// CSV begins with the line "name,kind,roles"; the roles of one person are separated by ";". Kind is "human" or
// "service". InvalidArgument: the header is another. Rows that cannot be read go to `bad`, and so does a name that
// comes twice.
Result<std::vector<PersonRow>> ReadPersonRows(std::string_view text, std::vector<BadRow>& bad);

}  // namespace cli
