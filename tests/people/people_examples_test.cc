// What was made from the format page alone, without the code here, is believed and opened.
#include <gtest/gtest.h>

#include "people/new_secret.h"
#include "people_support.h"
#include "support/vectors.h"

namespace mseal::people {
namespace {

test::Case Worked(const std::string& file) { return test::LoadCases("format/" + file + ".json", "cases").front(); }

TEST(PeopleExamples, ChainIsBelievedAndSaysWhatItShould) {
  const test::Case one = Worked("statement_chain");
  const auto chain = Chain::Verify(one.Fixed<16>("store"), one.HexList("statements"));
  ASSERT_TRUE(chain.ok()) << chain.status().message();
  EXPECT_EQ(test::ToHex(chain->founder_key()), one.Text("founder_key"));
  EXPECT_EQ(chain->newest_number(), 14u);
  EXPECT_EQ(chain->founding_suite(), crypto::Suite::kChaCha20Poly1305);
  EXPECT_EQ(chain->suites().newest(), crypto::Suite::kAes256Gcm);
  EXPECT_EQ(chain->policy("login_attempts"), 5u);
  EXPECT_EQ(chain->FindPerson("Dr. B. Martin")->number, 2u);
  EXPECT_EQ(chain->FindPerson("Dr. A. Martin"), nullptr);  // the name of before
  const auto number = static_cast<ClassNumber>(one.Number("class_number"));
  EXPECT_EQ(chain->FindClass("hiv"), number);
  EXPECT_TRUE(chain->classes().at(number).no_index);
  EXPECT_FALSE(chain->DirectlyGranted(2, number));  // a statement takes the grant back
  EXPECT_TRUE(chain->Granted(2, number));           // a role gives the class again
  EXPECT_EQ(chain->OperationsOn(2, number), Operation::kRead | Operation::kWrite | Operation::kSearch);
  EXPECT_EQ(test::ToHex(*chain->SchemaDigest(1)), one.Text("schema_digest"));
  EXPECT_EQ(test::ToHex(chain->FindClassKey(number, 1)->digest), one.Text("class_key_digest"));
  EXPECT_EQ(test::ToHex(DigestOfClassKey(one.Fixed<16>("store"), number, 1, one.Fixed<32>("class_key"))),
            one.Text("class_key_digest"));
}

TEST(PeopleExamples, ChainIsSignedToTheSameBytes) {
  const test::Case one = Worked("statement_chain");
  const std::vector<Bytes> statements = one.HexList("statements");
  const auto seed = crypto::SigningSeed::CopyOf(one.Fixed<32>("founder_seed"));
  const Chain whole = *Chain::Verify(one.Fixed<16>("store"), statements);
  Chain chain;
  EXPECT_EQ(*Chain::Found(one.Fixed<16>("store"), whole.founding_suite(), *whole.FindPerson(1), seed, chain),
            statements[0]);
  const Chain before_new_keys = *Chain::Verify(one.Fixed<16>("store"), {statements[0], statements[1]});
  EXPECT_EQ(*chain.AddPerson(*before_new_keys.FindPerson(2), 1, seed), statements[1]);
  EXPECT_EQ(*chain.AddClass(3, whole.classes().at(3), 1, seed), statements[2]);
  EXPECT_EQ(*chain.AddClassKey(3, 1, *whole.FindClassKey(3, 1), 1, seed), statements[3]);
  EXPECT_EQ(*chain.AddGrant(2, 3, 1, seed), statements[4]);
  EXPECT_EQ(*chain.AddSchema(1, *whole.SchemaDigest(1), 1, seed), statements[5]);
  EXPECT_EQ(*chain.AddRevoke(2, 3, 1, seed), statements[6]);
  const Person& doctor = *whole.FindPerson(2);
  EXPECT_EQ(*chain.AddPersonKeys(2, doctor.verify_key, doctor.public_key, 1, seed), statements[7]);
  EXPECT_EQ(*chain.AddCustodians(whole.custodians(), 1, seed), statements[8]);
  EXPECT_EQ(*chain.AddSuite(whole.suites().newest(), 1, seed), statements[9]);
  EXPECT_EQ(*chain.DefineRole(*whole.FindRole("physician"), 1, seed), statements[10]);
  EXPECT_EQ(*chain.GiveRole(2, 1, 1, seed), statements[11]);
  EXPECT_EQ(*chain.Rename(2, doctor.name, 1, seed), statements[12]);
  EXPECT_EQ(*chain.AddPolicy("login_attempts", 5, 1, seed), statements[13]);
}

TEST(PeopleExamples, CredentialOpensWithItsKeyFile) {
  const test::Case one = Worked("credential_of_key_file");
  const Bytes file = one.Hex("key_file");
  const auto person = static_cast<PersonNumber>(one.Number("person"));
  const LoginSecret secret = LoginSecret::KeyFile(file);
  const auto keys = OpenCredential(one.Fixed<16>("store"), kSuite, person, one.Hex("bytes"), secret);
  ASSERT_TRUE(keys.ok()) << keys.status().message();
  EXPECT_EQ(test::ToHex(ContentOf(*keys).Reveal()) + test::ToHex(keys->past.Reveal()), one.Text("content"));
  const test::Case tag = Worked("credential_tag");
  EXPECT_EQ(test::ToHex(*TagOfKeyFile(tag.Fixed<16>("store"), file)), tag.Text("tag"));
}

TEST(PeopleExamples, PasswordHasItsTagAndItsMark) {
  const test::Case tag = Worked("password_tag"), salt = Worked("password_salt");
  const auto parsed = format::ParsePasswordSalt(salt.Hex("bytes"));
  ASSERT_TRUE(parsed.ok());
  const auto stretched = StretchForComparing(*parsed, salt.Hex("password"));
  ASSERT_TRUE(stretched.ok());
  const auto class_key = tag.Fixed<32>("class_key");
  EXPECT_EQ(test::ToHex(TagOfPassword(class_key, stretched->Reveal())), tag.Text("tag"));
  EXPECT_EQ(test::ToHex(MarkOfPassword(salt.Fixed<16>("store"), stretched->Reveal())), salt.Text("mark"));
}

TEST(PeopleExamples, CredentialOpensWithItsPassword) {
  const test::Case one = Worked("credential");
  const test::Case content = Worked("credential_content");
  const auto person = static_cast<PersonNumber>(one.Number("person"));
  const Bytes password = one.Hex("password");
  const auto keys = OpenCredential(one.Fixed<16>("store"), kSuite, person, one.Hex("bytes"), ByteView(password));
  ASSERT_TRUE(keys.ok()) << keys.status().message();
  EXPECT_EQ(test::ToHex(keys->private_key.Reveal()), content.Text("private_key"));
  EXPECT_EQ(test::ToHex(keys->seed.Reveal()), content.Text("seed"));
  EXPECT_EQ(test::ToHex(keys->founder_key), content.Text("founder_key"));
}

TEST(PeopleExamples, PersonSlotOpensWithThePrivateKey) {
  const test::Case one = Worked("person_slot");
  const auto key = OpenPersonSlot(one.Fixed<16>("store"), kSuite, static_cast<PersonNumber>(one.Number("person")),
                                  crypto::PrivateKey::CopyOf(one.Fixed<32>("private_key")),
                                  static_cast<ClassNumber>(one.Number("class_number")),
                                  static_cast<ClassKeyVersion>(one.Number("class_key_version")), one.Hex("bytes"));
  ASSERT_TRUE(key.ok()) << key.status().message();
  EXPECT_EQ(test::ToHex(key->Reveal()), one.Text("class_key"));
}

}  // namespace
}  // namespace mseal::people
