// The anchor's layouts, against examples that were made from the format page alone.
#include "format/anchor.h"

#include <gtest/gtest.h>

#include "format/key_vectors.h"
#include "seal/seal.h"

namespace mseal::format {
namespace {

using test::BytesOf;
using test::Case;
using test::ToHex;
using test::WorkedCase;

TEST(AnchorFormat, EveryCaseEndsWithItsCode) {
  test::ExpectEveryCaseEndsWithItsCode("anchor_page", "anchor page");
  test::ExpectEveryCaseEndsWithItsCode("anchor_content", "anchor content");
}

TEST(AnchorFormat, PageShowsTheExamples) {
  for (const char* file : {"anchor_page", "anchor_content"}) test::ExpectPageShows(file);
}

TEST(AnchorFormat, PageOfTheExampleOpens) {
  const Case one = WorkedCase("anchor_page");
  const Bytes bytes = BytesOf(one);
  const auto sealed = ParseAnchorPage(bytes);
  ASSERT_TRUE(sealed.ok() && sealed->has_value());
  EXPECT_EQ(ToHex(**sealed), one.Text("sealed"));
  Context context(ContextKind::kAnchor);
  context.Add(ContextItem::kStore, one.Hex("store")).Add(ContextItem::kInstance, one.Hex("instance"));
  const seal::Place place{Purpose::kAnchor, seal::Suite::kChaCha20Poly1305, seal::DigestOf(context)};
  const auto content = seal::Open(one.Fixed<32>("key"), place, **sealed);
  ASSERT_TRUE(content.ok());
  EXPECT_EQ(ToHex(content->Reveal()), one.Text("content"));
}

TEST(AnchorFormat, ContentOfTheExampleIsTakenApart) {
  const Case one = WorkedCase("anchor_content");
  const auto content = ParseAnchorContent(BytesOf(one));
  ASSERT_TRUE(content.ok());
  EXPECT_EQ(content->counter, one.Number("counter"));
  EXPECT_EQ(content->epoch, one.Number("epoch"));
  EXPECT_EQ(content->commit_counter, one.Number("commit_counter"));
  EXPECT_EQ(content->statement_number, one.Number("statement_number"));
  EXPECT_EQ(content->audit_size, one.Number("audit_size"));
  EXPECT_EQ(ToHex(content->audit_root), one.Text("audit_root"));
}

}  // namespace
}  // namespace mseal::format
