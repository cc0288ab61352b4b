// The keyring file's layouts, against examples that were made from the format page alone.
#include "format/keyring.h"

#include <gtest/gtest.h>

#include "crypto/password.h"
#include "format/key_vectors.h"
#include "seal/seal.h"

namespace mseal::format {
namespace {

using test::BytesOf;
using test::Case;
using test::ToHex;
using test::WorkedCase;

seal::Place PlaceOf(const Case& one, std::uint64_t number) {
  Context context(ContextKind::kKeyring);
  context.Add(ContextItem::kStore, one.Hex("store")).Add(ContextItem::kInstance, one.Hex("instance"));
  context.AddNumber(ContextItem::kNumber, number);
  return {Purpose::kKeyring, seal::Suite::kChaCha20Poly1305, seal::DigestOf(context)};
}

TEST(KeyringFormat, EveryCaseEndsWithItsCode) {
  test::ExpectEveryCaseEndsWithItsCode("keyring_header", "keyring header");
  test::ExpectEveryCaseEndsWithItsCode("keyring_slot", "keyring slot");
  test::ExpectEveryCaseEndsWithItsCode("epoch_content", "epoch content");
}

TEST(KeyringFormat, PageShowsTheExamples) {
  for (const char* file : {"keyring_header", "keyring_slot", "epoch_content"}) test::ExpectPageShows(file);
}

TEST(KeyringFormat, HeaderOfTheExampleIsTakenApart) {
  const Case one = WorkedCase("keyring_header");
  const Bytes bytes = BytesOf(one);
  const auto page = ParseKeyringHeader(bytes);
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->header.kind, KeyringKind::kPassphrase);
  EXPECT_EQ(page->header.suite, one.Number("suite"));
  EXPECT_EQ(page->header.memory_kib, one.Number("memory_kib"));
  EXPECT_EQ(page->header.passes, one.Number("passes"));
  EXPECT_EQ(ToHex(page->header.salt), one.Text("salt"));
  EXPECT_EQ(ToHex(page->header.store), one.Text("store"));
  EXPECT_EQ(ToHex(page->header.instance), one.Text("instance"));
  EXPECT_EQ(ToHex(page->header.key_check), one.Text("key_check"));
  EXPECT_EQ(ToHex(page->covered), one.Text("covered"));
  EXPECT_EQ(ToHex(page->checksum), one.Text("checksum"));
}

TEST(KeyringFormat, ExampleOpensUnderItsPassphrase) {
  const Case one = WorkedCase("keyring_header");
  const auto key = crypto::KeyFromPassword(
      one.Hex("passphrase"), one.Fixed<16>("salt"),
      {static_cast<std::uint32_t>(one.Number("memory_kib")), static_cast<std::uint32_t>(one.Number("passes"))});
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(ToHex(key->Reveal()), one.Text("key"));
  EXPECT_TRUE(seal::Open(key->Reveal(), PlaceOf(one, kKeyCheckNumber), one.Hex("key_check")).ok());
  EXPECT_EQ(ToHex(crypto::Hash("medseal.v1.kring", one.Hex("covered"))), one.Text("checksum"));
}

TEST(KeyringFormat, SlotOfTheExampleOpensInItsPlaceAlone) {
  const Case one = WorkedCase("keyring_slot");
  const Bytes bytes = BytesOf(one);
  const auto sealed = ParseKeyringSlot(bytes);
  ASSERT_TRUE(sealed.ok() && sealed->has_value());
  EXPECT_EQ(ToHex(**sealed), one.Text("sealed"));
  const auto content = seal::Open(one.Fixed<32>("key"), PlaceOf(one, KeyringSlotNumber(0)), **sealed);
  ASSERT_TRUE(content.ok());
  EXPECT_EQ(ToHex(content->Reveal()), one.Text("content"));
  EXPECT_FALSE(seal::Open(one.Fixed<32>("key"), PlaceOf(one, KeyringSlotNumber(1)), **sealed).ok());
}

TEST(KeyringFormat, ContentOfTheExampleIsTakenApart) {
  const Case one = WorkedCase("epoch_content");
  const Bytes bytes = BytesOf(one);
  const auto content = ParseEpochContent(bytes);
  ASSERT_TRUE(content.ok());
  EXPECT_EQ(content->epoch, one.Number("epoch"));
  EXPECT_EQ(ToHex(content->secret), one.Text("secret"));
  EXPECT_EQ(ToHex(content->anchor_key), one.Text("anchor_key"));
}

TEST(KeyringFormat, PageOfZerosIsAnEmptySlotAndNothingElseIs) {
  Bytes page(kKeyringPage);
  EXPECT_FALSE(ParseKeyringSlot(page)->has_value());
  for (std::size_t at = 0; at < page.size(); ++at) {
    page[at] = 1;
    const auto slot = ParseKeyringSlot(page);
    ASSERT_TRUE(!slot.ok() || slot->has_value()) << at;
    page[at] = 0;
  }
}

TEST(KeyringFormat, SlotsLieInPagesOfTheirOwn) {
  EXPECT_EQ(KeyringSlotOffset(0), kKeyringPage);
  EXPECT_EQ(KeyringSlotOffset(1), 2 * kKeyringPage);
  EXPECT_EQ(kKeyringSize, 3 * kKeyringPage);
}

}  // namespace
}  // namespace mseal::format
