// What a stored credential gives to whom.
#include "people/credential.h"

#include <gmock/gmock.h>

#include <chrono>

#include "base/writer.h"
#include "format/credential.h"
#include "people_support.h"

namespace mseal::people {
namespace {

using testing::AnyOf;

constexpr std::string_view kPassword = "a long enough password";

class CredentialTest : public testing::Test {
 protected:
  CredentialTest() {
    keys_.founder_key = {0xf0, 0xf1};
    credential_ = *SealCredential(kStore, kSuite, 7, keys_, AsBytes(kPassword), crypto::kArgon2Floor);
  }
  StatusCode Open(ByteView credential, std::string_view password = kPassword) const {
    return OpenCredential(kStore, kSuite, 7, credential, AsBytes(password)).code();
  }
  // What a changed credential may answer; no key in any case.
  static auto Refused() {
    return AnyOf(StatusCode::kWrongSecret, StatusCode::kCorrupt, StatusCode::kUnsupportedVersion);
  }

  PrivateKeys keys_ = DrawPrivateKeys();
  Bytes credential_;
};

TEST_F(CredentialTest, GivesBackWhatWasSealed) {
  const auto opened = OpenCredential(kStore, kSuite, 7, credential_, AsBytes(kPassword));
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE(SameBytes(opened->private_key.Reveal(), keys_.private_key.Reveal()));
  EXPECT_TRUE(SameBytes(opened->seed.Reveal(), keys_.seed.Reveal()));
  EXPECT_EQ(opened->founder_key, keys_.founder_key);
}

TEST_F(CredentialTest, AnotherPasswordIsAWrongSecret) {
  EXPECT_EQ(Open(credential_, "a long enough passwore"), StatusCode::kWrongSecret);
  EXPECT_EQ(Open(credential_, "a long enough password "), StatusCode::kWrongSecret);
}

TEST_F(CredentialTest, AnotherPersonsCredentialIsAWrongSecretEvenWithItsPassword) {
  EXPECT_EQ(OpenCredential(kStore, kSuite, 8, credential_, AsBytes(kPassword)).code(), StatusCode::kWrongSecret);
}

TEST_F(CredentialTest, CredentialOfAnotherStoreIsAWrongSecret) {
  EXPECT_EQ(OpenCredential(kOtherStore, kSuite, 7, credential_, AsBytes(kPassword)).code(), StatusCode::kWrongSecret);
}

TEST_F(CredentialTest, EmptyPasswordIsRefused) {
  EXPECT_EQ(SealCredential(kStore, kSuite, 7, keys_, {}, crypto::kArgon2Floor).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Open(credential_, ""), StatusCode::kInvalidArgument);
}

TEST_F(CredentialTest, CostOutOfRangeIsRefusedAtSealing) {
  EXPECT_EQ(SealCredential(kStore, kSuite, 7, keys_, AsBytes(kPassword), {1024, 1}).code(),
            StatusCode::kInvalidArgument);
}

TEST_F(CredentialTest, StoredCostOutOfRangeIsRefusedBeforeAnyWork) {
  const std::pair<std::uint32_t, std::uint32_t> costs[] = {
      {0xffffffff, 0xffffffff}, {1024 * 1024 + 1, 2}, {19 * 1024, 11}, {19 * 1024 - 1, 2}, {19 * 1024, 1}, {0, 0}};
  for (const auto& [memory_kib, passes] : costs) {
    Bytes cost;
    Writer(cost).U32(memory_kib).U32(passes);
    Bytes forged = credential_;
    std::ranges::copy(cost, forged.begin() + 1);
    EXPECT_EQ(Open(forged), StatusCode::kCorrupt) << memory_kib << " " << passes;
  }
}

// One bit of each byte before the sealed value and of every fifth in it, since each costs the password's work.
TEST_F(CredentialTest, FlippedBitGivesNoKey) {
  for (std::size_t byte = 0; byte < credential_.size(); byte += byte < 25 ? 1 : 5) {
    Bytes changed = credential_;
    changed[byte] ^= static_cast<std::uint8_t>(1 << byte % 8);
    ASSERT_THAT(Open(changed), Refused()) << byte;
  }
}

TEST_F(CredentialTest, CutOrLongerIsCorrupt) {
  for (std::size_t size = 0; size < credential_.size(); ++size) {
    ASSERT_EQ(Open(ByteView(credential_).first(size)), StatusCode::kCorrupt) << size;
  }
  credential_.push_back(0);
  EXPECT_EQ(Open(credential_), StatusCode::kCorrupt);
}

TEST_F(CredentialTest, TwoCredentialsOfOnePersonShareNothing) {
  const Bytes again = *SealCredential(kStore, kSuite, 7, keys_, AsBytes(kPassword), crypto::kArgon2Floor);
  EXPECT_FALSE(SameBytes(ByteView(again).subspan(9, 16), ByteView(credential_).subspan(9, 16)));
  EXPECT_FALSE(SameBytes(ByteView(again).subspan(25), ByteView(credential_).subspan(25)));
}

TEST_F(CredentialTest, DrawnKeysAreNeverTheSameTwice) {
  const PrivateKeys other = DrawPrivateKeys();
  EXPECT_FALSE(SameBytes(other.private_key.Reveal(), keys_.private_key.Reveal()));
  EXPECT_FALSE(SameBytes(other.seed.Reveal(), keys_.seed.Reveal()));
  EXPECT_FALSE(SameBytes(other.seed.Reveal(), other.private_key.Reveal()));
}

// ---- key files

TEST_F(CredentialTest, KeyFileOpensWhatItSealedAndNothingElse) {
  Bytes file(32, 0xc3), other(32, 0xc4);
  const LoginSecret key = LoginSecret::KeyFile(file);
  const Bytes credential = *SealCredential(kStore, kSuite, 7, keys_, key, {});
  const auto opened = OpenCredential(kStore, kSuite, 7, credential, key);
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE(SameBytes(opened->seed.Reveal(), keys_.seed.Reveal()));
  const auto code = [&](const keys::StoreId& store, PersonNumber person, const LoginSecret& secret) {
    return OpenCredential(store, kSuite, person, credential, secret).code();
  };
  EXPECT_EQ(code(kStore, 7, LoginSecret::KeyFile(other)), StatusCode::kWrongSecret);
  EXPECT_EQ(code(kStore, 8, key), StatusCode::kWrongSecret);
  EXPECT_EQ(code(kOtherStore, 7, key), StatusCode::kWrongSecret);
  EXPECT_EQ(code(kStore, 7, AsBytes(kPassword)), StatusCode::kWrongSecret);
  EXPECT_EQ(code(kStore, 7, ByteView(file)), StatusCode::kWrongSecret);  // its bytes as a password
  EXPECT_EQ(OpenCredential(kStore, kSuite, 7, credential_, key).code(), StatusCode::kWrongSecret);
}

TEST_F(CredentialTest, KeyFileThatNobodyDrewIsRefused) {
  for (const Bytes& file : {Bytes(31, 0xc3), Bytes(33, 0xc3), Bytes(), Bytes(32, 'x')}) {
    EXPECT_EQ(CheckKeyFile(file).code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(TagOfKeyFile(kStore, file).code(), StatusCode::kInvalidArgument);
    const LoginSecret key = LoginSecret::KeyFile(file);
    EXPECT_EQ(SealCredential(kStore, kSuite, 7, keys_, key, {}).code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(OpenCredential(kStore, kSuite, 7, credential_, key).code(), StatusCode::kInvalidArgument);
  }
}

// A secret of the wrong kind is no faster to refuse, or it would tell what somebody logs in with.
TEST_F(CredentialTest, PasswordForAKeyFileTakesTheTimeOfAPassword) {
  const Bytes file(32, 0xc3);
  const Bytes credential = *SealCredential(kStore, kSuite, 7, keys_, LoginSecret::KeyFile(file), {});
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(OpenCredential(kStore, kSuite, 7, credential, AsBytes(kPassword)).code(), StatusCode::kWrongSecret);
  EXPECT_GT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(10));
}

TEST_F(CredentialTest, TagsOfOneFileDifferFromStoreToStore) {
  const Bytes file(32, 0xc3), other(32, 0xc4);
  EXPECT_EQ(*TagOfKeyFile(kStore, file), *TagOfKeyFile(kStore, file));
  EXPECT_NE(*TagOfKeyFile(kStore, file), *TagOfKeyFile(kStore, other));
  EXPECT_NE(*TagOfKeyFile(kStore, file), *TagOfKeyFile(kOtherStore, file));
}

}  // namespace
}  // namespace mseal::people
