// Tests find the records they work on, from the largest collection there is.
#include "support/test_data.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace mseal::test {
namespace {

namespace fs = std::filesystem;

const fs::path kExcerpts = fs::path(MEDSEAL_SOURCE) / "tests" / "data";

[[noreturn]] void ExitWithWhatIsFound(const std::string& folder, const std::string& sub_path) {
  setenv("MEDSEAL_TEST_DATA", folder.c_str(), 1);
  std::exit(fs::exists(TestData(sub_path)) ? 0 : 1);
}

TEST(TestData, NamedFolderComesFirst) {
  const std::string here = fs::path(MEDSEAL_SOURCE) / "tests";
  EXPECT_EXIT(ExitWithWhatIsFound(here, "base/test_data_test.cc"), testing::ExitedWithCode(0), "");
}

TEST(TestData, NamedFolderThatIsMissingStopsTheProgram) {
  EXPECT_DEATH(ExitWithWhatIsFound("/no/such/folder", "README.md"), "MEDSEAL_TEST_DATA names no folder");
}

// A test written against the excerpts also runs on a larger collection.
TEST(TestData, EveryExcerptHasItsPlaceInTheCollectionInUse) {
  int files = 0;
  for (const char* kind : {"fhir", "hl7v2", "LICENSES"}) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kExcerpts / kind)) {
      if (!entry.is_regular_file()) continue;
      EXPECT_TRUE(fs::exists(TestData(fs::relative(entry.path(), kExcerpts).string()))) << entry.path();
      ++files;
    }
  }
  EXPECT_GE(files, 20);
}

}  // namespace
}  // namespace mseal::test
