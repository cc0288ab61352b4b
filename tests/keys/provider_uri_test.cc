// What a provider's URI means, and that both kinds are made, opened and removed by it.
#include "keys/provider_uri.h"

#include <gmock/gmock.h>

#include "token_support.h"

namespace mseal::keys {
namespace {

using testing::HasSubstr;

class ProviderUriTest : public TokenTest {
 protected:
  Result<std::unique_ptr<KeyProvider>> CreateAt(const std::string& uri, const KeyringSecret& secret) {
    return CreateProvider(uri, secret, kStore, crypto::Suite::kChaCha20Poly1305, kEpoch, first_,
                          {.cost = crypto::kArgon2Floor});
  }
  std::string path() const { return (folder_.path() / "keyring").string(); }
  static std::string TokenAt(const std::string& object) {
    return "pkcs11:token=medseal;object=" + object + "?module-path=" MEDSEAL_SOFTHSM;
  }

  store::TempFolder folder_;
};

TEST_F(ProviderUriTest, PathsAndFileUrisAreFiles) {
  const std::pair<const char*, const char*> files[] = {
      {"keyring", "keyring"},      {"/keys/ring", "/keys/ring"}, {"./a:b", "./a:b"},
      {"keys/a:b", "keys/a:b"},    {"file:keyring", "keyring"},  {"file:/keys", "/keys"},
      {"file:///keys", "///keys"}, {"file:a%20b", "a%20b"},      {"file:pkcs11:token=x", "pkcs11:token=x"}};
  for (const auto& [uri, file] : files) {
    const auto place = ParseProviderUri(uri);
    ASSERT_TRUE(place.ok()) << uri;
    EXPECT_EQ(place->file, file);
    EXPECT_FALSE(place->token.has_value());
  }
}

TEST_F(ProviderUriTest, TokenUrisNameTokenObjectAndModule) {
  const auto place = ParseProviderUri("pkcs11:object=a%20clinic;token=My%20HSM?module-path=/usr/lib/x.so");
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(place->file, "");
  ASSERT_TRUE(place->token.has_value());
  EXPECT_EQ(place->token->object(), "a clinic");
  EXPECT_EQ(place->token->module_path(), "/usr/lib/x.so");
  EXPECT_EQ(ParseProviderUri("pkcs11:token=t;object=o")->token->module_path(), "");
  EXPECT_TRUE(ParseProviderUri("pkcs11:token=t;serial=1;manufacturer=m;model=x;object=o").ok());
}

TEST_F(ProviderUriTest, WhatIsNeitherIsRefused) {
  for (const std::string& uri : {std::string(),
                                 std::string("file:"),
                                 std::string("file://host/keyring"),
                                 std::string("//host/keyring"),
                                 std::string("vault:x"),
                                 std::string("PKCS11:token=t;object=o"),
                                 std::string(":x"),
                                 std::string("a:b"),
                                 std::string("pkcs11:"),
                                 std::string("pkcs11:token=t"),
                                 std::string("pkcs11:object=o"),
                                 std::string("pkcs11:serial=1;object=o"),
                                 std::string("pkcs11:token=t;object="),
                                 std::string("pkcs11:token=;object=o"),
                                 std::string("pkcs11:token=t;object=%zz"),
                                 std::string("pkcs11:token=t;object=o;type=data"),
                                 std::string("pkcs11:token=t;object=o;id=%01"),
                                 std::string("pkcs11:token=t;object=o;x-y=z"),
                                 std::string("pkcs11:token=t;object=o?module-name=x"),
                                 std::string("pkcs11:token=t;object=o?module-path=x.so"),
                                 std::string("pkcs11:token=t;object=o?x=y"),
                                 std::string("pkcs11:token=t;object=o;library-manufacturer=x"),
                                 std::string("pkcs11:token=t;object=o;slot-id=1"),
                                 "pkcs11:token=t;object=" + std::string(129, 'o')}) {
    EXPECT_EQ(ParseProviderUri(uri).code(), StatusCode::kInvalidArgument) << uri;
    EXPECT_EQ(OpenProvider(uri, Pin()).code(), StatusCode::kInvalidArgument) << uri;
    EXPECT_EQ(CreateAt(uri, Pin()).code(), StatusCode::kInvalidArgument) << uri;
    EXPECT_EQ(RemoveProvider(uri, Pin(), {}).code(), StatusCode::kInvalidArgument) << uri;
  }
}

TEST_F(ProviderUriTest, APinInTheUriIsRefusedAndNotRepeated) {
  for (const char* uri : {"pkcs11:token=t;object=o?pin-value=8642", "pkcs11:token=t;object=o?pin-source=file:/8642"}) {
    const Status refused = ParseProviderUri(uri).status();
    EXPECT_EQ(refused.code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(refused.message(), HasSubstr("PIN"));
    EXPECT_THAT(refused.message(), testing::Not(HasSubstr("8642")));
  }
}

TEST_F(ProviderUriTest, BothKindsAreMadeOpenedAndRemoved) {
  for (const std::string& uri : {path(), "file:" + path() + "2", TokenAt("clinic")}) {
    const auto instance = Sure(CreateAt(uri, Pin()))->instance();
    EXPECT_EQ(CreateAt(uri, Pin()).code(), StatusCode::kAlreadyExists) << uri;
    EXPECT_EQ(OpenProvider(uri, Pin("4321")).code(), StatusCode::kWrongSecret) << uri;
    EXPECT_TRUE(Holds(*Sure(OpenProvider(uri, Pin())), kEpoch, first_)) << uri;
    EXPECT_EQ(RemoveProvider(uri, Pin(), {}).code(), StatusCode::kInvalidArgument) << uri;
    EXPECT_TRUE(RemoveProvider(uri, Pin(), instance).ok()) << uri;
    EXPECT_EQ(RemoveProvider(uri, Pin(), instance).code(), StatusCode::kNotFound) << uri;
    EXPECT_EQ(OpenProvider(uri, Pin()).code(), StatusCode::kNotFound) << uri;
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(ProviderUriTest, RemovedKeyringFileIsOverwrittenFirst) {
  const auto instance = Sure(CreateAt(path(), KeyFile(1)))->instance();
  std::filesystem::create_hard_link(path(), path() + ".link");
  ASSERT_TRUE(RemoveProvider(path(), KeyFile(1), instance).ok());
  const Bytes left = ReadFile(path() + ".link");
  ASSERT_EQ(left.size(), format::kKeyringSize);
  EXPECT_TRUE(
      std::all_of(left.begin() + format::kKeyringPage, left.end(), [](std::uint8_t byte) { return byte == 0; }));
}

// SoftHSM's package makes it known to p11-kit.
TEST_F(ProviderUriTest, WithoutAModuleTheTokenIsLookedForAmongThoseThatTheMachineKnows) {
  const std::string uri = "pkcs11:token=medseal;object=clinic";
  Sure(CreateAt(uri, Pin()));
  EXPECT_TRUE(Holds(*Sure(OpenProvider(uri, Pin())), kEpoch, first_));
  EXPECT_TRUE(Holds(*Sure(OpenProvider(TokenAt("clinic"), Pin())), kEpoch, first_));
  EXPECT_EQ(OpenProvider("pkcs11:token=nowhere;object=clinic", Pin()).code(), StatusCode::kKeyUnavailable);
}

}  // namespace
}  // namespace mseal::keys
