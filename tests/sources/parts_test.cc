// The small parts: base64, encodings, lines, messages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reading.h"
#include "sources/attachment.h"
#include "sources/base64.h"
#include "sources/line_reader.h"
#include "sources/message.h"

namespace mseal::sources {
namespace {

using testing::ElementsAre;

std::string Decoded(std::string_view text) {
  const auto bytes = DecodeBase64(text);
  return bytes.ok() ? std::string(AsText(bytes->Reveal())) : "(" + std::string(CodeName(bytes.code())) + ")";
}

TEST(Base64, KnownAnswers) {
  const std::pair<const char*, const char*> kAnswers[] = {{"", ""},
                                                          {"Zg==", "f"},
                                                          {"Zm8=", "fo"},
                                                          {"Zm9v", "foo"},
                                                          {"Zm9vYg==", "foob"},
                                                          {"Zm9vYmE=", "fooba"},
                                                          {"Zm9vYmFy", "foobar"}};
  for (const auto& [text, bytes] : kAnswers) EXPECT_EQ(Decoded(text), bytes);
}

TEST(Base64, LineEndsAndMissingPaddingAreTaken) {
  EXPECT_EQ(Decoded("Zm9v\r\nYmFy \n"), "foobar");
  EXPECT_EQ(Decoded("Zm9vYg"), "foob");
}

TEST(Base64, WhatIsNoBase64IsRefused) {
  for (const char* text : {"Z", "Zm9vY", "Zm9v!", "Zm9=v", "Zg=", "Zg===", "=", "Zm-_", "Zh==", "Zm9="}) {
    EXPECT_EQ(Decoded(text), "(Corrupt)") << text;
  }
}

std::string Utf8(std::string_view text, Charset charset) {
  const auto converted = ToUtf8(text, charset);
  return converted.ok() ? std::string(AsText(converted->Reveal())) : std::string(CodeName(converted.code()));
}

TEST(Charset, LatinTextsBecomeUtf8) {
  EXPECT_EQ(Utf8("\xe9t\xe9 \xa4", Charset::kLatin1), "été ¤");
  EXPECT_EQ(Utf8("\xbduvre 5 \xa4", Charset::kLatin9), "œuvre 5 €");
  EXPECT_EQ(Utf8("été", Charset::kUtf8), "été");
  EXPECT_EQ(Utf8("\xe9t\xe9", Charset::kUtf8), "Corrupt");
}

std::string Attached(std::string_view media_type, std::string_view base64) {
  const auto text = TextOfAttachment(media_type, base64);
  return text.ok() ? std::string(AsText(text->Reveal())) : std::string(CodeName(text.code()));
}

TEST(Attachment, TextIsDecodedAsItsMediaTypeSays) {
  EXPECT_EQ(Attached("text/plain; charset=utf-8", "w6k="), "é");
  EXPECT_EQ(Attached("Text/HTML;x=1; Charset=\"ISO-8859-1\"", "6Q=="), "é");
  EXPECT_EQ(Attached("text/plain", "6Q=="), "Corrupt");
  EXPECT_EQ(Attached("text/plain;charset=shift_jis", "6Q=="), "Unsupported");
  EXPECT_EQ(Attached("application/pdf", "6Q=="), "");
  EXPECT_EQ(Attached("application/pdf", "!"), "Corrupt");
}

std::vector<std::string> LinesOf(std::string_view text, LineEnds ends, std::size_t limit = 1 << 20) {
  const TemporaryFile file(text);
  auto reader = LineReader::Open(file.path(), ends, limit);
  std::vector<std::string> lines;
  std::string all;
  for (Line line; *reader->Next(line);) {
    lines.push_back(line.too_long ? "(too long)" : std::string(line.text));
    all += line.whole;
    EXPECT_EQ(line.number, lines.size());
  }
  if (limit == 1 << 20) {
    EXPECT_EQ(all, text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text);
  }
  return lines;
}

TEST(LineReader, EveryKindOfLineEndPartsLines) {
  EXPECT_THAT(LinesOf("a\nb\r\nc\n", LineEnds::kLf), ElementsAre("a", "b", "c"));
  EXPECT_THAT(LinesOf("a\rb\r\nc\n\nd", LineEnds::kAny), ElementsAre("a", "b", "c", "", "d"));
  EXPECT_THAT(LinesOf("a\rb", LineEnds::kLf), ElementsAre("a\rb"));
  EXPECT_THAT(LinesOf("a\r", LineEnds::kAny), ElementsAre("a"));
  EXPECT_THAT(LinesOf("", LineEnds::kAny), ElementsAre());
  EXPECT_THAT(LinesOf("\n", LineEnds::kLf), ElementsAre(""));
}

TEST(LineReader, ByteOrderMarkIsTakenOffOnceAtTheStart) {
  EXPECT_THAT(LinesOf("\xEF\xBB\xBF"
                      "a\nb",
                      LineEnds::kLf),
              ElementsAre("a", "b"));
  EXPECT_THAT(LinesOf("\xEF\xBB", LineEnds::kLf), ElementsAre("\xEF\xBB"));
  EXPECT_THAT(LinesOf("\xEF\xBB\xBF", LineEnds::kLf), ElementsAre());
}

// Line ends fall on every place of the window over the file.
TEST(LineReader, LinesAcrossTheEdgesOfItsWindowStayWhole) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    std::string text;
    std::vector<std::string> expected;
    for (std::size_t size = 0; text.size() < 2'000'000; size = (size * 7 + 13) % 9973) {
      expected.push_back(std::string(size, 'x'));
      text += expected.back() + end;
    }
    EXPECT_EQ(LinesOf(text, LineEnds::kAny), expected);
  }
}

TEST(LineReader, LineBeyondTheLimitIsPassedOverAndTheRestGoesOn) {
  const std::string longer(3'000'000, 'x'), equal(100, 'y');
  EXPECT_THAT(LinesOf(longer + "\r\nb\n" + equal + "\n" + equal + "y\nc", LineEnds::kAny, 100),
              ElementsAre("(too long)", "b", equal, "(too long)", "c"));
  EXPECT_THAT(LinesOf("a\n" + longer, LineEnds::kLf, 100), ElementsAre("a", "(too long)"));
}

TEST(LineReader, WholeFilesEndAtTheLimit) {
  const TemporaryFile file("0123456789");
  EXPECT_EQ(*LineReader::Open(file.path(), LineEnds::kLf, 10)->Rest(), "0123456789");
  EXPECT_EQ(LineReader::Open(file.path(), LineEnds::kLf, 9)->Rest().code(), StatusCode::kResourceExhausted);
}

TEST(LineReader, FilesThatCannotBeReadSayWhy) {
  EXPECT_EQ(LineReader::Open("/nonexistent/file", LineEnds::kLf, 10).code(), StatusCode::kNotFound);
  EXPECT_EQ(LineReader::Open("/", LineEnds::kLf, 10).code(), StatusCode::kIoError);
}

// A type with a repeated text (1), a single text (2), bytes (3) and a message (4).
schema::TypePlan SmallType() {
  using schema::FieldPlan, schema::ValueKind;
  schema::TypePlan type;
  type.fields.resize(4);
  const std::pair<const char*, ValueKind> kFields[] = {{"phone", ValueKind::kText},
                                                       {"name", ValueKind::kText},
                                                       {"source", ValueKind::kBytes},
                                                       {"result", ValueKind::kMessage}};
  for (std::uint32_t i = 0; i < 4; ++i) {
    type.fields[i].number = i + 1;
    type.fields[i].name = kFields[i].first;
    type.fields[i].kind = kFields[i].second;
  }
  type.fields[0].repeated = true;
  return type;
}

TEST(Message, FieldsAreWrittenByName) {
  const schema::TypePlan type = SmallType();
  Message message(type);
  message.Text("phone", "1").Text("phone", "2").Text("name", "n").Source(std::string_view("\0x", 2));
  message.Nested("result", Wire().Text(2, "v"));
  EXPECT_EQ(TextOf(message.Take()), std::string("\x0a\x01"
                                                "1"
                                                "\x0a\x01"
                                                "2"
                                                "\x12\x01"
                                                "n"
                                                "\x1a\x02\0x"
                                                "\x22\x03\x12\x01v",
                                                18));
}

TEST(Message, WhatTheSchemaHasNoPlaceForIsLeftOut) {
  const schema::TypePlan type = SmallType();
  Message message(type);
  message.Text("ssn", "1").Text("result", "2").Text("source", "3").Nested("name", Wire().Text(2, "v"));
  EXPECT_TRUE(message.Reveal().empty());
}

TEST(Message, SingleFieldKeepsItsFirstValueAndEmptyOnesDoNotCount) {
  const schema::TypePlan type = SmallType();
  Message message(type);
  message.Text("name", "").Text("name", "a").Text("name", "b");
  EXPECT_EQ(TextOf(message.Take()),
            "\x12\x01"
            "a");
}

TEST(Message, LongLengthsAreWrittenInFull) {
  const schema::TypePlan type = SmallType();
  Message message(type);
  message.Text("name", std::string(300, 'x'));
  EXPECT_TRUE(TextOf(message.Reveal().size() > 3 ? SecretBytes::CopyOf(message.Reveal().first(3)) : SecretBytes()) ==
              "\x12\xac\x02");
}

}  // namespace
}  // namespace mseal::sources
