// SHA-256: the answers that are published for it, however the input is cut.
#include "crypto/sha256.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/vectors.h"

namespace mseal::crypto {
namespace {

std::string HashOf(std::initializer_list<ByteView> pieces) { return test::ToHex(Sha256(pieces)); }

constexpr std::string_view kTwoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
constexpr std::string_view kOfTwoBlocks = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";

// NIST, "Secure Hash Standard" examples (FIPS 180-4).
TEST(Sha256, AgreesWithThePublishedExamples) {
  EXPECT_EQ(HashOf({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HashOf({AsBytes("abc")}), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HashOf({AsBytes(kTwoBlocks)}), kOfTwoBlocks);
  EXPECT_EQ(HashOf({AsBytes(std::string(1'000'000, 'a'))}),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotSeeWhereOnePieceEnds) {
  for (std::size_t cut = 0; cut <= kTwoBlocks.size(); ++cut)
    EXPECT_EQ(HashOf({AsBytes(kTwoBlocks.substr(0, cut)), {}, AsBytes(kTwoBlocks.substr(cut))}), kOfTwoBlocks);
}

}  // namespace
}  // namespace mseal::crypto
