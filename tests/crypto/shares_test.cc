// Shares of a key: what enough of them give, and what too few do not.
#include "crypto/shares.h"

#include <gtest/gtest.h>

extern "C" {
#include <libgfshare.h>
}

#include <bit>
#include <set>
#include <thread>

#include "crypto/random.h"

namespace mseal::crypto {
namespace {

using Picked = std::vector<const KeyShare*>;

// Those of `shares` whose bits are set in `mask`.
Picked Pick(const std::vector<KeyShare>& shares, unsigned mask) {
  Picked picked;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if ((mask >> i & 1) != 0) picked.push_back(&shares[i]);
  }
  return picked;
}

bool Gives(const Picked& picked, const KeyBytes& key) {
  const auto joined = JoinShares(picked);
  EXPECT_TRUE(joined.ok());
  return joined.ok() && SameBytes(joined->Reveal(), key.Reveal());
}

TEST(Shares, AnyThreeOfFiveGiveTheKeyAndNoTwoDo) {
  const KeyBytes key = RandomKey();
  const auto shares = *SplitKey(key.Reveal(), 3, 5);
  ASSERT_EQ(shares.size(), 5u);
  for (unsigned mask = 1; mask < 1u << 5; ++mask)
    EXPECT_EQ(Gives(Pick(shares, mask), key), std::popcount(mask) >= 3) << mask;
}

TEST(Shares, EveryThresholdOfEveryCountHolds) {
  const KeyBytes key = RandomKey();
  for (std::uint8_t count = 2; count <= kMostShares; ++count) {
    for (std::uint8_t needed = 2; needed <= count; ++needed) {
      const auto shares = *SplitKey(key.Reveal(), needed, count);
      EXPECT_TRUE(Gives(Pick(shares, (1u << needed) - 1), key));
      EXPECT_TRUE(Gives(Pick(shares, ((1u << needed) - 1) << (count - needed)), key));
      EXPECT_TRUE(Gives(Pick(shares, (1u << count) - 1), key));
      EXPECT_FALSE(Gives(Pick(shares, (1u << (needed - 1)) - 1), key));
    }
  }
}

TEST(Shares, OrderDoesNotMatter) {
  const KeyBytes key = RandomKey();
  const auto shares = *SplitKey(key.Reveal(), 3, 5);
  EXPECT_TRUE(Gives({&shares[4], &shares[0], &shares[2]}, key));
}

// With two shares of three, every key is as likely as any other: for each there is a third share that gives it.
TEST(Shares, TwoSharesLeaveEveryKeyPossible) {
  const KeyBytes key = RandomKey();
  const auto shares = *SplitKey(key.Reveal(), 3, 5);
  std::set<std::uint8_t> seen;
  for (int value = 0; value < 256; ++value) {
    KeyShare forged{3, KeyBytes::CopyOf(shares[2].bytes.Reveal())};
    forged.bytes.Fill()[7] = static_cast<std::uint8_t>(value);
    const auto joined = JoinShares(Picked{&shares[0], &shares[1], &forged});
    ASSERT_TRUE(joined.ok());
    seen.insert(joined->Reveal()[7]);
    EXPECT_EQ(SameBytes(joined->Reveal(), key.Reveal()), value == shares[2].bytes.Reveal()[7]);
  }
  EXPECT_EQ(seen.size(), 256u);
}

TEST(Shares, SplittingTwiceGivesOtherShares) {
  const KeyBytes key = RandomKey();
  const auto one = *SplitKey(key.Reveal(), 2, 3), other = *SplitKey(key.Reveal(), 2, 3);
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_FALSE(SameBytes(one[i].bytes.Reveal(), other[i].bytes.Reveal()));
  EXPECT_FALSE(Gives({&one[0], &other[1]}, key));
}

TEST(Shares, NumbersThatMakeNoSenseAreRefused) {
  const KeyBytes key = RandomKey();
  const std::pair<std::uint8_t, std::uint8_t> wrong[] = {{0, 3}, {1, 3}, {4, 3}, {2, 1}, {2, 17}, {0, 0}, {17, 17}};
  for (const auto& [needed, count] : wrong)
    EXPECT_EQ(SplitKey(key.Reveal(), needed, count).code(), StatusCode::kInvalidArgument) << +needed << +count;
  const auto shares = *SplitKey(key.Reveal(), 2, 3);
  const KeyShare zero{0, RandomKey()};
  EXPECT_EQ(JoinShares(Picked{}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(JoinShares(Picked{&shares[0], &shares[0]}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(JoinShares(Picked{&shares[0], &zero}).code(), StatusCode::kInvalidArgument);
}

int drawn_by_the_host = 0;
void OfTheHost(unsigned char*, unsigned) { ++drawn_by_the_host; }

// The library has one source of random bytes for the whole process: a host may have set a poor one.
TEST(Shares, SourceOfRandomBytesOfTheHostIsNeitherAskedNorTakenAway) {
  gfshare_fill_rand = OfTheHost;
  const KeyBytes key = RandomKey();
  const auto shares = *SplitKey(key.Reveal(), 2, 3);
  EXPECT_TRUE(Gives({&shares[0], &shares[2]}, key));
  EXPECT_EQ(gfshare_fill_rand, &OfTheHost);
  EXPECT_EQ(drawn_by_the_host, 0);
  gfshare_fill_rand = nullptr;
  EXPECT_TRUE(SplitKey(key.Reveal(), 2, 3).ok());
}

TEST(Shares, ManyThreadsSplitAndJoin) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([] {
      for (int i = 0; i < 50; ++i) {
        const KeyBytes key = RandomKey();
        const auto shares = *SplitKey(key.Reveal(), 2, 3);
        EXPECT_TRUE(Gives({&shares[0], &shares[2]}, key));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace mseal::crypto
