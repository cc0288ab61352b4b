// Reads vector files; the one unit of the tests that knows a JSON library.
#include "support/vectors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

namespace mseal::test {
namespace {

using nlohmann::json;
using Fields = std::map<std::string, std::string>;

[[noreturn]] void Stop(const std::string& why) {
  std::fprintf(stderr, "test vectors: %s\n", why.c_str());
  std::abort();
}

std::string TextOf(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

bool IsSimpleList(const json& value) {
  for (const json& member : value) {
    if (member.is_structured()) return false;
  }
  return true;
}

std::string Joined(const json& list) {
  std::string joined;
  for (std::size_t i = 0; i < list.size(); ++i) joined += (i == 0 ? "" : ",") + TextOf(list[i]);
  return joined;
}

void Flatten(const json& object, const std::string& prefix, Fields& fields) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_object()) Flatten(value, prefix + name + ".", fields);
    if (value.is_array() && IsSimpleList(value)) {
      fields[prefix + name] = Joined(value);
      fields[prefix + name + ".count"] = std::to_string(value.size());
    }
    if (!value.is_structured()) fields[prefix + name] = TextOf(value);
  }
}

void Collect(const json& object, std::string_view list, Fields around, std::vector<Case>& cases) {
  const std::size_t slash = list.find('/');
  const bool last = slash == std::string_view::npos;
  for (const json& member : list.empty() ? object : object.at(std::string(list.substr(0, slash)))) {
    Fields fields = around;
    Flatten(member, "", fields);
    if (last) cases.emplace_back(std::move(fields));
    if (!last) Collect(member, list.substr(slash + 1), std::move(fields), cases);
  }
}

int Nibble(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  Stop("not a hex digit");
}

}  // namespace

Bytes FromHex(std::string_view hex) {
  if (hex.size() % 2 != 0) Stop("odd number of hex digits");
  Bytes bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(Nibble(hex[i]) << 4 | Nibble(hex[i + 1])));
  }
  return bytes;
}

std::string ToHex(ByteView bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const std::uint8_t byte : bytes) (hex += kDigits[byte >> 4]) += kDigits[byte & 15];
  return hex;
}

const std::string& Case::Text(const std::string& name) const {
  const auto found = fields_.find(name);
  if (found == fields_.end()) Stop("case without field " + name);
  return found->second;
}

std::vector<Bytes> Case::HexList(const std::string& name) const {
  std::vector<Bytes> list;
  std::string_view rest = Text(name);
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    list.push_back(FromHex(rest.substr(0, comma)));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (rest.empty() && Text(name).ends_with(',')) list.emplace_back();
  }
  return list;
}

std::uint64_t Case::Number(const std::string& name) const {
  const std::string& text = Text(name);
  if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) Stop("not a number: " + name);
  return std::stoull(text);
}

Bytes Case::Sized(const std::string& name, std::size_t size) const {
  Bytes bytes = Hex(name);
  if (bytes.size() != size) Stop("unexpected size of field " + name);
  return bytes;
}

std::vector<Case> LoadCases(const std::string& file, std::string_view list) {
  std::ifstream in(std::string(MEDSEAL_VECTORS) + "/" + file);
  if (!in) Stop("cannot read " + file);
  std::vector<Case> cases;
  Collect(json::parse(in), list, {}, cases);
  if (cases.empty()) Stop("no case in " + file);
  return cases;
}

void Record(const Tally& tally) {
  std::printf("vectors: %s: %d cases, %d valid, %d invalid, %d refused for size or cost\n", tally.file.c_str(),
              tally.total(), tally.valid, tally.invalid, tally.refused);
  std::fflush(stdout);
  testing::Test::RecordProperty(tally.file + " cases", tally.total());
  testing::Test::RecordProperty(tally.file + " valid", tally.valid);
  testing::Test::RecordProperty(tally.file + " invalid", tally.invalid);
  testing::Test::RecordProperty(tally.file + " refused", tally.refused);
}

}  // namespace mseal::test
