// What the anchor promises: the newest, or the one before it, or a refusal; never nothing.
#include <filesystem>

#include "format/anchor.h"
#include "keyring_support.h"

namespace mseal::keys {
namespace {

class AnchorTest : public KeyringTest {
 protected:
  static Anchor AnchorAt(std::uint64_t counter) { return {kEpoch, counter, counter + 1, counter + 2, {9, 8, 7}}; }
  // The commit counter of the anchor a newly opened provider reads, or the code's number negated.
  std::int64_t ReadAgain() {
    const auto anchor = Opened()->ReadAnchor();
    return anchor.ok() ? static_cast<std::int64_t>(anchor->value().commit_counter) : -static_cast<int>(anchor.code());
  }
  static constexpr std::int64_t kRefused = -static_cast<int>(StatusCode::kAuthFailed);
};

TEST_F(AnchorTest, NewKeyringHasAnAnchorOfItsEpochAndZeros) {
  Created();
  const auto anchor = Opened()->ReadAnchor();
  ASSERT_TRUE(anchor.ok() && anchor->has_value());
  EXPECT_EQ((*anchor)->epoch, kEpoch);
  EXPECT_EQ((*anchor)->commit_counter, 0u);
  EXPECT_EQ((*anchor)->statement_number, 0u);
}

TEST_F(AnchorTest, EveryPartOfAMovedAnchorIsReadBack) {
  ASSERT_TRUE(Created()->MoveAnchor(AnchorAt(1000)).ok());
  const Anchor anchor = Opened()->ReadAnchor()->value();
  EXPECT_EQ(anchor.epoch, kEpoch);
  EXPECT_EQ(anchor.commit_counter, 1000u);
  EXPECT_EQ(anchor.statement_number, 1001u);
  EXPECT_EQ(anchor.audit_size, 1002u);
  EXPECT_EQ(anchor.audit_root, (ByteArray<32>{9, 8, 7}));
}

TEST_F(AnchorTest, TheNewestOfManyMovesIsRead) {
  const auto provider = Created();
  for (std::uint64_t move = 1; move <= 9; ++move) {
    ASSERT_TRUE(provider->MoveAnchor(AnchorAt(move)).ok());
    EXPECT_EQ(ReadAgain(), static_cast<std::int64_t>(move));
  }
}

TEST_F(AnchorTest, MovingItTouchesNoByteOfTheKeyring) {
  const auto provider = Created();
  const Bytes before = ReadFile(path());
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(5)).ok());
  EXPECT_EQ(ReadFile(path()), before);
}

TEST_F(AnchorTest, DamagedNewestPageGivesTheMoveBefore) {
  const auto provider = Created();
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(1)).ok());  // into page 1
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(2)).ok());  // into page 0
  Damage(anchor_path(), 100);
  EXPECT_EQ(ReadAgain(), 1);
}

TEST_F(AnchorTest, DamagedOlderPageChangesNothing) {
  const auto provider = Created();
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(1)).ok());
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(2)).ok());
  Damage(anchor_path(), format::kAnchorPage + 100);
  EXPECT_EQ(ReadAgain(), 2);
  ASSERT_TRUE(Opened()->MoveAnchor(AnchorAt(3)).ok());
  EXPECT_EQ(ReadAgain(), 3);
}

TEST_F(AnchorTest, BothPagesDamagedIsRefusedAndNotNothing) {
  const auto provider = Created();
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(1)).ok());
  Damage(anchor_path(), 100);
  Damage(anchor_path(), format::kAnchorPage + 100);
  EXPECT_EQ(ReadAgain(), kRefused);
}

TEST_F(AnchorTest, ZeroedFileIsRefusedAndNotNothing) {
  Created();
  WriteFile(anchor_path(), Bytes(format::kAnchorSize));
  EXPECT_EQ(ReadAgain(), kRefused);
}

TEST_F(AnchorTest, DeletedFileIsRefusedAndNotBegunAnewByAMove) {
  const auto provider = Created();
  std::filesystem::remove(anchor_path());
  EXPECT_EQ(provider->ReadAnchor().code(), StatusCode::kAuthFailed);
  EXPECT_EQ(ReadAgain(), kRefused);
  EXPECT_EQ(Opened()->MoveAnchor(AnchorAt(1)).code(), StatusCode::kAuthFailed);
  EXPECT_FALSE(std::filesystem::exists(anchor_path()));
}

TEST_F(AnchorTest, MoveIntoAFileThatWasDeletedMeanwhileIsNoSuccess) {
  const auto provider = Created();
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(1)).ok());
  std::filesystem::remove(anchor_path());
  EXPECT_FALSE(provider->MoveAnchor(AnchorAt(2)).ok());
}

TEST_F(AnchorTest, MoveAfterTheLossWasReadIsRefusedUntilTheFileIsPutBack) {
  const auto provider = Created();
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(1)).ok());
  std::filesystem::rename(anchor_path(), path() + ".away");
  EXPECT_EQ(provider->ReadAnchor().code(), StatusCode::kAuthFailed);
  EXPECT_EQ(provider->MoveAnchor(AnchorAt(2)).code(), StatusCode::kAuthFailed);
  std::filesystem::rename(path() + ".away", anchor_path());
  EXPECT_TRUE(provider->MoveAnchor(AnchorAt(3)).ok());
  EXPECT_EQ(ReadAgain(), 3);
}

TEST_F(AnchorTest, LostAnchorIsBegunAnewOnlyByTheCallForIt) {
  Created();
  std::filesystem::remove(anchor_path());
  const auto provider = Opened();
  ASSERT_TRUE(provider->ReplaceLostAnchor(AnchorAt(40)).ok());
  EXPECT_EQ(ReadAgain(), 40);
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(41)).ok());
  EXPECT_EQ(ReadAgain(), 41);
}

TEST_F(AnchorTest, AnchorThatCanBeReadIsNotBegunAnew) {
  const auto provider = Created();
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(1)).ok());
  EXPECT_EQ(provider->ReplaceLostAnchor(AnchorAt(0)).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(ReadAgain(), 1);
}

TEST_F(AnchorTest, AnchorOfAnotherKeyringIsRefused) {
  Created();
  const Bytes theirs = ReadFile(anchor_path());
  std::filesystem::remove(path());
  std::filesystem::remove(anchor_path());
  Created();
  WriteFile(anchor_path(), theirs);
  EXPECT_EQ(ReadAgain(), kRefused);
}

TEST_F(AnchorTest, EveryFlippedBitGivesAnAnchorThatWasMovedTo) {
  const auto provider = Created();
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(1)).ok());
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(2)).ok());
  for (std::size_t bit = 0; bit < format::kAnchorSize * 8; ++bit) {
    const FlippedBit flipped(anchor_path(), bit);
    const auto anchor = provider->ReadAnchor();
    ASSERT_TRUE(anchor.ok()) << bit;  // one page is whole
    ASSERT_EQ((*anchor)->commit_counter, bit < format::kAnchorPage * 8 ? 1u : 2u) << bit;
  }
}

TEST_F(AnchorTest, CutAtAnyLengthIsNeverAnAnchorThatWasNotMovedTo) {
  const auto provider = Created();
  ASSERT_TRUE(provider->MoveAnchor(AnchorAt(1)).ok());
  for (std::size_t size = format::kAnchorSize; size-- > 0;) {
    std::filesystem::resize_file(anchor_path(), size);
    const auto anchor = provider->ReadAnchor();
    ASSERT_EQ(anchor.code(), size < format::kAnchorPage ? StatusCode::kAuthFailed : StatusCode::kOk) << size;
    if (anchor.ok()) {
      ASSERT_EQ((*anchor)->commit_counter, 0u) << size;
    }
  }
}

}  // namespace
}  // namespace mseal::keys
