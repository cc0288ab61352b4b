// Custodians and their shares: which of them open what was sealed, and what each bad share is told as.
#include "people/custodians.h"

#include <gtest/gtest.h>

#include <bit>

#include "crypto/hash.h"
#include "crypto/random.h"
#include "format/share.h"
#include "people_support.h"
#include "support/vectors.h"

namespace mseal::people {
namespace {

constexpr crypto::VerifyKey kFounderKey = {0xf0, 0xf1};

class CustodiansTest : public testing::Test {
 protected:
  CustodiansTest() {
    keys_.founder_key = kFounderKey;
    recovery_ = *SealRecovery(kStore, kSuite, set_.custodians, keys_);
  }
  ByteView Text(std::size_t number) const { return set_.shares[number - 1].Reveal(); }
  ShareFault Judge(ByteView text) const { return BroughtShares(kStore, set_.custodians).Add(text); }
  Result<crypto::PrivateKey> JoinedKey(unsigned mask, const crypto::VerifyKey& founder_key = kFounderKey) const {
    BroughtShares brought(kStore, set_.custodians);
    for (std::size_t i = 0; i < 5; ++i) {
      if ((mask >> i & 1) != 0) {
        EXPECT_EQ(brought.Add(Text(i + 1)), ShareFault::kNone);
      }
    }
    return brought.Join(founder_key);
  }
  // A share as somebody wrote it who can compute a checksum.
  static SecretBytes Written(const format::Share& share) {
    const SecretBytes encoded = format::EncodeShare(share);
    format::ShareChecksum checksum;
    const ByteArray<32> digest = crypto::Hash("medseal.v1.share", encoded.Reveal());
    CopyBytes(ByteView(digest).first(checksum.size()), checksum);
    return format::WriteShareText(share, checksum);
  }
  format::Share Parsed(std::size_t number) const { return std::move(format::ParseShareText(Text(number))->share); }

  NewCustodians set_ = *DrawCustodians(kStore, kFounderKey, 7, 3, 5);
  PrivateKeys keys_ = DrawPrivateKeys();
  Bytes recovery_;
};

TEST_F(CustodiansTest, AnyThreeOfFiveOpenAndFewerAreToldHowManyAreMissing) {
  for (unsigned mask = 0; mask < 1u << 5; ++mask) {
    const auto key = JoinedKey(mask);
    if (std::popcount(mask) >= 3) {
      ASSERT_TRUE(key.ok()) << key.status().message();
      const auto opened = OpenRecovery(kStore, kSuite, 7, *key, recovery_);
      ASSERT_TRUE(opened.ok());
      EXPECT_TRUE(SameBytes(opened->private_key.Reveal(), keys_.private_key.Reveal()));
      EXPECT_TRUE(SameBytes(opened->seed.Reveal(), keys_.seed.Reveal()));
      EXPECT_EQ(opened->founder_key, kFounderKey);
    } else {
      EXPECT_EQ(key.code(), StatusCode::kInvalidArgument);
      const std::string missing = "missing: " + std::to_string(3 - std::popcount(mask));
      EXPECT_NE(key.status().message().find(missing), std::string::npos) << key.status().message();
    }
  }
}

TEST_F(CustodiansTest, TextsSayWhatTheyAre) {
  EXPECT_EQ(set_.custodians.set, 7u);
  EXPECT_EQ(set_.custodians.threshold, 3u);
  EXPECT_EQ(set_.custodians.count(), 5u);
  EXPECT_EQ(AsText(Text(2)).substr(0, 34), "medseal recovery share, version 1\n");
  EXPECT_NE(AsText(Text(2)).find("share      2 of 5\nthreshold  3\n"), std::string_view::npos);
}

TEST_F(CustodiansTest, NumbersThatMakeNoSenseAreRefused) {
  const std::pair<std::uint8_t, std::uint8_t> wrong[] = {{0, 5}, {1, 5}, {6, 5}, {2, 17}};
  for (const auto& [threshold, count] : wrong)
    EXPECT_EQ(DrawCustodians(kStore, kFounderKey, 1, threshold, count).code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(DrawCustodians(kStore, kFounderKey, 1, 16, 16).ok());
}

// A flip may turn a small letter into a capital, which says the same; nothing else passes.
TEST_F(CustodiansTest, EveryFlippedBitOfEveryShareIsDamage) {
  for (std::size_t number = 1; number <= 5; ++number) {
    Bytes text(Text(number).begin(), Text(number).end());
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
      text[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      const ShareFault fault = Judge(text);
      const bool capital = bit % 8 == 5 && text[bit / 8] >= 'A' && text[bit / 8] <= 'Z';
      const bool damage = fault == ShareFault::kDamaged || fault == ShareFault::kLaterVersion;
      EXPECT_TRUE(capital ? fault == ShareFault::kNone : damage) << number << " " << bit;
      text[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    }
  }
}

TEST_F(CustodiansTest, EachBadShareIsToldWhatItIs) {
  const auto other_store = *DrawCustodians(kOtherStore, kFounderKey, 7, 3, 5);
  const auto older_set = *DrawCustodians(kStore, kFounderKey, 6, 3, 5);
  const auto same_number = *DrawCustodians(kStore, kFounderKey, 7, 3, 5);
  EXPECT_EQ(Judge(other_store.shares[0].Reveal()), ShareFault::kOtherStore);
  EXPECT_EQ(Judge(older_set.shares[0].Reveal()), ShareFault::kOtherSet);
  EXPECT_EQ(Judge(same_number.shares[0].Reveal()), ShareFault::kChanged);
  EXPECT_EQ(Judge(AsBytes("something else")), ShareFault::kDamaged);
  EXPECT_EQ(Judge({}), ShareFault::kDamaged);
  std::string later(AsText(Text(1)));
  later.replace(later.find("version 1"), 9, "version 2");
  EXPECT_EQ(Judge(AsBytes(later)), ShareFault::kLaterVersion);
  for (int fault = 0; fault <= 6; ++fault) EXPECT_NE(Explain(static_cast<ShareFault>(fault)), "unknown");
}

// Whoever changes a share on purpose makes its checksum anew.
TEST_F(CustodiansTest, ChangedShareWithAFittingChecksumIsTold) {
  format::Share changed = Parsed(2);
  changed.bytes.Fill()[0] ^= 1;
  EXPECT_EQ(Judge(Written(changed).Reveal()), ShareFault::kChanged);
  format::Share renumbered = Parsed(2);
  renumbered.number = 3;
  EXPECT_EQ(Judge(Written(renumbered).Reveal()), ShareFault::kChanged);
  format::Share easier = Parsed(2);
  easier.threshold = 2;
  EXPECT_EQ(Judge(Written(easier).Reveal()), ShareFault::kChanged);
  format::Share of_more = Parsed(2);
  of_more.count = 9;
  of_more.number = 9;
  EXPECT_EQ(Judge(Written(of_more).Reveal()), ShareFault::kChanged);
  EXPECT_EQ(Judge(Written(Parsed(2)).Reveal()), ShareFault::kNone);
}

TEST_F(CustodiansTest, ShareGivenTwiceCountsOnce) {
  BroughtShares brought(kStore, set_.custodians);
  EXPECT_EQ(brought.Add(Text(1)), ShareFault::kNone);
  EXPECT_EQ(brought.Add(Text(1)), ShareFault::kDoubled);
  EXPECT_EQ(brought.Add(Text(4)), ShareFault::kNone);
  EXPECT_EQ(brought.good(), 2u);
  EXPECT_EQ(brought.Join(kFounderKey).code(), StatusCode::kInvalidArgument);
}

// A chain of somebody else's that copies the custodians into itself.
TEST_F(CustodiansTest, SharesGiveNothingToAChainWithAnotherFounder) {
  EXPECT_EQ(JoinedKey(0b111, {0xee}).code(), StatusCode::kAuthFailed);
}

TEST_F(CustodiansTest, FlippedBitOfWhatIsSealedGivesNoKeys) {
  const auto key = JoinedKey(0b10101);
  for (std::size_t bit = 0; bit < recovery_.size() * 8; ++bit) {
    // X25519 leaves one bit of a public key unread; the slot key is hashed over all of it.
    recovery_[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const StatusCode code = OpenRecovery(kStore, kSuite, 7, *key, recovery_).code();
    EXPECT_TRUE(code == StatusCode::kAuthFailed || code == StatusCode::kUnsupportedVersion) << bit;
    recovery_[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
  EXPECT_TRUE(OpenRecovery(kStore, kSuite, 7, *key, recovery_).ok());
}

TEST_F(CustodiansTest, WhatIsSealedOpensInItsPlaceAlone) {
  const auto key = JoinedKey(0b10101);
  EXPECT_EQ(OpenRecovery(kOtherStore, kSuite, 7, *key, recovery_).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(OpenRecovery(kStore, kSuite, 8, *key, recovery_).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(OpenRecovery(kStore, crypto::Suite::kAes256Gcm, 7, *key, recovery_).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(OpenRecovery(kStore, kSuite, 7, crypto::PrivateKey(crypto::RandomKey()), recovery_).code(),
            StatusCode::kAuthFailed);
  for (std::size_t i = 1; i < 33; ++i) recovery_[i] = 0;  // a key of small order
  EXPECT_EQ(OpenRecovery(kStore, kSuite, 7, *key, recovery_).code(), StatusCode::kAuthFailed);
  recovery_.pop_back();
  EXPECT_EQ(OpenRecovery(kStore, kSuite, 7, *key, recovery_).code(), StatusCode::kCorrupt);
}

TEST_F(CustodiansTest, NothingIsSealedToAKeyOfSmallOrder) {
  Custodians custodians = set_.custodians;
  custodians.public_key = {};
  EXPECT_EQ(SealRecovery(kStore, kSuite, custodians, keys_).code(), StatusCode::kAuthFailed);
}

// What was made from the format page alone, without the code here.
TEST(CustodiansExamples, SharesOfTheExampleOpenIt) {
  const test::Case one = test::LoadCases("format/recovery.json", "cases").front();
  const test::Case chain = test::LoadCases("format/statement_chain.json", "cases").front();
  const test::Case shown = test::LoadCases("format/share.json", "cases").front();
  const auto store = one.Fixed<16>("store");
  const Chain whole = *Chain::Verify(store, chain.HexList("statements"));
  const Custodians& custodians = whole.custodians();
  EXPECT_EQ(test::ToHex(custodians.public_key), one.Text("public_key"));
  const std::vector<Bytes> keys = one.HexList("shares"), digests = one.HexList("digests");
  BroughtShares brought(store, custodians);
  EXPECT_EQ(brought.Add(shown.Hex("bytes")), ShareFault::kNone);  // share 2, as the page shows it
  for (const std::uint8_t number : {1, 5}) {
    const auto key = KeyBytes::CopyOf(KeyView(keys[number - 1u].data(), kKeySize));
    const format::Share share{store, 1, number, 5, 3, KeyBytes::CopyOf(key.Reveal())};
    format::ShareChecksum checksum;
    CopyBytes(ByteView(digests[number - 1u]).first(checksum.size()), checksum);
    EXPECT_EQ(brought.Add(format::WriteShareText(share, checksum).Reveal()), ShareFault::kNone);
  }
  const auto key = brought.Join(whole.founder_key());
  ASSERT_TRUE(key.ok()) << key.status().message();
  EXPECT_EQ(test::ToHex(key->Reveal()), one.Text("private_key"));
  const auto opened = OpenRecovery(store, kSuite, custodians.set, *key, one.Hex("bytes"));
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(test::ToHex(ContentOf(*opened).Reveal()), one.Text("content"));
}

}  // namespace
}  // namespace mseal::people
