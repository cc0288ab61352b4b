// The two AEAD suites: published vectors, and what a changed byte does.
#include "crypto/aead.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/secret_bytes.h"
#include "support/vectors.h"

namespace mseal::crypto {
namespace {

using test::Case;
using test::LoadCases;
using test::Tally;

Bytes Concatenated(Bytes front, const Bytes& back) {
  front.insert(front.end(), back.begin(), back.end());
  return front;
}

bool AllZero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

// One suite, one key, one nonce, with outputs of the right size.
struct Sealer {
  Suite suite;
  KeyView key;
  Nonce nonce;

  Bytes Seal(ByteView plaintext, ByteView associated = {}) const {
    Bytes out(plaintext.size() + kTagSize, 0xaa);
    AeadSeal(suite, key, nonce, plaintext, out, associated);
    return out;
  }
  // True and the plaintext, or false and what `out` held then; it starts filled, so that wiping shows.
  std::pair<bool, Bytes> Open(ByteView sealed, ByteView associated = {}) const {
    Bytes out(sealed.size() < kTagSize ? 64 : sealed.size() - kTagSize, 0xaa);
    const bool opened = AeadOpen(suite, key, nonce, sealed, out, associated);
    return {opened, std::move(out)};
  }
};

class PublishedAead {
 public:
  PublishedAead(Suite suite, std::string file) : suite_(suite) { tally_.file = std::move(file); }

  Tally Run() {
    const std::vector<Case> cases = LoadCases(tally_.file, "testGroups/tests");
    for (const Case& one : cases) {
      SCOPED_TRACE("tcId " + one.Text("tcId"));
      RunCase(one);
    }
    EXPECT_EQ(static_cast<std::size_t>(tally_.total()), cases.size());
    test::Record(tally_);
    return tally_;
  }

 private:
  void RunCase(const Case& one) {
    const Bytes key = one.Hex("key"), nonce = one.Hex("iv"), tag = one.Hex("tag");
    const auto checked_key = KeyFromBytes(key);
    const auto checked_nonce = NonceFromBytes(nonce);
    if (!checked_key.ok() || !checked_nonce.ok()) return ExpectSizeNotOffered(key, nonce);
    const Sealer sealer{suite_, *checked_key, *checked_nonce};
    const Bytes sealed = Concatenated(one.Hex("ct"), tag);
    if (tag.size() != kTagSize) return ExpectTagSizeRefused(sealer, sealed, one.Hex("aad"));
    if (one.Text("result") == "valid") return ExpectBothWays(sealer, one, sealed);
    ExpectRefused(sealer, one, sealed);
  }

  void ExpectSizeNotOffered(const Bytes& key, const Bytes& nonce) {
    EXPECT_TRUE(key.size() != kKeySize || nonce.size() != kNonceSize);
    EXPECT_EQ(KeyFromBytes(key).ok(), key.size() == kKeySize);
    EXPECT_EQ(NonceFromBytes(nonce).ok(), nonce.size() == kNonceSize);
    if (key.size() != kKeySize) {
      EXPECT_EQ(KeyFromBytes(key).code(), StatusCode::kInvalidArgument);
    }
    if (nonce.size() != kNonceSize) {
      EXPECT_EQ(NonceFromBytes(nonce).code(), StatusCode::kInvalidArgument);
    }
    ++tally_.refused;
  }
  void ExpectTagSizeRefused(const Sealer& sealer, const Bytes& sealed, const Bytes& associated) {
    EXPECT_FALSE(sealer.Open(sealed, associated).first);
    ++tally_.refused;
  }
  void ExpectBothWays(const Sealer& sealer, const Case& one, const Bytes& sealed) {
    EXPECT_EQ(sealer.Seal(one.Hex("msg"), one.Hex("aad")), sealed);
    const auto [opened, plaintext] = sealer.Open(sealed, one.Hex("aad"));
    EXPECT_TRUE(opened);
    EXPECT_EQ(plaintext, one.Hex("msg"));
    ++tally_.valid;
  }
  void ExpectRefused(const Sealer& sealer, const Case& one, const Bytes& sealed) {
    const auto [opened, out] = sealer.Open(sealed, one.Hex("aad"));
    EXPECT_FALSE(opened);
    EXPECT_TRUE(AllZero(out));
    ++tally_.invalid;
  }

  Suite suite_;
  Tally tally_;
};

class Aead : public testing::TestWithParam<Suite> {
 protected:
  void SetUp() override {
    if (!CheckSuite(GetParam()).ok()) GTEST_SKIP() << "this machine has no AES instructions";
  }

  Sealer sealer() const { return {GetParam(), key_.Reveal(), Nonce{7, 7, 7}}; }

 private:
  KeyBytes key_ = KeyBytes::CopyOf(KeyView(FixedKey()));
  static const ByteArray<32>& FixedKey() {
    static const ByteArray<32> key{1, 2, 3, 4, 5};
    return key;
  }
};

TEST_P(Aead, AgreesWithEveryPublishedVector) {
  const bool chacha = GetParam() == Suite::kChaCha20Poly1305;
  const Tally tally =
      PublishedAead(GetParam(), chacha ? "wycheproof/chacha20_poly1305_test.json" : "wycheproof/aes_gcm_test.json")
          .Run();
  EXPECT_EQ(tally.total(), chacha ? 325 : 316);
  EXPECT_EQ(tally.valid + tally.invalid, chacha ? 316 : 66);
}

TEST_P(Aead, AnySingleBitChangedIsRefusedAndLeavesZeroes) {
  const Bytes plaintext(37, 'p');
  const Bytes associated{1, 2, 3};
  const Bytes sealed = sealer().Seal(plaintext, associated);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const auto [opened, out] = sealer().Open(changed, associated);
    ASSERT_FALSE(opened) << "bit " << bit;
    ASSERT_TRUE(AllZero(out)) << "bit " << bit;
  }
}

TEST_P(Aead, ChangedKeyNonceOrAssociatedDataIsRefused) {
  const Bytes sealed = sealer().Seal(AsBytes("HIV-1 viral load"), AsBytes("context"));
  const KeyBytes other_key = KeyBytes::CopyOf(KeyView(ByteArray<32>{1, 2, 3, 4, 6}));
  EXPECT_FALSE((Sealer{GetParam(), other_key.Reveal(), Nonce{7, 7, 7}}.Open(sealed, AsBytes("context")).first));
  EXPECT_FALSE((Sealer{GetParam(), sealer().key, Nonce{7, 7, 8}}.Open(sealed, AsBytes("context")).first));
  EXPECT_FALSE(sealer().Open(sealed, AsBytes("contexu")).first);
  EXPECT_FALSE(sealer().Open(sealed).first);
  EXPECT_TRUE(sealer().Open(sealed, AsBytes("context")).first);
}

TEST_P(Aead, CutAtAnyLengthIsRefusedAndLeavesZeroes) {
  const Bytes sealed = sealer().Seal(Bytes(40, 'p'));
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    const auto [opened, out] = sealer().Open(ByteView(sealed).first(size));
    ASSERT_FALSE(opened) << size;
    ASSERT_TRUE(AllZero(out)) << size;
  }
}

TEST_P(Aead, BytesAddedAfterTheEndAreRefused) {
  Bytes sealed = sealer().Seal(Bytes(40, 'p'));
  sealed.push_back(0);
  EXPECT_FALSE(sealer().Open(sealed).first);
}

TEST_P(Aead, EmptyPlaintextIsSealedUnderItsTagAlone) {
  const Bytes sealed = sealer().Seal({});
  EXPECT_EQ(sealed.size(), kTagSize);
  const auto [opened, out] = sealer().Open(sealed);
  EXPECT_TRUE(opened);
  EXPECT_TRUE(out.empty());
}

TEST_P(Aead, EverySizeOpensToWhatWasSealed) {
  for (std::size_t size = 0; size < 600; ++size) {
    Bytes plaintext(size);
    for (std::size_t i = 0; i < size; ++i) plaintext[i] = static_cast<std::uint8_t>(i * 31 + size);
    const auto [opened, out] = sealer().Open(sealer().Seal(plaintext));
    ASSERT_TRUE(opened) << size;
    ASSERT_EQ(out, plaintext) << size;
  }
}

TEST_P(Aead, OutputOfTheWrongSizeStopsTheProcess) {
  const Bytes plaintext(8, 'p');
  const Bytes sealed = sealer().Seal(plaintext);
  Bytes out(plaintext.size() + kTagSize - 1);
  EXPECT_DEATH(AeadSeal(GetParam(), sealer().key, sealer().nonce, plaintext, out), "");
  EXPECT_DEATH((void)AeadOpen(GetParam(), sealer().key, sealer().nonce, sealed, out), "");
}

INSTANTIATE_TEST_SUITE_P(BothSuites, Aead, testing::Values(Suite::kChaCha20Poly1305, Suite::kAes256Gcm),
                         [](const auto& named) {
                           return named.param == Suite::kChaCha20Poly1305 ? "ChaCha20Poly1305" : "Aes256Gcm";
                         });

TEST(AeadSuites, OneDoesNotOpenWhatTheOtherSealed) {
  if (!CheckSuite(Suite::kAes256Gcm).ok()) GTEST_SKIP() << "this machine has no AES instructions";
  const ByteArray<32> key{1};
  const Bytes sealed = Sealer{Suite::kChaCha20Poly1305, key, {}}.Seal(Bytes(32, 'p'));
  EXPECT_FALSE((Sealer{Suite::kAes256Gcm, key, {}}.Open(sealed).first));
}

TEST(AeadSuites, OnlyOneAndTwoAreNumbersOfSuites) {
  for (int number = 0; number < 256; ++number) {
    const auto suite = SuiteFromNumber(static_cast<std::uint8_t>(number));
    ASSERT_EQ(suite.ok(), number == 1 || number == 2) << number;
    if (suite.ok()) {
      EXPECT_EQ(static_cast<int>(*suite), number);
    }
    if (!suite.ok()) {
      EXPECT_EQ(suite.code(), StatusCode::kUnsupportedVersion) << number;
    }
  }
}

TEST(AeadSuites, ChaChaIsAvailableEverywhere) { EXPECT_TRUE(CheckSuite(Suite::kChaCha20Poly1305).ok()); }

TEST(AeadSizes, KeysAndNoncesOfEveryOtherSizeAreRefused) {
  for (std::size_t size = 0; size <= 80; ++size) {
    const Bytes bytes(size, 1);
    ASSERT_EQ(KeyFromBytes(bytes).ok(), size == 32) << size;
    ASSERT_EQ(NonceFromBytes(bytes).ok(), size == 12) << size;
  }
}

TEST(Keystream, AgreesWithTheKnownAnswers) {
  for (const Case& one : LoadCases("seal/keystream.json", "cases")) {
    Bytes out(one.Number("size"), 0xaa);
    const auto key = one.Fixed<32>("key");
    Keystream(key, out);
    EXPECT_EQ(test::ToHex(out), one.Text("output"));
  }
}

// RFC 8439, appendix A.1, test vectors 1 and 2: the zero key, blocks 0 and 1.
TEST(Keystream, AgreesWithTheRfc) {
  Bytes out(128);
  Keystream(ByteArray<32>{}, out);
  EXPECT_EQ(test::ToHex(out),
            "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
            "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586"
            "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
            "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f");
}

}  // namespace
}  // namespace mseal::crypto
