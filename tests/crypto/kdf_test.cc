// The key derivation: known answers, and that it commits to the key where bare AEAD does not.
#include "crypto/kdf.h"

#include <gtest/gtest.h>

#include <new>
#include <set>

#include "crypto/aead.h"
#include "crypto/hash.h"
#include "support/vectors.h"

namespace mseal::crypto {
namespace {

using test::Case;
using test::LoadCases;

struct Derived {
  std::string key, commitment;
  bool operator<(const Derived& other) const {
    return std::tie(key, commitment) < std::tie(other.key, other.commitment);
  }
};

Derived DerivedOf(KeyView key, const Salt& salt, const Digest& context, const Label& label) {
  MessageKey out;
  Derive(key, salt, context, label, out);
  return {test::ToHex(out.key), test::ToHex(out.commitment)};
}

TEST(Derive, AgreesWithTheKnownAnswers) {
  const auto cases = LoadCases("seal/kdf.json", "cases");
  EXPECT_EQ(cases.size(), 12u);
  for (const Case& one : cases) {
    const auto key = one.Fixed<32>("key");
    const Derived derived = DerivedOf(key, one.Fixed<24>("salt"), one.Fixed<32>("context"), one.Fixed<40>("label"));
    EXPECT_EQ(derived.key, one.Text("message_key"));
    EXPECT_EQ(derived.commitment, one.Text("commitment"));
  }
}

TEST(Derive, AnyInputBitChangesKeyAndCommitment) {
  std::set<std::string> keys, commitments;
  const std::size_t bits = 128 * 8;
  for (std::size_t bit = 0; bit <= bits; ++bit) {  // the last round changes nothing
    ByteArray<128> block{};
    if (bit < bits) block[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    ByteArray<32> key;
    Salt salt;
    Digest context;
    Label label;
    CopyBytes(ByteView(block).subspan(0, 32), key);
    CopyBytes(ByteView(block).subspan(32, 24), salt);
    CopyBytes(ByteView(block).subspan(56, 32), context);
    CopyBytes(ByteView(block).subspan(88, 40), label);
    const Derived derived = DerivedOf(key, salt, context, label);
    keys.insert(derived.key);
    commitments.insert(derived.commitment);
  }
  EXPECT_EQ(keys.size(), bits + 1);
  EXPECT_EQ(commitments.size(), bits + 1);
}

TEST(Derive, MessageKeyIsWipedWhenDropped) {
  alignas(MessageKey) ByteArray<sizeof(MessageKey)> place;
  auto* key = new (place.data()) MessageKey;
  Derive(ByteArray<32>{1}, {}, {}, {}, *key);
  EXPECT_NE(place, ByteArray<sizeof(MessageKey)>{});
  key->~MessageKey();
  // Read through volatile, as what the destructor stored may not be assumed dead.
  for (const volatile std::uint8_t& byte : place) EXPECT_EQ(byte, 0);
}

// The attack on a seal without commitment: one ciphertext that opens under two keys to two plaintexts.
class TwoKeyCiphertext : public testing::Test {
 protected:
  void SetUp() override {
    if (!CheckSuite(Suite::kAes256Gcm).ok()) GTEST_SKIP() << "this machine has no AES instructions";
  }

  static std::string OpenedUnder(const std::string& key_name, const Case& one) {
    const auto key = one.Fixed<32>(key_name);
    const Bytes sealed = one.Hex("ciphertext_and_tag");
    Bytes out(sealed.size() - kTagSize);
    const bool opened = AeadOpen(Suite::kAes256Gcm, key, one.Fixed<12>("nonce"), sealed, out, one.Hex("aad"));
    return opened ? test::ToHex(out) : "refused";
  }
};

TEST_F(TwoKeyCiphertext, PassesBareAeadUnderBothKeysButTheCommitmentsDiffer) {
  test::Tally tally{"generated/gcm-two-key.json"};
  const auto cases = LoadCases(tally.file, "vectors");
  for (const Case& one : cases) {
    ASSERT_EQ(OpenedUnder("key1", one), one.Text("plaintext1"));
    ASSERT_EQ(OpenedUnder("key2", one), one.Text("plaintext2"));
    ASSERT_NE(one.Text("plaintext1"), one.Text("plaintext2"));
    // Were they data keys: a row can store one commitment only, so at most one of the two keys gets as far as the AEAD.
    const auto key1 = one.Fixed<32>("key1"), key2 = one.Fixed<32>("key2");
    EXPECT_NE(DerivedOf(key1, {}, {}, {}).commitment, DerivedOf(key2, {}, {}, {}).commitment);
    ++tally.valid;
  }
  EXPECT_EQ(static_cast<std::size_t>(tally.total()), cases.size());
  test::Record(tally);
}

TEST(Subkey, AgreesWithTheKnownAnswers) {
  for (const Case& one : LoadCases("seal/subkey.json", "cases")) {
    const auto key = one.Fixed<32>("key");
    EXPECT_EQ(test::ToHex(Subkey(key, one.Text("purpose")).Reveal()), one.Text("subkey"));
  }
}

TEST(Subkey, EachPurposeHasItsOwnKey) {
  const ByteArray<32> key{1};
  EXPECT_FALSE(SameBytes(Subkey(key, "purpose a").Reveal(), Subkey(key, "purpose b").Reveal()));
  EXPECT_FALSE(SameBytes(Subkey(key, "purpose a").Reveal(), key));
}

TEST(Subkey, PurposeOfMoreThan16BytesStopsTheProcess) {
  const ByteArray<32> key{1};
  EXPECT_DEATH(Subkey(key, "0123456789abcdefg"), "");
}

}  // namespace
}  // namespace mseal::crypto
