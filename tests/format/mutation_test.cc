// Many small damages to every layout, the same ones on each run: no parser crashes, reads out of bounds, takes memory
// that its bytes do not justify, or accepts what its writer would not write.
#include <gtest/gtest.h>

#include <random>

#include "format/layouts.h"
#include "support/vectors.h"

namespace mseal::test {
namespace {

constexpr std::size_t kRounds = 200'000;

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

  void Mutate(Bytes& bytes) {
    for (std::size_t left = 1 + Below(4); left > 0; --left) MutateOnce(bytes);
  }

 private:
  void MutateOnce(Bytes& bytes) {
    if (bytes.empty()) return bytes.push_back(static_cast<std::uint8_t>(Below(256)));
    const std::size_t at = Below(bytes.size());
    switch (Below(6)) {
      case 0:
        bytes[at] ^= static_cast<std::uint8_t>(1 << Below(8));
        break;
      case 1:
        bytes[at] = kTelling[Below(std::size(kTelling))];
        break;
      case 2:
        Overwrite(bytes, at);
        break;
      case 3:
        bytes.resize(at);
        break;
      case 4:
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), 1 + Below(8),
                     kTelling[Below(std::size(kTelling))]);
        break;
      default:
        Splice(bytes, at);
        break;
    }
  }

  // An integer where a length or a count may be.
  void Overwrite(Bytes& bytes, std::size_t at) {
    const std::uint32_t values[] = {0,
                                    1,
                                    0x7fffffff,
                                    0x80000000,
                                    0xffffffff,
                                    static_cast<std::uint32_t>(bytes.size()),
                                    static_cast<std::uint32_t>(Below(300))};
    const std::uint32_t value = values[Below(std::size(values))];
    for (std::size_t i = 0; i < 4 && at + i < bytes.size(); ++i)
      bytes[at + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  }

  // A piece of itself over another, as entries exchanged or repeated would lie.
  void Splice(Bytes& bytes, std::size_t at) {
    const std::size_t from = Below(bytes.size());
    const std::size_t size = std::min({std::size_t{1} + Below(80), bytes.size() - at, bytes.size() - from});
    const Bytes piece(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                      bytes.begin() + static_cast<std::ptrdiff_t>(from + size));
    CopyBytes(piece, MutableBytes(bytes).subspan(at));
  }

  static constexpr std::uint8_t kTelling[] = {0x00, 0x01, 0x02, 0x0f, 0x10, 0x7f, 0x80, 0xfe, 0xff};
  std::mt19937_64 random_;
};

// Few rounds go to the layouts of several thousand bytes, where most damage falls into filler.
std::size_t RoundsOf(const Layout& layout) { return layout.example.size() > 2000 ? kRounds / 100 : kRounds / 15; }

TEST(Mutation, DamagedBytesAreCanonicalOrRefused) {
  std::size_t rounds = 0, accepted = 0;
  for (const Layout& layout : Layouts()) {
    Mutator mutator(layout.example.size());
    for (std::size_t round = 0; round < RoundsOf(layout); ++round, ++rounds) {
      Bytes bytes = layout.example;
      mutator.Mutate(bytes);
      const Result<Bytes> again = layout.again(bytes);
      if (again.ok()) {
        ++accepted;
        ASSERT_TRUE(SameBytes(*again, bytes)) << layout.name << " " << ToHex(bytes);
      } else {
        ASSERT_TRUE(again.code() == StatusCode::kCorrupt || again.code() == StatusCode::kUnsupportedVersion)
            << layout.name << " " << ToHex(bytes);
      }
    }
  }
  EXPECT_GE(rounds, kRounds);
  EXPECT_GT(accepted, rounds / 100);  // else the damage would be too coarse to reach the depths
  std::printf("mutation: %zu rounds, %zu accepted as something else\n", rounds, accepted);
}

}  // namespace
}  // namespace mseal::test
