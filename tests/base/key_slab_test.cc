// The key slab: what the kernel was asked for its pages, and what a forked child finds there.
#include "base/key_slab.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cinttypes>
#include <fstream>
#include <functional>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "support/memory_scan.h"

namespace mseal {
namespace {

using BucketKey = Key<struct BucketKeyRole>;
using ClassKey = Key<struct ClassKeyRole>;
static_assert(!std::is_convertible_v<ClassKey, BucketKey>);
static_assert(!std::is_copy_constructible_v<BucketKey>);

ByteArray<kKeySize> Pattern(std::uint8_t seed) {
  ByteArray<kKeySize> pattern;
  for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = static_cast<std::uint8_t>(seed + i * 37);
  return pattern;
}

bool AllZero(KeyView key) {
  return std::all_of(key.begin(), key.end(), [](std::uint8_t byte) { return byte == 0; });
}

// The VmFlags line of the mapping that holds `address`.
std::string KernelFlagsOf(const void* address) {
  std::ifstream smaps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<std::uint64_t>(address);
  bool inside = false;
  for (std::string line; std::getline(smaps, line);) {
    std::uint64_t begin = 0, end = 0;
    if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " ", &begin, &end) == 2)
      inside = wanted >= begin && wanted < end;
    if (inside && line.starts_with("VmFlags:")) return line + " ";
  }
  return "";
}

int ExitCodeOfChild(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int how = 0;
  waitpid(child, &how, 0);
  return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

TEST(KeyBytes, StartsAsZeroesEvenWhereAKeyLayBefore) {
  for (int i = 0; i < 3; ++i) {
    KeyBytes key;
    EXPECT_TRUE(AllZero(key.Reveal()));
    std::fill(key.Fill().begin(), key.Fill().end(), std::uint8_t{0xaa});
  }
}

TEST(KeyBytes, MovesAndKeepsItsPlace) {
  KeyBytes key = KeyBytes::CopyOf(Pattern(1));
  const std::uint8_t* place = key.Reveal().data();
  KeyBytes moved(std::move(key));
  EXPECT_EQ(moved.Reveal().data(), place);
  KeyBytes assigned;
  assigned = std::move(moved);
  EXPECT_TRUE(SameBytes(assigned.Reveal(), Pattern(1)));
}

TEST(KeyBytes, IsWipedWhenDropped) {
  ByteArray<kKeySize> pattern;  // drawn: a fixed one would stand in the program as well
  std::random_device random;
  for (std::uint8_t& byte : pattern) byte = static_cast<std::uint8_t>(random());
  auto key = std::make_unique<KeyBytes>(KeyBytes::CopyOf(pattern));
  const test::Needle needle = test::Needle::TakenFrom(pattern);
  EXPECT_EQ(test::CountInMemory(needle), 1u);
  key.reset();
  EXPECT_EQ(test::CountInMemory(needle), 0u);
}

TEST(KeySlab, ManyKeysLieInPlacesOfTheirOwn) {
  std::vector<KeyBytes> keys;
  std::set<const std::uint8_t*> places;
  for (std::size_t i = 0; i < 5'000; ++i) {  // more than one chunk
    keys.push_back(KeyBytes::CopyOf(Pattern(static_cast<std::uint8_t>(i))));
    places.insert(keys.back().Reveal().data());
  }
  EXPECT_EQ(places.size(), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    ASSERT_TRUE(SameBytes(keys[i].Reveal(), Pattern(static_cast<std::uint8_t>(i)))) << i;
  }
}

TEST(KeySlab, ReportCountsKeysAndEveryPage) {
  const SlabReport before = ReportKeySlab();
  {
    const std::vector<KeyBytes> keys(10);
    EXPECT_EQ(ReportKeySlab().keys, before.keys + 10);
  }
  EXPECT_EQ(ReportKeySlab().keys, before.keys);
  const SlabReport report = ReportKeySlab();
  EXPECT_GT(report.locked_bytes + report.unlocked_bytes, 0u);
}

TEST(KeySlab, PagesAreLeftOutOfCoreDumpsAndWipedOnFork) {
  const KeyBytes key;
  const std::string flags = KernelFlagsOf(key.Reveal().data());
  EXPECT_NE(flags.find(" dd "), std::string::npos) << flags;
  EXPECT_NE(flags.find(" wf "), std::string::npos) << flags;
}

// Sanitizers replace mlock by a function that does nothing.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMlockIsReal = false;
#else
constexpr bool kMlockIsReal = true;
#endif

TEST(KeySlab, PagesAreLockedWhereTheReportSaysSo) {
  if (!kMlockIsReal) GTEST_SKIP() << "the sanitizer's mlock does nothing";
  const KeyBytes key;
  const bool locked = KernelFlagsOf(key.Reveal().data()).find(" lo ") != std::string::npos;
  const SlabReport report = ReportKeySlab();
  if (report.unlocked_bytes == 0) {
    EXPECT_TRUE(locked);
  }
  if (report.locked_bytes == 0) {
    EXPECT_FALSE(locked);
  }
}

TEST(KeySlab, ForkedChildFindsNoKeyAndKnowsWhy) {
  const KeyBytes key = KeyBytes::CopyOf(Pattern(5));
  EXPECT_FALSE(ProcessWasForked());
  EXPECT_EQ(ExitCodeOfChild([&] { return ProcessWasForked() && AllZero(key.Reveal()) ? 0 : 1; }), 0);
  EXPECT_EQ(ExitCodeOfChild([&] { return ExitCodeOfChild([] { return ProcessWasForked() ? 0 : 1; }); }), 0);
  EXPECT_FALSE(ProcessWasForked());
  EXPECT_TRUE(SameBytes(key.Reveal(), Pattern(5)));
}

// A fork can fall into the moment in which another thread holds the slab's lock; nobody releases it in the child.
TEST(KeySlab, ForkedChildDropsItsKeysWithoutWaiting) {
  std::atomic<bool> stop{false};
  std::thread other([&] {
    while (!stop) KeyBytes key;
  });
  for (int i = 0; i < 200; ++i) {
    auto key = std::make_unique<KeyBytes>();
    ASSERT_EQ(ExitCodeOfChild([&] {
                alarm(5);
                key.reset();
                return 0;
              }),
              0);
  }
  stop = true;
  other.join();
}

TEST(KeySlab, ThreadsTakeAndGiveBackTogether) {
  std::vector<std::thread> threads;
  std::atomic<int> mixed_up{0};
  const std::size_t keys_before = ReportKeySlab().keys;
  for (std::uint8_t id = 1; id <= 4; ++id) {
    threads.emplace_back([id, &mixed_up] {
      for (int round = 0; round < 2'000; ++round) {
        std::vector<KeyBytes> keys;
        for (int i = 0; i < 8; ++i) keys.push_back(KeyBytes::CopyOf(Pattern(id)));
        for (const KeyBytes& key : keys) mixed_up += SameBytes(key.Reveal(), Pattern(id)) ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(mixed_up, 0);
  EXPECT_EQ(ReportKeySlab().keys, keys_before);
}

}  // namespace
}  // namespace mseal
