// Input that was made to break a reader, and what must not be left behind by any input.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/random.h>
#include <unistd.h>

#include "reading.h"
#include "sources/base64.h"
#include "support/memory_scan.h"

namespace mseal::sources {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Hostile, LinesOfTheJsonTestSuiteCostOnlyThemselves) {
  const std::string good = R"({"resourceType":"Basic","id":"b"})";
  for (const std::string& base64 : Strings("json/jsontestsuite.json", "base64")) {
    const auto text = DecodeBase64(base64);
    ASSERT_TRUE(text.ok());
    std::string line(AsText(text->Reveal()));
    std::erase(line, '\n');
    const Seen seen = ReadFhirText(good + "\n" + line + "\n" + good + "\n");
    EXPECT_EQ(seen.records.size(), 2u) << line;
    EXPECT_LE(seen.rejects.size(), 1u) << line;
  }
}

// A string as it stands in JSON.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", byte);
      quoted += escaped;
    } else {
      quoted += (c == '"' || c == '\\') ? std::string("\\") + c : std::string(1, c);
    }
  }
  return quoted + "\"";
}

TEST(Hostile, NaughtyStringsComeThroughFhirUnchanged) {
  const auto strings = Strings("strings/blns.json");
  ASSERT_GE(strings.size(), 500u);
  for (const std::string& text : strings) {
    const std::string line = R"({"resourceType":"Observation","id":"o","valueString":)" + Quoted(text) + "}";
    const Seen seen = ReadFhirText(line);
    ASSERT_EQ(seen.records.size(), 1u) << text;
    EXPECT_EQ(seen.records[0].At("/result/value"), text.empty() ? "(absent)" : text);
    EXPECT_EQ(seen.records[0].source, line);
  }
}

TEST(Hostile, NaughtyStringsInHl7FieldsCostAtMostTheirSegment) {
  const std::string header = "MSH|^~\\&|a|f|||1||ORU^R01|9\r", end = "\rOBX|9|NM|1^n^LN||1\r";
  for (const std::string& text : Strings("strings/blns.json")) {
    for (const std::string before :
         {"PID|||7^^^L||", "PID|||7\rOBX|1|ST|", "PID|||7\rOBX|1|ST|1^n^LN||", "PID|||7\rDG1|1||"}) {
      const std::string message = header + before + text + end;
      const Seen seen = ReadHl7Text(message);
      ASSERT_GE(seen.records.size(), 2u) << text;
      EXPECT_EQ(seen.records[0].source, message) << text;
      EXPECT_EQ(seen.records.back().At("/result/value"), "1") << text;
    }
  }
}

TEST(Hostile, FhirFileCutAtAnyLengthGivesWholeResourcesOrNone) {
  const std::string bundle =
      "{\"resourceType\":\"Bundle\",\n \"entry\":[\n {\"resource\":{\"resourceType\":\"Basic\",\"id\":\"a\"}},\n"
      " {\"resource\":{\"resourceType\":\"Basic\",\"id\":\"b\"}}]\n}\n";
  EXPECT_EQ(ReadFhirText(bundle).records.size(), 2u);
  const std::size_t closed = bundle.rfind('}') + 1;
  for (std::size_t size = 0; size < bundle.size(); ++size) {
    const Seen seen = ReadFhirText(bundle.substr(0, size));
    EXPECT_EQ(seen.records.size(), size < closed ? 0u : 2u) << size;
    EXPECT_EQ(seen.rejects.empty(), size == 0 || size >= closed) << size;
  }
  const std::string line = R"({"resourceType":"Basic","id":"a"})", lines = line + "\n" + line + "\n";
  for (std::size_t size = 0; size < lines.size(); ++size) {
    for (const SeenRecord& record : ReadFhirText(lines.substr(0, size)).records) EXPECT_EQ(record.source, line) << size;
  }
}

TEST(Hostile, Hl7FileCutAtAnyLengthIsReadAsFarAsItGoes) {
  const std::string message =
      "MSH|^~\\&|a|f|||1||ORU^R01|9|P|2.5\rPID|||7^^^L&1.2&ISO||DOE^J\\X41\\\r\nOBX|1|CE|1^n^LN||a^b~c\rNTE|1||x\\."
      "br\\y\n";
  for (std::size_t size = 0; size <= message.size(); ++size) {
    const Seen seen = ReadHl7Text(message.substr(0, size));
    for (const SeenRecord& record : seen.records) {
      if (record.has_source) {
        EXPECT_EQ(record.source, message.substr(0, size));
      }
    }
    EXPECT_EQ(seen.records.empty(), size < 5) << size;  // "MSH|^" is the least that is a header
  }
}

TEST(Hostile, AnyByteChangedInAnHl7FileIsReadOrRejected) {
  const std::string message = "\x0bMSH|^~\\&|a|f|||1||ORU^R01|9|P|2.5\rPID|||7^^^L||DOE\rOBX|1|SN|1^n||<^4\r\x1c\r";
  for (std::size_t at = 0; at < message.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = message;
      changed[at] = static_cast<char>(byte);
      const Seen seen = ReadHl7Text(changed);
      EXPECT_FALSE(seen.records.empty() && seen.rejects.empty()) << at << " " << byte;
    }
  }
}

// More than the limit of a resource, on one line.
std::string TooLong() { return std::string(kMaxOriginalBytes + 1, 'x'); }

TEST(Hostile, ResourceBeyondTheLimitIsRejectedAndTheRestGoesOn) {
  const std::string good = R"({"resourceType":"Basic","id":"b"})";
  const Seen seen = ReadFhirText(good + "\n{\"resourceType\":\"Basic\",\"x\":\"" + TooLong() + "\"}\n" + good + "\n");
  EXPECT_EQ(seen.records.size(), 2u);
  EXPECT_THAT(seen.RejectCodes(), ElementsAre(StatusCode::kResourceExhausted));
  EXPECT_EQ(seen.rejects[0].place.line, 2u);
}

TEST(Hostile, MessageBeyondTheLimitIsRejectedAndTheRestGoesOn) {
  const std::string header = "MSH|^~\\&|a|f|||1||ORU^R01|9\r", patient = "PID|||7\r";
  const Seen one_line = ReadHl7Text(header + "OBX|" + TooLong() + "\r" + patient + header + patient);
  EXPECT_THAT(one_line.RejectCodes(), ElementsAre(StatusCode::kResourceExhausted));
  EXPECT_EQ(one_line.Count("Patient"), 1u);
  std::string lines;
  const std::string line = "OBX|" + std::string(1 << 20, 'x') + "\r";
  while (lines.size() <= kMaxOriginalBytes) lines += line;
  const Seen many_lines = ReadHl7Text(header + lines + header + patient);
  EXPECT_THAT(many_lines.RejectCodes(), ElementsAre(StatusCode::kResourceExhausted));
  EXPECT_EQ(many_lines.Count("Patient"), 1u);
}

TEST(Hostile, HeaderThatFillsTheLimitDoesNotCostTheNextMessage) {
  const std::string header = "MSH|^~\\&|a|f|||1||ORU^R01|9\r";
  const std::string largest = "MSH|" + std::string(kMaxOriginalBytes - 4, 'x') + "\r";
  const Seen seen = ReadHl7Text(largest + header + "PID|||7\r");
  EXPECT_THAT(seen.RejectCodes(), ElementsAre(StatusCode::kResourceExhausted));
  EXPECT_EQ(seen.Count("Patient"), 1u);
}

TEST(Hostile, MessageOfTooManySegmentsIsRejected) {
  const std::string header = "MSH|^~\\&|a|f|||1||ORU^R01|9\r";
  std::string lines;
  for (int i = 0; i < 1'000'001; ++i) lines += "x\r";
  const Seen seen = ReadHl7Text(header + lines + header + "PID|||7\r");
  EXPECT_THAT(seen.RejectCodes(), ElementsAre(StatusCode::kResourceExhausted));
  EXPECT_EQ(seen.Count("Patient"), 1u);
}

TEST(Hostile, ManyEntriesThatNameOnePatientTakeLinearTime) {
  std::string entries;
  for (int i = 0; i < 20000; ++i) {
    entries +=
        R"({"resource":{"resourceType":"Patient","id":"p)" + std::to_string(i) + R"(","identifier":[{"value":"1"}]}},)";
    entries += R"({"resource":{"resourceType":"Basic","id":"b","subject":{"identifier":{"value":"1"}}}},)";
  }
  entries.pop_back();
  const Seen seen = ReadFhirText(R"({"resourceType":"Bundle","entry":[)" + entries + "]}");
  EXPECT_EQ(seen.records.size(), 20000u);
  EXPECT_EQ(seen.rejects.size(), 20000u);
}

// Takes records and forgets them.
class Nobody : public Sink {
 public:
  Status Take(SourceRecord&&, const Place&) override { return ++taken, Status::Ok(); }
  Status Reject(const Place&, const Status&) override { return Status::Ok(); }
  void Progress(std::uint64_t, std::uint64_t) override {}
  int taken = 0;
};

// A file that holds a random word between two texts; the word is nowhere else when this returns but in the needle.
class FileWithAWord {
 public:
  FileWithAWord(std::string_view before, std::string_view after) : file_("") {
    ByteArray<32> word;
    if (getrandom(word.data(), word.size(), 0) != static_cast<ssize_t>(word.size())) std::abort();
    for (std::uint8_t& byte : word) byte = static_cast<std::uint8_t>('a' + byte % 26);
    const int file = open(file_.path().c_str(), O_WRONLY | O_CLOEXEC);
    for (const ByteView part : {AsBytes(before), ByteView(word), AsBytes(after)}) {
      if (write(file, part.data(), part.size()) != static_cast<ssize_t>(part.size())) std::abort();
    }
    close(file);
    needle_ = test::Needle::TakenFrom(word);
  }
  const std::string& path() const { return file_.path(); }
  const test::Needle& needle() const { return needle_; }

 private:
  TemporaryFile file_;
  test::Needle needle_;
};

using Read = Status (*)(const std::string&, const schema::Schema&, const ReadOptions&, Sink&);

std::size_t LeftBehind(std::string_view before, std::string_view after, Read read) {
  const schema::Schema& schema = LabSchema();
  const FileWithAWord file(before, after);
  Nobody nobody;
  EXPECT_TRUE(read(file.path(), schema, {}, nobody).ok());
  EXPECT_GE(nobody.taken, 1);
  return test::CountInMemory(file.needle());
}

void ExpectNothingLeft(std::string_view before, std::string_view after, Read read) {
  // Where functions are bound when they are first called, the dynamic linker then puts the vector registers, and what
  // was copied through them last, on the stack. So each is called once before, for another word.
  LeftBehind(before, after, read);
  EXPECT_EQ(LeftBehind(before, after, read), 0u) << before;
}

// Keeps the word away from the front of any buffer, where a heap writes over what was freed.
const std::string kFiller(200, 'x');

TEST(Wiped, NothingOfAResourceStaysInMemory) {
  const std::string start = R"({"resourceType":"Observation","id":"o","subject":{"reference":"Patient/p"},)";
  ExpectNothingLeft(start + R"("valueString":")" + kFiller, "\"}\n", &ReadFhir);
  ExpectNothingLeft(start + R"("valueString":"\u0041)" + kFiller, "\"}\n", &ReadFhir);
  ExpectNothingLeft(start + R"("note":[{"text":"x"},{"text":"\n)" + kFiller, "\\n\"}]}\n", &ReadFhir);
  ExpectNothingLeft(start + "\n\"code\":{\"text\":\"" + kFiller, "\"}}\n", &ReadFhir);
  ExpectNothingLeft(R"({"resourceType":"Patient","id":")", "\"}\n", &ReadFhir);
  ExpectNothingLeft(R"({"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:)",
                    R"(","resource":{"resourceType":"Patient"}}]})", &ReadFhir);
}

TEST(Wiped, NothingOfAMessageStaysInMemory) {
  const std::string header = "MSH|^~\\&|a|f|||1||ORU^R01|9\r";
  ExpectNothingLeft(header + "PID|||7||" + kFiller, "^JANE\r", &ReadHl7);
  ExpectNothingLeft(header + "PID|||" + kFiller, "^^^L\r", &ReadHl7);
  ExpectNothingLeft(header + "PID|||7\rOBX|1|TX|1^n||x\\.br\\" + kFiller, "\rNTE|1||x\r", &ReadHl7);
  ExpectNothingLeft("MSH|^~\\&|a|f|||1||ORU^R01|" + kFiller, "\rPID|||7\r", &ReadHl7);
}

}  // namespace
}  // namespace mseal::sources
