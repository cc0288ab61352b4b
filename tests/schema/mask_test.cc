// What a mask lets through, and that it lets through no more.
#include "schema/mask.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace mseal::schema::test {
namespace {

std::string Masked(Mask mask, std::string_view text) {
  return std::string(AsText(MaskText(mask, AsBytes(text)).Reveal()));
}

TEST(MaskText, ShowsTheEndOrTheBeginning) {
  EXPECT_EQ(Masked(Mask::kLast4, "285022A12345673"), "****5673");
  EXPECT_EQ(Masked(Mask::kLast2, "0612345678"), "****78");
  EXPECT_EQ(Masked(Mask::kFirst1, "Curie"), "C****");
  EXPECT_EQ(Masked(Mask::kAll, "12 rue Cuvier"), "****");
}

TEST(MaskText, ShowsNothingOfAValueThatWouldBeHalfShown) {
  EXPECT_EQ(Masked(Mask::kLast4, "1234567"), "****");
  EXPECT_EQ(Masked(Mask::kLast4, "12345678"), "****5678");
  EXPECT_EQ(Masked(Mask::kLast2, "123"), "****");
  EXPECT_EQ(Masked(Mask::kLast2, "1234"), "****34");
  EXPECT_EQ(Masked(Mask::kFirst1, "C"), "****");
  EXPECT_EQ(Masked(Mask::kFirst1, "Cu"), "C****");
  for (const Mask mask : {Mask::kLast4, Mask::kAll, Mask::kFirst1, Mask::kLast2, Mask::kYear})
    EXPECT_EQ(Masked(mask, ""), "****");
}

TEST(MaskText, IsAsLongForAnyLengthOfTheRest) {
  for (const Mask mask : {Mask::kLast4, Mask::kAll, Mask::kFirst1, Mask::kLast2}) {
    const std::size_t size = Masked(mask, std::string(8, 'a')).size();
    for (std::size_t length = 9; length < 200; ++length)
      EXPECT_EQ(Masked(mask, std::string(length, 'a')).size(), size) << length;
  }
}

TEST(MaskText, CutsNoCharacter) {
  EXPECT_EQ(Masked(Mask::kFirst1, "\xc3\x89lise"), "\xc3\x89****");
  EXPECT_EQ(Masked(Mask::kFirst1, "\xf0\x9f\x98\x80\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80****");
  EXPECT_EQ(Masked(Mask::kLast2, "abc\xc3\xa9\xe2\x82\xac"), "****\xc3\xa9\xe2\x82\xac");
  const std::string mixed = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
  std::string text;
  for (int i = 0; i < 40; ++i) {
    text += mixed.substr(i % 4 == 0   ? 0
                         : i % 4 == 1 ? 1
                         : i % 4 == 2 ? 3
                                      : 6,
                         i % 4 == 0   ? 1
                         : i % 4 == 1 ? 2
                         : i % 4 == 2 ? 3
                                      : 4);
    for (const Mask mask : {Mask::kLast4, Mask::kFirst1, Mask::kLast2})
      EXPECT_TRUE(IsUtf8(AsBytes(Masked(mask, text)))) << i;
  }
}

// Characters count, not bytes: four letters of two bytes each are too few for LAST4.
TEST(MaskText, CountsCharacters) {
  EXPECT_EQ(Masked(Mask::kLast4, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"), "****");
  EXPECT_EQ(Masked(Mask::kLast2, "\xc3\xa9\xc3\xa9\xc3\xa9"), "****");
}

TEST(MaskText, ShowsTheYearOfADateAndOfNothingElse) {
  for (const char* date : {"1967", "1967-07", "1967-07-04", "1967-07-04T10:00:00Z", "196707", "19670704",
                           "196707041030", "19670704103000", "19670704103000.123+0100"})
    EXPECT_EQ(Masked(Mask::kYear, date), "1967****") << date;
  for (const char* other : {"196", "04/07/1967", "July 1967", "0612345678", "19670", "1967070410300012", "1967 Paris",
                            "285022A12345673", "9967-01-01", "1967070"})
    EXPECT_EQ(Masked(Mask::kYear, other), "****") << other;
}

TEST(MaskWire, MasksEachValueOfARepeatedField) {
  FieldPlan field;
  field.number = 20;  // its tag takes two bytes
  field.mask = Mask::kLast2;
  const Bytes wire = {0xa2, 0x01, 5, '1', '2', '3', '4', '5', 0xa2, 0x01, 1, '7'};
  const auto masked = MaskWire(field, wire);
  ASSERT_TRUE(masked.ok());
  const Bytes expected = {0xa2, 0x01, 6, '*', '*', '*', '*', '4', '5', 0xa2, 0x01, 4, '*', '*', '*', '*'};
  EXPECT_EQ(Bytes(masked->Reveal().begin(), masked->Reveal().end()), expected);
}

TEST(MaskWire, RefusesWhatIsNotOfItsField) {
  FieldPlan field;
  field.number = 1;
  field.mask = Mask::kAll;
  for (const Bytes& wire : {Bytes{0x12, 1, 'a'}, Bytes{0x08, 1}, Bytes{0x0a, 2, 'a'}, Bytes{0x0a}, Bytes{0x00}})
    EXPECT_EQ(MaskWire(field, wire).code(), StatusCode::kCorrupt);
}

}  // namespace
}  // namespace mseal::schema::test
