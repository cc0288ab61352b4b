// SecretBytes: holds what it is given, and leaves nothing of it behind.
#include "base/secret_bytes.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <type_traits>
#include <utility>

#include "support/memory_scan.h"

namespace mseal {
namespace {

static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_assignable_v<SecretBytes>);
static_assert(std::is_nothrow_move_constructible_v<SecretBytes> && std::is_nothrow_move_assignable_v<SecretBytes>);

std::string TextOf(const SecretBytes& secret) { return std::string(AsText(secret.Reveal())); }

// A secret that can be looked for in memory: made byte by byte, so that the test itself leaves no copy of it. Looked
// for is its middle, since the allocator writes over the front of what it gets back.
class Planted {
 public:
  static constexpr std::size_t kSize = 256;

  void AppendTo(SecretBytes& secret) const {
    for (std::size_t i = 0; i < kSize; ++i) {
      const std::uint8_t byte = At(i);
      secret.Append({&byte, 1});
    }
  }
  std::size_t CopiesInMemory() const { return test::CountInMemory(needle_); }

 private:
  std::uint8_t At(std::size_t i) const { return static_cast<std::uint8_t>((i * i * 131 + i * 29 + 77) * seed_ >> 8); }
  test::Needle MakeNeedle() const {
    Bytes middle(64);
    for (std::size_t i = 0; i < middle.size(); ++i) middle[i] = At(kSize / 2 + i);
    return test::Needle::TakenFrom(middle);
  }

  // Known at run time only: the compiler would write a constant secret into the program.
  const std::uint32_t seed_ = std::random_device()() | 1;
  const test::Needle needle_ = MakeNeedle();
};

TEST(SecretBytes, HoldsWhatIsAppended) {
  SecretBytes secret;
  EXPECT_TRUE(secret.empty());
  secret.Append(AsBytes("viral "));
  secret.Append({});
  secret.Append(AsBytes("load"));
  EXPECT_EQ(TextOf(secret), "viral load");
  EXPECT_EQ(secret.size(), 10u);
}

TEST(SecretBytes, GrowsWithZeroes) {
  SecretBytes secret = SecretBytes::CopyOf(AsBytes("ab"));
  secret.Resize(4);
  EXPECT_EQ(TextOf(secret), std::string("ab\0\0", 4));
  EXPECT_EQ(TextOf(SecretBytes(3)), std::string(3, '\0'));
}

TEST(SecretBytes, BytesDroppedByAResizeDoNotComeBack) {
  SecretBytes secret = SecretBytes::CopyOf(AsBytes("abcd"));
  secret.Resize(1);
  secret.Resize(4);
  EXPECT_EQ(TextOf(secret), std::string("a\0\0\0", 4));
}

TEST(SecretBytes, MovingLeavesTheSourceEmpty) {
  SecretBytes source = SecretBytes::CopyOf(AsBytes("secret"));
  SecretBytes moved(std::move(source));
  EXPECT_TRUE(source.empty());  // NOLINT(bugprone-use-after-move): this is the claim
  SecretBytes assigned = SecretBytes::CopyOf(AsBytes("old"));
  assigned = std::move(moved);
  EXPECT_EQ(TextOf(assigned), "secret");
  EXPECT_TRUE(moved.empty());  // NOLINT(bugprone-use-after-move)
}

TEST(SecretBytes, SelfMoveKeepsTheContent) {
  SecretBytes secret = SecretBytes::CopyOf(AsBytes("secret"));
  SecretBytes& same = secret;
  secret = std::move(same);
  EXPECT_EQ(TextOf(secret), "secret");
}

TEST(SecretBytesMemory, SecretStandsInMemoryOnceWhileItLives) {
  const Planted planted;
  SecretBytes secret;
  secret.Reserve(Planted::kSize);
  planted.AppendTo(secret);
  EXPECT_EQ(planted.CopiesInMemory(), 1u);
}

TEST(SecretBytesMemory, GrowingLeavesNoOldCopy) {
  const Planted planted;
  SecretBytes secret;
  planted.AppendTo(secret);
  for (const std::size_t capacity : {500u, 5'000u, 500'000u}) {
    secret.Reserve(capacity);
    EXPECT_EQ(planted.CopiesInMemory(), 1u) << capacity;
  }
}

TEST(SecretBytesMemory, DroppingWipes) {
  const Planted planted;
  {
    SecretBytes secret;
    planted.AppendTo(secret);
    ASSERT_EQ(planted.CopiesInMemory(), 1u);
  }
  EXPECT_EQ(planted.CopiesInMemory(), 0u);
}

TEST(SecretBytesMemory, ClearingWipes) {
  const Planted planted;
  SecretBytes secret;
  planted.AppendTo(secret);
  secret.Clear();
  EXPECT_EQ(planted.CopiesInMemory(), 0u);
}

TEST(SecretBytesMemory, AssigningOverWipesTheOld) {
  const Planted planted;
  SecretBytes secret;
  planted.AppendTo(secret);
  secret = SecretBytes::CopyOf(AsBytes("new"));
  EXPECT_EQ(planted.CopiesInMemory(), 0u);
}

TEST(SecretBytesMemory, MovingMakesNoCopy) {
  const Planted planted;
  SecretBytes secret;
  planted.AppendTo(secret);
  const SecretBytes moved(std::move(secret));
  EXPECT_EQ(planted.CopiesInMemory(), 1u);
}

TEST(WipeOnExit, WipesAtTheEndOfTheScope) {
  ByteArray<32> bytes;
  bytes.fill(1);
  { const WipeOnExit wipe(bytes); }
  EXPECT_EQ(bytes, ByteArray<32>{});
}

TEST(Wipe, AcceptsNothing) { Wipe({}); }

}  // namespace
}  // namespace mseal
