// Which folder may include what (lib/README.md has the picture), checked over the text of the source files.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mseal::test {

// Path from the top of the repository ("lib/store/rows.h") to content.
using SourceFiles = std::map<std::string, std::string>;

// The C and C++ files of lib, bindings, examples and include.
SourceFiles ReadSourceFiles(const std::filesystem::path& repository);

// One sentence with file and line for each include that goes where it may not:
//   - up or sideways between folders, except for the sideways edges that the rules name
//   - to a third-party header outside the folder that owns it, or to one that nobody owns
//   - to a third-party header from a header of lib that another folder includes, directly or not
//   - to a file that is not there
std::vector<std::string> IncludeViolations(const SourceFiles& files);

}  // namespace mseal::test
