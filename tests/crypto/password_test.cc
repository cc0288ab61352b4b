// Argon2id: known answers, and the costs that are refused before any work.
#include "crypto/password.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "crypto/aead.h"
#include "support/vectors.h"

namespace mseal::crypto {
namespace {

using test::Case;
using test::LoadCases;

std::string KeyOf(const Result<KeyBytes>& key) {
  return key.ok() ? test::ToHex(key->Reveal()) : std::string(CodeName(key.code()));
}

TEST(KeyFromPassword, AgreesWithTheKnownAnswers) {
  test::Tally tally{"seal/argon2id.json"};
  for (const Case& one : LoadCases(tally.file, "cases")) {
    const Argon2Cost cost{static_cast<std::uint32_t>(one.Number("memory_kib")),
                          static_cast<std::uint32_t>(one.Number("passes"))};
    EXPECT_EQ(KeyOf(KeyFromPassword(one.Hex("password"), one.Fixed<16>("salt"), cost)), one.Text("key"));
    ++tally.valid;
  }
  test::Record(tally);
}

// A published case in terms of our wrapper, which has no call for other salts, lanes or key sizes: those are refused
// where they would have to enter.
struct PublishedCase {
  Bytes password, salt, key;
  std::uint64_t memory_kib, passes, lanes;
};

bool Offered(const PublishedCase& one) {
  const Argon2Cost cost{static_cast<std::uint32_t>(one.memory_kib), static_cast<std::uint32_t>(one.passes)};
  return one.lanes == 1 && PasswordSaltFromBytes(one.salt).ok() && KeyFromBytes(one.key).ok() && CheckCost(cost).ok();
}

void RunPublished(const PublishedCase& one, test::Tally& tally) {
  if (!Offered(one)) {
    ++tally.refused;
    return;
  }
  const Argon2Cost cost{static_cast<std::uint32_t>(one.memory_kib), static_cast<std::uint32_t>(one.passes)};
  EXPECT_EQ(KeyOf(KeyFromPassword(one.password, *PasswordSaltFromBytes(one.salt), cost)), test::ToHex(one.key));
  ++tally.valid;
}

TEST(KeyFromPassword, AgreesWithTheOneLaneVectorsWithinItsLimits) {
  test::Tally tally{"generated/argon2id-p1.json"};
  for (const Case& one : LoadCases(tally.file, "vectors")) {
    RunPublished({one.Hex("passphrase"), one.Hex("salt"), one.Hex("output"), one.Number("memlimit_bytes") / 1024,
                  one.Number("opslimit"), 1},
                 tally);
  }
  test::Record(tally);
  EXPECT_EQ(tally.total(), 7);
  EXPECT_EQ(tally.valid, 2);
}

TEST(KeyFromPassword, RefusesEveryReferenceCaseForItsSalt) {
  test::Tally tally{"argon2/phc-argon2id.json"};
  for (const Case& one : LoadCases(tally.file, "vectors")) {
    const Bytes salt(AsBytes(one.Text("salt")).begin(), AsBytes(one.Text("salt")).end());
    EXPECT_EQ(PasswordSaltFromBytes(salt).code(), StatusCode::kInvalidArgument);
    RunPublished({{}, salt, one.Hex("raw"), one.Number("m_kib"), one.Number("t"), one.Number("p")}, tally);
  }
  test::Record(tally);
  EXPECT_EQ(tally.total(), 8);
  EXPECT_EQ(tally.refused, 8);
}

TEST(PasswordSalt, HasSixteenBytes) {
  for (std::size_t size = 0; size <= 64; ++size) {
    ASSERT_EQ(PasswordSaltFromBytes(Bytes(size)).ok(), size == 16) << size;
  }
}

struct CostCase {
  Argon2Cost cost;
  bool accepted;
};

TEST(CheckCost, AcceptsFromFloorToCeilingOnly) {
  constexpr std::uint32_t kMost = 0xffffffff;
  const CostCase cases[] = {
      {kArgon2Floor, true},        {kArgon2Ceiling, true},
      {Argon2Cost{}, true},        {{19 * 1024 - 1, 2}, false},
      {{19 * 1024, 1}, false},     {{1024 * 1024 + 1, 10}, false},
      {{1024 * 1024, 11}, false},  {{0, 3}, false},
      {{64 * 1024, 0}, false},     {{kMost, 3}, false},
      {{64 * 1024, kMost}, false}, {{19 * 1024, 10}, true},
      {{1024 * 1024, 2}, true},
  };
  for (const CostCase& one : cases) {
    const Status status = CheckCost(one.cost);
    EXPECT_EQ(status.ok(), one.accepted) << one.cost.memory_kib << " KiB, " << one.cost.passes;
    if (!one.accepted) {
      EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    }
  }
}

// A stored cost is attacker's input: 4 TiB or 4 billion passes must not be started.
TEST(KeyFromPassword, CostOutOfRangeIsRefusedBeforeAnyWork) {
  const auto begin = std::chrono::steady_clock::now();
  for (const Argon2Cost cost : {Argon2Cost{0xffffffff, 2}, Argon2Cost{19 * 1024, 0xffffffff}, Argon2Cost{8, 1}}) {
    EXPECT_EQ(KeyFromPassword(AsBytes("password"), {}, cost).code(), StatusCode::kInvalidArgument);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(5));
}

TEST(KeyFromPassword, EmptyPasswordIsRefused) {
  EXPECT_EQ(KeyFromPassword({}, {}, kArgon2Floor).code(), StatusCode::kInvalidArgument);
}

std::size_t AddressSpaceInUse() {
  unsigned long pages = 0;
  std::FILE* statm = std::fopen("/proc/self/statm", "r");
  if (statm == nullptr || std::fscanf(statm, "%lu", &pages) != 1) std::abort();
  std::fclose(statm);
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// In a process that may grow by 32 MiB only; exits with the code it got.
[[noreturn]] void ExitWithCodeWhenMemoryIsShort() {
  const std::size_t limit = AddressSpaceInUse() + (32 << 20);
  const rlimit limits{limit, limit};
  if (setrlimit(RLIMIT_AS, &limits) != 0) _exit(99);
  _exit(static_cast<int>(KeyFromPassword(AsBytes("password"), {}, Argon2Cost{256 * 1024, 2}).code()));
}

TEST(KeyFromPassword, MemoryThatCannotBeHadIsResourceExhausted) {
  EXPECT_EXIT(ExitWithCodeWhenMemoryIsShort(),
              testing::ExitedWithCode(static_cast<int>(StatusCode::kResourceExhausted)), "");
}

}  // namespace
}  // namespace mseal::crypto
