// What the public header declares, against the list of exported symbols and the README's table of codes.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace mseal::test {
namespace {

using Codes = std::map<int, std::string>;

std::string TextOf(const std::string& file) {
  std::ifstream in(std::string(MEDSEAL_SOURCE) + "/" + file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::smatch> Matches(const std::string& text, const char* pattern) {
  const std::regex expression(pattern);
  return {std::sregex_iterator(text.begin(), text.end(), expression), {}};
}

// "AUTH_FAILED" and "AuthFailed" are one name.
std::string Plain(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (c != '_') out += static_cast<char>(c | 0x20);
  }
  return out;
}

Codes CodesIn(const std::string& text, const char* pattern) {
  Codes codes;
  for (const std::smatch& match : Matches(text, pattern)) codes[std::stoi(match[2])] = Plain(match[1]);
  return codes;
}

TEST(PublicHeader, DeclaresWhatTheLibraryExports) {
  const std::string header = TextOf("include/medseal/medseal.h");
  std::set<std::string> declared, exported;
  for (const std::smatch& match : Matches(header, R"(MEDSEAL_API\s[^;(]*\b(medseal_\w+)\()")) declared.insert(match[1]);
  std::istringstream list(TextOf("lib/abi/exports.txt"));
  for (std::string name; std::getline(list, name);) exported.insert(name);
  EXPECT_TRUE(declared.contains("medseal_init"));
  EXPECT_EQ(declared, exported);
}

TEST(PublicHeader, HasTheCodesOfTheReadme) {
  const std::string header = TextOf("include/medseal/medseal.h");
  const std::size_t begin = header.find("enum medseal_code"), end = header.find("} medseal_code;");
  ASSERT_LT(begin, end);
  const Codes declared = CodesIn(header.substr(begin, end - begin), R"(MEDSEAL_([A-Z_]+) = (\d+))");
  ASSERT_EQ(declared.size(), 22u);
  EXPECT_EQ(CodesIn(TextOf("README.md"), R"(\| (\w+) \| (\d+) \| \d+ \|)"), declared);
}

}  // namespace
}  // namespace mseal::test
