// A keyring under another passphrase or key file: what opens it, what is left, and what a failure or death in between
// leaves.
#include <gmock/gmock.h>

#include <filesystem>

#include "keyring_support.h"
#include "keys/keyring_header.h"
#include "keys_support/failing_file_io.h"

namespace mseal::keys {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

constexpr Failure kFailures[] = {Failure::kIo, Failure::kNoSpace, Failure::kShortWrite, Failure::kDies};

class KeyringRootTest : public KeyringTest {
 protected:
  static Status Rotate(KeyProvider& provider, const KeyringSecret& next) {
    MS_TRY(provider.PrepareRoot(next, crypto::kArgon2Floor).status());
    return provider.SwitchRoot();
  }
  std::string next_path() const { return path() + ".next-root"; }

  // With the new key file or the old, and with it nothing else does.
  std::unique_ptr<KeyProvider> OpenedByEither() {
    auto renewed = Open(KeyFile(0xbb));
    return renewed.ok() ? std::move(*renewed) : Opened();
  }

  FailingFileIo io_;
};

TEST_F(KeyringRootTest, NewSecretOpensWhatTheOldOneDidAndTheOldOneOpensNothing) {
  auto provider = Created();
  ASSERT_TRUE(provider->Write(8, SecretOf(0x22)).ok());
  ASSERT_TRUE(provider->MoveAnchor({8, 5, 6, 0, {}}).ok());
  const auto instance = provider->instance();
  ASSERT_TRUE(Rotate(*provider, Passphrase("another one")).ok());
  EXPECT_EQ(Open().code(), StatusCode::kWrongSecret);
  const auto renewed = Sure(Open(Passphrase("another one")));
  EXPECT_EQ(renewed->instance(), instance);
  EXPECT_THAT(renewed->Epochs(), ElementsAre(7, 8));
  EXPECT_TRUE(Holds(*renewed, 7, first_));
  EXPECT_TRUE(Holds(*renewed, 8, SecretOf(0x22)));
  EXPECT_EQ((*renewed->ReadAnchor())->commit_counter, 5u);
  EXPECT_EQ(FilesInFolder(), 2u);
}

TEST_F(KeyringRootTest, ProviderGoesOnWithTheNewFile) {
  auto provider = Created();
  ASSERT_TRUE(Rotate(*provider, KeyFile(0xbb)).ok());
  ASSERT_TRUE(provider->Write(8, SecretOf(0x22)).ok());
  ASSERT_TRUE(provider->Destroy(7).ok());
  ASSERT_TRUE(provider->MoveAnchor({8, 9, 0, 0, {}}).ok());
  const auto renewed = Sure(Open(KeyFile(0xbb)));
  EXPECT_THAT(renewed->Epochs(), ElementsAre(8));
  EXPECT_EQ((*renewed->ReadAnchor())->commit_counter, 9u);
}

TEST_F(KeyringRootTest, WhatPrepareSaysOpensItAfterwardsAndNotBefore) {
  auto provider = Created();
  const auto access = provider->PrepareRoot(Passphrase("another one"), crypto::kArgon2Floor);
  ASSERT_TRUE(access.ok());
  EXPECT_EQ(Open(*access).code(), StatusCode::kWrongSecret);
  EXPECT_TRUE(Open().ok());
  ASSERT_TRUE(provider->SwitchRoot().ok());
  EXPECT_TRUE(Open(*access).ok());
  EXPECT_TRUE(SameBytes(provider->Access().bytes.Reveal(), access->bytes.Reveal()));
}

TEST_F(KeyringRootTest, OldFileIsOverwrittenBeforeItIsRemoved) {
  auto provider = Created();
  fs::create_hard_link(path(), folder_.path() / "kept");
  const Bytes before = ReadFile(path());
  ASSERT_TRUE(Rotate(*provider, KeyFile(0xbb)).ok());
  const Bytes after = ReadFile((folder_.path() / "kept").string());
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t page = 0; page < after.size(); page += format::kKeyringPage)
    EXPECT_FALSE(SameBytes(ByteView(after).subspan(page, 256), ByteView(before).subspan(page, 256))) << page;
}

TEST_F(KeyringRootTest, BehindASymbolicLinkTheFileItselfIsRenewed) {
  auto provider = Created();
  provider.reset();
  const fs::path real = folder_.path() / "elsewhere";
  fs::create_directory(real);
  fs::rename(path(), real / "keyring");
  fs::create_symlink(real / "keyring", path());
  provider = Opened();
  ASSERT_TRUE(Rotate(*provider, KeyFile(0xbb)).ok());
  EXPECT_TRUE(fs::is_symlink(path()));
  EXPECT_TRUE(Open(KeyFile(0xbb)).ok());
  EXPECT_EQ(std::distance(fs::directory_iterator(real), fs::directory_iterator()), 1);
}

TEST_F(KeyringRootTest, SecretsOfNoUseAreRefusedAndChangeNothing) {
  auto provider = Created();
  EXPECT_EQ(Rotate(*provider, Passphrase("")).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Rotate(*provider, {KeyringSecret::Kind::kKeyFile, SecretBytes(31)}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Rotate(*provider, {KeyringSecret::Kind::kDerived, SecretBytes(32)}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(provider->PrepareRoot(Passphrase("another one"), {1, 1}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(provider->SwitchRoot().code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(Open().ok());
  EXPECT_EQ(FilesInFolder(), 2u);
}

TEST_F(KeyringRootTest, AnothersFileInTheWayIsLeftAlone) {
  auto provider = Created();
  const EpochSecret theirs = SecretOf(0x77);
  ASSERT_TRUE(CreateKeyring(next_path(), KeyFile(1), kStore, crypto::Suite::kChaCha20Poly1305, 3, theirs).ok());
  EXPECT_EQ(Rotate(*provider, KeyFile(0xbb)).code(), StatusCode::kAlreadyExists);
  EXPECT_TRUE(Holds(*Sure(OpenKeyring(next_path(), KeyFile(1))), 3, theirs));
  EXPECT_TRUE(Open().ok());
}

TEST_F(KeyringRootTest, FileTooLargeForAKeyringInTheWayIsLeftAlone) {
  auto provider = Created();
  WriteFile(next_path(), Bytes(format::kKeyringSize + 1, 0x55));
  EXPECT_EQ(Rotate(*provider, KeyFile(0xbb)).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(ReadFile(next_path()), Bytes(format::kKeyringSize + 1, 0x55));
}

// The old keyring, under the old secret, would keep what dies.
TEST_F(KeyringRootTest, NothingIsDestroyedWhileAnInterruptedChangeKeepsACopyOfIt) {
  auto provider = Created();
  ASSERT_TRUE(provider->Write(8, SecretOf(0x22)).ok());
  ASSERT_TRUE(provider->PrepareRoot(KeyFile(0xbb), {}).ok());
  ASSERT_TRUE(fs::exists(next_path()));
  provider = Opened();
  ASSERT_TRUE(provider->Destroy(7).ok());
  EXPECT_FALSE(fs::exists(next_path()));
}

TEST_F(KeyringRootTest, FailedOrKilledAnywhereItOpensAndTheNextTimeLeavesNothing) {
  for (const Failure failure : kFailures) {
    for (std::uint64_t number = 0;; ++number) {
      SCOPED_TRACE(testing::Message() << "failure " << static_cast<int>(failure) << " at operation " << number);
      for (const auto& entry : fs::directory_iterator(folder_.path())) fs::remove(entry.path());
      Created();
      io_.FailNever();
      auto provider = Sure(Open(KeyFile(0xaa), &io_));
      ASSERT_TRUE(provider->Write(8, SecretOf(0x22)).ok());
      io_.FailAt(number, failure);
      const Status outcome = Rotate(*provider, KeyFile(0xbb));
      const bool failed = io_.failed();
      io_.FailNever();
      if (outcome.ok()) {
        EXPECT_TRUE(Open(KeyFile(0xbb)).ok());
      }
      if (failure == Failure::kDies) provider = OpenedByEither();
      EXPECT_TRUE(Holds(*OpenedByEither(), 7, first_));
      EXPECT_TRUE(Holds(*provider, 8, SecretOf(0x22)));
      ASSERT_TRUE(Rotate(*provider, KeyFile(0xcc)).ok());
      EXPECT_TRUE(Holds(*Sure(Open(KeyFile(0xcc))), 7, first_));
      EXPECT_EQ(FilesInFolder(), 2u);
      if (!failed) break;
      ASSERT_FALSE(HasFailure());
    }
  }
}

class NoExchange : public FileIo {
  int Exchange(const std::string&, const std::string&) override { return -EINVAL; }
};

TEST_F(KeyringRootTest, FileSystemThatCannotExchangeKeepsTheOldOneAndNothingBeside) {
  Created();
  NoExchange io;
  const auto provider = Sure(Open(KeyFile(0xaa), &io));
  EXPECT_EQ(Rotate(*provider, KeyFile(0xbb)).code(), StatusCode::kUnsupported);
  EXPECT_TRUE(Holds(*provider, kEpoch, first_));
  EXPECT_TRUE(Open().ok());
  EXPECT_EQ(FilesInFolder(), 2u);
}

TEST_F(KeyringRootTest, RemovalTakesWhatAnInterruptedChangeLeft) {
  auto provider = Created();
  ASSERT_TRUE(provider->PrepareRoot(KeyFile(0xbb), {}).ok());
  const auto instance = provider->instance();
  provider.reset();
  ASSERT_TRUE(RemoveKeyring(path(), instance).ok());
  EXPECT_EQ(FilesInFolder(), 0u);
}

TEST_F(KeyringRootTest, HalfMadeKeyringOfAnInstanceLeavesNothingWhereverItsMakerWasKilled) {
  const ByteArray<16> instance{9, 9, 9};
  KeyringOptions options;
  options.instance = instance;
  for (std::uint64_t number = 0;; ++number) {
    io_.FailAt(number, Failure::kDies);
    const auto made =
        CreateKeyring(path(), KeyFile(1), kStore, crypto::Suite::kChaCha20Poly1305, kEpoch, first_, options, &io_);
    const bool failed = io_.failed();
    io_.FailNever();
    ASSERT_TRUE(RemoveHalfMadeKeyring(path(), instance, &io_).ok()) << number;
    EXPECT_EQ(FilesInFolder(), 0u) << number;
    if (!failed) break;
  }
  Created();
  EXPECT_TRUE(RemoveHalfMadeKeyring(path(), instance).ok());
  EXPECT_TRUE(Open().ok());  // another's
}

}  // namespace
}  // namespace mseal::keys
