// JSON in and out; the only place that knows the JSON library.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "status.h"

namespace cli {

inline constexpr std::uint64_t kOutputSchemaVersion = 1;

std::string Quote(std::string_view text);
// An object of numbers: {"hiv":3}.
std::string CountsJson(const std::map<std::string, std::uint64_t>& counts);

// One object on one line, beginning with the version of this output and what kind of object it is.
class JsonLine {
 public:
  explicit JsonLine(std::string_view kind);
  // An object without version and kind: part of another, or of a format of others.
  static JsonLine Bare() { return JsonLine(); }
  JsonLine& Text(std::string_view key, std::string_view value);
  JsonLine& Number(std::string_view key, std::uint64_t value);
  JsonLine& Flag(std::string_view key, bool value);
  JsonLine& List(std::string_view key, const std::vector<std::string_view>& values);
  // `json` goes in as it is.
  JsonLine& Raw(std::string_view key, std::string_view json);
  // The object, without a line end. The builder is spent.
  std::string Done();

 private:
  JsonLine() = default;
  std::string text_{"{"};
};

// A value inside a message and the way to it: "result.code.coding[0].system".
struct Leaf {
  std::string path;
  std::string value;
};
// In the order of the message. Corrupt: not a JSON object.
Result<std::vector<Leaf>> Leaves(std::string_view json);

// A line for `put`: {"patient": "...", "record": "...", "fields": {...}}.
struct PutLine {
  std::string patient;
  std::string record;
  std::string fields;  // JSON
};
// InvalidArgument says what is wrong and where, never what stood there.
Result<PutLine> ParsePutLine(std::string_view line);

// A line for `person import`: {"name": "...", "kind": "human", "roles": ["..."]}.
struct PersonLine {
  std::string name;
  std::string kind;
  std::vector<std::string> roles;
};
// InvalidArgument as above.
Result<PersonLine> ParsePersonLine(std::string_view line);

}  // namespace cli
