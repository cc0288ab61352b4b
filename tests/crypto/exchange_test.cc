// X25519: published vectors, points of small order, the key of a slot.
#include "crypto/exchange.h"

#include <gtest/gtest.h>

#include "support/vectors.h"

namespace mseal::crypto {
namespace {

using test::Case;
using test::LoadCases;

std::string SharedOf(const Case& one) {
  const PrivateKey mine = PrivateKey::CopyOf(one.Fixed<32>("private"));
  const auto shared = SharedSecret(mine, one.Fixed<32>("public"));
  if (!shared.ok()) return std::string(CodeName(shared.code()));
  return test::ToHex(shared->Reveal());
}

TEST(SharedSecret, AgreesWithEveryPublishedVectorAndRefusesTheZeroSecret) {
  test::Tally tally{"wycheproof/x25519_test.json"};
  for (const Case& one : LoadCases(tally.file, "testGroups/tests")) {
    const bool zero = one.Text("shared") == std::string(64, '0');
    EXPECT_EQ(SharedOf(one), zero ? "AuthFailed" : one.Text("shared")) << "tcId " << one.Text("tcId");
    ++(zero ? tally.invalid : tally.valid);
  }
  test::Record(tally);
  EXPECT_EQ(tally.total(), 518);
  EXPECT_EQ(tally.invalid, 31);
}

TEST(SharedSecret, BothSidesGetTheSame) {
  const PrivateKey mine = PrivateKey::CopyOf(ByteArray<32>{1, 2, 3}), theirs = PrivateKey::CopyOf(ByteArray<32>{4, 5});
  const auto here = SharedSecret(mine, PublicKeyOf(theirs)), there = SharedSecret(theirs, PublicKeyOf(mine));
  ASSERT_TRUE(here.ok() && there.ok());
  EXPECT_TRUE(SameBytes(here->Reveal(), there->Reveal()));
}

TEST(PublicKeyOf, AgreesWithTheKnownAnswers) {
  for (const Case& one : LoadCases("seal/x25519.json", "cases")) {
    const PrivateKey key = PrivateKey::CopyOf(one.Fixed<32>("private"));
    EXPECT_EQ(test::ToHex(PublicKeyOf(key)), one.Text("public"));
  }
}

TEST(SlotKey, AgreesWithTheKnownAnswers) {
  for (const Case& one : LoadCases("seal/slot_key.json", "cases")) {
    const auto shared = one.Fixed<32>("shared");
    EXPECT_EQ(test::ToHex(SlotKey(shared, one.Fixed<32>("ephemeral"), one.Fixed<32>("recipient")).Reveal()),
              one.Text("key"));
  }
}

TEST(SlotKey, EphemeralAndRecipientAreNotInterchangeable) {
  const ByteArray<32> shared{1}, one{2}, other{3};
  EXPECT_FALSE(SameBytes(SlotKey(shared, one, other).Reveal(), SlotKey(shared, other, one).Reveal()));
}

}  // namespace
}  // namespace mseal::crypto
