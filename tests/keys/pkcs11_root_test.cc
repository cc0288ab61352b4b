// Other keys on a token over the same secrets: what opens, what is left, and what a failure or death in between leaves.
#include <gmock/gmock.h>
#include <p11-kit/pkcs11.h>

#include <filesystem>

#include "keys/provider_uri.h"
#include "token_support.h"

namespace mseal::keys {
namespace {

namespace fs = std::filesystem;
using ShimFailure = ShimControls::Failure;
using testing::ElementsAre;

class TokenRootTest : public TokenTest {
 protected:
  static Status Rotate(KeyProvider& provider) {
    MS_TRY(provider.PrepareRoot({}, {}).status());
    return provider.SwitchRoot();
  }
  static std::string UriText() { return "pkcs11:token=medseal;object=clinic?module-path=" MEDSEAL_TOKEN_SHIM; }

  void KeepTokens() { fs::copy(token_.tokens(), kept(), fs::copy_options::recursive); }
  void BringTokensBack() {
    fs::remove_all(token_.tokens());
    fs::copy(kept(), token_.tokens(), fs::copy_options::recursive);
  }
  fs::path kept() const { return token_.tokens().string() + ".kept"; }
};

TEST_F(TokenRootTest, SecretsLieUnderNewKeysAndTheOldOnesAreGone) {
  const auto provider = Created();
  ASSERT_TRUE(provider->Write(8, SecretOf(0x22)).ok());
  ASSERT_TRUE(provider->MoveAnchor({8, 5, 0, 0, {}}).ok());
  const auto session = Intruder();
  const Bytes sealed = Value(*session, format::kTokenEpochKind, "clinic/epoch-7");
  ASSERT_TRUE(Rotate(*provider).ok());
  const Bytes now = Value(*session, format::kTokenEpochKind, "clinic/epoch-7");
  EXPECT_NE(now, sealed);
  EXPECT_EQ(CountKeys(), 2u);
  EXPECT_FALSE(provider->Damaged());
  const auto again = Opened();
  EXPECT_THAT(again->Epochs(), ElementsAre(7, 8));
  EXPECT_TRUE(Holds(*again, 7, first_));
  EXPECT_TRUE(Holds(*again, 8, SecretOf(0x22)));
  EXPECT_EQ((*again->ReadAnchor())->commit_counter, 5u);
  // A copy of the old content opens with no key that is there.
  Rewrite(*session, format::kTokenEpochKind, "clinic/epoch-7", sealed);
  EXPECT_THAT(Opened()->Epochs(), ElementsAre(8));
}

TEST_F(TokenRootTest, OtherProvidersOnTheTokenKeepTheirKeys) {
  const auto other = Created("other");
  const auto provider = Created();
  ASSERT_TRUE(Rotate(*provider).ok());
  EXPECT_TRUE(Holds(*Opened("other"), kEpoch, first_));
  EXPECT_EQ(CountKeys(), 2u);
}

TEST_F(TokenRootTest, FailedOrKilledAnywhereItOpensAndTheNextTimeLeavesOneKeyAnEpoch) {
  Created();
  KeepTokens();
  for (const auto failure : {ShimFailure::kBefore, ShimFailure::kAfter, ShimFailure::kDies}) {
    for (std::uint64_t number = 0;; ++number) {
      SCOPED_TRACE(testing::Message() << "failure " << static_cast<int>(failure) << " at call " << number);
      BringTokensBack();
      auto provider = Opened();
      shim_.FailAt(number, CKR_DEVICE_ERROR, failure);
      const Status outcome = Rotate(*provider);
      const bool failed = shim_.failed();
      if (failure == ShimFailure::kDies) provider.reset();
      shim_.FailNever();
      if (!failed) {
        EXPECT_TRUE(outcome.ok());
        break;
      }
      if (provider == nullptr) provider = Opened();
      EXPECT_TRUE(Holds(*Opened(), kEpoch, first_));
      ASSERT_TRUE(Rotate(*provider).ok());
      EXPECT_TRUE(Holds(*Opened(), kEpoch, first_));
      EXPECT_FALSE(Opened()->Damaged());
      EXPECT_EQ(CountKeys(), 1u);
      EXPECT_EQ(CountData(), 3u);
      ASSERT_FALSE(HasFailure());
    }
  }
}

// What an interrupted change left beside the newest keys is that epoch's too.
TEST_F(TokenRootTest, DestroyTakesEveryKeyOfTheEpoch) {
  const auto provider = Created();
  ASSERT_TRUE(provider->Write(8, SecretOf(0x22)).ok());
  shim_.FailAll("C_DestroyObject", CKR_DEVICE_ERROR);
  EXPECT_FALSE(Rotate(*provider).ok());
  shim_.FailNever();
  EXPECT_EQ(CountKeys(), 3u);
  EXPECT_TRUE(Opened()->Damaged());
  ASSERT_TRUE(Opened()->Destroy(7).ok());
  EXPECT_EQ(CountKeys(), 1u);
  EXPECT_THAT(Opened()->Epochs(), ElementsAre(8));
}

TEST_F(TokenRootTest, HalfMadeProviderOfAnInstanceLeavesNothingWhereverItsMakerWasKilled) {
  const ByteArray<16> instance{9, 9, 9};
  ProviderOptions options;
  options.instance = instance;
  const auto kept = Created("other");
  for (std::uint64_t number = 0;; ++number) {
    shim_.FailAt(number, CKR_DEVICE_REMOVED, ShimFailure::kDies);
    auto made = CreateProvider(UriText(), Pin(), kStore, crypto::Suite::kChaCha20Poly1305, kEpoch, first_, options);
    const bool failed = shim_.failed();
    if (made.ok()) {
      EXPECT_EQ((*made)->instance(), instance);
    }
    if (made.ok()) made->reset();
    shim_.FailNever();
    const Status removed = RemoveHalfMadeProvider(UriText(), Pin(), instance);
    ASSERT_TRUE(removed.ok()) << number << removed.message();
    ASSERT_EQ(CountKeys(), 1u) << number;
    ASSERT_EQ(CountData(), 3u) << number;
    if (!failed) break;
  }
  const auto anothers = Created();
  EXPECT_TRUE(RemoveHalfMadeProvider(UriText(), Pin(), instance).ok());
  EXPECT_TRUE(Holds(*Opened(), kEpoch, first_));
}

}  // namespace
}  // namespace mseal::keys
