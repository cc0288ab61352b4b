// The JSON reader against published texts, and against simdjson's other parser as the oracle.
#include "sources/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include "reading.h"
#include "sources/base64.h"

namespace mseal::sources {
namespace {

// A text with the padding that the parser asks for, filled with what would go on with the text if it were read.
class Padded {
 public:
  explicit Padded(std::string_view text) : size_(text.size()), bytes_(text) { bytes_.append(kJsonPadding, ']'); }
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::size_t size_;
  std::string bytes_;
};

StatusCode CodeOfParsing(std::string_view text) {
  JsonParser parser;
  return parser.Parse(Padded(text).view()).code();
}

bool OracleAccepts(std::string_view text) {
  simdjson::dom::parser parser;
  return parser.parse(simdjson::padded_string(text)).error() == simdjson::SUCCESS;
}

TEST(Json, TheJsonTestSuiteIsAcceptedAndRefusedAsItSays) {
  const auto names = Strings("json/jsontestsuite.json", "name"), texts = Strings("json/jsontestsuite.json", "base64");
  ASSERT_EQ(names.size(), 172u);
  int accepted = 0, refused = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto text = DecodeBase64(texts[i]);
    ASSERT_TRUE(text.ok());
    const StatusCode code = CodeOfParsing(AsText(text->Reveal()));
    const bool is_key_twice = names[i].starts_with("y_object_duplicated_key");
    if (names[i][0] == 'n') {
      EXPECT_NE(code, StatusCode::kOk) << names[i];
    }
    if (names[i][0] == 'y' && !is_key_twice) {
      EXPECT_TRUE(code == StatusCode::kOk || code == StatusCode::kInvalidArgument) << names[i];
    }
    if (is_key_twice) {
      EXPECT_EQ(code, StatusCode::kCorrupt) << names[i];
    }
    ++(code == StatusCode::kOk ? accepted : refused);
  }
  std::printf("vectors: json/jsontestsuite.json: 172 texts, %d accepted, %d refused\n", accepted, refused);
}

// simdjson's on-demand parser looks at a value only when asked: nothing may slip through because nobody asked.
TEST(Json, AgreesWithTheStrictParserWhateverByteIsChanged) {
  const std::string good = R"({"k":[1,-2.5e3,true,null,"x\u00e9\n"],"l":{"m":"é","o":[]},"p":0.1})";
  ASSERT_TRUE(OracleAccepts(good));
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char c : std::string("\"{}[],:\\ tn0-.eE+\0\xff\x80\xc3", 21)) {
      std::string changed = good;
      changed[at] = c;
      EXPECT_EQ(CodeOfParsing(changed) == StatusCode::kOk, OracleAccepts(changed)) << at << " " << changed;
    }
    EXPECT_EQ(CodeOfParsing(good.substr(0, at)) == StatusCode::kOk, false) << at;
  }
}

TEST(Json, WhatStandsBehindTheTextIsNotRead) {
  EXPECT_EQ(CodeOfParsing("[1"), StatusCode::kCorrupt);
  EXPECT_EQ(CodeOfParsing("[1]x"), StatusCode::kCorrupt);
  EXPECT_EQ(CodeOfParsing("[1] "), StatusCode::kOk);
  EXPECT_EQ(CodeOfParsing(R"(["a)"), StatusCode::kCorrupt);
  EXPECT_EQ(CodeOfParsing(""), StatusCode::kCorrupt);
}

TEST(Json, KeyTwiceIsRefusedHoweverItIsWritten) {
  EXPECT_EQ(CodeOfParsing(R"({"subject":1,"x":2,"subject":3})"), StatusCode::kCorrupt);
  EXPECT_EQ(CodeOfParsing(R"({"subject":1,"subj\u0065ct":3})"), StatusCode::kCorrupt);
  EXPECT_EQ(CodeOfParsing(R"({"a":{"b":1},"b":{"b":1}})"), StatusCode::kOk);
  EXPECT_EQ(CodeOfParsing(R"([{"a":{"k":1,"l":{"m":1},"k":2}}])"), StatusCode::kCorrupt);
  std::string many = "{";
  for (int i = 0; i < 100; ++i) many += "\"k" + std::to_string(i) + "\":0,";
  EXPECT_EQ(CodeOfParsing(many + "\"k100\":0}"), StatusCode::kOk);
  EXPECT_EQ(CodeOfParsing(many + "\"k42\":0}"), StatusCode::kCorrupt);
}

TEST(Json, DepthEndsAtTheLimit) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(CodeOfParsing(nested(kMaxJsonDepth)), StatusCode::kOk);
  EXPECT_EQ(CodeOfParsing(nested(kMaxJsonDepth + 1)), StatusCode::kResourceExhausted);
  EXPECT_EQ(CodeOfParsing(nested(100000)), StatusCode::kResourceExhausted);
  EXPECT_NE(CodeOfParsing(std::string(100000, '[')), StatusCode::kOk);
  std::string objects;
  for (int i = 0; i < 5000; ++i) objects += R"({"a":)";
  EXPECT_NE(CodeOfParsing(objects), StatusCode::kOk);
}

TEST(Json, ManySmallValuesCannotFillTheMemory) {
  const auto list = [](std::size_t size) {
    std::string text = "[0";
    for (std::size_t i = 1; i < size; ++i) text += ",0";
    return text + "]";
  };
  EXPECT_EQ(CodeOfParsing(list(kJsonValuesInAnyText)), StatusCode::kOk);
  EXPECT_EQ(CodeOfParsing(list(2 * kJsonValuesInAnyText)), StatusCode::kResourceExhausted);
}

TEST(Json, NumbersThatNoTypeHoldsAreRefused) {
  for (const char* number :
       {"1e999", "123456789012345678901234567890", "-1e400", "01", "1.", ".5", "+1", "0x10", "NaN"}) {
    EXPECT_EQ(CodeOfParsing("[" + std::string(number) + "]"), StatusCode::kCorrupt) << number;
  }
}

TEST(Json, BytesThatAreNotUtf8AreRefused) {
  for (const char* bytes : {"\xff", "\xc3", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80", "\xc0\xaf"}) {
    EXPECT_EQ(CodeOfParsing("[\"" + std::string(bytes) + "\"]"), StatusCode::kCorrupt);
  }
  EXPECT_EQ(CodeOfParsing(R"(["\ud800"])"), StatusCode::kCorrupt);
}

TEST(Json, ValuesKeepTheirLettersAndTheirBytes) {
  const Padded text(R"( {"n": 1.50 ,"k\u0065y": "a\"b\u00e9" ,"o": { "x" : [ 1 , 2 ] } , "t":true,"z":null} )");
  JsonParser parser;
  const auto root = parser.Parse(text.view());
  ASSERT_TRUE(root.ok());
  EXPECT_EQ((*root)["n"].text(), "1.50");
  EXPECT_EQ((*root)["key"].text(), "a\"bé");
  EXPECT_EQ((*root)["key"].raw(), R"("a\"b\u00e9")");
  EXPECT_EQ((*root)["o"].raw(), R"({ "x" : [ 1 , 2 ] })");
  EXPECT_EQ((*root)["o"]["x"].raw(), "[ 1 , 2 ]");
  EXPECT_EQ((*root)["o"]["x"].First().text(), "1");
  EXPECT_EQ((*root)["t"].text(), "true");
  EXPECT_EQ((*root)["z"].kind(), JsonKind::kNull);
  EXPECT_EQ(root->raw(), text.view().substr(1, text.view().size() - 2));
}

TEST(Json, WhatIsNotThereReadsAsAbsent) {
  const Padded text(R"({"a":[],"b":"x"})");
  JsonParser parser;
  const auto root = parser.Parse(text.view());
  ASSERT_TRUE(root.ok());
  EXPECT_FALSE((*root)["none"]["deeper"].First().exists());
  EXPECT_FALSE((*root)["a"].First().exists());
  EXPECT_EQ((*root)["b"]["c"].text(), "");
  for (const Json none : (*root)["b"]) ADD_FAILURE() << none.raw();
}

TEST(Json, FailureSaysWhereItStood) {
  const Padded text("{\"a\":1,\n\"b\":[1,2,\nx]}");
  JsonParser parser;
  ASSERT_FALSE(parser.Parse(text.view()).ok());
  EXPECT_GE(parser.failed_at(), text.view().find("2"));
}

}  // namespace
}  // namespace mseal::sources
