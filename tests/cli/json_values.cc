// Checks that output is what scripts may rely on.
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "cli/desk.h"

namespace mseal::test {

namespace {

// Discarded where a member stands twice: parsers differ in which of the two they take.
nlohmann::json ParseWithoutDoubles(const std::string& line) {
  std::vector<std::set<std::string>> open;
  bool twice = false;
  const auto look = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& value) {
    if (event == nlohmann::json::parse_event_t::object_start) open.emplace_back();
    if (event == nlohmann::json::parse_event_t::object_end) open.pop_back();
    if (event == nlohmann::json::parse_event_t::key) twice |= !open.back().insert(value.get<std::string>()).second;
    return true;
  };
  auto object = nlohmann::json::parse(line, look, false);
  return twice ? nlohmann::json() : object;
}

}  // namespace

std::vector<std::string> JsonValues(const std::string& lines, const std::string& key) {
  std::vector<std::string> values;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    const auto object = ParseWithoutDoubles(line);
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
