// Runs vector files whose cases count their zeros.
#include "format/key_vectors.h"

#include <gtest/gtest.h>

#include "format/layouts.h"
#include "format/page.h"

namespace mseal::test {

Bytes BytesOf(const Case& one) {
  Bytes bytes = one.Hex("bytes");
  if (one.Has("zeros")) bytes.resize(bytes.size() + one.Number("zeros"));
  return bytes;
}

Case WorkedCase(const std::string& file) { return LoadCases("format/" + file + ".json", "cases").front(); }

void ExpectEveryCaseEndsWithItsCode(const std::string& file, const std::string& layout) {
  Tally tally{.file = "format/" + file + ".json"};
  for (const Case& one : LoadCases(tally.file, "cases")) {
    const Bytes bytes = BytesOf(one);
    const Result<Bytes> again = LayoutOf(layout).again(bytes);
    EXPECT_EQ(CodeName(again.code()), one.Text("code")) << file << ": " << one.Text("name");
    if (again.ok()) {
      EXPECT_EQ(ToHex(*again), ToHex(bytes)) << file << ": " << one.Text("name");
    }
    ++(one.Text("code") == "Ok" ? tally.valid : tally.invalid);
  }
  EXPECT_GT(tally.valid, 0);
  EXPECT_GT(tally.invalid, 0);
  Record(tally);
}

void ExpectPageShows(const std::string& file) {
  EXPECT_EQ(ToHex(PageExample(file)), WorkedCase(file).Text("bytes")) << file;
}

}  // namespace mseal::test
