// What somebody with the PIN and other software, or a bad token, may do to a provider's objects without ever making it
// give a wrong secret or an anchor that was not moved to.
#include <gmock/gmock.h>

#include "base/writer.h"
#include "token_support.h"

namespace mseal::keys {
namespace {

using format::kTokenAnchorKind;
using format::kTokenEpochKind;
using format::kTokenHeaderKind;
using testing::AnyOf;
using testing::ElementsAre;

class TokenDamageTest : public TokenTest {
 protected:
  // Epochs 7 and 8 are on the token.
  void MakeFull() {
    provider_ = Created();
    ASSERT_TRUE(provider_->Write(8, SecretOf(0x22)).ok());
  }
  static void DestroyKey(Pkcs11Session& session, std::uint32_t epoch) {
    const auto found = Sure(session.FindAnything("clinic/epoch-" + std::to_string(epoch)));
    for (const TokenObject key : Sure(session.FindKeys())) {
      if (std::ranges::count(found, key) == 1) {
        EXPECT_TRUE(session.Destroy(key).ok());
      }
    }
  }

  std::unique_ptr<KeyProvider> provider_;
};

TEST_F(TokenDamageTest, FlippedBitsOfAnEpochLeaveTheOtherSecretAndIsReported) {
  MakeFull();
  const auto session = Intruder();
  const Bytes whole = Value(*session, kTokenEpochKind, "clinic/epoch-7");
  for (std::size_t bit = 0; bit < whole.size() * 8; bit += 11) {
    Bytes flipped = whole;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    Rewrite(*session, kTokenEpochKind, "clinic/epoch-7", flipped);
    const auto provider = Opened();
    ASSERT_TRUE(provider->Damaged()) << bit;
    ASSERT_THAT(provider->Epochs(), ElementsAre(8)) << bit;
    ASSERT_THAT(provider->Open(7).code(), StatusCode::kAuthFailed) << bit;
    ASSERT_TRUE(Holds(*provider, 8, SecretOf(0x22))) << bit;
  }
}

TEST_F(TokenDamageTest, EpochCutAnywhereOrLongerIsDamage) {
  MakeFull();
  const auto session = Intruder();
  const Bytes whole = Value(*session, kTokenEpochKind, "clinic/epoch-7");
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{33}, whole.size() - 1, whole.size() + 1}) {
    Bytes changed = whole;
    changed.resize(size);
    Rewrite(*session, kTokenEpochKind, "clinic/epoch-7", changed);
    const auto provider = Opened();
    EXPECT_TRUE(provider->Damaged()) << size;
    EXPECT_EQ(provider->Open(7).code(), StatusCode::kAuthFailed) << size;
    EXPECT_TRUE(Holds(*provider, 8, SecretOf(0x22))) << size;
  }
}

TEST_F(TokenDamageTest, NoEpochThatOpensIsRefusedAndNoEpochAtAllIsCorrupt) {
  Created();
  const auto session = Intruder();
  Bytes changed = Value(*session, kTokenEpochKind, "clinic/epoch-7");
  changed.back() ^= 1;
  Rewrite(*session, kTokenEpochKind, "clinic/epoch-7", changed);
  EXPECT_EQ(Open().code(), StatusCode::kAuthFailed);
  for (const TokenObject each : Sure(session->FindAnything("clinic/epoch-7"))) EXPECT_TRUE(session->Destroy(each).ok());
  EXPECT_EQ(Open().code(), StatusCode::kCorrupt);
}

// Some of them: each takes as long as an epoch change.
TEST_F(TokenDamageTest, FlippedBitsOfTheHeaderAreRefused) {
  Created();
  const auto session = Intruder();
  const Bytes whole = Value(*session, kTokenHeaderKind, "clinic");
  for (std::size_t bit = 0; bit < whole.size() * 8; bit += 5) {
    Bytes flipped = whole;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    Rewrite(*session, kTokenHeaderKind, "clinic", flipped);
    ASSERT_THAT(Open().code(), AnyOf(StatusCode::kCorrupt, StatusCode::kUnsupportedVersion, StatusCode::kAuthFailed,
                                     StatusCode::kSuiteUnavailable))
        << bit;
  }
}

TEST_F(TokenDamageTest, HeaderOfAnotherSuiteStoreOrVersionOpensNoEpoch) {
  Created();
  const auto session = Intruder();
  const Bytes whole = Value(*session, kTokenHeaderKind, "clinic");
  const std::tuple<std::size_t, std::uint8_t, StatusCode> changes[] = {
      {8, 2, StatusCode::kUnsupportedVersion}, {9, 0, StatusCode::kUnsupportedVersion},
      {9, 3, StatusCode::kUnsupportedVersion}, {9, 255, StatusCode::kUnsupportedVersion},
      {10, 99, StatusCode::kAuthFailed},       {0, 'M', StatusCode::kCorrupt}};
  for (const auto& [offset, value, code] : changes) {
    Bytes changed = whole;
    changed[offset] = value;
    Rewrite(*session, kTokenHeaderKind, "clinic", changed);
    EXPECT_EQ(Open().code(), code) << offset;
  }
}

TEST_F(TokenDamageTest, TwoHeadersOfOneNameAreCorrupt) {
  Created();
  const auto session = Intruder();
  Sure(session->CreateData(kTokenHeaderKind, "clinic", Value(*session, kTokenHeaderKind, "clinic")));
  EXPECT_EQ(Open().code(), StatusCode::kCorrupt);
}

TEST_F(TokenDamageTest, EpochsThatChangedPlacesOpenNothing) {
  MakeFull();
  const auto session = Intruder();
  Bytes seven = Value(*session, kTokenEpochKind, "clinic/epoch-7");
  Bytes eight = Value(*session, kTokenEpochKind, "clinic/epoch-8");
  std::swap_ranges(seven.begin() + 17, seven.begin() + 21, eight.begin() + 17);  // each says that it is the other
  Rewrite(*session, kTokenEpochKind, "clinic/epoch-7", seven);
  Rewrite(*session, kTokenEpochKind, "clinic/epoch-8", eight);
  EXPECT_EQ(Open().code(), StatusCode::kAuthFailed);
}

TEST_F(TokenDamageTest, EpochOfAnotherProviderUnderThisOnesInstanceOpensNothing) {
  Created();
  Created("other");
  const auto session = Intruder();
  Bytes theirs = Value(*session, kTokenEpochKind, "other/epoch-7");
  const Bytes ours = Value(*session, kTokenEpochKind, "clinic/epoch-7");
  std::copy_n(ours.begin() + 1, 16, theirs.begin() + 1);
  Rewrite(*session, kTokenEpochKind, "clinic/epoch-7", theirs);
  EXPECT_EQ(Open().code(), StatusCode::kAuthFailed);
}

TEST_F(TokenDamageTest, ContentThatIsThereTwiceOpensAndIsReported) {
  MakeFull();
  const auto session = Intruder();
  Sure(session->CreateData(kTokenEpochKind, "x", Value(*session, kTokenEpochKind, "clinic/epoch-7")));
  const auto provider = Opened();
  EXPECT_TRUE(provider->Damaged());
  EXPECT_THAT(provider->Epochs(), ElementsAre(7, 8));
  EXPECT_TRUE(Holds(*provider, 7, first_));
  ASSERT_TRUE(provider->Destroy(7).ok());
  EXPECT_FALSE(provider->Damaged());
}

TEST_F(TokenDamageTest, WhatOthersKeepOnTheTokenDisturbsNothing) {
  MakeFull();
  const auto session = Intruder();
  Sure(session->GenerateKey("theirs", Bytes(5000)));
  Sure(session->GenerateKey("theirs", Bytes()));
  Sure(session->GenerateKey("theirs", Bytes(20)));  // as long as an id of ours
  Sure(session->CreateData(kTokenEpochKind, "theirs", Bytes(100'000)));
  Sure(session->CreateData(kTokenAnchorKind, "theirs", Bytes(142)));
  const auto provider = Opened();
  EXPECT_FALSE(provider->Damaged());
  EXPECT_THAT(provider->Epochs(), ElementsAre(7, 8));
  ASSERT_TRUE(provider->Destroy(7).ok());
  EXPECT_EQ(Sure(session->FindAnything("theirs")).size(), 5u);
}

TEST_F(TokenDamageTest, KeyWithoutContentIsDamageAndTheNextWriteRemovesIt) {
  MakeFull();
  const auto session = Intruder();
  EXPECT_TRUE(session->Destroy(Find(*session, kTokenEpochKind, "clinic/epoch-8")).ok());
  const auto provider = Opened();
  EXPECT_TRUE(provider->Damaged());
  EXPECT_THAT(provider->Epochs(), ElementsAre(7));
  ASSERT_TRUE(provider->Write(9, SecretOf(0x33)).ok());
  EXPECT_FALSE(provider->Damaged());
  EXPECT_THAT(provider->Epochs(), ElementsAre(7, 9));
  EXPECT_EQ(CountKeys(), 2u);
}

TEST_F(TokenDamageTest, ContentWithoutKeyIsDamageAndGoesWithTheNextDestroyOfItsEpoch) {
  MakeFull();
  DestroyKey(*Intruder(), 7);
  const auto provider = Opened();
  EXPECT_TRUE(provider->Damaged());
  EXPECT_EQ(provider->Open(7).code(), StatusCode::kAuthFailed);
  ASSERT_TRUE(provider->Destroy(7).ok());
  EXPECT_FALSE(provider->Damaged());
  EXPECT_TRUE(Sure(Intruder()->FindAnything("clinic/epoch-7")).empty());
  EXPECT_EQ(provider->Destroy(7).code(), StatusCode::kNotFound);
}

TEST_F(TokenDamageTest, EpochThatDoesNotOpenMakesRoomOnlyWhenItsPlaceIsNeeded) {
  MakeFull();
  const auto session = Intruder();
  Bytes changed = Value(*session, kTokenEpochKind, "clinic/epoch-8");
  changed.back() ^= 1;
  Rewrite(*session, kTokenEpochKind, "clinic/epoch-8", changed);
  const auto provider = Opened();
  EXPECT_EQ(provider->Destroy(7).code(), StatusCode::kInvalidArgument);  // the only one that opens
  ASSERT_TRUE(provider->Write(9, SecretOf(0x33)).ok());
  EXPECT_THAT(provider->Epochs(), ElementsAre(7, 9));
  EXPECT_FALSE(provider->Damaged());
}

TEST_F(TokenDamageTest, EpochThatDoesNotOpenIsWrittenAnewUnderItsNumber) {
  MakeFull();
  const auto session = Intruder();
  Bytes changed = Value(*session, kTokenEpochKind, "clinic/epoch-8");
  changed.back() ^= 1;
  Rewrite(*session, kTokenEpochKind, "clinic/epoch-8", changed);
  const auto provider = Opened();
  ASSERT_TRUE(provider->Write(8, SecretOf(0x33)).ok());
  EXPECT_TRUE(Holds(*Opened(), 8, SecretOf(0x33)));
}

TEST_F(TokenDamageTest, KeyThatIsGoneShowsToAProviderThatWasOpenBefore) {
  MakeFull();
  DestroyKey(*Intruder(), 8);
  EXPECT_EQ(provider_->Open(8).code(), StatusCode::kKeyUnavailable);
  EXPECT_EQ(provider_->Open(8).code(), StatusCode::kAuthFailed);  // it has looked anew
  EXPECT_TRUE(Holds(*provider_, 7, first_));
  EXPECT_TRUE(provider_->Damaged());
}

TEST_F(TokenDamageTest, AnotherProviderUnderTheNameIsNoticed) {
  MakeFull();
  const auto session = Intruder();
  Created("other");
  Rewrite(*session, kTokenHeaderKind, "clinic", Value(*session, kTokenHeaderKind, "other"));
  shim_.FailAt(0, 0x32, ShimControls::Failure::kBefore);  // CKR_DEVICE_REMOVED: it has to log in anew
  EXPECT_FALSE(provider_->Open(7).ok());
  EXPECT_EQ(provider_->Open(7).code(), StatusCode::kAuthFailed);
}

// A token that takes templates for wishes.
TEST_F(TokenDamageTest, TokenThatWouldGiveKeysAwayIsRefusedAndLeftEmpty) {
  shim_.GiveKeysAway(true);
  EXPECT_EQ(Create().code(), StatusCode::kUnsupported);
  EXPECT_EQ(CountKeys(), 0u);
  shim_.GiveKeysAway(false);
  const auto provider = Created();
  shim_.GiveKeysAway(true);
  EXPECT_EQ(provider->Write(8, SecretOf(0x22)).code(), StatusCode::kUnsupported);
  EXPECT_EQ(CountKeys(), 1u);
}

// ---- the anchor

class TokenAnchorTest : public TokenTest {
 protected:
  static Anchor AnchorAt(std::uint64_t counter) { return {kEpoch, counter, counter + 1, counter + 2, {9, 8, 7}}; }
  // The commit counter of the anchor a newly opened provider reads, or the code's number negated.
  std::int64_t ReadAgain() {
    const auto anchor = Opened()->ReadAnchor();
    return anchor.ok() ? static_cast<std::int64_t>(anchor->value().commit_counter) : -static_cast<int>(anchor.code());
  }
  static void Damage(const std::string& label) {
    const auto session = Intruder();
    Bytes changed = Value(*session, kTokenAnchorKind, label);
    changed[100] ^= 1;
    Rewrite(*session, kTokenAnchorKind, label, changed);
  }
  static void Take(const std::string& label) {
    const auto session = Intruder();
    EXPECT_TRUE(session->Destroy(Find(*session, kTokenAnchorKind, label)).ok());
  }
  static constexpr std::int64_t kRefused = -static_cast<int>(StatusCode::kAuthFailed);
};

TEST_F(TokenAnchorTest, NewProviderHasAnAnchorOfItsEpochAndZeros) {
  Created();
  const Anchor anchor = Opened()->ReadAnchor()->value();
  EXPECT_EQ(anchor.epoch, kEpoch);
  EXPECT_EQ(anchor.commit_counter, 0u);
}

TEST_F(TokenAnchorTest, EveryPartOfTheNewestOfManyMovesIsReadBack) {
  const auto provider = Created();
  for (std::uint64_t move = 1; move <= 5; ++move) {
    ASSERT_TRUE(provider->MoveAnchor(AnchorAt(move)).ok());
    const Anchor anchor = Opened()->ReadAnchor()->value();
    EXPECT_EQ(anchor.epoch, kEpoch);
    EXPECT_EQ(anchor.commit_counter, move);
    EXPECT_EQ(anchor.statement_number, move + 1);
    EXPECT_EQ(anchor.audit_size, move + 2);
    EXPECT_EQ(anchor.audit_root, (ByteArray<32>{9, 8, 7}));
  }
  EXPECT_EQ(CountData(), 4u);
}

TEST_F(TokenAnchorTest, MovingItTouchesNoSecret) {
  const auto provider = Created();
  const auto session = Intruder();
  const TokenObject content = Find(*session, kTokenEpochKind, "clinic/epoch-7");
  const auto keys = Sure(session->FindKeys());
  const std::uint64_t decryptions = shim_.Calls("C_Decrypt"), encryptions = shim_.Calls("C_Encrypt");
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(5)).ok());
  EXPECT_EQ(Find(*session, kTokenEpochKind, "clinic/epoch-7"), content);
  EXPECT_EQ(Sure(session->FindKeys()), keys);
  EXPECT_EQ(shim_.Calls("C_Decrypt"), decryptions);
  EXPECT_EQ(shim_.Calls("C_Encrypt"), encryptions);
}

TEST_F(TokenAnchorTest, NewestPageDamagedOrGoneGivesTheMoveBefore) {
  const auto provider = Created();
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(1)).ok());  // into page 1
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(2)).ok());  // into page 0
  Damage("clinic/anchor-0");
  EXPECT_EQ(ReadAgain(), 1);
  Take("clinic/anchor-0");
  EXPECT_EQ(ReadAgain(), 1);
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(3)).ok());
  EXPECT_EQ(ReadAgain(), 3);
}

TEST_F(TokenAnchorTest, PageThatIsThereTwiceIsNoneAndTheNextMoveMakesItOne) {
  const auto provider = Created();
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(1)).ok());
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(2)).ok());
  {
    const auto session = Intruder();
    Sure(
        session->CreateData(kTokenAnchorKind, "clinic/anchor-0", Value(*session, kTokenAnchorKind, "clinic/anchor-1")));
  }
  EXPECT_EQ(ReadAgain(), 1);
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(3)).ok());
  EXPECT_EQ(ReadAgain(), 3);
  EXPECT_EQ(CountData(), 4u);
}

TEST_F(TokenAnchorTest, BothDamagedOrGoneIsRefusedAndNotBegunAnewByAMove) {
  const auto provider = Created();
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(1)).ok());
  Damage("clinic/anchor-0");
  Damage("clinic/anchor-1");
  EXPECT_EQ(ReadAgain(), kRefused);
  EXPECT_EQ(provider->MoveAnchor(AnchorAt(2)).code(), StatusCode::kAuthFailed);
  Take("clinic/anchor-0");
  Take("clinic/anchor-1");
  EXPECT_EQ(ReadAgain(), kRefused);
  EXPECT_EQ(provider->MoveAnchor(AnchorAt(2)).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(CountData(), 2u);
}

TEST_F(TokenAnchorTest, LostAnchorIsBegunAnewOnlyByTheCallForIt) {
  Created();
  Damage("clinic/anchor-0");
  const auto provider = Opened();
  ASSERT_TRUE(provider->ReplaceLostAnchor(AnchorAt(40)).ok());
  EXPECT_EQ(ReadAgain(), 40);
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(41)).ok());
  EXPECT_EQ(ReadAgain(), 41);
  EXPECT_EQ(provider->ReplaceLostAnchor(AnchorAt(0)).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(ReadAgain(), 41);
}

TEST_F(TokenAnchorTest, AnchorOfAnotherProviderIsRefused) {
  Created();
  Created("other");
  const auto session = Intruder();
  Rewrite(*session, kTokenAnchorKind, "clinic/anchor-0", Value(*session, kTokenAnchorKind, "other/anchor-0"));
  EXPECT_EQ(ReadAgain(), kRefused);
}

TEST_F(TokenAnchorTest, FlippedBitsGiveTheMoveBefore) {
  const auto provider = Created();
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(1)).ok());
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(2)).ok());
  const auto session = Intruder();
  const Bytes whole = Value(*session, kTokenAnchorKind, "clinic/anchor-0");
  for (std::size_t bit = 0; bit < whole.size() * 8; bit += 5) {
    Bytes flipped = whole;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    Rewrite(*session, kTokenAnchorKind, "clinic/anchor-0", flipped);
    ASSERT_EQ(provider->ReadAnchor()->value().commit_counter, 1u) << bit;
  }
}

TEST_F(TokenAnchorTest, AnEmptyOrEndlessPageIsNone) {
  const auto provider = Created();
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(1)).ok());
  const auto session = Intruder();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{141}, std::size_t{143}, std::size_t{4096}, std::size_t{100'000}}) {
    Rewrite(*session, kTokenAnchorKind, "clinic/anchor-1", Bytes(size));
    EXPECT_EQ(provider->ReadAnchor()->value().commit_counter, 0u) << size;
  }
}

}  // namespace
}  // namespace mseal::keys
