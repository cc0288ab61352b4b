// Reads the hex blocks of the format page.
#include "format/page.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "support/vectors.h"

namespace mseal::test {
namespace {

using Block = std::pair<std::string, std::string>;  // name, hex digits

std::vector<Block> ReadBlocks() {
  constexpr std::string_view kOpening = "```hex ";
  std::ifstream page(MEDSEAL_SOURCE "/lib/format/FORMAT.md");
  std::vector<Block> blocks;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (inside && line == "```") {
      inside = false;
    } else if (inside) {
      blocks.back().second += line.substr(0, line.find(' '));
    } else if (line.starts_with(kOpening)) {
      inside = true;
      blocks.emplace_back(line.substr(kOpening.size()), "");
    }
  }
  return blocks;
}

}  // namespace

std::vector<std::string> PageExamples() {
  std::vector<std::string> names;
  for (const Block& block : ReadBlocks()) names.push_back(block.first);
  return names;
}

Bytes PageExample(const std::string& name) {
  for (const Block& block : ReadBlocks()) {
    if (block.first == name) return FromHex(block.second);
  }
  std::fprintf(stderr, "the format page has no hex block %s\n", name.c_str());
  std::abort();
}

}  // namespace mseal::test
