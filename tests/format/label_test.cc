// The label: known answers, and that each of its parts stands in it.
#include "format/label.h"

#include <gtest/gtest.h>

#include <set>

#include "format/page.h"
#include "support/vectors.h"

namespace mseal::format {
namespace {

TEST(Label, AgreesWithTheKnownAnswers) {
  const auto cases = test::LoadCases("format/label.json", "cases");
  for (const test::Case& one : cases) {
    const LabelParts parts{static_cast<Purpose>(one.Number("purpose")), static_cast<std::uint8_t>(one.Number("suite")),
                           static_cast<std::uint8_t>(one.Number("class_number")),
                           static_cast<std::uint32_t>(one.Number("generation")), one.Number("number")};
    EXPECT_EQ(test::ToHex(EncodeLabel(parts)), one.Text("bytes"));
  }
  EXPECT_EQ(test::ToHex(test::PageExample("label")), cases.front().Text("bytes"));
}

// Each part varied over each of its bits, one at a time.
TEST(Label, EveryBitOfEveryPartChangesIt) {
  std::set<ByteArray<40>> labels;
  const auto add = [&](std::uint8_t purpose, std::uint8_t suite, std::uint8_t number, std::uint32_t generation,
                       std::uint64_t free) {
    labels.insert(EncodeLabel({static_cast<Purpose>(purpose), suite, number, generation, free}));
  };
  const auto bit8 = [](int bit) { return static_cast<std::uint8_t>(1 << bit); };
  add(0, 0, 0, 0, 0);
  for (int bit = 0; bit < 8; ++bit) add(bit8(bit), 0, 0, 0, 0), add(0, bit8(bit), 0, 0, 0), add(0, 0, bit8(bit), 0, 0);
  for (int bit = 0; bit < 32; ++bit) add(0, 0, 0, 1u << bit, 0);
  for (int bit = 0; bit < 64; ++bit) add(0, 0, 0, 0, std::uint64_t{1} << bit);
  EXPECT_EQ(labels.size(), 1u + 3 * 8 + 32 + 64);
}

}  // namespace
}  // namespace mseal::format
