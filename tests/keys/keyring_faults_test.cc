// Each file operation of a keyring fails once, in each way: the call succeeds or says that it failed, and afterwards
// the keyring opens with what it held before or after.
#include <gmock/gmock.h>

#include <filesystem>
#include <functional>

#include "keyring_support.h"
#include "keys_support/failing_file_io.h"

namespace mseal::keys {
namespace {

using Epochs = std::vector<std::uint32_t>;

constexpr Failure kFailures[] = {Failure::kIo, Failure::kNoSpace, Failure::kShortWrite, Failure::kDies};

class KeyringFaultsTest : public KeyringTest {
 protected:
  // Runs `act` on a newly made keyring once for each operation that it does and each way to fail, then `check` with its
  // outcome on what a newly opened provider finds.
  void FailEach(const std::function<void(KeyProvider&)>& prepare, const std::function<Status(KeyProvider&)>& act,
                const std::function<void(const Status&, KeyProvider&)>& check) {
    for (const Failure failure : kFailures) {
      for (std::uint64_t number = 0;; ++number) {
        SCOPED_TRACE(testing::Message() << "failure " << static_cast<int>(failure) << " at operation " << number);
        std::filesystem::remove(path());
        std::filesystem::remove(anchor_path());
        Created();
        io_.FailNever();
        auto provider = Sure(Open(KeyFile(0xaa), &io_));
        prepare(*provider);
        io_.FailAt(number, failure);
        const Status outcome = act(*provider);
        if (!io_.failed()) break;
        io_.FailNever();
        check(outcome, *Opened());
        // The provider that met the failure goes on, unless its process died.
        if (failure != Failure::kDies) check(outcome, *provider);
        ASSERT_FALSE(HasFailure());
      }
    }
  }

  FailingFileIo io_;
};

TEST_F(KeyringFaultsTest, CreationLeavesAWholeKeyringOrNone) {
  for (const Failure failure : kFailures) {
    for (std::uint64_t number = 0;; ++number) {
      SCOPED_TRACE(testing::Message() << "failure " << static_cast<int>(failure) << " at operation " << number);
      for (const auto& file : std::filesystem::directory_iterator(folder_.path())) std::filesystem::remove(file);
      io_.FailAt(number, failure);
      const Status outcome = Create(KeyFile(0xaa), &io_).status();
      if (!io_.failed()) break;
      const auto found = Open();
      EXPECT_TRUE(found.ok() || found.code() == StatusCode::kNotFound);
      if (outcome.ok()) {
        EXPECT_TRUE(found.ok());
      }
      if (found.ok()) {
        EXPECT_TRUE(Holds(**found, kEpoch, first_));
      }
      if (found.ok()) {
        EXPECT_TRUE((*found)->ReadAnchor().ok());
      }
      // A failure that the process lives through leaves no file at all, not even the one that it could not name.
      if (!outcome.ok() && failure != Failure::kDies) {
        EXPECT_EQ(FilesInFolder(), 0u);
      }
      if (!outcome.ok() && failure != Failure::kDies) {
        EXPECT_EQ(outcome.code(), StatusCode::kIoError);
      }
      ASSERT_FALSE(HasFailure());
    }
  }
}

TEST_F(KeyringFaultsTest, WriteLeavesTheOldSecretAndAddsTheNewOneOrNot) {
  FailEach([](KeyProvider&) {}, [](KeyProvider& provider) { return provider.Write(8, SecretOf(0x22)); },
           [this](const Status& outcome, KeyProvider& provider) {
             EXPECT_TRUE(Holds(provider, kEpoch, first_));
             const Epochs epochs = provider.Epochs();
             EXPECT_TRUE(epochs == Epochs({7}) || epochs == Epochs({7, 8}));
             if (outcome.ok()) {
               EXPECT_EQ(epochs, Epochs({7, 8}));
             }
             if (epochs.size() == 2) {
               EXPECT_TRUE(Holds(provider, 8, SecretOf(0x22)));
             }
             EXPECT_TRUE(provider.ReadAnchor().ok());
           });
}

TEST_F(KeyringFaultsTest, FailedWriteSucceedsOnTheNextTry) {
  FailEach([](KeyProvider&) {}, [](KeyProvider& provider) { return provider.Write(8, SecretOf(0x22)); },
           [](const Status&, KeyProvider& provider) {
             const Status again = provider.Write(8, SecretOf(0x22));
             EXPECT_TRUE(again.ok() || again.code() == StatusCode::kAlreadyExists);
             EXPECT_TRUE(Holds(provider, 8, SecretOf(0x22)));
             EXPECT_EQ(provider.Epochs(), Epochs({7, 8}));
           });
}

TEST_F(KeyringFaultsTest, DestroyLeavesTheNewSecretAndTakesTheOldOneOrNot) {
  FailEach([](KeyProvider& provider) { ASSERT_TRUE(provider.Write(8, SecretOf(0x22)).ok()); },
           [](KeyProvider& provider) { return provider.Destroy(7); },
           [this](const Status& outcome, KeyProvider& provider) {
             EXPECT_TRUE(Holds(provider, 8, SecretOf(0x22)));
             const Epochs epochs = provider.Epochs();
             EXPECT_TRUE(epochs == Epochs({8}) || epochs == Epochs({7, 8}));
             if (outcome.ok()) {
               EXPECT_EQ(epochs, Epochs({8}));
             }
             if (epochs.size() == 2) {
               EXPECT_TRUE(Holds(provider, 7, first_));
             }
           });
}

TEST_F(KeyringFaultsTest, DestroyAgainLeavesNothingOfTheOldSecret) {
  FailEach([](KeyProvider& provider) { ASSERT_TRUE(provider.Write(8, SecretOf(0x22)).ok()); },
           [](KeyProvider& provider) { return provider.Destroy(7); },
           [](const Status&, KeyProvider& provider) {
             const Status again = provider.Destroy(7);
             EXPECT_TRUE(again.ok() || again.code() == StatusCode::kNotFound);
             EXPECT_EQ(provider.Epochs(), Epochs({8}));
             EXPECT_FALSE(provider.Damaged());
           });
}

TEST_F(KeyringFaultsTest, MovedAnchorIsTheOldOrTheNewOne) {
  FailEach(
      [](KeyProvider& provider) {
        ASSERT_TRUE(provider.MoveAnchor({7, 1, 0, 0, {}}).ok());
      },
      [](KeyProvider& provider) {
        return provider.MoveAnchor({7, 2, 0, 0, {}});
      },
      [](const Status& outcome, KeyProvider& provider) {
        const auto anchor = provider.ReadAnchor();
        ASSERT_TRUE(anchor.ok());
        EXPECT_TRUE((*anchor)->commit_counter == 2 || (*anchor)->commit_counter == 1);
        if (outcome.ok()) {
          EXPECT_EQ((*anchor)->commit_counter, 2u);
        }
      });
}

TEST_F(KeyringFaultsTest, MoveAfterAFailedMoveIsRead) {
  FailEach(
      [](KeyProvider& provider) {
        ASSERT_TRUE(provider.MoveAnchor({7, 1, 0, 0, {}}).ok());
      },
      [](KeyProvider& provider) {
        return provider.MoveAnchor({7, 2, 0, 0, {}});
      },
      [](const Status&, KeyProvider& provider) {
        ASSERT_TRUE(provider.MoveAnchor({7, 3, 0, 0, {}}).ok());
        EXPECT_EQ(provider.ReadAnchor()->value().commit_counter, 3u);
      });
}

TEST_F(KeyringFaultsTest, LostAnchorStaysLostOrIsTheNewOne) {
  FailEach([this](KeyProvider&) { std::filesystem::remove(anchor_path()); },
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

TEST_F(KeyringFaultsTest, InterruptedRemovalIsFinishedByTheNext) {
  for (const Failure failure : kFailures) {
    for (std::uint64_t number = 0;; ++number) {
      const auto instance = Created()->instance();
      io_.FailAt(number, failure);
      const Status outcome = RemoveKeyring(path(), instance, &io_);
      const bool failed = io_.failed();
      io_.FailNever();
      if (!outcome.ok()) {
        const Status again = RemoveKeyring(path(), instance, &io_);
        EXPECT_TRUE(again.ok() || again.code() == StatusCode::kNotFound) << number << again.message();
      }
      EXPECT_EQ(FilesInFolder(), 0u) << number;
      if (!failed) break;
      ASSERT_FALSE(HasFailure());
    }
  }
}

TEST_F(KeyringFaultsTest, OpeningFailsOrGivesTheRightSecret) {
  Created();
  for (const Failure failure : kFailures) {
    for (std::uint64_t number = 0;; ++number) {
      io_.FailAt(number, failure);
      const auto provider = Open(KeyFile(0xaa), &io_);
      if (!io_.failed()) break;
      io_.FailNever();
      if (provider.ok()) {
        EXPECT_TRUE(Holds(**provider, kEpoch, first_)) << number;
      }
      if (!provider.ok()) {
        EXPECT_EQ(provider.code(), StatusCode::kIoError) << number;
      }
    }
  }
}

TEST_F(KeyringFaultsTest, SlotThatCannotBeReadIsNeverTakenForFree) {
  ASSERT_TRUE(Created()->Write(8, SecretOf(0x22)).ok());
  class UnreadableSlot1 : public FileIo {
    std::int64_t ReadAt(int descriptor, MutableBytes out, std::uint64_t offset) override {
      return offset >= 8192 ? -EIO : FileIo::ReadAt(descriptor, out, offset);
    }
  } bad_sector;
  const auto provider = Sure(Open(KeyFile(0xaa), &bad_sector));
  EXPECT_TRUE(provider->Damaged());
  EXPECT_TRUE(Holds(*provider, 7, first_));
  EXPECT_EQ(provider->Open(8).code(), StatusCode::kIoError);
  EXPECT_EQ(provider->Write(9, SecretOf(0x33)).code(), StatusCode::kIoError);
  EXPECT_EQ(provider->Destroy(8).code(), StatusCode::kIoError);
  EXPECT_TRUE(Holds(*Opened(), 8, SecretOf(0x22)));
}

TEST_F(KeyringFaultsTest, MediumThatKeepsOtherBytesThanWrittenIsNoticed) {
  Created();
  class Forgetful : public FileIo {
    std::int64_t WriteAt(int, ByteView bytes, std::uint64_t) override {
      return static_cast<std::int64_t>(bytes.size());
    }
  } forgetful;
  const auto provider = Sure(Open(KeyFile(0xaa), &forgetful));
  EXPECT_EQ(provider->Write(8, SecretOf(0x22)).code(), StatusCode::kIoError);
  EXPECT_EQ(provider->Epochs(), Epochs({7}));
}

}  // namespace
}  // namespace mseal::keys
