// BLAKE2b over pieces: known answers and the rules of use.
#include "crypto/hash.h"

#include <gtest/gtest.h>

#include <memory>
#include <new>

#include "support/vectors.h"

namespace mseal::crypto {
namespace {

using test::Case;
using test::LoadCases;

std::string HashOf(const Case& one) {
  const Bytes key = one.Hex("key");
  const std::string& purpose = one.Text("purpose");
  const std::size_t size = one.Number("size");
  const auto hasher = key.empty() ? std::make_unique<Hasher>(purpose, size)
                                  : std::make_unique<Hasher>(purpose, KeyView(key.data(), kKeySize), size);
  for (const Bytes& piece : one.HexList("pieces")) {
    one.Text("prefixed") == "true" ? hasher->AddPrefixed(piece) : hasher->Add(piece);
  }
  Bytes out(size);
  hasher->Finish(out);
  return test::ToHex(out);
}

TEST(Hasher, AgreesWithTheKnownAnswers) {
  const auto cases = LoadCases("seal/hash.json", "cases");
  EXPECT_EQ(cases.size(), 28u);
  for (const Case& one : cases) EXPECT_EQ(HashOf(one), one.Text("output")) << one.Text("purpose");
}

// RFC 7693, appendix A, which knows no personalisation.
TEST(Hasher, WithoutPurposeIsPlainBlake2b) {
  ByteArray<64> out;
  Hasher("", out.size()).Add(AsBytes("abc")).Finish(out);
  EXPECT_EQ(test::ToHex(out),
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
            "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

TEST(Hasher, PrefixedPiecesCannotRunIntoEachOther) {
  ByteArray<32> split_early, split_late;
  Hasher("test", 32).AddPrefixed(AsBytes("a")).AddPrefixed(AsBytes("bc")).Finish(split_early);
  Hasher("test", 32).AddPrefixed(AsBytes("ab")).AddPrefixed(AsBytes("c")).Finish(split_late);
  EXPECT_NE(split_early, split_late);
}

TEST(Hasher, PurposeKeyAndSizeEachChangeTheResult) {
  const ByteArray<32> key{1}, other_key{2};
  ByteArray<32> plain, other_purpose, keyed, other_keyed;
  Hasher("one", 32).Finish(plain);
  Hasher("two", 32).Finish(other_purpose);
  Hasher("one", key, 32).Finish(keyed);
  Hasher("one", other_key, 32).Finish(other_keyed);
  ByteArray<16> shorter;
  Hasher("one", 16).Finish(shorter);
  EXPECT_NE(plain, other_purpose);
  EXPECT_NE(plain, keyed);
  EXPECT_NE(keyed, other_keyed);
  EXPECT_FALSE(SameBytes(ByteView(plain).first(16), shorter));
}

TEST(Hasher, IsWipedWhenDropped) {
  alignas(Hasher) ByteArray<sizeof(Hasher)> place{};
  auto* hasher = new (place.data()) Hasher("test", ByteArray<32>{1}, 32);
  const std::size_t state_size = 384;
  EXPECT_FALSE(SameBytes(ByteView(place).first(state_size), ByteArray<384>{}));
  hasher->~Hasher();
  for (std::size_t i = 0; i < state_size; ++i) EXPECT_EQ(const_cast<volatile std::uint8_t&>(place[i]), 0);
}

TEST(HasherRules, PurposeOfMoreThan16BytesStopsTheProcess) { EXPECT_DEATH(Hasher("0123456789abcdefg", 32), ""); }

TEST(HasherRules, FinishingInAnotherSizeStopsTheProcess) {
  ByteArray<16> out;
  EXPECT_DEATH(Hasher("test", 32).Finish(out), "");
}

TEST(HasherRules, UseAfterFinishStopsTheProcess) {
  Hasher hasher("test", 16);
  ByteArray<16> out;
  hasher.Finish(out);
  EXPECT_DEATH(hasher.Finish(out), "");
  EXPECT_DEATH(hasher.Add(out), "");
}

TEST(HasherRules, OutputOfMoreThan64BytesStopsTheProcess) { EXPECT_DEATH(Hasher("test", 65), ""); }

TEST(HasherRules, OutputOfLessThan16BytesStopsTheProcess) { EXPECT_DEATH(Hasher("test", 15), ""); }

TEST(Prf, AgreesWithTheKnownAnswers) {
  for (const Case& one : LoadCases("seal/prf.json", "cases")) {
    const auto key = one.Fixed<32>("key");
    const Bytes message = one.Hex("message");
    EXPECT_EQ(test::ToHex(Prf16(key, one.Text("purpose"), message)), one.Text("prf16"));
    EXPECT_EQ(test::ToHex(Prf32(key, one.Text("purpose"), message)), one.Text("prf32"));
    EXPECT_EQ(test::ToHex(Hash(one.Text("purpose"), message)), one.Text("hash"));
  }
}

TEST(SameSecret, ComparesContentAndSize) {
  EXPECT_TRUE(SameSecret({}, {}));
  EXPECT_TRUE(SameSecret(AsBytes("token"), AsBytes("token")));
  EXPECT_FALSE(SameSecret(AsBytes("token"), AsBytes("tokem")));
  EXPECT_FALSE(SameSecret(AsBytes("token"), AsBytes("toke")));
  EXPECT_FALSE(SameSecret(AsBytes("token"), {}));
}

}  // namespace
}  // namespace mseal::crypto
