// metrics and --metrics, as Prometheus judges them.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class CliMetrics : public Desk {
 protected:
  std::string TextOf(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  // What promtool has to say against a text of metrics; nothing when all is well.
  std::string Judged(const std::string& metrics) {
    const std::string in = Write("judged.prom", metrics), out = Path("judgement");
    const int code =
        std::system((std::string(MEDSEAL_PROMTOOL) + " check metrics < " + in + " > " + out + " 2>&1").c_str());
    return code == 0 ? TextOf(out) : "failed: " + TextOf(out);
  }
};

TEST_F(CliMetrics, PassPromtool) {
  MakeVault();
  const Ran ran = Run({"metrics"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("# TYPE medseal_operations_total counter\n"));
  EXPECT_EQ(Judged(ran.out), "");
  EXPECT_NE(Judged("medseal_bad_name_total{le=\"x\"} text\n"), "") << "promtool says yes to everything";
}

TEST_F(CliMetrics, AreWrittenBesideACommandAndCountWhatItDid) {
  MakeVault();
  const std::string file = Path("medseal.prom");
  Put("Patient", R"({"patient": "needle-patient", "record": "needle-record", "fields": {"family": "Needle"}})");
  const Ran ran = As("ada", {"get", "--allow-argv", "Patient", "needle-patient", "needle-record", "--metrics", file});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const std::string metrics = TextOf(file);
  EXPECT_THAT(metrics, HasSubstr("medseal_operations_total{operation=\"get\",outcome=\"Ok\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("medseal_operations_total{operation=\"login\",outcome=\"Ok\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("medseal_operation_duration_seconds_count{operation=\"get\"} 1\n"));
  EXPECT_EQ(Judged(metrics), "");
}

TEST_F(CliMetrics, ACommandThatFailsLeavesThemToo) {
  MakeVault();
  const std::string file = Path("medseal.prom");
  EXPECT_EQ(As("ada", {"get", "--allow-argv", "Patient", "nobody", "p", "--metrics", file}).exit_code, 4);
  EXPECT_THAT(TextOf(file), HasSubstr("medseal_operations_total{operation=\"get\",outcome=\"NotFound\"} 1\n"));
  environment_["MEDSEAL_PASSWORD_FILE"] = Write("wrong", "not ada's\n");
  EXPECT_EQ(Run({"persons", "--metrics", file}).exit_code, 2);  // no such command: the file stays
  EXPECT_THAT(TextOf(file), HasSubstr("outcome=\"NotFound\"} 1\n"));
  EXPECT_EQ(Run({"person", "list", "--person", "ada", "--metrics", file}).exit_code, 12);
  EXPECT_THAT(TextOf(file), HasSubstr("medseal_operations_total{operation=\"login\",outcome=\"WrongSecret\"} 1\n"));
}

TEST_F(CliMetrics, TheFileIsReplacedWholeAndReadableByTheCollector) {
  MakeVault();
  const std::string folder = Path("collector"), file = folder + "/medseal.prom";
  std::filesystem::create_directory(folder);
  std::ofstream(file) << "medseal_old 1\n";
  chmod(file.c_str(), 0600);
  ASSERT_EQ(Run({"status", "--metrics", file}).exit_code, 0);
  EXPECT_THAT(TextOf(file), Not(HasSubstr("medseal_old")));
  struct stat info {};
  ASSERT_EQ(stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0644u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1) << "something was left beside it";
}

TEST_F(CliMetrics, AFileThatCannotBeWrittenIsTold) {
  MakeVault();
  const Ran ran = Run({"status", "--metrics", Path("no-such-folder/medseal.prom")});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.err, HasSubstr("were not written"));
  std::filesystem::create_directories(Path("taken/inside"));
  EXPECT_THAT(Run({"status", "--metrics", Path("taken")}).err, HasSubstr("were not written"));
}

TEST_F(CliMetrics, NameNobody) {
  MakeVault();
  AddPerson("needleperson", "identity");
  const std::string handle =
      Put("Patient", R"({"patient": "needle-patient", "record": "needle-record", "fields": {"family": "Needle"}})");
  const std::string file = Path("medseal.prom");
  ASSERT_EQ(As("needleperson", {"get", handle, "--metrics", file}).exit_code, 0);
  std::set<std::string> labels;
  const std::string metrics = TextOf(file);
  EXPECT_THAT(metrics, Not(HasSubstr("eedle")));
  EXPECT_THAT(metrics, Not(HasSubstr(handle.substr(2, 12))));
  const std::regex label("[{,]([a-z_]+)=\"");
  for (std::sregex_iterator at(metrics.begin(), metrics.end(), label), end; at != end; ++at) labels.insert((*at)[1]);
  EXPECT_THAT(labels, ElementsAre("cache", "le", "operation", "outcome", "state"));
}

TEST_F(CliMetrics, JsonSaysTheSame) {
  MakeVault();
  const Ran ran = Run({"metrics", "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(JsonValues(ran.out, "kind"), ElementsAre("metrics"));
  const std::string metrics = JsonValues(ran.out, "metrics").front();
  EXPECT_THAT(metrics, HasSubstr("medseal_sessions_open"));
  EXPECT_THAT(metrics, HasSubstr("medseal_operation_duration_seconds"));
}

// Rules that name a metric or a label which nothing writes would never fire.
TEST_F(CliMetrics, HaveEverySeriesThatTheAlertRulesName) {
  MakeVault();
  const std::string metrics = Run({"metrics"}).out;
  const std::string rules = TextOf(std::string(MEDSEAL_SOURCE) + "/examples/prometheus/medseal.rules.yml");
  const std::regex name("expr:[^\\n]*|histogram_quantile[^\\n]*"), series("medseal_[a-z_]+");
  std::set<std::string> named;
  for (std::sregex_iterator at(rules.begin(), rules.end(), name), end; at != end; ++at) {
    const std::string line = at->str();
    for (std::sregex_iterator in(line.begin(), line.end(), series); in != end; ++in) named.insert(in->str());
  }
  EXPECT_GE(named.size(), 7u);
  for (std::string one : named) {
    if (one.ends_with("_bucket")) one.resize(one.size() - 7);
    EXPECT_THAT(metrics, HasSubstr("# TYPE " + one + " ")) << one;
  }
  for (const char* outcome : {"AuthFailed", "Corrupt", "Stale", "PermissionDenied", "WrongSecret", "Ok"})
    EXPECT_THAT(metrics, HasSubstr(std::string("outcome=\"") + outcome + "\"} 0")) << "a first one would not be seen";
}

}  // namespace
}  // namespace mseal::test
