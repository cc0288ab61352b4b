// A class key sealed to a person opens for that person, in that place, and nowhere else.
#include "people/person_slot.h"

#include <gmock/gmock.h>

#include "format/person_slot.h"
#include "people_support.h"
#include "support/vectors.h"

namespace mseal::people {
namespace {

using testing::AnyOf;

class PersonSlotTest : public testing::Test {
 protected:
  PersonSlotTest() {
    class_key_.fill(0x77);
    slot_ = *SealToPerson(kStore, kSuite, doctor_.person, 3, 2, class_key_);
  }
  StatusCode Open(ByteView slot, const Someone& who) const {
    return OpenPersonSlot(kStore, kSuite, who.person.number, who.keys.private_key, 3, 2, slot).code();
  }

  Someone doctor_{2, "doctor"};
  Someone clerk_{3, "clerk"};
  ByteArray<32> class_key_;
  Bytes slot_;
};

TEST_F(PersonSlotTest, GivesThePersonTheClassKey) {
  const auto key = OpenPersonSlot(kStore, kSuite, 2, doctor_.keys.private_key, 3, 2, slot_);
  ASSERT_TRUE(key.ok());
  EXPECT_TRUE(SameBytes(key->Reveal(), class_key_));
}

TEST_F(PersonSlotTest, OpensForNobodyElse) {
  EXPECT_EQ(Open(slot_, clerk_), StatusCode::kAuthFailed);
  EXPECT_EQ(OpenPersonSlot(kStore, kSuite, 2, clerk_.keys.private_key, 3, 2, slot_).code(), StatusCode::kAuthFailed);
}

TEST_F(PersonSlotTest, MovedToAnotherPersonClassVersionStoreOrSuiteFailsAuthentication) {
  const auto& mine = doctor_.keys.private_key;
  EXPECT_EQ(OpenPersonSlot(kStore, kSuite, 3, mine, 3, 2, slot_).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(OpenPersonSlot(kStore, kSuite, 2, mine, 4, 2, slot_).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(OpenPersonSlot(kStore, kSuite, 2, mine, 3, 1, slot_).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(OpenPersonSlot(kOtherStore, kSuite, 2, mine, 3, 2, slot_).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(OpenPersonSlot(kStore, crypto::Suite::kAes256Gcm, 2, mine, 3, 2, slot_).code(), StatusCode::kAuthFailed);
}

TEST_F(PersonSlotTest, EveryFlippedBitIsRefused) {
  for (std::size_t bit = 0; bit < slot_.size() * 8; ++bit) {
    Bytes changed = slot_;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    ASSERT_THAT(Open(changed, doctor_), AnyOf(StatusCode::kAuthFailed, StatusCode::kUnsupportedVersion)) << bit;
  }
}

TEST_F(PersonSlotTest, CutOrLongerIsCorrupt) {
  for (std::size_t size = 0; size < slot_.size(); ++size) {
    ASSERT_EQ(Open(ByteView(slot_).first(size), doctor_), StatusCode::kCorrupt) << size;
  }
  slot_.push_back(0);
  EXPECT_EQ(Open(slot_, doctor_), StatusCode::kCorrupt);
}

// The points of order 1, 2, 4 and 8 on the curve and its twist, and their forms above the prime.
TEST_F(PersonSlotTest, EphemeralOfSmallOrderIsRefused) {
  const char* const points[] = {
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  };
  for (const char* hex : points) {
    Bytes changed = slot_;
    const Bytes point = test::FromHex(hex);
    std::ranges::copy(point, changed.begin() + 1);
    EXPECT_EQ(Open(changed, doctor_), StatusCode::kAuthFailed) << hex;
    Person victim = doctor_.person;
    CopyBytes(point, victim.public_key);
    EXPECT_EQ(SealToPerson(kStore, kSuite, victim, 3, 2, class_key_).code(), StatusCode::kAuthFailed) << hex;
  }
}

TEST_F(PersonSlotTest, TwoSlotsOfOneKeyShareNoByteRunButTheVersion) {
  const Bytes again = *SealToPerson(kStore, kSuite, doctor_.person, 3, 2, class_key_);
  EXPECT_EQ(again.size(), slot_.size());
  EXPECT_FALSE(SameBytes(ByteView(again).subspan(1, 32), ByteView(slot_).subspan(1, 32)));
  EXPECT_FALSE(SameBytes(ByteView(again).last(48), ByteView(slot_).last(48)));
}

// Anybody can seal to a public key: what tells a planted class key is the chain's digest of the right one.
TEST_F(PersonSlotTest, PlantedClassKeyOpensAndIsToldByItsDigest) {
  ByteArray<32> planted_key;
  planted_key.fill(0x66);
  const Bytes planted = *SealToPerson(kStore, kSuite, doctor_.person, 3, 2, planted_key);
  const auto key = OpenPersonSlot(kStore, kSuite, 2, doctor_.keys.private_key, 3, 2, planted);
  ASSERT_TRUE(key.ok());
  EXPECT_NE(DigestOfClassKey(kStore, 3, 2, key->Reveal()), DigestOfClassKey(kStore, 3, 2, class_key_));
}

}  // namespace
}  // namespace mseal::people
