// The credential's layouts, against examples that were made from the format page alone.
#include "format/credential.h"

#include <gtest/gtest.h>

#include "crypto/password.h"
#include "format/key_vectors.h"
#include "format/page.h"
#include "format/token.h"
#include "seal/seal.h"

namespace mseal::format {
namespace {

using test::BytesOf;
using test::Case;
using test::ToHex;
using test::WorkedCase;

TEST(CredentialFormat, EveryCaseEndsWithItsCode) {
  test::ExpectEveryCaseEndsWithItsCode("credential", "credential");
  test::ExpectEveryCaseEndsWithItsCode("credential_content", "credential content");
  test::ExpectEveryCaseEndsWithItsCode("credential_of_key_file", "credential");
  test::ExpectEveryCaseEndsWithItsCode("credential_of_token", "credential");
  test::ExpectEveryCaseEndsWithItsCode("credential_tag", "credential tag");
  test::ExpectEveryCaseEndsWithItsCode("password_tag", "credential tag");
  test::ExpectEveryCaseEndsWithItsCode("password_salt", "password salt");
}

TEST(CredentialFormat, PageShowsTheExamples) {
  for (const char* file : {"credential", "credential_content", "credential_of_key_file", "credential_of_token", "credential_tag",
                           "password_tag", "password_salt"})
    test::ExpectPageShows(file);
}

TEST(CredentialFormat, ExampleIsTakenApart) {
  const Case one = WorkedCase("credential");
  const Bytes bytes = BytesOf(one);
  const auto credential = ParseCredential(bytes);
  ASSERT_TRUE(credential.ok());
  EXPECT_EQ(credential->memory_kib, one.Number("memory_kib"));
  EXPECT_EQ(credential->passes, one.Number("passes"));
  EXPECT_EQ(ToHex(credential->salt), one.Text("salt"));
  EXPECT_EQ(ToHex(credential->sealed), one.Text("sealed"));
}

TEST(CredentialFormat, ExampleOfATokenIsTakenApartAndOpens) {
  const Case one = WorkedCase("credential_of_token");
  const Bytes bytes = BytesOf(one);
  const auto credential = ParseCredential(bytes);
  ASSERT_TRUE(credential.ok());
  EXPECT_EQ(ToHex(credential->token_key), one.Text("token_key"));
  EXPECT_EQ(ToHex(credential->nonce), one.Text("nonce"));
  EXPECT_EQ(ToHex(credential->wrapped), one.Text("wrapped"));
  EXPECT_EQ(ToHex(credential->sealed), one.Text("sealed"));
  const PersonKeyId id{one.Fixed<16>("store"), credential->token_key};
  EXPECT_EQ(ToHex(PersonTokenAssociatedData(id, static_cast<std::uint32_t>(one.Number("person")))),
            one.Text("associated"));
  EXPECT_EQ(ToHex(test::PageExample("person_token_associated")), one.Text("associated"));
}

TEST(CredentialFormat, ExampleOpensUnderItsPassword) {
  const Case one = WorkedCase("credential");
  const auto key = crypto::KeyFromPassword(
      one.Hex("password"), one.Fixed<16>("salt"),
      {static_cast<std::uint32_t>(one.Number("memory_kib")), static_cast<std::uint32_t>(one.Number("passes"))});
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(ToHex(key->Reveal()), one.Text("key"));
  Context context(ContextKind::kCredential);
  context.Add(ContextItem::kStore, one.Hex("store")).AddNumber(ContextItem::kPerson, one.Number("person"));
  const seal::Place place{Purpose::kCredential, seal::Suite::kChaCha20Poly1305, seal::DigestOf(context)};
  const auto content = seal::Open(key->Reveal(), place, one.Hex("sealed"));
  ASSERT_TRUE(content.ok());
  EXPECT_EQ(ToHex(content->Reveal()), one.Text("content"));
}

TEST(CredentialFormat, TagOfTheExampleIsTakenApart) {
  const Case one = WorkedCase("credential_tag");
  EXPECT_EQ(ToHex(ParseCredentialTag(BytesOf(one))->tag), one.Text("tag"));
}

TEST(CredentialFormat, ContentOfTheExampleIsTakenApart) {
  const Case one = WorkedCase("credential_content");
  const Bytes bytes = BytesOf(one);
  const auto content = ParseCredentialContent(bytes);
  ASSERT_TRUE(content.ok());
  EXPECT_EQ(ToHex(content->private_key), one.Text("private_key"));
  EXPECT_EQ(ToHex(content->seed), one.Text("seed"));
  EXPECT_EQ(ToHex(content->founder_key), one.Text("founder_key"));
  EXPECT_EQ(ToHex(content->past), one.Text("past"));
}

}  // namespace
}  // namespace mseal::format
