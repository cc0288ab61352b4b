// What a stranger, or a bad disk, may do to a keyring file without ever making it give a wrong secret.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/writer.h"
#include "crypto/hash.h"
#include "format/keyring.h"
#include "keyring_support.h"

namespace mseal::keys {
namespace {

using format::kKeyringPage;
using testing::AnyOf;
using testing::ElementsAre;

constexpr std::size_t kCheckedHeader = 174;  // up to the end of the checksum
constexpr std::size_t kSlot0 = format::KeyringSlotOffset(0);
constexpr std::size_t kSlot1 = format::KeyringSlotOffset(1);

class KeyringDamageTest : public KeyringTest {
 protected:
  // Epochs 7 and 8 are in the slots.
  void MakeFull() {
    provider_ = Created();
    ASSERT_TRUE(provider_->Write(8, SecretOf(0x22)).ok());
    whole_ = ReadFile(path());
  }
  void Put(const Bytes& bytes) { WriteFile(path(), bytes); }
  // The header after a change, with the checksum that whoever changes it on purpose makes anew.
  void PutForged(const Bytes& changed) {
    Bytes forged = changed;
    const auto checksum = crypto::Hash("medseal.v1.kring", ByteView(forged).first(kCheckedHeader - 32));
    CopyBytes(checksum, MutableBytes(forged).subspan(kCheckedHeader - 32));
    Put(forged);
  }
  // Right secrets alone, and both unless something says that there is damage.
  void ExpectNoWrongSecret(const KeyProvider& provider) {
    for (const std::uint32_t epoch : {7u, 8u}) {
      const auto secret = provider.Open(epoch);
      if (secret.ok()) {
        EXPECT_TRUE(SameBytes(secret->Reveal(), SecretOf(epoch == 7 ? 0x11 : 0x22).Reveal()));
      }
      if (!secret.ok()) {
        EXPECT_TRUE(provider.Damaged());
      }
      if (!secret.ok()) {
        EXPECT_EQ(secret.code(), StatusCode::kAuthFailed);
      }
    }
  }

  std::unique_ptr<KeyProvider> provider_;
  Bytes whole_;
};

TEST_F(KeyringDamageTest, EveryFlippedBitOfTheHeaderIsRefused) {
  MakeFull();
  for (std::size_t bit = 0; bit < kKeyringPage * 8; ++bit) {
    const FlippedBit flipped(path(), bit);
    ASSERT_THAT(Open().code(), AnyOf(StatusCode::kCorrupt, StatusCode::kUnsupportedVersion)) << bit;
  }
}

TEST_F(KeyringDamageTest, EveryFlippedBitOfASlotLeavesTheOtherSecretAndIsReported) {
  MakeFull();
  for (std::size_t bit = kSlot0 * 8; bit < whole_.size() * 8; ++bit) {
    const FlippedBit flipped(path(), bit);
    const auto provider = Open();
    ASSERT_TRUE(provider.ok()) << bit;
    ASSERT_TRUE((*provider)->Damaged()) << bit;
    ASSERT_EQ((*provider)->Epochs().size(), 1u) << bit;
    ExpectNoWrongSecret(**provider);
    ASSERT_FALSE(HasFailure()) << bit;
  }
}

TEST_F(KeyringDamageTest, EveryFlippedBitOfAnEmptySlotLeavesTheOnlySecret) {
  Created();
  whole_ = ReadFile(path());
  for (std::size_t bit = kSlot1 * 8; bit < whole_.size() * 8; ++bit) {
    const FlippedBit flipped(path(), bit);
    const auto provider = Open();
    ASSERT_TRUE(provider.ok() && (*provider)->Damaged()) << bit;
    ASSERT_TRUE(Holds(**provider, kEpoch, first_)) << bit;
  }
}

TEST_F(KeyringDamageTest, FlippedBitsShowToAProviderThatWasOpenBefore) {
  MakeFull();
  for (std::size_t bit = kSlot0 * 8; bit < whole_.size() * 8; bit += 31) {
    const FlippedBit flipped(path(), bit);
    const bool first = bit < kSlot1 * 8;
    ASSERT_EQ(provider_->Open(first ? 7 : 8).code(), StatusCode::kAuthFailed) << bit;
    ASSERT_TRUE(Holds(*provider_, first ? 8 : 7, SecretOf(first ? 0x22 : 0x11))) << bit;
  }
}

TEST_F(KeyringDamageTest, CutAtAnyLengthNeverGivesAWrongSecret) {
  MakeFull();
  for (std::size_t size = whole_.size(); size-- > 0;) {
    std::filesystem::resize_file(path(), size);
    const auto provider = Open();
    ASSERT_EQ(provider.ok(), size >= kSlot1) << size;  // the first slot is whole
    if (provider.ok()) {
      ExpectNoWrongSecret(**provider);
      ASSERT_TRUE((*provider)->Damaged());
    } else {
      ASSERT_EQ(provider.code(), size < kSlot0 ? StatusCode::kCorrupt : StatusCode::kAuthFailed) << size;
    }
  }
}

TEST_F(KeyringDamageTest, BytesAfterTheEndAreRefused) {
  MakeFull();
  Bytes longer = whole_;
  longer.push_back(0);
  Put(longer);
  EXPECT_EQ(Open().code(), StatusCode::kCorrupt);
  EXPECT_EQ(LookAtKeyring(path()).code(), StatusCode::kCorrupt);
}

TEST_F(KeyringDamageTest, SlotsThatChangedPlacesOpenNothing) {
  MakeFull();
  Bytes swapped = whole_;
  std::swap_ranges(swapped.begin() + kSlot0, swapped.begin() + kSlot1, swapped.begin() + kSlot1);
  Put(swapped);
  EXPECT_EQ(Open().code(), StatusCode::kAuthFailed);
}

TEST_F(KeyringDamageTest, CopyOfASlotInTheOtherPlaceIsDamage) {
  MakeFull();
  Bytes copied = whole_;
  std::copy_n(copied.begin() + kSlot0, kKeyringPage, copied.begin() + kSlot1);
  Put(copied);
  const auto provider = Opened();
  EXPECT_THAT(provider->Epochs(), ElementsAre(7));
  EXPECT_TRUE(provider->Damaged());
}

TEST_F(KeyringDamageTest, SlotsOfAnotherKeyringUnderTheSameKeyFileOpenNothing) {
  MakeFull();
  std::filesystem::remove(path());
  std::filesystem::remove(anchor_path());
  Created();
  Bytes mixed = ReadFile(path());
  std::copy(whole_.begin() + kSlot0, whole_.end(), mixed.begin() + kSlot0);
  Put(mixed);
  EXPECT_EQ(Open().code(), StatusCode::kAuthFailed);
}

TEST_F(KeyringDamageTest, HeaderForgedToNameAnotherStoreOrInstanceOrSuiteDoesNotOpen) {
  MakeFull();
  for (const std::size_t offset : {10u, 36u, 52u}) {
    Bytes forged = whole_;
    forged[offset] ^= offset == 10 ? 3 : 1;
    PutForged(forged);
    EXPECT_THAT(Open().code(), AnyOf(StatusCode::kWrongSecret, StatusCode::kSuiteUnavailable)) << offset;
  }
}

TEST_F(KeyringDamageTest, HeaderForgedToNameAnUnknownSuiteIsOfALaterVersion) {
  MakeFull();
  for (const std::uint8_t suite : {0, 3, 255}) {
    Bytes forged = whole_;
    forged[10] = suite;
    PutForged(forged);
    EXPECT_EQ(Open().code(), StatusCode::kUnsupportedVersion);
  }
}

TEST_F(KeyringDamageTest, ForgedCostOutOfRangeIsRefusedBeforeAnyWork) {
  Sure(Create(Passphrase("correct horse")));
  whole_ = ReadFile(path());
  const std::pair<std::uint32_t, std::uint32_t> costs[] = {{0xffffffff, 2},    {1024 * 1024 + 1, 2},
                                                           {19 * 1024, 11},    {19 * 1024, 0xffffffff},
                                                           {19 * 1024 - 1, 2}, {19 * 1024, 1}};
  for (const auto& [memory_kib, passes] : costs) {
    Bytes cost;
    Writer(cost).U32(memory_kib).U32(passes);
    Bytes forged = whole_;
    std::ranges::copy(cost, forged.begin() + 12);
    PutForged(forged);
    EXPECT_EQ(Open(Passphrase("correct horse")).code(), StatusCode::kCorrupt) << memory_kib << " " << passes;
  }
}

TEST_F(KeyringDamageTest, BothSlotsZeroedIsCorrupt) {
  MakeFull();
  std::fill(whole_.begin() + kSlot0, whole_.end(), 0);
  Put(whole_);
  EXPECT_EQ(Open().code(), StatusCode::kCorrupt);
}

TEST_F(KeyringDamageTest, DamagedSlotIsTakenForTheNextSecretAndThenHoldsIt) {
  MakeFull();
  Damage(path(), kSlot1 + 70);
  const auto provider = Opened();
  ASSERT_TRUE(provider->Write(8, SecretOf(0x33)).ok());
  EXPECT_THAT(provider->Epochs(), ElementsAre(7, 8));
  EXPECT_FALSE(provider->Damaged());
  EXPECT_TRUE(Holds(*Opened(), 8, SecretOf(0x33)));
}

TEST_F(KeyringDamageTest, WhatAnInterruptedDestroyLeftOfAnOlderEpochIsOverwrittenByTheNext) {
  MakeFull();
  Damage(path(), kSlot0 + 70);
  const auto provider = Opened();
  ASSERT_TRUE(provider->Destroy(7).ok());
  EXPECT_FALSE(provider->Damaged());
  const Bytes file = ReadFile(path());
  EXPECT_TRUE(std::all_of(file.begin() + kSlot0, file.begin() + kSlot1, [](std::uint8_t byte) { return byte == 0; }));
  EXPECT_THAT(provider->Epochs(), ElementsAre(8));
}

TEST_F(KeyringDamageTest, SecretBesideADamagedSlotIsNotDestroyed) {
  MakeFull();
  Damage(path(), kSlot1 + 70);
  const auto provider = Opened();
  EXPECT_EQ(provider->Destroy(7).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(provider->Destroy(9).code(), StatusCode::kNotFound);
  EXPECT_TRUE(Holds(*provider, 7, first_));
}

TEST_F(KeyringDamageTest, PipeOrFolderInItsPlaceIsRefusedWithoutWaiting) {
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  EXPECT_EQ(Open().code(), StatusCode::kCorrupt);
  EXPECT_EQ(LookAtKeyring(path()).code(), StatusCode::kCorrupt);
}

}  // namespace
}  // namespace mseal::keys
