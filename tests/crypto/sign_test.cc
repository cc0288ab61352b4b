// Ed25519: published vectors and known answers.
#include "crypto/sign.h"

#include <gtest/gtest.h>

#include "support/vectors.h"

namespace mseal::crypto {
namespace {

using test::Case;
using test::LoadCases;

TEST(Verify, AgreesWithEveryPublishedVector) {
  test::Tally tally{"wycheproof/ed25519_test.json"};
  for (const Case& one : LoadCases(tally.file, "testGroups/tests")) {
    const Bytes signature = one.Hex("sig");
    const bool verified = Verify(one.Fixed<32>("publicKey.pk"), one.Hex("msg"), signature);
    EXPECT_EQ(verified, one.Text("result") == "valid") << "tcId " << one.Text("tcId");
    ++(verified ? tally.valid : signature.size() == 64 ? tally.invalid : tally.refused);
  }
  test::Record(tally);
  EXPECT_EQ(tally.total(), 151);
}

TEST(Sign, AgreesWithTheKnownAnswers) {
  for (const Case& one : LoadCases("seal/ed25519.json", "cases")) {
    const SigningSeed seed = SigningSeed::CopyOf(one.Fixed<32>("seed"));
    EXPECT_EQ(test::ToHex(VerifyKeyOf(seed)), one.Text("verify_key"));
    EXPECT_EQ(test::ToHex(Sign(seed, one.Hex("message"))), one.Text("signature"));
    EXPECT_TRUE(Verify(VerifyKeyOf(seed), one.Hex("message"), Sign(seed, one.Hex("message"))));
  }
}

class SignedStatement : public testing::Test {
 protected:
  const SigningSeed seed_ = SigningSeed::CopyOf(ByteArray<32>{9});
  const VerifyKey key_ = VerifyKeyOf(seed_);
  const Bytes statement_{'g', 'r', 'a', 'n', 't'};
  const Signature signature_ = Sign(seed_, statement_);
};

TEST_F(SignedStatement, AnySingleBitChangedIsRefused) {
  for (std::size_t bit = 0; bit < signature_.size() * 8; ++bit) {
    Signature changed = signature_;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    ASSERT_FALSE(Verify(key_, statement_, changed)) << bit;
  }
  for (std::size_t bit = 0; bit < statement_.size() * 8; ++bit) {
    Bytes changed = statement_;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    ASSERT_FALSE(Verify(key_, changed, signature_)) << bit;
  }
}

TEST_F(SignedStatement, SignatureOfAnyOtherSizeIsRefused) {
  for (std::size_t size = 0; size <= 80; ++size) {
    Bytes resized(signature_.begin(), signature_.end());
    resized.resize(size);
    ASSERT_EQ(Verify(key_, statement_, resized), size == 64) << size;
  }
}

// The identity point verifies a signature of zeroes over anything, where a verifier is not strict.
TEST_F(SignedStatement, KeyOfSmallOrderVerifiesNothing) {
  VerifyKey identity{1};
  Signature signature{1};
  EXPECT_FALSE(Verify(identity, statement_, signature));
}

}  // namespace
}  // namespace mseal::crypto
