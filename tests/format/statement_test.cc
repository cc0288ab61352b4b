// The statement's layouts, against examples that were made from the format page alone.
#include "format/statement.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "crypto/sign.h"
#include "format/clean_name.h"
#include "format/key_vectors.h"

namespace mseal::format {
namespace {

using test::BytesOf;
using test::Case;
using test::ToHex;
using test::WorkedCase;

TEST(StatementFormat, EveryCaseEndsWithItsCode) { test::ExpectEveryCaseEndsWithItsCode("statement", "statement"); }

TEST(StatementFormat, PageShowsTheExample) { test::ExpectPageShows("statement"); }

TEST(StatementFormat, ExampleIsTakenApart) {
  const Case one = WorkedCase("statement");
  const Bytes bytes = BytesOf(one);
  const auto parsed = ParseStatement(bytes);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(ToHex(parsed->statement.store), one.Text("store"));
  EXPECT_EQ(parsed->statement.number, one.Number("number"));
  EXPECT_EQ(ToHex(parsed->statement.previous), one.Text("previous"));
  EXPECT_EQ(parsed->statement.type, one.Number("type"));
  EXPECT_EQ(parsed->statement.signer, one.Number("signer"));
  EXPECT_EQ(ToHex(parsed->statement.body), one.Text("body"));
  EXPECT_EQ(ToHex(parsed->covered), one.Text("covered"));
  EXPECT_EQ(ToHex(parsed->signature), one.Text("signature"));
}

TEST(StatementFormat, BodyOfTheExampleIsTakenApart) {
  const Case one = WorkedCase("statement");
  const Bytes bytes = one.Hex("body");
  const auto parsed = ParseStatementBody(2, bytes);
  ASSERT_TRUE(parsed.ok());
  const auto& person = std::get<PersonBody>(*parsed);
  EXPECT_EQ(person.number, one.Number("person"));
  EXPECT_EQ(person.kind, one.Number("kind"));
  EXPECT_EQ(ToHex(AsBytes(person.name)), one.Text("person_name"));
  EXPECT_EQ(ToHex(person.verify_key), one.Text("verify_key"));
  EXPECT_EQ(ToHex(person.public_key), one.Text("public_key"));
}

TEST(StatementFormat, SignatureOfTheExampleAgrees) {
  const Case one = WorkedCase("statement");
  Bytes message(AsBytes("medseal.v1.statement").begin(), AsBytes("medseal.v1.statement").end());
  const Bytes covered = one.Hex("covered");
  message.insert(message.end(), covered.begin(), covered.end());
  EXPECT_TRUE(crypto::Verify(one.Fixed<32>("founder_key"), message, one.Hex("signature")));
}

TEST(StatementFormat, BodyOfOneTypeIsNoBodyOfAnother) {
  const StatementBody bodies[] = {FoundingBody{1, {1, 1, "a", {}, {}}},
                                  PersonBody{1, 1, "a", {}, {}},
                                  ClassBody{1, true, "a"},
                                  ClassKeyBody{1, 1, 0, {}, {}},
                                  GrantBody{1, 1},
                                  SchemaBody{1, {}},
                                  RevokeBody{1, 1},
                                  PersonKeysBody{1, {}, {}},
                                  CustodiansBody{1, 2, {}, {{}, {}}},
                                  SuiteBody{2},
                                  RoleBody{1, 7, 2, "a"},
                                  RoleGivenBody{1, 1, true},
                                  PersonStateBody{1, PersonStateKind::kRenamed, "a"},
                                  PolicyBody{"a", 1}};
  for (const StatementBody& body : bodies) {
    const Bytes bytes = EncodeStatementBody(body);
    for (std::uint8_t type = 1; type <= 14; ++type) {
      // A grant and its revocation say the same two things: the type, which is signed, tells them apart.
      const bool twins = (type == 5 || type == 7) && (body.index() == 4 || body.index() == 6);
      const bool own = twins || type == static_cast<std::uint8_t>(TypeOf(body));
      EXPECT_EQ(ParseStatementBody(type, bytes).ok(), own) << body.index() << " as " << int{type};
    }
  }
}

TEST(StatementFormat, EveryBodyCutAtAnyLengthIsCorrupt) {
  for (const Case& one : test::LoadCases("format/statement.json", "cases")) {
    if (one.Text("code") != "Ok") continue;
    const Bytes bytes = BytesOf(one);
    const auto parsed = ParseStatement(bytes);
    ASSERT_TRUE(parsed.ok());
    for (std::size_t size = 0; size < parsed->statement.body.size(); ++size) {
      EXPECT_EQ(ParseStatementBody(parsed->statement.type, parsed->statement.body.first(size)).code(),
                StatusCode::kCorrupt)
          << one.Text("name") << " " << size;
    }
  }
}

TEST(CleanName, EveryNameIsTakenOrRefusedAsTheFileSays) {
  test::Tally tally{.file = "format/clean_name.json"};
  for (const Case& one : test::LoadCases(tally.file, "cases")) {
    const bool clean = one.Text("clean") == "true";
    EXPECT_EQ(IsCleanName(one.Hex("bytes")), clean) << one.Text("bytes");
    ++(clean ? tally.valid : tally.invalid);
  }
  test::Record(tally);
}

TEST(CleanName, EveryCharacterIsJudgedAsOneOfThePagesRanges) {
  const auto refused = [](std::uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
  };
  for (std::uint32_t c = 1; c <= 0x10ffff; ++c) {
    if (c >= 0xd800 && c <= 0xdfff) continue;  // no characters
    Bytes name = {'a'};
    if (c < 0x80) name.push_back(static_cast<std::uint8_t>(c));
    if (c >= 0x80 && c < 0x800) name.push_back(static_cast<std::uint8_t>(0xc0 | c >> 6));
    if (c >= 0x800 && c < 0x10000) name.push_back(static_cast<std::uint8_t>(0xe0 | c >> 12));
    if (c >= 0x10000) name.push_back(static_cast<std::uint8_t>(0xf0 | c >> 18));
    if (c >= 0x10000) name.push_back(static_cast<std::uint8_t>(0x80 | (c >> 12 & 0x3f)));
    if (c >= 0x800) name.push_back(static_cast<std::uint8_t>(0x80 | (c >> 6 & 0x3f)));
    if (c >= 0x80) name.push_back(static_cast<std::uint8_t>(0x80 | (c & 0x3f)));
    name.push_back('a');
    ASSERT_EQ(IsCleanName(name), !refused(c)) << std::hex << c;
  }
}

}  // namespace
}  // namespace mseal::format
