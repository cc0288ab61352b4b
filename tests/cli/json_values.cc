// Checks that output is what scripts may rely on.
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/desk.h"

namespace mseal::test {

std::vector<std::string> JsonValues(const std::string& lines, const std::string& key) {
  std::vector<std::string> values;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    const auto object = nlohmann::json::parse(line, nullptr, false);
    if (!object.is_object() || object.value("schema_version", 0) != 1 || !object.contains("kind")) {
      ADD_FAILURE() << "not a line of medseal's JSON: " << line;
      continue;
    }
    const auto found = object.find(key);
    values.push_back(found == object.end() ? "(absent)"
                     : found->is_string()  ? found->get<std::string>()
                                           : found->dump());
  }
  return values;
}

}  // namespace mseal::test
