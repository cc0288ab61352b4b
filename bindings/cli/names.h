// Lists of names on their way to the library and to the reader.
#pragma once

#include <string>
#include <vector>

namespace cli {

// Good as long as `names` is.
inline std::vector<const char*> Pointers(const std::vector<std::string>& names) {
  std::vector<const char*> out;
  for (const std::string& name : names) out.push_back(name.c_str());
  return out;
}

inline std::string Joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

}  // namespace cli
