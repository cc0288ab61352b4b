// The text of a share, as it is printed, as people type it, and as it must not be read.
#include "format/share.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "crypto/hash.h"
#include "format/key_vectors.h"

namespace mseal::format {
namespace {

using test::Case;
using test::ToHex;
using test::WorkedCase;

std::string AllOfThePage() {
  std::ifstream page(MEDSEAL_SOURCE "/lib/format/FORMAT.md");
  std::ostringstream all;
  all << page.rdbuf();
  return all.str();
}

Bytes Written(const ShareText& text) {
  const SecretBytes bytes = WriteShareText(text.share, text.checksum);
  return Bytes(bytes.Reveal().begin(), bytes.Reveal().end());
}

// Reads the text and writes it as it would have been printed.
Result<Bytes> Again(ByteView bytes) {
  MS_ASSIGN(const ShareText text, ParseShareText(bytes));
  return Written(text);
}

TEST(ShareFormat, EveryCaseEndsWithItsCode) {
  test::Tally tally{.file = "format/share.json"};
  for (const Case& one : test::LoadCases(tally.file, "cases")) {
    const Result<Bytes> again = Again(one.Hex("bytes"));
    EXPECT_EQ(CodeName(again.code()), one.Text("code")) << one.Text("name");
    if (again.ok()) {
      const Bytes printed = one.Has("same") ? WorkedCase("share").Hex("bytes") : one.Hex("bytes");
      EXPECT_EQ(AsText(*again), AsText(printed)) << one.Text("name");
    }
    ++(one.Text("code") == "Ok" ? tally.valid : tally.invalid);
  }
  EXPECT_GT(tally.invalid, tally.valid);
  Record(tally);
}

TEST(ShareFormat, PageShowsTheExample) {
  const Bytes text = WorkedCase("share").Hex("bytes");
  EXPECT_NE(AllOfThePage().find("```text share\n" + std::string(AsText(text)) + "```\n"), std::string::npos);
}

TEST(ShareFormat, ExampleIsTakenApart) {
  const Case one = WorkedCase("share");
  const auto text = ParseShareText(one.Hex("bytes"));
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(ToHex(text->share.store), one.Text("store"));
  EXPECT_EQ(text->share.set, one.Number("set"));
  EXPECT_EQ(text->share.number, one.Number("number"));
  EXPECT_EQ(text->share.count, one.Number("count"));
  EXPECT_EQ(text->share.threshold, one.Number("threshold"));
  EXPECT_EQ(ToHex(text->share.bytes.Reveal()), one.Text("key"));
  EXPECT_EQ(ToHex(text->checksum), one.Text("checksum"));
  const SecretBytes encoded = EncodeShare(text->share);
  EXPECT_EQ(ToHex(encoded.Reveal()), one.Text("encoded"));
  EXPECT_EQ(ToHex(crypto::Hash("medseal.v1.share", encoded.Reveal())), one.Text("digest"));
}

TEST(ShareFormat, TextCutAnywhereIsRefused) {
  const Bytes text = WorkedCase("share").Hex("bytes");
  for (std::size_t size = 0; size + 1 < text.size(); ++size)  // but for its last line end
    EXPECT_FALSE(ParseShareText(ByteView(text).first(size)).ok()) << size;
}

// Another case of a letter is the same share; every other flip is refused, or changes what checksum and digest are
// over.
TEST(ShareFormat, EveryFlippedBitIsRefusedOrShowsInTheDigest) {
  Bytes text = WorkedCase("share").Hex("bytes");
  const Bytes right = text;
  const auto share = ParseShareText(right);
  const SecretBytes said = EncodeShare(share->share);
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    text[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const auto read = ParseShareText(text);
    if (read.ok()) {
      const SecretBytes says = EncodeShare(read->share);
      const bool same = SameBytes(says.Reveal(), said.Reveal()) && read->checksum == share->checksum;
      EXPECT_EQ(same, Written(*read) == right) << bit;
      if (same) {
        EXPECT_EQ(bit % 8, 5u) << bit;
      }
    } else {
      EXPECT_TRUE(read.code() == StatusCode::kCorrupt || read.code() == StatusCode::kUnsupportedVersion) << bit;
    }
    text[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
}

}  // namespace
}  // namespace mseal::format
