// The text of mandates, against examples that were made from the format page alone.
#include "format/mandate.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "format/key_vectors.h"

namespace mseal::format {
namespace {

using test::BytesOf;
using test::Case;
using testing::ElementsAre;
using testing::HasSubstr;

std::string TextOf(std::size_t number) {
  const Bytes bytes = BytesOf(test::LoadCases("format/mandate.json", "cases").at(number));
  return std::string(AsText(bytes));
}

TEST(MandateFormat, EveryCaseEndsWithItsCode) { test::ExpectEveryCaseEndsWithItsCode("mandate", "mandate"); }

TEST(MandateFormat, PageShowsTheExamples) {
  std::ifstream page(std::string(MEDSEAL_SOURCE) + "/lib/format/FORMAT.md");
  std::stringstream text;
  text << page.rdbuf();
  EXPECT_THAT(text.str(), HasSubstr("```mandate\n" + TextOf(0) + "```\n"));
  EXPECT_THAT(text.str(), HasSubstr("```mandate\n" + TextOf(1) + "```\n"));
}

TEST(MandateFormat, ExamplesAreTakenApart) {
  const auto in = ParseMandate(TextOf(0));
  ASSERT_TRUE(in.ok());
  EXPECT_EQ(in->direction, MandateDirection::kImport);
  EXPECT_EQ(in->from, "Laboratoire Müller, HEXALAB 4, export of 2026-11-30");
  EXPECT_EQ(in->purpose, "migration");
  ASSERT_EQ(in->takes.size(), 2u);
  EXPECT_EQ(in->takes[0].type, "Patient");
  EXPECT_THAT(in->takes[0].fields, ElementsAre("family", "given", "birth_date"));
  EXPECT_EQ(in->since, "2019-01-01");
  EXPECT_EQ(in->most_rows, 500'000u);
  EXPECT_EQ(in->made_ms, 1'796'133'600'000u);
  EXPECT_EQ(in->expires_ms, 1'798'761'599'000u);
  EXPECT_EQ(in->signers, 2u);
  EXPECT_FALSE(in->keeps_unknown || in->patients.has_value());
  const auto out = ParseMandate(TextOf(1));
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out->patients->count, 300u);
  ASSERT_EQ(out->recipients.size(), 1u);
  EXPECT_EQ(out->recipients[0].name, "Clinique du Nord, Dr. A. Martin");
}

TEST(MandateFormat, RefusalNamesTheLine) {
  std::string text = TextOf(0);
  text.replace(text.find("since: "), 7, "after: ");
  EXPECT_THAT(std::string(ParseMandate(text).status().message()), HasSubstr("line 10 "));
}

TEST(MandateFormat, EveryChangeOfAByteIsAnotherMandateOrNone) {
  const std::string text = TextOf(0);
  const Mandate mandate = *ParseMandate(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char byte : {'\0', '\n', ' ', '0', 'x', '\x7f', '\xff'}) {
      std::string changed = text;
      changed[i] = byte;
      if (changed == text) continue;
      const auto parsed = ParseMandate(changed);
      EXPECT_TRUE(!parsed.ok() || !(*parsed == mandate)) << i;
      if (!parsed.ok()) continue;
      EXPECT_EQ(WriteMandate(*parsed), changed) << i;
    }
    EXPECT_FALSE(ParseMandate(text.substr(0, i)).ok()) << i;
  }
}

}  // namespace
}  // namespace mseal::format
