// Random bytes: no repeats between draws, threads and processes; what the hedge makes of a stuck generator.
#include "crypto/random.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <thread>

#include "support/memory_scan.h"
#include "support/vectors.h"

namespace mseal::crypto {
namespace {

using test::Case;
using test::LoadCases;
using Drawn = ByteArray<24>;

Drawn Draw() {
  Drawn drawn;
  PooledRandom(drawn);
  return drawn;
}

std::vector<Drawn> DrawMany(std::size_t count) {
  std::vector<Drawn> many(count);
  for (Drawn& drawn : many) drawn = Draw();
  return many;
}

std::size_t Distinct(const std::vector<Drawn>& drawn) { return std::set<Drawn>(drawn.begin(), drawn.end()).size(); }

void Append(std::vector<Drawn>& all, const std::vector<Drawn>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

// What a forked child draws.
std::vector<Drawn> DrawInChild(std::size_t count) {
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  const pid_t child = fork();
  if (child == 0) {
    for (const Drawn& drawn : DrawMany(count)) {
      if (write(ends[1], drawn.data(), drawn.size()) != static_cast<ssize_t>(drawn.size())) _exit(1);
    }
    _exit(0);
  }
  close(ends[1]);
  std::vector<Drawn> many(count);
  for (Drawn& drawn : many) {
    EXPECT_EQ(read(ends[0], drawn.data(), drawn.size()), static_cast<ssize_t>(drawn.size()));
  }
  close(ends[0]);
  int how = 0;
  EXPECT_EQ(waitpid(child, &how, 0), child);
  EXPECT_EQ(how, 0);
  return many;
}

TEST(PooledRandom, ManyRefillsRepeatNothing) {
  const std::size_t count = 50'000;  // about 300 refills
  EXPECT_EQ(Distinct(DrawMany(count)), count);
}

TEST(PooledRandom, EveryBitIsSetAboutHalfTheTime) {
  const std::size_t rounds = 20'000;
  std::array<std::size_t, 24 * 8> set{};
  for (const Drawn& drawn : DrawMany(rounds)) {
    for (std::size_t bit = 0; bit < set.size(); ++bit) set[bit] += drawn[bit / 8] >> bit % 8 & 1;
  }
  // Ten standard deviations (71) either side: chance alone fails this once in 10^20 runs.
  for (const std::size_t ones : set) EXPECT_NEAR(static_cast<double>(ones), rounds / 2.0, 710);
}

TEST(PooledRandom, DrawsLargerThanThePoolAreFilledToTheEnd) {
  for (const std::size_t size : {4063u, 4064u, 4065u, 4096u, 20'000u}) {
    Bytes drawn(size + 8, 0);
    PooledRandom(MutableBytes(drawn).first(size));
    const ByteView last = ByteView(drawn).subspan(size - 16, 16);
    EXPECT_FALSE(SameBytes(last, ByteArray<16>{})) << size;
    EXPECT_TRUE(SameBytes(ByteView(drawn).last(8), ByteArray<8>{})) << size;
  }
}

TEST(PooledRandom, ThreadsDrawDifferentBytes) {
  std::vector<std::vector<Drawn>> drawn(4);
  std::vector<std::thread> threads;
  for (auto& mine : drawn) threads.emplace_back([&mine] { mine = DrawMany(1000); });
  for (std::thread& thread : threads) thread.join();
  std::vector<Drawn> all;
  for (const auto& mine : drawn) Append(all, mine);
  EXPECT_EQ(Distinct(all), 4000u);
}

TEST(PooledRandom, ForkedChildrenDrawNeitherTheParentsBytesNorEachOthers) {
  std::vector<Drawn> all = DrawMany(1);  // fills the pool that the children inherit
  Append(all, DrawInChild(400));
  Append(all, DrawInChild(400));
  Append(all, DrawMany(400));
  EXPECT_EQ(Distinct(all), 1201u);
}

// Who reads the process's memory later learns no salt already drawn.
TEST(PooledRandom, WhatWasDrawnIsGoneFromThisProcess) {
  auto drawn = std::make_unique<Drawn>();
  PooledRandom(*drawn);
  const test::Needle needle = test::Needle::TakenFrom(*drawn);
  EXPECT_EQ(test::CountInMemory(needle), 0u);
}

Drawn drawn_as_thread_ended;

struct DrawsAsThreadEnds {
  ~DrawsAsThreadEnds() { drawn_as_thread_ended = Draw(); }
};

// The pool is closed before objects of the thread that are older than it.
TEST(PooledRandom, DrawsWhileItsThreadEndsAreStillRandom) {
  std::vector<Drawn> all;
  for (int i = 0; i < 3; ++i) {
    std::thread([] {
      thread_local DrawsAsThreadEnds older_than_the_pool;
      (void)&older_than_the_pool;
      Draw();
    }).join();
    all.push_back(drawn_as_thread_ended);
  }
  EXPECT_EQ(Distinct(all), 3u);
  EXPECT_NE(all[0], Drawn{});
}

TEST(PooledBelow, StaysBelowAndReachesEveryNumberEvenly) {
  for (const std::uint32_t bound : {1u, 2u, 3u, 7u, 16u}) {
    std::vector<int> seen(bound);
    for (std::uint32_t i = 0; i < bound * 2000; ++i) {
      const std::uint32_t drawn = PooledBelow(bound);
      ASSERT_LT(drawn, bound);
      ++seen[drawn];
    }
    for (const int times : seen) EXPECT_NEAR(times, 2000, 450);  // ten standard deviations
  }
}

// Three quarters of all 32-bit numbers: a plain remainder returns the lower third twice as often, an unchecked product
// every third number.
TEST(PooledBelow, LargeBoundsAreNotSkewed) {
  const std::uint32_t bound = 3u << 30;
  int in_lower_third = 0, multiples_of_three = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::uint32_t drawn = PooledBelow(bound);
    in_lower_third += drawn < bound / 3;
    multiples_of_three += drawn % 3 == 0;
  }
  EXPECT_NEAR(in_lower_third, 10'000, 820);  // ten standard deviations
  EXPECT_NEAR(multiples_of_three, 10'000, 820);
}

TEST(PooledBelow, ZeroStopsTheProcess) { EXPECT_DEATH(PooledBelow(0), ""); }

TEST(SystemRandom, FillsAllAndRepeatsNothing) {
  std::set<Bytes> seen;
  for (int i = 0; i < 1000; ++i) {
    Bytes drawn(32);
    SystemRandom(drawn);
    seen.insert(drawn);
    const KeyBytes key = RandomKey();
    seen.emplace(key.Reveal().begin(), key.Reveal().end());
  }
  EXPECT_EQ(seen.size(), 2000u);
}

TEST(SaltHedge, AgreesWithTheKnownAnswers) {
  for (const Case& one : LoadCases("seal/salt.json", "cases")) {
    SaltHedge hedge(one.Fixed<24>("random"));
    for (const Bytes& key : one.HexList("keys")) hedge.AddKey(KeyView(key.data(), kKeySize));
    for (const Bytes& context : one.HexList("contexts")) {
      Digest digest;
      CopyBytes(context, digest);
      hedge.AddContext(digest);
    }
    for (const Bytes& plaintext : one.HexList("plaintexts")) hedge.AddPlaintext(plaintext);
    EXPECT_EQ(test::ToHex(hedge.Finish()), one.Text("salt"));
  }
}

TEST(SaltHedge, TheSameWriteTwiceGetsTwoSalts) {
  EXPECT_NE(SaltHedge().AddPlaintext(AsBytes("E11.9")).Finish(), SaltHedge().AddPlaintext(AsBytes("E11.9")).Finish());
}

// A generator that returns the same bytes for ever, as in a machine started twice from one snapshot.
class StuckGenerator : public testing::Test {
 protected:
  static Salt SaltOf(const ByteArray<32>& key, const Digest& context, const std::vector<std::string>& plaintexts) {
    SaltHedge hedge(kStuck);
    hedge.AddKey(key).AddContext(context);
    for (const std::string& plaintext : plaintexts) hedge.AddPlaintext(AsBytes(plaintext));
    return hedge.Finish();
  }

  static constexpr ByteArray<24> kStuck{};
  static constexpr ByteArray<32> kKey{1}, kOtherKey{2};
  static constexpr Digest kPlace{3}, kOtherPlace{4};
};

TEST_F(StuckGenerator, RepeatsTheSaltOfTheIdenticalWriteOnly) {
  const Salt salt = SaltOf(kKey, kPlace, {"positive"});
  EXPECT_EQ(salt, SaltOf(kKey, kPlace, {"positive"}));
  EXPECT_NE(salt, SaltOf(kKey, kPlace, {"negative"}));
  EXPECT_NE(salt, SaltOf(kKey, kOtherPlace, {"positive"}));
  EXPECT_NE(salt, SaltOf(kOtherKey, kPlace, {"positive"}));
}

TEST_F(StuckGenerator, PlaintextsSplitElsewhereGetAnotherSalt) {
  EXPECT_NE(SaltOf(kKey, kPlace, {"posi", "tive"}), SaltOf(kKey, kPlace, {"positive"}));
  EXPECT_NE(SaltOf(kKey, kPlace, {"posi", "tive"}), SaltOf(kKey, kPlace, {"pos", "itive"}));
  EXPECT_NE(SaltOf(kKey, kPlace, {"positive", ""}), SaltOf(kKey, kPlace, {"positive"}));
}

TEST_F(StuckGenerator, TheSameBytesAsKeyContextAndPlaintextGetThreeSalts) {
  const Salt as_key = SaltHedge(kStuck).AddKey(kKey).Finish();
  const Salt as_context = SaltHedge(kStuck).AddContext(kKey).Finish();
  const Salt as_plaintext = SaltHedge(kStuck).AddPlaintext(kKey).Finish();
  EXPECT_NE(as_key, as_context);
  EXPECT_NE(as_key, as_plaintext);
  EXPECT_NE(as_context, as_plaintext);
}

}  // namespace
}  // namespace mseal::crypto
