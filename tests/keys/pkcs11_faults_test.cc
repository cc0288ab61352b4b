// Each call to a token fails once, in each way, or hangs: the call of the provider succeeds or says that it failed, in
// time, and afterwards the token holds what it held before or after.
#include <gmock/gmock.h>
#include <p11-kit/pkcs11.h>

#include <functional>
#include <thread>

#include "token_support.h"

namespace mseal::keys {
namespace {

using Epochs = std::vector<std::uint32_t>;
using ShimFailure = ShimControls::Failure;
using std::chrono::milliseconds;
using testing::AnyOf;
using testing::HasSubstr;

constexpr std::pair<ShimFailure, unsigned long> kFailures[] = {{ShimFailure::kBefore, CKR_GENERAL_ERROR},
                                                               {ShimFailure::kAfter, CKR_DEVICE_ERROR},
                                                               {ShimFailure::kDies, CKR_DEVICE_REMOVED}};

class TokenFaultsTest : public TokenTest {
 protected:
  // What is on the token now, to be brought back; nothing may have it open.
  void KeepTokens() { std::filesystem::copy(token_.tokens(), kept(), std::filesystem::copy_options::recursive); }
  void BringTokensBack() {
    std::filesystem::remove_all(token_.tokens());
    std::filesystem::copy(kept(), token_.tokens(), std::filesystem::copy_options::recursive);
  }
  std::filesystem::path kept() const { return token_.tokens().string() + ".kept"; }

  // Runs `act` on a newly made provider once for each call that it makes and each way to fail, then `check` with its
  // outcome, on the provider that met the failure unless its process died, and on what a newly opened one finds.
  void FailEach(const std::function<void(KeyProvider&)>& prepare, const std::function<Status(KeyProvider&)>& act,
                const std::function<void(const Status&, KeyProvider&)>& check) {
    prepare(*Created());
    KeepTokens();
    for (const auto& [failure, code] : kFailures) {
      for (std::uint64_t number = 0;; ++number) {
        SCOPED_TRACE(testing::Message() << "failure " << static_cast<int>(failure) << ", " << code << " at " << number);
        BringTokensBack();
        auto provider = Opened();
        shim_.FailAt(number, code, failure);
        const Status outcome = act(*provider);
        const bool failed = shim_.failed();
        if (failure == ShimFailure::kDies) provider.reset();
        shim_.FailNever();
        if (!failed) break;
        if (provider != nullptr) check(outcome, *provider);
        provider.reset();
        check(outcome, *Opened());
        ASSERT_FALSE(HasFailure());
      }
    }
  }
};

TEST_F(TokenFaultsTest, CreationLeavesAWholeProviderOrNone) {
  KeepTokens();
  for (const auto& [failure, code] : kFailures) {
    for (std::uint64_t number = 0;; ++number) {
      SCOPED_TRACE(testing::Message() << "failure " << static_cast<int>(failure) << ", " << code << " at " << number);
      BringTokensBack();
      shim_.FailAt(number, code, failure);
      const Status outcome = Create().status();
      const bool failed = shim_.failed();
      shim_.FailNever();
      if (!failed) break;
      const auto found = Open();
      EXPECT_TRUE(found.ok() || found.code() == StatusCode::kNotFound) << found.status().message();
      EXPECT_TRUE(found.ok() || !outcome.ok());
      if (found.ok()) {
        EXPECT_TRUE(Holds(**found, kEpoch, first_));
        EXPECT_TRUE((*found)->ReadAnchor().ok());
      }
      // A failure that the process lives through leaves nothing.
      if (!outcome.ok() && failure != ShimFailure::kDies) {
        EXPECT_EQ(CountKeys() + CountData(), 0u);
        EXPECT_THAT(outcome.code(), AnyOf(StatusCode::kIoError, StatusCode::kKeyUnavailable));
      }
      ASSERT_FALSE(HasFailure());
    }
  }
}

TEST_F(TokenFaultsTest, OpeningFailsOrGivesTheRightSecret) {
  Created();
  for (const auto& [failure, code] : kFailures) {
    for (std::uint64_t number = 0;; ++number) {
      shim_.FailAt(number, code, failure);
      auto provider = Open();
      const bool failed = shim_.failed();
      shim_.FailNever();
      if (!failed) break;
      if (provider.ok()) {
        EXPECT_TRUE(Holds(**provider, kEpoch, first_)) << number;
      } else {
        EXPECT_THAT(provider.code(), AnyOf(StatusCode::kIoError, StatusCode::kKeyUnavailable)) << number;
      }
    }
  }
}

TEST_F(TokenFaultsTest, WriteLeavesTheOldSecretAndAddsTheNewOneOrNotAndTheNextTrySucceeds) {
  FailEach([](KeyProvider&) {}, [](KeyProvider& provider) { return provider.Write(8, SecretOf(0x22)); },
           [this](const Status& outcome, KeyProvider& provider) {
             EXPECT_TRUE(Holds(provider, kEpoch, first_));
             const Epochs epochs = provider.Epochs();
             EXPECT_TRUE(epochs == Epochs({7}) || epochs == Epochs({7, 8}));
             EXPECT_TRUE(epochs == Epochs({7, 8}) || !outcome.ok());
             if (epochs.size() == 2) {
               EXPECT_TRUE(Holds(provider, 8, SecretOf(0x22)));
             }
             EXPECT_TRUE(provider.ReadAnchor().ok());
             const Status again = provider.Write(8, SecretOf(0x22));
             EXPECT_TRUE(again.ok() || again.code() == StatusCode::kAlreadyExists) << again.message();
             EXPECT_TRUE(Holds(provider, 8, SecretOf(0x22)));
             EXPECT_FALSE(provider.Damaged());
             EXPECT_EQ(CountKeys(), 2u);
           });
}

TEST_F(TokenFaultsTest, DestroyLeavesTheNewSecretAndTakesTheOldOneOrNotAndTheNextTryLeavesNothingOfIt) {
  FailEach([](KeyProvider& provider) { ASSERT_TRUE(provider.Write(8, SecretOf(0x22)).ok()); },
           [](KeyProvider& provider) { return provider.Destroy(7); },
           [this](const Status& outcome, KeyProvider& provider) {
             EXPECT_TRUE(Holds(provider, 8, SecretOf(0x22)));
             const Epochs epochs = provider.Epochs();
             EXPECT_TRUE(epochs == Epochs({8}) || epochs == Epochs({7, 8}));
             EXPECT_TRUE(epochs == Epochs({8}) || !outcome.ok());
             if (epochs.size() == 2) {
               EXPECT_TRUE(Holds(provider, 7, first_));
             }
             const Status again = provider.Destroy(7);
             EXPECT_TRUE(again.ok() || again.code() == StatusCode::kNotFound) << again.message();
             EXPECT_EQ(provider.Epochs(), Epochs({8}));
             EXPECT_FALSE(provider.Damaged());
             EXPECT_EQ(CountKeys(), 1u);
             EXPECT_EQ(CountData(), 3u);
           });
}

TEST_F(TokenFaultsTest, MovedAnchorIsTheOldOrTheNewOneAndTheNextMoveIsRead) {
  FailEach(
      [](KeyProvider& provider) {
        ASSERT_TRUE(provider.MoveAnchor({7, 1, 0, 0, {}}).ok());
      },
      [](KeyProvider& provider) {
        return provider.MoveAnchor({7, 2, 0, 0, {}});
      },
      [](const Status& outcome, KeyProvider& provider) {
        const auto anchor = provider.ReadAnchor();
        ASSERT_TRUE(anchor.ok()) << anchor.status().message();
        const std::uint64_t counter = (*anchor)->commit_counter;
        EXPECT_TRUE(counter >= 2 || (counter == 1 && !outcome.ok())) << counter;
        ASSERT_TRUE(provider.MoveAnchor({7, 3, 0, 0, {}}).ok());
        EXPECT_EQ(provider.ReadAnchor()->value().commit_counter, 3u);
      });
}

TEST_F(TokenFaultsTest, LostAnchorStaysLostOrIsTheNewOne) {
  FailEach(
      [](KeyProvider&) {
        const auto session = Intruder();
        EXPECT_TRUE(session->Destroy(Find(*session, format::kTokenAnchorKind, "clinic/anchor-0")).ok());
      },
      [](KeyProvider& provider) {
        return provider.ReplaceLostAnchor({7, 5, 0, 0, {}});
      },
      [](const Status& outcome, KeyProvider& provider) {
        const auto anchor = provider.ReadAnchor();
        EXPECT_TRUE(anchor.ok() || anchor.code() == StatusCode::kAuthFailed);
        EXPECT_TRUE(anchor.ok() || !outcome.ok());
        if (anchor.ok()) {
          EXPECT_EQ((*anchor)->commit_counter, 5u);
        }
      });
}

TEST_F(TokenFaultsTest, InterruptedWriteShowsAsDamageInWhoMetItAndInWhoComesAfter) {
  auto provider = Created();
  shim_.FailAll("C_CreateObject", CKR_DEVICE_ERROR);
  shim_.FailAll("C_DestroyObject", CKR_DEVICE_ERROR);  // so that it cannot clean up
  EXPECT_EQ(provider->Write(8, SecretOf(0x22)).code(), StatusCode::kIoError);
  EXPECT_TRUE(provider->Damaged());
  shim_.FailNever();
  EXPECT_TRUE(Opened()->Damaged());
  EXPECT_TRUE(Holds(*provider, 7, first_));
  ASSERT_TRUE(provider->Write(9, SecretOf(0x33)).ok());
  EXPECT_FALSE(provider->Damaged());
  EXPECT_FALSE(Opened()->Damaged());
}

TEST_F(TokenFaultsTest, InterruptedDestroyHasTakenTheKeyFirst) {
  auto provider = Created();
  ASSERT_TRUE(provider->Write(8, SecretOf(0x22)).ok());
  shim_.FailAll("C_DestroyObject", CKR_DEVICE_ERROR, 1);
  EXPECT_EQ(provider->Destroy(7).code(), StatusCode::kIoError);
  EXPECT_TRUE(provider->Damaged());
  shim_.FailNever();
  EXPECT_EQ(CountKeys(), 1u);
  EXPECT_TRUE(Opened()->Damaged());
  EXPECT_TRUE(Holds(*Opened(), 8, SecretOf(0x22)));
}

TEST_F(TokenFaultsTest, TokenThatCannotDoWhatIsNeededIsUnsupportedAndLeftEmpty) {
  for (const char* function : {"C_GenerateKey", "C_EncryptInit", "C_DecryptInit"}) {
    shim_.FailAll(function, CKR_MECHANISM_INVALID);
    EXPECT_EQ(Create().code(), StatusCode::kUnsupported) << function;
    shim_.FailNever();
    EXPECT_EQ(CountKeys() + CountData(), 0u) << function;
  }
}

TEST_F(TokenFaultsTest, FullTokenSaysSo) {
  const auto provider = Created();
  shim_.FailAll("C_GenerateKey", CKR_DEVICE_MEMORY);
  EXPECT_EQ(provider->Write(8, SecretOf(0x22)).code(), StatusCode::kResourceExhausted);
  EXPECT_TRUE(Holds(*provider, 7, first_));
}

TEST_F(TokenFaultsTest, EveryAnswerOfATokenThatIsGoneIsKeyUnavailable) {
  const auto provider = Created();
  for (const unsigned long code :
       {CKR_DEVICE_REMOVED, CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED, CKR_SLOT_ID_INVALID,
        CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED, CKR_USER_NOT_LOGGED_IN, CKR_CRYPTOKI_NOT_INITIALIZED,
        CKR_OBJECT_HANDLE_INVALID, CKR_KEY_HANDLE_INVALID}) {
    shim_.FailAt(0, code, ShimFailure::kBefore);
    EXPECT_EQ(provider->Open(7).code(), StatusCode::kKeyUnavailable) << code;
    EXPECT_TRUE(Holds(*provider, 7, first_)) << code;  // it logs in anew
  }
}

TEST_F(TokenFaultsTest, TokenThatIsPulledOutAnswersUntilItIsBack) {
  const auto provider = Created();
  KeepTokens();
  std::filesystem::remove_all(token_.tokens());
  EXPECT_EQ(provider->Open(7).code(), StatusCode::kKeyUnavailable);
  EXPECT_EQ(provider->ReadAnchor().code(), StatusCode::kKeyUnavailable);
  EXPECT_EQ(provider->Write(8, SecretOf(0x22)).code(), StatusCode::kKeyUnavailable);
  EXPECT_EQ(provider->Destroy(7).code(), StatusCode::kKeyUnavailable);
  BringTokensBack();
  EXPECT_TRUE(Holds(*provider, 7, first_));
  EXPECT_TRUE(provider->Write(8, SecretOf(0x22)).ok());
}

// SoftHSM goes on with a session whose token was taken away, and shows nothing.
TEST_F(TokenFaultsTest, TokenThatShowsNothingIsNotTakenForOneThatLostItsAnchorOrSecrets) {
  for (const auto& act : {std::function([](KeyProvider& p) { return p.ReadAnchor().status(); }),
                          std::function([](KeyProvider& p) { return p.MoveAnchor({}); }),
                          std::function([](KeyProvider& p) { return p.ReplaceLostAnchor({}); }),
                          std::function([](KeyProvider& p) { return p.Write(8, SecretOf(0x22)); }),
                          std::function([](KeyProvider& p) { return p.Destroy(7); })}) {
    const SoftToken another;
    const auto provider = Created();
    std::filesystem::remove_all(another.tokens());
    EXPECT_FALSE(act(*provider).ok());
    EXPECT_EQ(act(*provider).code(), StatusCode::kKeyUnavailable);
  }
}

// ---- tokens that hang

class TokenHangTest : public TokenFaultsTest {
 protected:
  // Long enough for a busy machine to make one call.
  TokenHangTest() { options_.deadline = milliseconds(1000); }

  // Lets the call go on, and waits until whoever was left with it is done with the module.
  void ReleaseAndWait(std::uint64_t finalized) {
    shim_.Release();
    for (int time = 0; time < 1000 && shim_.Calls("C_Finalize") == finalized; ++time)
      std::this_thread::sleep_for(milliseconds(10));
    EXPECT_GT(shim_.Calls("C_Finalize"), finalized);
  }
  static milliseconds Timed(const std::function<void()>& act) {
    const auto begin = std::chrono::steady_clock::now();
    act();
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
  }
  // Holds as soon as the token has come back.
  bool HoldsSoon(const KeyProvider& provider, std::uint32_t epoch, const EpochSecret& secret) {
    for (int time = 0; time < 1000; ++time) {
      if (Holds(provider, epoch, secret)) return true;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return false;
  }
};

TEST_F(TokenHangTest, CallsAnswerInTimeAndAtOnceFromThenOnUntilTheTokenIsBack) {
  const auto provider = Created();
  shim_.HangAt(0);
  Status answered;
  EXPECT_GE(Timed([&] { answered = provider->Open(7).status(); }), options_.deadline);
  EXPECT_EQ(answered.code(), StatusCode::kKeyUnavailable);
  EXPECT_THAT(answered.message(), HasSubstr("does not answer"));
  EXPECT_TRUE(shim_.hanging());
  const milliseconds later = Timed([&] {
    for (int time = 0; time < 20; ++time) {
      EXPECT_EQ(provider->MoveAnchor({}).code(), StatusCode::kKeyUnavailable);
      EXPECT_EQ(provider->Open(7).code(), StatusCode::kKeyUnavailable);
      EXPECT_EQ(provider->Epochs(), Epochs({7}));
    }
  });
  EXPECT_LT(later, 10 * options_.deadline);  // of 40 calls
  EXPECT_TRUE(shim_.hanging());              // nobody waited for it to end
  shim_.Release();
  EXPECT_TRUE(HoldsSoon(*provider, 7, first_));
  EXPECT_TRUE(provider->MoveAnchor({7, 3, 0, 0, {}}).ok());
}

TEST_F(TokenHangTest, EveryoneWhoWaitsIsAnswered) {
  const auto provider = Created();
  shim_.HangAt(0);
  std::vector<std::thread> threads;
  for (int caller = 0; caller < 4; ++caller) {
    threads.emplace_back([&] { EXPECT_EQ(provider->Open(7).code(), StatusCode::kKeyUnavailable); });
  }
  for (std::thread& thread : threads) thread.join();
  shim_.Release();
  EXPECT_TRUE(HoldsSoon(*provider, 7, first_));
}

TEST_F(TokenHangTest, OpeningAndCreatingAnswerInTimeToo) {
  Created();
  for (const bool creating : {false, true}) {
    shim_.HangAt(creating ? 8 : 6);
    const std::uint64_t finalized = shim_.Calls("C_Finalize");
    EXPECT_EQ(creating ? Create("other").code() : Open().code(), StatusCode::kKeyUnavailable);
    EXPECT_TRUE(shim_.hanging());
    ReleaseAndWait(finalized);
  }
  EXPECT_TRUE(Holds(*Opened(), 7, first_));
}

TEST_F(TokenHangTest, ProviderCanBeDroppedWhileTheTokenHangs) {
  auto provider = Created();
  shim_.HangAt(0);
  EXPECT_EQ(provider->Open(7).code(), StatusCode::kKeyUnavailable);
  provider.reset();
  EXPECT_TRUE(shim_.hanging());
  ReleaseAndWait(shim_.Calls("C_Finalize"));
  EXPECT_TRUE(Holds(*Opened(), 7, first_));
}

TEST_F(TokenHangTest, ProviderIsDroppedInTimeWhenClosingHangs) {
  auto provider = Created();
  shim_.HangAt(0);  // the next call is the one that closes
  provider.reset();
  EXPECT_TRUE(shim_.hanging());
  ReleaseAndWait(shim_.Calls("C_Finalize"));
}

TEST_F(TokenHangTest, TokenThatIsSlowButMovesIsWaitedFor) {
  const auto provider = Created();
  for (std::uint64_t call : {1, 3, 5}) {
    shim_.HangAt(call);
    std::thread helper([&] {
      while (!shim_.hanging()) std::this_thread::sleep_for(milliseconds(1));
      std::this_thread::sleep_for(options_.deadline / 4);
      shim_.Release();
    });
    EXPECT_TRUE(provider->MoveAnchor({7, call, 0, 0, {}}).ok());
    helper.join();
  }
}

TEST_F(TokenHangTest, WriteThatHangsAnywhereMakesNoFurtherCallAndIsMendedByTheNext) {
  Created();
  options_.deadline = milliseconds(250);
  const auto provider = Opened();
  std::uint64_t call = 0;
  for (;; call += 3) {
    shim_.HangAt(call);
    const Status written = provider->Write(8, SecretOf(0x22));
    if (!shim_.hanging()) {
      EXPECT_THAT(written.code(), AnyOf(StatusCode::kOk, StatusCode::kKeyUnavailable)) << written.message();
      break;
    }
    EXPECT_EQ(written.code(), StatusCode::kKeyUnavailable);
    const std::uint64_t made = shim_.Calls("C_GenerateKey") + shim_.Calls("C_CreateObject");
    shim_.Release();
    ASSERT_TRUE(HoldsSoon(*provider, 7, first_)) << call;
    EXPECT_EQ(shim_.Calls("C_GenerateKey") + shim_.Calls("C_CreateObject"), made) << call;
    // A machine that is busy may be too slow for this deadline as well.
    Status again = Status::KeyUnavailable("");
    for (int time = 0; time < 100 && again.code() == StatusCode::kKeyUnavailable; ++time) {
      again = provider->Write(8, SecretOf(0x22));
      std::this_thread::sleep_for(milliseconds(1));
    }
    EXPECT_TRUE(again.ok() || again.code() == StatusCode::kAlreadyExists) << call << again.message();
    ASSERT_TRUE(HoldsSoon(*provider, 8, SecretOf(0x22))) << call;
    for (int time = 0; time < 100 && provider->Destroy(8).code() == StatusCode::kKeyUnavailable; ++time)
      std::this_thread::sleep_for(milliseconds(1));
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(call, 9u);
}

}  // namespace
}  // namespace mseal::keys
