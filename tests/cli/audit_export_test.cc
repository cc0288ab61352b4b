// Entries of the log for other systems: FHIR AuditEvents that a validator of others takes, and syslog.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

class CliAuditExport : public Desk {
 protected:
  void SetUp() override {
    MakeVault();
    AddPerson("physician", "general");
    Put("Patient", R"({"patient": "p-1", "record": "r", "fields": {"family": "Martin"}})");
    const std::string id = Write("id", "p-1\n");
    EXPECT_EQ(Run({"get", "Patient", "@" + id, "r", "--origin", "ward \"3\"]", "--on-behalf-of", "dr. kim"}).exit_code,
              0);
    environment_["MEDSEAL_PURPOSE"] = "x-night-run";
    EXPECT_NE(As("physician", {"person", "unlock", "ada"}).exit_code, 0);
    environment_["MEDSEAL_PURPOSE"] = "care";
    EXPECT_EQ(Run({"audit", "show"}).exit_code, 0);
  }
  std::vector<std::string> Exported(Words more) {
    Words words = {"audit", "export"};
    words.insert(words.end(), more.begin(), more.end());
    const Ran ran = Run(words);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    std::vector<std::string> lines;
    std::istringstream in(ran.out);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }
  // By the npm package `fhir`, of the version that the lock file beside the judge names.
  std::string Judged(const std::vector<std::string>& lines) {
    namespace fs = std::filesystem;
    const fs::path judge = MEDSEAL_FHIR_JUDGE, place = MEDSEAL_FHIR_JUDGE_PLACE;
    fs::create_directories(place);
    for (const char* name : {"package.json", "package-lock.json", "judge.js"})
      fs::copy_file(judge / name, place / name, fs::copy_options::update_existing);
    const std::string out = Path("judgement");
    std::string command = "cd '" + place.string() + "' && ";
    if (!fs::exists(place / "node_modules" / ".package-lock.json"))
      command += "npm ci --ignore-scripts --no-audit --no-fund && ";
    std::string all;
    for (const std::string& line : lines) all += line + "\n";
    command += "node judge.js '" + Write("events.ndjson", all) + "'";
    const int code = std::system(("( " + command + " ) > '" + out + "' 2>&1").c_str());
    std::ostringstream text;
    text << std::ifstream(out).rdbuf();
    return (code == 0 ? "" : "refused: ") + text.str();
  }
};

TEST_F(CliAuditExport, AValidatorOfOthersTakesEveryAuditEvent) {
  const auto events = Exported({"--format", "fhir"});
  ASSERT_GE(events.size(), 8u);
  const std::string judged = Judged(events);
  EXPECT_THAT(judged, AllOf(Not(HasSubstr("refused")), HasSubstr("valid: " + std::to_string(events.size()))));
  EXPECT_THAT(events, Each(Not(HasSubstr("Martin"))));
  EXPECT_THAT(events, Each(Not(HasSubstr("p-1"))));
  EXPECT_THAT(Judged({R"({"resourceType":"AuditEvent","type":{"code":"rest"}})"}), HasSubstr("refused: "));
}

TEST_F(CliAuditExport, AnAuditEventSaysWhoDidWhatToWhom) {
  const auto reads = Exported({"--format", "fhir", "--operation", "read"});
  ASSERT_EQ(reads.size(), 1u);
  EXPECT_THAT(reads.front(),
              AllOf(HasSubstr(R"("code":"read")"), HasSubstr(R"("action":"R")"), HasSubstr(R"("outcome":"0")"),
                    HasSubstr(R"("value":"ada")"), HasSubstr(R"("value":"h:)"), HasSubstr("as the host asserted"),
                    HasSubstr(R"({"type":"class","valueString":"identity"})")));
  const auto denied = Exported({"--format", "fhir", "--outcome", "denied"});
  ASSERT_EQ(denied.size(), 1u);
  EXPECT_THAT(denied.front(), AllOf(HasSubstr(R"("outcome":"4")"), HasSubstr(R"("text":"x-night-run")")));
}

TEST_F(CliAuditExport, SyslogLinesAreStructuredData) {
  const std::regex shape(
      R"re(<1(08|09|10)>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S+ medseal - [a-z-]+ \[medseal@32473( [A-Za-z]+="([^"\\\]]|\\["\\\]])*")+\])re");
  const auto lines = Exported({"--format", "syslog"});
  ASSERT_GE(lines.size(), 8u);
  for (const std::string& line : lines) EXPECT_TRUE(std::regex_match(line, shape)) << line;
  const auto reads = Exported({"--format", "syslog", "--operation", "read"});
  ASSERT_EQ(reads.size(), 1u);
  EXPECT_THAT(reads.front(), AllOf(HasSubstr("<110>1 "), HasSubstr(R"(origin="ward \"3\"\]")")));
}

TEST_F(CliAuditExport, ADaemonTakesEachEntryAsADatagram) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = Path("log.socket");
  ASSERT_LT(path.size(), sizeof address.sun_path);
  std::memcpy(address.sun_path, path.data(), path.size());
  EXPECT_EQ(Run({"audit", "export", "--syslog", path}).exit_code, 1) << "nobody listens";
  const int daemon = socket(AF_UNIX, SOCK_DGRAM, 0);
  ASSERT_EQ(bind(daemon, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(Run({"audit", "export", "--syslog", path, "--operation", "read"}).exit_code, 0);
  char message[2048];
  const ssize_t size = recv(daemon, message, sizeof message, MSG_DONTWAIT);
  ASSERT_GT(size, 0);
  EXPECT_THAT(std::string(message, static_cast<std::size_t>(size)), HasSubstr("operation=\"read\""));
  EXPECT_LT(recv(daemon, message, sizeof message, MSG_DONTWAIT), 0);
  close(daemon);
}

TEST_F(CliAuditExport, JsonLinesAreThoseOfShow) {
  const auto lines = Exported({"--operation", "read"});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(JsonValues(lines.front(), "operation"), testing::ElementsAre("read"));
  EXPECT_EQ(Run({"audit", "export", "--format", "xml"}).exit_code, 2);
}

}  // namespace
}  // namespace mseal::test
