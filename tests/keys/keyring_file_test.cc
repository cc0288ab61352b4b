// What a keyring file promises whoever uses it as agreed.
#include "keys/keyring_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <thread>

#include "format/keyring.h"
#include "keyring_support.h"

namespace mseal::keys {
namespace {

using testing::ElementsAre;

TEST_F(KeyringTest, NewKeyringOpensWithItsPassphraseAndHoldsTheFirstSecret) {
  Sure(Create(Passphrase("correct horse")));
  const auto provider = Sure(Open(Passphrase("correct horse")));
  EXPECT_EQ(provider->store(), kStore);
  EXPECT_EQ(provider->suite(), crypto::Suite::kChaCha20Poly1305);
  EXPECT_THAT(provider->Epochs(), ElementsAre(kEpoch));
  EXPECT_TRUE(Holds(*provider, kEpoch, first_));
  EXPECT_FALSE(provider->Damaged());
  EXPECT_EQ(provider->assurance(), Assurance::kOverwrittenMediumUnproven);
}

TEST_F(KeyringTest, NewKeyringOpensWithItsKeyFile) {
  const auto instance = Created()->instance();
  const auto provider = Opened();
  EXPECT_TRUE(Holds(*provider, kEpoch, first_));
  EXPECT_EQ(provider->instance(), instance);
}

TEST_F(KeyringTest, TwoKeyringsOfOneStoreHaveDifferentInstances) {
  const auto first = Created()->instance();
  std::filesystem::remove(path());
  std::filesystem::remove(anchor_path());
  EXPECT_NE(Created()->instance(), first);
}

TEST_F(KeyringTest, AnotherPassphraseIsAWrongSecret) {
  Sure(Create(Passphrase("correct horse")));
  EXPECT_EQ(Open(Passphrase("correct horsf")).code(), StatusCode::kWrongSecret);
}

TEST_F(KeyringTest, AnotherKeyFileIsAWrongSecret) {
  Created();
  EXPECT_EQ(Open(KeyFile(0xab)).code(), StatusCode::kWrongSecret);
}

TEST_F(KeyringTest, ThePassphraseThatSpellsTheKeyFileIsAWrongSecret) {
  Created();
  EXPECT_EQ(Open(Passphrase(std::string(32, '\xaa'))).code(), StatusCode::kWrongSecret);
}

TEST_F(KeyringTest, SecretsOfNoUseAreRefusedAtCreationAndLeaveNothing) {
  EXPECT_EQ(Create(Passphrase("")).code(), StatusCode::kInvalidArgument);
  KeyringSecret short_key{KeyringSecret::Kind::kKeyFile, SecretBytes(31)};
  EXPECT_EQ(Create(short_key).code(), StatusCode::kInvalidArgument);
  KeyringOptions cheap;
  cheap.cost = {crypto::kArgon2Floor.memory_kib - 1, crypto::kArgon2Floor.passes};
  EXPECT_EQ(CreateKeyring(path(), Passphrase("x"), kStore, crypto::Suite::kChaCha20Poly1305, 1, first_, cheap).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(FilesInFolder(), 0u);
}

TEST_F(KeyringTest, NothingThereIsNotFound) {
  EXPECT_EQ(Open().code(), StatusCode::kNotFound);
  EXPECT_EQ(LookAtKeyring(path()).code(), StatusCode::kNotFound);
}

TEST_F(KeyringTest, ExistingKeyringIsNeverReplaced) {
  Created();
  const Bytes before = ReadFile(path());
  const Bytes anchor_before = ReadFile(anchor_path());
  EXPECT_EQ(Create().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(ReadFile(path()), before);
  EXPECT_EQ(ReadFile(anchor_path()), anchor_before);
  EXPECT_EQ(FilesInFolder(), 2u);
}

TEST_F(KeyringTest, AnchorWithoutItsKeyringIsNotReplacedAndNoKeyringIsLeftBehind) {
  WriteFile(anchor_path(), AsBytes("somebody's"));
  EXPECT_EQ(Create().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(ReadFile(anchor_path()).size(), 10u);
  EXPECT_EQ(FilesInFolder(), 1u);
}

TEST_F(KeyringTest, FolderThatIsNotThereIsAnIoError) {
  const std::string nowhere = path() + "/below/keyring";
  EXPECT_EQ(CreateKeyring(nowhere, KeyFile(1), kStore, crypto::Suite::kChaCha20Poly1305, 1, first_).code(),
            StatusCode::kIoError);
}

TEST_F(KeyringTest, OnlyItsOwnerMayReadItWhateverTheMask) {
  const mode_t before = ::umask(0);
  Created();
  ::umask(before);
  for (const std::string& file : {path(), anchor_path()}) {
    struct stat facts {};
    ASSERT_EQ(::stat(file.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777u, 0600u);
  }
}

TEST_F(KeyringTest, LookingNeedsNoSecretAndTellsWhatAnyoneSees) {
  const auto instance = Sure(Create(Passphrase("correct horse")))->instance();
  auto facts = LookAtKeyring(path());
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->kind, KeyringSecret::Kind::kPassphrase);
  EXPECT_EQ(facts->store, kStore);
  EXPECT_EQ(facts->instance, instance);
  EXPECT_EQ(facts->cost.memory_kib, crypto::kArgon2Floor.memory_kib);
  EXPECT_EQ(facts->cost.passes, crypto::kArgon2Floor.passes);
  EXPECT_FALSE(facts->readable_by_others);
  ASSERT_EQ(::chmod(path().c_str(), 0640), 0);
  EXPECT_TRUE(LookAtKeyring(path())->readable_by_others);
}

TEST_F(KeyringTest, SecondSecretIsWrittenBesideTheFirst) {
  const auto provider = Created();
  ASSERT_TRUE(provider->Write(8, SecretOf(0x22)).ok());
  EXPECT_THAT(provider->Epochs(), ElementsAre(kEpoch, 8));
  EXPECT_TRUE(Holds(*provider, kEpoch, first_));
  const auto again = Opened();
  EXPECT_THAT(again->Epochs(), ElementsAre(kEpoch, 8));
  EXPECT_TRUE(Holds(*again, 8, SecretOf(0x22)));
}

TEST_F(KeyringTest, ThirdSecretAndTheSameEpochTwiceAreRefused) {
  const auto provider = Created();
  EXPECT_EQ(provider->Write(kEpoch, SecretOf(0x22)).code(), StatusCode::kAlreadyExists);
  ASSERT_TRUE(provider->Write(8, SecretOf(0x22)).ok());
  EXPECT_EQ(provider->Write(9, SecretOf(0x33)).code(), StatusCode::kAlreadyExists);
  EXPECT_TRUE(Holds(*provider, kEpoch, first_));
  EXPECT_TRUE(Holds(*provider, 8, SecretOf(0x22)));
}

TEST_F(KeyringTest, DestroyedSecretIsGoneFromTheFileAndItsPlaceIsFree) {
  const auto provider = Created();
  ASSERT_TRUE(provider->Write(8, SecretOf(0x22)).ok());
  ASSERT_TRUE(provider->Destroy(kEpoch).ok());
  EXPECT_THAT(provider->Epochs(), ElementsAre(8));
  EXPECT_EQ(provider->Open(kEpoch).code(), StatusCode::kKeyUnavailable);
  const Bytes file = ReadFile(path());
  const ByteView slot = ByteView(file).subspan(format::KeyringSlotOffset(0), format::kKeyringPage);
  EXPECT_TRUE(std::ranges::all_of(slot, [](std::uint8_t byte) { return byte == 0; }));
  EXPECT_TRUE(provider->Write(9, SecretOf(0x33)).ok());
  EXPECT_THAT(Opened()->Epochs(), ElementsAre(8, 9));
}

TEST_F(KeyringTest, TheOnlySecretIsNeverDestroyed) {
  const auto provider = Created();
  EXPECT_EQ(provider->Destroy(kEpoch).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(provider->Destroy(8).code(), StatusCode::kNotFound);
  EXPECT_TRUE(Holds(*provider, kEpoch, first_));
}

TEST_F(KeyringTest, ManyEpochChangesLeaveTheNewestSecretAndOneAnchor) {
  const auto provider = Created();
  for (std::uint32_t epoch = kEpoch; epoch < kEpoch + 20; ++epoch) {
    ASSERT_TRUE(provider->Write(epoch + 1, SecretOf(static_cast<std::uint8_t>(epoch + 1))).ok());
    ASSERT_TRUE(provider->MoveAnchor({epoch + 1, epoch, 0, 0, {}}).ok());
    ASSERT_TRUE(provider->Destroy(epoch).ok());
  }
  const auto again = Opened();
  EXPECT_THAT(again->Epochs(), ElementsAre(kEpoch + 20));
  EXPECT_TRUE(Holds(*again, kEpoch + 20, SecretOf(kEpoch + 20)));
  EXPECT_EQ(again->ReadAnchor()->value().epoch, kEpoch + 20);
  EXPECT_EQ(ReadFile(path()).size(), format::kKeyringSize);
}

TEST_F(KeyringTest, SecretsStandInNoFileInClear) {
  const auto provider = Created();
  ASSERT_TRUE(provider->Write(8, SecretOf(0x22)).ok());
  for (const std::string& file : {path(), anchor_path()}) {
    const Bytes bytes = ReadFile(file);
    for (const std::uint8_t fill : {0x11, 0x22, 0xaa}) {
      const Bytes window(8, fill);
      EXPECT_EQ(std::ranges::search(bytes, window).size(), 0u);
    }
  }
}

TEST_F(KeyringTest, ThreadsShareAProvider) {
  const auto provider = Created();
  std::vector<std::thread> threads;
  for (int reader = 0; reader < 2; ++reader) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) EXPECT_TRUE(Holds(*provider, kEpoch, first_));
    });
  }
  threads.emplace_back([&] {
    for (std::uint64_t move = 1; move <= 50; ++move) EXPECT_TRUE(provider->MoveAnchor({kEpoch, move, 0, 0, {}}).ok());
  });
  for (int round = 0; round < 5; ++round) {
    EXPECT_TRUE(provider->Write(kEpoch + 1, SecretOf(0x22)).ok());
    EXPECT_TRUE(provider->ReadAnchor().ok());
    EXPECT_TRUE(provider->Destroy(kEpoch + 1).ok());
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(provider->ReadAnchor()->value().commit_counter, 50u);
}

TEST_F(KeyringTest, EverySuiteOfThisMachineServes) {
  for (const crypto::Suite suite : {crypto::Suite::kChaCha20Poly1305, crypto::Suite::kAes256Gcm}) {
    std::filesystem::remove(path());
    std::filesystem::remove(anchor_path());
    const auto made = CreateKeyring(path(), KeyFile(0xaa), kStore, suite, kEpoch, first_);
    EXPECT_EQ(made.code(), crypto::CheckSuite(suite).code());
    if (made.ok()) {
      EXPECT_TRUE(Holds(*Opened(), kEpoch, first_));
    }
    if (made.ok()) {
      EXPECT_EQ(Opened()->suite(), suite);
    }
  }
}

}  // namespace
}  // namespace mseal::keys
