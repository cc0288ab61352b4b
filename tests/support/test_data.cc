// Chooses the collection of medical records once.
#include "support/test_data.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace mseal::test {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = MEDSEAL_SOURCE;

struct Collection {
  fs::path folder;
  bool excerpt = false;
};

Collection Choose() {
  if (const char* named = std::getenv("MEDSEAL_TEST_DATA"); named != nullptr && *named != '\0') {
    if (fs::is_directory(named)) return {named};
    std::fprintf(stderr, "MEDSEAL_TEST_DATA names no folder: %s\n", named);
    std::abort();
  }
  const fs::path shared = (kSource / ".." / "shared" / "data").lexically_normal();
  if (fs::is_directory(shared)) return {shared};
  return {kSource / "tests" / "data", true};
}

const Collection& Chosen() {
  static const Collection collection = [] {
    Collection chosen = Choose();
    std::printf("test data: %s%s\n", chosen.folder.c_str(), chosen.excerpt ? " (excerpts)" : "");
    std::fflush(stdout);
    return chosen;
  }();
  return collection;
}

}  // namespace

std::string TestData(std::string_view sub_path) { return (Chosen().folder / sub_path).string(); }

bool TestDataIsExcerpt() { return Chosen().excerpt; }

}  // namespace mseal::test
