// Padded sizes: known answers, bounds, order.
#include "format/padding.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "support/vectors.h"

namespace mseal::format {
namespace {

using Pad = std::size_t (*)(std::size_t);
constexpr Pad kPads[] = {Padme, PaddedGroupSize, PaddedRowSize, PaddedHeaderSize};

// Every size up to 70 000, then around each power of two and in between.
std::vector<std::size_t> Sizes() {
  std::vector<std::size_t> sizes;
  for (std::size_t size = 0; size < 70'000; ++size) sizes.push_back(size);
  for (int bit = 17; bit < 60; ++bit) {
    const std::size_t power = std::size_t{1} << bit;
    for (const std::size_t size : {power - 1, power, power + 1, power + power / 3, power + power / 2 + 1})
      sizes.push_back(size);
  }
  return sizes;
}

TEST(Padding, AgreesWithTheKnownAnswers) {
  for (const test::Case& one : test::LoadCases("format/padding.json", "cases")) {
    const std::size_t size = one.Number("size");
    EXPECT_EQ(Padme(size), one.Number("padme")) << size;
    EXPECT_EQ(PaddedGroupSize(size), one.Number("group")) << size;
    EXPECT_EQ(PaddedRowSize(size), one.Number("row")) << size;
    EXPECT_EQ(PaddedHeaderSize(size), one.Number("header")) << size;
  }
}

TEST(Padding, NeverShrinksNorAddsMoreThanTwelvePercentOrAStep) {
  for (const std::size_t size : Sizes()) {
    EXPECT_GE(Padme(size), size);
    EXPECT_LE(Padme(size) - size, size * 12 / 100) << size;
    EXPECT_LE(PaddedGroupSize(size) - size, std::max<std::size_t>(31, size * 12 / 100)) << size;
    EXPECT_LE(PaddedRowSize(size) - size, std::max<std::size_t>(255, size * 12 / 100)) << size;
    EXPECT_LE(PaddedHeaderSize(size) - size, std::max<std::size_t>(127, size * 12 / 100)) << size;
  }
}

TEST(Padding, LargerIsNeverPaddedToLess) {
  for (const Pad pad : kPads) {
    std::size_t last = 0;
    for (const std::size_t size : Sizes()) {
      EXPECT_GE(pad(size), last) << size;
      last = pad(size);
    }
  }
}

// What readers rely on: a padded size is the padding of itself, so a cut to another padded size cuts into the content.
TEST(Padding, APaddedSizeStaysAsItIs) {
  for (const Pad pad : kPads) {
    for (const std::size_t size : Sizes()) EXPECT_EQ(pad(pad(size)), pad(size)) << size;
  }
}

TEST(Padding, FewSizesAreLeftToSee) {
  std::set<std::size_t> rows, groups;
  for (std::size_t size = 1; size <= 65'536; ++size)
    rows.insert(PaddedRowSize(size)), groups.insert(PaddedGroupSize(size));
  EXPECT_EQ(rows.size(), 88u);
  EXPECT_EQ(groups.size(), 128u);
}

}  // namespace
}  // namespace mseal::format
