// The layouts of objects on a token, against examples that were made from the format page alone.
#include "format/token.h"

#include <gtest/gtest.h>

#include "crypto/aead.h"
#include "format/key_vectors.h"
#include "format/page.h"

namespace mseal::format {
namespace {

using test::BytesOf;
using test::Case;
using test::ToHex;
using test::WorkedCase;

TEST(TokenFormat, EveryCaseEndsWithItsCode) {
  for (const char* file : {"token_header", "token_epoch", "token_key_id", "person_key_id"}) {
    test::ExpectEveryCaseEndsWithItsCode(file, file);
  }
}

TEST(TokenFormat, PageShowsTheExamples) {
  for (const char* file : {"token_header", "token_epoch", "token_key_id", "person_key_id"}) test::ExpectPageShows(file);
  EXPECT_EQ(ToHex(test::PageExample("token_associated")), WorkedCase("token_epoch").Text("associated"));
}

TEST(TokenFormat, HeaderOfTheExampleIsTakenApart) {
  const Case one = WorkedCase("token_header");
  const auto header = ParseTokenHeader(BytesOf(one));
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->suite, one.Number("suite"));
  EXPECT_EQ(ToHex(header->store), one.Text("store"));
  EXPECT_EQ(ToHex(header->instance), one.Text("instance"));
}

TEST(TokenFormat, EpochOfTheExampleDecryptsUnderItsAssociatedDataAlone) {
  if (!crypto::CheckSuite(crypto::Suite::kAes256Gcm).ok()) GTEST_SKIP() << "no AES instructions to open it with";
  const Case one = WorkedCase("token_epoch");
  const Bytes bytes = BytesOf(one);
  const auto epoch = ParseTokenEpoch(bytes);
  ASSERT_TRUE(epoch.ok());
  const TokenHeader header{static_cast<std::uint8_t>(one.Number("suite")), one.Fixed<16>("store"),
                           one.Fixed<16>("instance")};
  EXPECT_EQ(ToHex(TokenAssociatedData(header, epoch->epoch)), one.Text("associated"));
  Bytes content(kEpochContentSize);
  const auto opens = [&](const TokenHeader& place, std::uint32_t number) {
    return crypto::AeadOpen(crypto::Suite::kAes256Gcm, one.Fixed<32>("key"), epoch->nonce, epoch->message, content,
                            TokenAssociatedData(place, number));
  };
  ASSERT_TRUE(opens(header, epoch->epoch));
  EXPECT_EQ(ToHex(content), one.Text("content"));
  EXPECT_FALSE(opens(header, epoch->epoch + 1));
  TokenHeader other_suite = header, other_store = header, other_instance = header;
  other_suite.suite ^= 3;
  other_store.store[0] ^= 1;
  other_instance.instance[0] ^= 1;
  for (const TokenHeader& other : {other_suite, other_store, other_instance}) {
    EXPECT_FALSE(opens(other, epoch->epoch));
  }
}

TEST(TokenFormat, LabelsNameTheProviderAndThePart) {
  EXPECT_EQ(TokenEpochLabel("clinic", 7), "clinic/epoch-7");
  EXPECT_EQ(TokenAnchorLabel("clinic", 1), "clinic/anchor-1");
}

}  // namespace
}  // namespace mseal::format
