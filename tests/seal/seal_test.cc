// The seal: examples of a second implementation open, and nothing opens where it does not belong.
#include "seal/seal.h"

#include <gtest/gtest.h>

#include <set>

#include "support/vectors.h"

namespace mseal::seal {
namespace {

using format::ContextItem;
using format::ContextKind;
using format::Purpose;
using test::Case;
using test::ToHex;

constexpr Suite kSuites[] = {Suite::kChaCha20Poly1305, Suite::kAes256Gcm};

ByteArray<32> KeyOf(std::uint8_t seed) { return crypto::Hash("test.key", ByteArray<1>{seed}); }

bool Offered(Suite suite) { return crypto::CheckSuite(suite).ok(); }

Place SlotPlace(Suite suite = Suite::kChaCha20Poly1305) {
  format::Context context(ContextKind::kSlot);
  context.Add(ContextItem::kStore, KeyOf(1)).Add(ContextItem::kPatient, KeyOf(2)).AddNumber(ContextItem::kClass, 3);
  return {
      .purpose = Purpose::kSlotKey, .suite = suite, .context = DigestOf(context), .class_number = 3, .generation = 1};
}

Place PlaceOf(const Case& one) {
  return {.purpose = static_cast<Purpose>(one.Number("label.purpose")),
          .suite = static_cast<Suite>(one.Number("label.suite")),
          .context = crypto::Hash("medseal.v1.ctx", one.Hex("context")),
          .class_number = static_cast<std::uint8_t>(one.Number("label.class_number")),
          .generation = static_cast<std::uint32_t>(one.Number("label.generation")),
          .number = one.Number("label.number")};
}

// The second implementation's salt in place of one of our own, so that all bytes can be compared.
Bytes SealWithSalt(KeyView key, const Place& place, const Salt& salt, ByteView content) {
  Bytes out(content.size() + format::kSealedOverhead);
  Commitment commitment;
  SealMessage(key, place, salt, content, MutableBytes(out).subspan(format::kSealedHead), commitment);
  format::WriteSealedHead(static_cast<std::uint8_t>(place.suite.newest()), salt, commitment, out);
  return out;
}

TEST(Seal, AgreesWithTheVectorFile) {
  test::Tally tally{.file = "format/seal.json"};
  for (const Case& one : test::LoadCases(tally.file, "cases")) {
    const auto key = one.Fixed<32>("key");
    const Place place = PlaceOf(one);
    if (!Offered(place.suite.newest())) {
      ++tally.refused;
      continue;
    }
    const auto opened = Open(key, place, one.Hex("sealed"));
    EXPECT_EQ(CodeName(opened.code()), one.Text("code")) << one.Text("name");
    ++(opened.ok() ? tally.valid : tally.invalid);
    if (!opened.ok()) continue;
    EXPECT_EQ(ToHex(opened->Reveal()), one.Text("content")) << one.Text("name");
    const Bytes again = SealWithSalt(key, place, one.Fixed<24>("salt"), one.Hex("content"));
    EXPECT_EQ(ToHex(again), one.Text("sealed")) << one.Text("name");
  }
  test::Record(tally);
}

class EachSuite : public testing::TestWithParam<Suite> {
 protected:
  void SetUp() override {
    if (!Offered(GetParam())) GTEST_SKIP() << "this processor cannot do the suite";
  }
  const ByteArray<32> key_ = KeyOf(9);
  const Bytes content_ = test::FromHex("00112233445566778899aabbccddeeff0123456789");
};
INSTANTIATE_TEST_SUITE_P(Seal, EachSuite, testing::ValuesIn(kSuites),
                         [](const auto& suite) { return "Suite" + std::to_string(static_cast<int>(suite.param)); });

TEST_P(EachSuite, WhatWasSealedOpens) {
  for (const std::size_t size : {0, 1, 15, 16, 17, 1000, 100'000}) {
    const Bytes content(size, 0x5a);
    const auto opened = Open(key_, SlotPlace(GetParam()), Seal(key_, SlotPlace(GetParam()), content));
    ASSERT_TRUE(opened.ok());
    EXPECT_TRUE(SameBytes(opened->Reveal(), content));
  }
}

TEST_P(EachSuite, EveryFlippedBitIsNoticed) {
  Bytes sealed = Seal(key_, SlotPlace(GetParam()), content_);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    sealed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const auto opened = Open(key_, SlotPlace(GetParam()), sealed);
    EXPECT_EQ(opened.code(), bit < 8 ? StatusCode::kUnsupportedVersion : StatusCode::kAuthFailed) << "bit " << bit;
    sealed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
  EXPECT_TRUE(Open(key_, SlotPlace(GetParam()), sealed).ok());
}

TEST_P(EachSuite, CutOrLongerIsNoticed) {
  const Bytes sealed = Seal(key_, SlotPlace(GetParam()), content_);
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    const auto opened = Open(key_, SlotPlace(GetParam()), ByteView(sealed).first(size));
    EXPECT_EQ(opened.code(), size < format::kSealedOverhead ? StatusCode::kCorrupt : StatusCode::kAuthFailed) << size;
  }
  for (const std::size_t more : {1, 16, 58, 64}) {
    Bytes longer = sealed;
    longer.resize(sealed.size() + more);
    EXPECT_EQ(Open(key_, SlotPlace(GetParam()), longer).code(), StatusCode::kAuthFailed) << more;
  }
}

TEST_P(EachSuite, EveryOtherPlaceAndKeyIsRefused) {
  const Bytes sealed = Seal(key_, SlotPlace(GetParam()), content_);
  std::vector<Place> others(7, SlotPlace(GetParam()));
  others[0].purpose = Purpose::kIndexKey;
  others[1].class_number = 4;
  others[2].class_number = format::kNoClass;
  others[3].generation = 2;
  others[4].number = 1;
  others[5].context[31] ^= 1;
  others[6].suite = GetParam() == Suite::kAes256Gcm ? Suite::kChaCha20Poly1305 : Suite::kAes256Gcm;
  for (std::size_t i = 0; i < others.size(); ++i) {
    EXPECT_EQ(Open(key_, others[i], sealed).code(), StatusCode::kAuthFailed) << i;
    EXPECT_EQ(UnwrapKey(key_, others[i], sealed).code(), StatusCode::kAuthFailed) << i;
  }
  EXPECT_EQ(Open(KeyOf(8), SlotPlace(GetParam()), sealed).code(), StatusCode::kAuthFailed);
}

Suite OtherThan(Suite suite) { return suite == Suite::kAes256Gcm ? Suite::kChaCha20Poly1305 : Suite::kAes256Gcm; }

TEST_P(EachSuite, OpensAtAPlaceThatAcceptsItBesideAnother) {
  if (!Offered(OtherThan(GetParam()))) GTEST_SKIP() << "this processor does one suite alone";
  const Bytes sealed = Seal(key_, SlotPlace(GetParam()), content_);
  Place both = SlotPlace();
  both.suite = SuiteSet(OtherThan(GetParam())).With(GetParam());
  const auto opened = Open(key_, both, sealed);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(ToHex(opened->Reveal()), ToHex(content_));
  EXPECT_TRUE(IsUnder(GetParam(), sealed));
  EXPECT_TRUE(IsUnder(OtherThan(GetParam()), Seal(key_, both, content_))) << "the newest seals";
  for (const std::size_t at : {1u, 2u, 26u, 58u}) {
    Bytes changed = sealed;
    changed[at] ^= at == 1 ? 3 : 1;  // of one suite's number it makes the other's
    EXPECT_EQ(Open(key_, both, changed).code(), StatusCode::kAuthFailed) << at;
  }
}

TEST_P(EachSuite, CommitmentAloneTellsWhichOfTwoSuites) {
  if (!Offered(OtherThan(GetParam()))) GTEST_SKIP() << "this processor does one suite alone";
  const Salt salt{7};
  Bytes message(content_.size() + crypto::kTagSize);
  Commitment commitment;
  SealMessage(key_, SlotPlace(GetParam()), salt, content_, message, commitment);
  Place both = SlotPlace();
  both.suite = SuiteSet(OtherThan(GetParam())).With(GetParam());
  Bytes out(content_.size());
  EXPECT_TRUE(OpenMessage(key_, both, salt, commitment, message, out).ok());
  EXPECT_EQ(ToHex(out), ToHex(content_));
  const Place other = both.Under(OtherThan(GetParam()));
  EXPECT_EQ(OpenMessage(key_, other, salt, commitment, message, out).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(out, Bytes(content_.size()));
  commitment[0] ^= 1;
  EXPECT_EQ(OpenMessage(key_, both, salt, commitment, message, out).code(), StatusCode::kAuthFailed);
}

TEST(SuiteSet, GoesAndComesBack) {
  const SuiteSet first = Suite::kChaCha20Poly1305;
  EXPECT_FALSE(first.Accepts(Suite::kAes256Gcm));
  const SuiteSet second = first.Under(Suite::kAes256Gcm);
  EXPECT_EQ(second.newest(), Suite::kAes256Gcm);
  EXPECT_TRUE(second.Accepts(Suite::kChaCha20Poly1305));
  const SuiteSet third = second.Under(Suite::kChaCha20Poly1305);
  EXPECT_EQ(third.newest(), Suite::kChaCha20Poly1305);
  EXPECT_EQ(third.end() - third.begin(), 2);
  Suites live(first);
  const SuiteView view(live);
  live.Change(second);
  EXPECT_EQ(view.now().newest(), Suite::kAes256Gcm);
}

TEST_P(EachSuite, AKeyOpensOnlyAsAKey) {
  const Place place = SlotPlace(GetParam());
  const auto wrapped = WrapKey(key_, place, KeyOf(5));
  const auto key = UnwrapKey(key_, place, wrapped);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(ToHex(key->Reveal()), ToHex(KeyOf(5)));
  for (const std::size_t size : {0, 16, 31, 33, 64})
    EXPECT_EQ(UnwrapKey(key_, place, Seal(key_, place, Bytes(size))).code(), StatusCode::kAuthFailed) << size;
}

TEST_P(EachSuite, ARefusedMessageLeavesNothingBehind) {
  const Place place = SlotPlace(GetParam());
  const Salt salt{1, 2, 3};
  Bytes message(content_.size() + crypto::kTagSize);
  Commitment commitment;
  SealMessage(key_, place, salt, content_, message, commitment);
  Bytes out(content_.size(), 0x77);
  EXPECT_TRUE(OpenMessage(key_, place, salt, commitment, message, out).ok());
  EXPECT_EQ(out, content_);
  message.back() ^= 1;
  EXPECT_EQ(OpenMessage(key_, place, salt, commitment, message, out).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(out, Bytes(out.size()));
  message.back() ^= 1;
  commitment[0] ^= 1;
  out.assign(out.size(), 0x77);
  EXPECT_EQ(OpenMessage(key_, place, salt, commitment, message, out).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(out, Bytes(out.size()));
}

// The commitment is looked at before the message: with the right message under a wrong commitment nothing opens, and
// the other way round neither.
TEST_P(EachSuite, CommitmentAndMessageOfTwoSealsDoNotMix) {
  const Place place = SlotPlace(GetParam());
  const Bytes one = Seal(key_, place, content_);
  const Bytes two = Seal(key_, place, content_);
  Bytes mixed = one;
  CopyBytes(ByteView(two).subspan(2, 24 + 32), MutableBytes(mixed).subspan(2));
  EXPECT_EQ(Open(key_, place, mixed).code(), StatusCode::kAuthFailed);
}

TEST_P(EachSuite, FillerIsTheSameOnEachCallAndAnotherInEachPlace) {
  std::set<std::string> seen;
  std::vector<Place> places(5, SlotPlace(GetParam()));
  places[0].purpose = Purpose::kVoidGroup;
  places[1].purpose = Purpose::kRowPadding;
  places[2].class_number = 4;
  places[3].number = 7;
  places[4].context[0] ^= 1;
  for (const Place& place : places) {
    Bytes out(64), again(64);
    Commitment commitment, commitment_again;
    FillMessage(key_, place, Salt{1}, out, commitment);
    FillMessage(key_, place, Salt{1}, again, commitment_again);
    EXPECT_EQ(out, again);
    EXPECT_EQ(commitment, commitment_again);
    seen.insert(ToHex(out));
    seen.insert(ToHex(commitment));
    FillMessage(key_, place, Salt{2}, out, commitment);
    seen.insert(ToHex(out));
    seen.insert(ToHex(commitment));
  }
  EXPECT_EQ(seen.size(), places.size() * 4);
}

// A message that AES-GCM alone opens under either of two keys: whichever of them the commitment is to, the other is
// refused.
TEST(SealTwoKeys, GcmMessageOfTwoKeysOpensUnderNeitherWithTheOthersCommitment) {
  test::Tally tally{.file = "generated/gcm-two-key.json"};
  if (!Offered(Suite::kAes256Gcm)) GTEST_SKIP() << "this processor cannot do the suite";
  for (const Case& one : test::LoadCases(tally.file, "vectors")) {
    const auto key1 = one.Fixed<32>("key1"), key2 = one.Fixed<32>("key2");
    const Bytes message = one.Hex("ciphertext_and_tag");
    const Bytes aad = one.Hex("aad");
    Bytes out(message.size() - crypto::kTagSize);
    const auto nonce = one.Fixed<12>("nonce");
    EXPECT_TRUE(crypto::AeadOpen(Suite::kAes256Gcm, key1, nonce, message, out, aad));
    EXPECT_TRUE(crypto::AeadOpen(Suite::kAes256Gcm, key2, nonce, message, out, aad)) << "the vectors are of no use";
    const Place place = SlotPlace(Suite::kAes256Gcm);
    Bytes sealed(format::kSealedHead);
    Commitment commitment;
    Bytes unused(message.size());
    SealMessage(key1, place, Salt{}, out, unused, commitment);
    format::WriteSealedHead(2, Salt{}, commitment, sealed);
    sealed.insert(sealed.end(), message.begin(), message.end());
    EXPECT_EQ(Open(key1, place, sealed).code(), StatusCode::kAuthFailed);
    EXPECT_EQ(Open(key2, place, sealed).code(), StatusCode::kAuthFailed);
    ++tally.invalid;
  }
  test::Record(tally);
}

// As a generator would that is stuck, or was copied with its machine.
Salt SaltOf(KeyView key, const Place& place, ByteView content) {
  return crypto::SaltHedge(ByteArray<24>{}).AddKey(key).AddContext(place.context).AddPlaintext(content).Finish();
}

TEST(StuckGenerator, RepeatsNothingButIdenticalCiphertext) {
  const auto key = KeyOf(9);
  const Place place = SlotPlace();
  const auto sealed = [&](ByteView content) { return SealWithSalt(key, place, SaltOf(key, place, content), content); };
  EXPECT_EQ(sealed(AsBytes("positive")), sealed(AsBytes("positive")));
  EXPECT_NE(SaltOf(key, place, AsBytes("positive")), SaltOf(key, place, AsBytes("negative")));
  EXPECT_NE(SaltOf(key, place, AsBytes("")), SaltOf(key, place, Bytes(1)));
  EXPECT_NE(SaltOf(KeyOf(8), place, AsBytes("positive")), SaltOf(key, place, AsBytes("positive")));
  Place other = place;
  other.context[5] ^= 1;
  EXPECT_NE(SaltOf(key, other, AsBytes("positive")), SaltOf(key, place, AsBytes("positive")));
}

TEST(Seal, SameContentIsSealedUnderAnotherSaltEachTime) {
  std::set<std::string> salts;
  for (int i = 0; i < 1000; ++i) {
    const auto parsed = format::ParseSealed(Seal(KeyOf(9), SlotPlace(), AsBytes("same")));
    ASSERT_TRUE(parsed.ok());
    salts.insert(ToHex(parsed->salt));
  }
  EXPECT_EQ(salts.size(), 1000u);
}

}  // namespace
}  // namespace mseal::seal
