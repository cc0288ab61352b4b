// The README quotes the examples that are built and run: what it shows is what compiles.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace mseal::test {
namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream in(std::string(MEDSEAL_SOURCE) + "/" + path);
  EXPECT_TRUE(in.good()) << path;
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

// The code blocks of one language.
std::vector<std::string> Blocks(const std::string& page, const std::string& language) {
  std::vector<std::string> blocks;
  const std::string open = "```" + language + "\n";
  for (std::size_t at = page.find(open); at != std::string::npos; at = page.find(open, at + 1)) {
    const std::size_t start = at + open.size();
    blocks.push_back(page.substr(start, page.find("```", start) - start));
  }
  return blocks;
}

void ExpectQuoted(const std::string& language, const std::string& file) {
  const auto blocks = Blocks(ReadAll("README.md"), language);
  ASSERT_EQ(blocks.size(), 1u) << language;
  EXPECT_NE(ReadAll(file).find(blocks.front()), std::string::npos) << "README.md shows other code than " << file;
}

TEST(Readme, QuotesTheExamplesThatAreTested) {
  ExpectQuoted("cpp", "examples/put_get_find.cc");
  ExpectQuoted("c", "examples/put_get_find.c");
}

}  // namespace
}  // namespace mseal::test
