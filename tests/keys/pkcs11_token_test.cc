// What a provider on a token promises whoever uses it as agreed.
#include "keys/pkcs11_token.h"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <p11-kit/pkcs11.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "support/needles.h"
#include "token_support.h"

namespace mseal::keys {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(TokenTest, NewProviderOpensWithItsPinAndHoldsTheFirstSecret) {
  const auto instance = Created()->instance();
  const auto provider = Opened();
  EXPECT_EQ(provider->store(), kStore);
  EXPECT_EQ(provider->instance(), instance);
  EXPECT_EQ(provider->suite(), crypto::Suite::kChaCha20Poly1305);
  EXPECT_EQ(provider->assurance(), Assurance::kDeviceDestroyed);
  EXPECT_THAT(provider->Epochs(), ElementsAre(kEpoch));
  EXPECT_TRUE(Holds(*provider, kEpoch, first_));
  EXPECT_FALSE(provider->Damaged());
}

TEST_F(TokenTest, EpochKeysNeverLeaveTheToken) {
  Created();
  const auto session = Intruder();
  const auto keys = Sure(session->FindKeys());
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_TRUE(Sure(session->StaysInside(keys[0])));
  EXPECT_TRUE(Sure(session->ReadValue(keys[0])).empty());
}

// The module as any program in this process may use it.
CK_FUNCTION_LIST& RawModule() {
  void* const module = dlopen(MEDSEAL_TOKEN_SHIM, RTLD_NOW | RTLD_LOCAL);
  const auto list = reinterpret_cast<CK_C_GetFunctionList>(dlsym(module, "C_GetFunctionList"));
  CK_FUNCTION_LIST* functions = nullptr;
  EXPECT_EQ(list(&functions), CKR_OK);
  return *functions;
}

TEST_F(TokenTest, EpochKeysAreNotCopiedSoThatNoneOutlivesItsDestruction) {
  const auto provider = Created();
  CK_FUNCTION_LIST& module = RawModule();
  CK_SLOT_ID slots[8];
  CK_ULONG count = 8;
  ASSERT_EQ(module.C_GetSlotList(CK_TRUE, slots, &count), CKR_OK);
  CK_SESSION_HANDLE session = 0;
  ASSERT_EQ(module.C_OpenSession(slots[0], CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session), CKR_OK);
  CK_OBJECT_HANDLE copy = 0;
  CK_ATTRIBUTE label{CKA_LABEL, const_cast<char*>("copy"), 4};
  EXPECT_EQ(module.C_CopyObject(session, Sure(Intruder()->FindKeys()).at(0), &label, 1, &copy), CKR_ACTION_PROHIBITED);
  EXPECT_EQ(module.C_CloseSession(session), CKR_OK);
}

TEST_F(TokenTest, OpeningASecretCostsOneDecryptionAndNothingElse) {
  const auto provider = Created();
  const std::uint64_t before = shim_.Calls("C_Decrypt"), finds = shim_.Calls("C_FindObjectsInit");
  for (int time = 0; time < 5; ++time) EXPECT_TRUE(Holds(*provider, kEpoch, first_));
  EXPECT_EQ(shim_.Calls("C_Decrypt"), before + 5);
  EXPECT_EQ(shim_.Calls("C_FindObjectsInit"), finds);
}

TEST_F(TokenTest, SecondSecretIsWrittenBesideTheFirst) {
  const auto provider = Created();
  ASSERT_TRUE(provider->Write(8, SecretOf(0x22)).ok());
  EXPECT_THAT(provider->Epochs(), ElementsAre(kEpoch, 8));
  EXPECT_TRUE(Holds(*provider, kEpoch, first_));
  const auto again = Opened();
  EXPECT_THAT(again->Epochs(), ElementsAre(kEpoch, 8));
  EXPECT_TRUE(Holds(*again, 8, SecretOf(0x22)));
}

TEST_F(TokenTest, ThirdSecretAndTheSameEpochTwiceAreRefused) {
  const auto provider = Created();
  EXPECT_EQ(provider->Write(kEpoch, SecretOf(0x22)).code(), StatusCode::kAlreadyExists);
  ASSERT_TRUE(provider->Write(8, SecretOf(0x22)).ok());
  EXPECT_EQ(provider->Write(9, SecretOf(0x33)).code(), StatusCode::kAlreadyExists);
  EXPECT_TRUE(Holds(*provider, kEpoch, first_));
  EXPECT_TRUE(Holds(*provider, 8, SecretOf(0x22)));
  EXPECT_EQ(CountKeys(), 2u);
}

TEST_F(TokenTest, DestroyedSecretIsGoneFromTheTokenAndItsPlaceIsFree) {
  const auto provider = Created();
  ASSERT_TRUE(provider->Write(8, SecretOf(0x22)).ok());
  const Status destroyed = provider->Destroy(kEpoch);
  ASSERT_TRUE(destroyed.ok()) << destroyed.message();
  EXPECT_THAT(provider->Epochs(), ElementsAre(8));
  EXPECT_EQ(provider->Open(kEpoch).code(), StatusCode::kKeyUnavailable);
  EXPECT_EQ(CountKeys(), 1u);
  EXPECT_TRUE(Sure(Intruder()->FindAnything("clinic/epoch-7")).empty());
  EXPECT_TRUE(provider->Write(9, SecretOf(0x33)).ok());
  EXPECT_THAT(Opened()->Epochs(), ElementsAre(8, 9));
}

TEST_F(TokenTest, TheOnlySecretIsNeverDestroyed) {
  const auto provider = Created();
  EXPECT_EQ(provider->Destroy(kEpoch).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(provider->Destroy(8).code(), StatusCode::kNotFound);
  EXPECT_TRUE(Holds(*provider, kEpoch, first_));
}

TEST_F(TokenTest, ManyEpochChangesLeaveTheNewestSecretAndOneAnchor) {
  const auto provider = Created();
  for (std::uint32_t epoch = kEpoch; epoch < kEpoch + 8; ++epoch) {
    ASSERT_TRUE(provider->Write(epoch + 1, SecretOf(static_cast<std::uint8_t>(epoch + 1))).ok());
    ASSERT_TRUE(provider->MoveAnchor({epoch + 1, epoch, 0, 0, {}}).ok());
    ASSERT_TRUE(provider->Destroy(epoch).ok());
  }
  const auto again = Opened();
  EXPECT_THAT(again->Epochs(), ElementsAre(kEpoch + 8));
  EXPECT_TRUE(Holds(*again, kEpoch + 8, SecretOf(kEpoch + 8)));
  EXPECT_EQ(again->ReadAnchor()->value().epoch, kEpoch + 8);
  EXPECT_EQ(CountKeys(), 1u);
  EXPECT_EQ(CountData(), 4u);  // header, epoch, two anchor pages
}

TEST_F(TokenTest, SecretsStandInNoFileOfASoftwareTokenInClear) {
  EpochSecret second(crypto::RandomKey());
  first_ = EpochSecret(crypto::RandomKey());
  const auto provider = Created();
  ASSERT_TRUE(provider->Write(8, second).ok());
  test::Needles needles;
  ASSERT_TRUE(needles.Add(first_.Reveal()) && needles.Add(second.Reveal()));
  EXPECT_TRUE(needles.SearchTree(token_.tokens()).empty());
}

TEST_F(TokenTest, SomethingOfThatNameOnTheTokenIsNeverReplaced) {
  const auto instance = Created()->instance();
  EXPECT_EQ(Create().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(Opened()->instance(), instance);
  for (const char* label : {"other", "other/epoch-7", "other/anchor-0", "other/anchor-1"}) {
    const auto session = Intruder();
    const TokenObject somebodys = Sure(session->CreateData("somebody's", label, Bytes(1)));
    EXPECT_EQ(Create("other").code(), StatusCode::kAlreadyExists) << label;
    EXPECT_EQ(Sure(session->FindAnything(label)), std::vector<TokenObject>{somebodys});
    EXPECT_TRUE(session->Destroy(somebodys).ok());
  }
  EXPECT_TRUE(Create("other").ok());
}

TEST_F(TokenTest, ProvidersOnOneTokenDoNotMixUp) {
  const auto one = Created("one"), two = Created("two");
  ASSERT_TRUE(one->Write(8, SecretOf(0x22)).ok());
  ASSERT_TRUE(two->Write(8, SecretOf(0x33)).ok());
  ASSERT_TRUE(two->MoveAnchor({8, 5, 0, 0, {}}).ok());
  ASSERT_TRUE(one->Destroy(kEpoch).ok());
  EXPECT_THAT(one->Epochs(), ElementsAre(8));
  EXPECT_THAT(two->Epochs(), ElementsAre(kEpoch, 8));
  EXPECT_TRUE(Holds(*one, 8, SecretOf(0x22)));
  EXPECT_TRUE(Holds(*two, 8, SecretOf(0x33)));
  EXPECT_EQ(one->ReadAnchor()->value().commit_counter, 0u);
  EXPECT_NE(one->instance(), two->instance());
}

TEST_F(TokenTest, ProviderThatGoesLeavesTheOthersLoggedIn) {
  auto one = Created("one");
  const auto two = Created("two");
  one.reset();
  EXPECT_TRUE(Holds(*two, kEpoch, first_));
  EXPECT_TRUE(two->MoveAnchor({8, 5, 0, 0, {}}).ok());
}

TEST_F(TokenTest, RemovedProviderLeavesNothingAndItsNameIsFree) {
  const auto other = Created("other");
  auto provider = Created();
  ASSERT_TRUE(provider->Write(8, SecretOf(0x22)).ok());
  const auto instance = provider->instance();
  provider.reset();
  EXPECT_EQ(RemoveFromToken(Uri(), Pin(), other->instance()).code(), StatusCode::kInvalidArgument);
  ASSERT_TRUE(RemoveFromToken(Uri(), Pin(), instance).ok());
  EXPECT_EQ(RemoveFromToken(Uri(), Pin(), instance).code(), StatusCode::kNotFound);
  EXPECT_EQ(Open().code(), StatusCode::kNotFound);
  EXPECT_EQ(CountKeys(), 1u);
  EXPECT_EQ(CountData(), 3u);
  EXPECT_TRUE(Holds(*other, kEpoch, first_));
  EXPECT_TRUE(Create().ok());
}

TEST_F(TokenTest, EverySuiteOfThisMachineServes) {
  for (const crypto::Suite suite : {crypto::Suite::kChaCha20Poly1305, crypto::Suite::kAes256Gcm}) {
    const std::string name = "suite-" + std::to_string(static_cast<int>(suite));
    const auto made = CreateOnToken(Uri(name), Pin(), kStore, suite, kEpoch, first_);
    EXPECT_EQ(made.code(), crypto::CheckSuite(suite).code());
    if (!made.ok()) continue;
    EXPECT_TRUE((*made)->MoveAnchor({kEpoch, 3, 0, 0, {}}).ok());
    EXPECT_EQ(Opened(name)->suite(), suite);
    EXPECT_EQ(Opened(name)->ReadAnchor()->value().commit_counter, 3u);
  }
}

TEST_F(TokenTest, ThreadsShareAProvider) {
  const auto provider = Created();
  std::vector<std::thread> threads;
  for (int reader = 0; reader < 2; ++reader) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) EXPECT_TRUE(Holds(*provider, kEpoch, first_));
    });
  }
  threads.emplace_back([&] {
    for (std::uint64_t move = 1; move <= 10; ++move) EXPECT_TRUE(provider->MoveAnchor({kEpoch, move, 0, 0, {}}).ok());
  });
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(provider->Write(kEpoch + 1, SecretOf(0x22)).ok());
    EXPECT_FALSE(provider->Damaged());
    EXPECT_TRUE(provider->Destroy(kEpoch + 1).ok());
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(provider->ReadAnchor()->value().commit_counter, 10u);
}

// ---- PINs

TEST_F(TokenTest, AnotherPinIsAWrongSecretAndIsTriedOnce) {
  Created();
  const std::uint64_t before = shim_.Calls("C_Login");
  const Status refused = OpenOnToken(Uri(), Pin("4321")).status();
  EXPECT_EQ(refused.code(), StatusCode::kWrongSecret);
  EXPECT_THAT(refused.message(), HasSubstr("another PIN"));
  EXPECT_EQ(shim_.Calls("C_Login"), before + 1);
  EXPECT_EQ(CreateOnToken(Uri("other"), Pin("4321"), kStore, crypto::Suite::kChaCha20Poly1305, 1, first_).code(),
            StatusCode::kWrongSecret);
  EXPECT_TRUE(Open().ok());
}

TEST_F(TokenTest, WhatOpensItIsGivenToWhoNeedsAllCopies) {
  EXPECT_TRUE(Holds(*Sure(OpenOnToken(Uri(), Created()->Access())), kEpoch, first_));
}

TEST_F(TokenTest, AnotherPinIsRefusedToTheSecondProviderOfAProcessToo) {
  const auto provider = Created();
  EXPECT_EQ(OpenOnToken(Uri(), Pin("4321")).code(), StatusCode::kWrongSecret);
  EXPECT_TRUE(Holds(*provider, kEpoch, first_));
  EXPECT_TRUE(Open().ok());
}

TEST_F(TokenTest, WhyAPinIsNotTakenIsSaid) {
  Created();
  const std::pair<unsigned long, const char*> answers[] = {{CKR_PIN_LOCKED, "locked"},
                                                           {CKR_PIN_EXPIRED, "expired"},
                                                           {CKR_USER_PIN_NOT_INITIALIZED, "no PIN"},
                                                           {CKR_PIN_LEN_RANGE, "another PIN"},
                                                           {CKR_PIN_INVALID, "another PIN"}};
  for (const auto& [answer, word] : answers) {
    shim_.FailAll("C_Login", answer);
    const Status refused = Open().status();
    EXPECT_EQ(refused.code(), StatusCode::kWrongSecret);
    EXPECT_THAT(refused.message(), HasSubstr(word));
  }
}

TEST_F(TokenTest, PinThatIsRefusedLaterIsNotTriedAgain) {
  const auto provider = Created();
  shim_.FailAt(0, CKR_DEVICE_REMOVED, ShimControls::Failure::kBefore);
  EXPECT_EQ(provider->Open(kEpoch).code(), StatusCode::kKeyUnavailable);
  shim_.FailAll("C_Login", CKR_PIN_INCORRECT);
  const std::uint64_t before = shim_.Calls("C_Login");
  EXPECT_EQ(provider->Open(kEpoch).code(), StatusCode::kWrongSecret);
  for (int time = 0; time < 3; ++time) EXPECT_EQ(provider->MoveAnchor({}).code(), StatusCode::kWrongSecret);
  EXPECT_EQ(shim_.Calls("C_Login"), before + 1);
}

TEST_F(TokenTest, PinsOfNoUseAreRefusedBeforeTheTokenSeesThem) {
  const std::uint64_t before = shim_.Calls("C_Login");
  for (const KeyringSecret& pin : {Pin(""), KeyFile(1)}) {
    EXPECT_EQ(OpenOnToken(Uri(), pin).code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(RemoveFromToken(Uri(), pin, {}).code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(CreateOnToken(Uri(), pin, kStore, crypto::Suite::kChaCha20Poly1305, 1, first_).code(),
              StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(shim_.Calls("C_Login"), before);
}

// ---- what is not there

TEST_F(TokenTest, NothingOfThatNameIsNotFound) { EXPECT_EQ(Open().code(), StatusCode::kNotFound); }

TEST_F(TokenTest, NoSuchTokenOrModuleIsUnavailable) {
  EXPECT_EQ(OpenOnToken(Uri("clinic", "nowhere"), Pin()).code(), StatusCode::kKeyUnavailable);
  const TokenUri no_module = *TokenUri::Parse("pkcs11:token=medseal;object=clinic?module-path=/nowhere.so");
  EXPECT_EQ(OpenOnToken(no_module, Pin()).code(), StatusCode::kKeyUnavailable);
  const TokenUri no_module_of_it = *TokenUri::Parse("pkcs11:token=medseal;object=clinic?module-path=/lib64/libc.so.6");
  EXPECT_EQ(OpenOnToken(no_module_of_it, Pin()).code(), StatusCode::kKeyUnavailable);
}

TEST_F(TokenTest, TwoTokensOfOneNameAreToldApartByTheirSerial) {
  Created();
  token_.Make("medseal");
  EXPECT_EQ(Open().code(), StatusCode::kInvalidArgument);
  const TokenUri another =
      *TokenUri::Parse("pkcs11:token=medseal;serial=0;object=clinic?module-path=" MEDSEAL_TOKEN_SHIM);
  EXPECT_EQ(OpenOnToken(another, Pin()).code(), StatusCode::kKeyUnavailable);
}

// ---- the process

TEST_F(TokenTest, ForkedChildIsToldAndCanLetGo) {
  auto provider = Created();
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);  // one that waits for a thread that only the parent has is a failure
    const bool told =
        provider->Open(kEpoch).code() == StatusCode::kForked && provider->MoveAnchor({}).code() == StatusCode::kForked;
    provider.reset();
    _exit(told ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(Holds(*provider, kEpoch, first_));
}

TEST_F(TokenTest, HostThatUsesTheModuleItselfKeepsItsUse) {
  CK_FUNCTION_LIST& module = RawModule();
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  ASSERT_EQ(module.C_Initialize(&arguments), CKR_OK);
  EXPECT_TRUE(Holds(*Created(), kEpoch, first_));
  EXPECT_TRUE(Holds(*Opened(), kEpoch, first_));
  CK_ULONG count = 0;
  EXPECT_EQ(module.C_GetSlotList(CK_TRUE, nullptr, &count), CKR_OK);
  EXPECT_EQ(module.C_Finalize(nullptr), CKR_OK);
}

}  // namespace
}  // namespace mseal::keys
