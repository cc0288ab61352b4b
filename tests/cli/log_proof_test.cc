// The log of accesses, shown to outsiders by the command, and judged by Go's packages for signed notes and transparency
// logs.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/desk.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class CliLogProof : public Desk {
 protected:
  void SetUp() override {
    MakeVault();
    Put("Patient", R"({"patient": "p-1", "record": "p-1", "fields": {"family": "Martin"}})");
    key_ = Kept("key", {"audit", "key"});
    checkpoint_ = Kept("checkpoint", {"audit", "checkpoint"});
  }
  // What a run prints, in a file.
  std::string Kept(const std::string& name, const Words& words) {
    const Ran ran = Run(words);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return Write(name, ran.out);
  }
  void Work(int times) {
    for (int i = 0; i < times; ++i) EXPECT_EQ(Run({"person", "list"}).exit_code, 0);
  }
  // Without the secrets that other commands take.
  Ran Outside(Words words) {
    const auto given = environment_;
    for (const char* secret : {"MEDSEAL_PERSON", "MEDSEAL_PASSWORD_FILE", "MEDSEAL_KEYRING",
                               "MEDSEAL_KEYRING_PASSPHRASE_FILE", "MEDSEAL_PURPOSE"})
      environment_[secret] = "";
    Ran ran = Run(words);
    environment_ = given;
    return ran;
  }
  std::string Judged(const std::string& arguments) {
    const std::string out = Path("judgement");
    const int code = std::system((std::string(MEDSEAL_LOG_JUDGE) + " " + arguments + " > " + out + " 2>&1").c_str());
    std::ostringstream text;
    text << std::ifstream(out).rdbuf();
    return (code == 0 ? "" : "refused: ") + text.str();
  }
  std::string Altered(const std::string& path, const std::string& was, const std::string& is) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    std::string content = text.str();
    const std::size_t at = content.find(was);
    EXPECT_NE(at, content.npos);
    return Write("altered", content.replace(at, was.size(), is));
  }
  fs::path Log() const { return fs::path(environment_.at("MEDSEAL_STORE")) / "audit"; }

  std::string key_, checkpoint_;
};

TEST_F(CliLogProof, IsVerifiedWithoutASecretWhileTheVaultIsOpen) {
  Running other = Start({"put", "Patient", "--json"});
  other.Send(R"({"patient": "p-2", "record": "p-2", "fields": {"family": "Petit"}})"
             "\n");
  EXPECT_THAT(other.FirstLine(), HasSubstr("h:"));
  const Ran verified = Outside({"audit", "verify", "--against", checkpoint_, "--key", "@" + key_, "--json"});
  ASSERT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_THAT(JsonValues(verified.out, "checkpoint"), ElementsAre("proven"));
  EXPECT_THAT(JsonValues(verified.out, "against"), ElementsAre("proven"));
  const Ran shown = Outside({"audit", "verify"});
  EXPECT_THAT(shown.out, AllOf(HasSubstr("whole: "), HasSubstr("checkpoint beside it: agrees")));
  EXPECT_THAT(shown.err, HasSubstr("--against"));
}

TEST_F(CliLogProof, TamperingEndsWithThirteen) {
  Work(2);
  const std::string late = Kept("late", {"audit", "checkpoint"});
  fs::copy(Log(), Path("older"));
  Work(2);
  const std::string latest = Kept("latest", {"audit", "checkpoint"});
  fs::remove_all(Log());
  fs::rename(Path("older"), Log());
  EXPECT_EQ(Outside({"audit", "verify", "--against", late}).exit_code, 0);
  const Ran stale = Outside({"audit", "verify", "--against", latest});
  EXPECT_EQ(stale.exit_code, 13);
  EXPECT_THAT(stale.err, HasSubstr("its end was cut, or it is an older copy"));
  EXPECT_EQ(Run({"person", "list"}).exit_code, 13) << "the anchor knows too";
  EXPECT_EQ(Outside({"audit", "verify", "--against", Altered(late, "medseal.log/", "medseal.log/0")}).exit_code, 13);
}

TEST_F(CliLogProof, GoVerifiesCheckpointAndProofs) {
  EXPECT_THAT(Judged(key_ + " " + checkpoint_), HasSubstr("signed: "));
  EXPECT_THAT(Judged(key_ + " " + Altered(checkpoint_, "\n", "\n1")), HasSubstr("refused: "));
  Work(3);
  const std::string latest = Kept("latest", {"audit", "checkpoint"});
  for (const char* index : {"0", "1", "4", "7"}) {
    const std::string proof = Kept("proof", {"audit", "proof", index});
    EXPECT_THAT(Judged(key_ + " " + latest + " " + proof), HasSubstr(std::string("proven: entry ") + index));
    const Ran checked = Outside({"audit", "proof", "--check", proof, "--key", "@" + key_});
    EXPECT_EQ(checked.exit_code, 0) << checked.err;
    EXPECT_THAT(checked.out, HasSubstr(std::string("entry ") + index + " is in the log"));
    const std::string altered = Altered(proof, "\"from\":" + std::string(index), "\"from\":2");
    EXPECT_THAT(Judged(key_ + " " + latest + " " + altered), HasSubstr("refused: "));
    EXPECT_EQ(Outside({"audit", "proof", "--check", altered}).exit_code, 13);
  }
  const std::string growth = Kept("growth", {"audit", "consistency", "--from", checkpoint_});
  EXPECT_THAT(Judged(key_ + " " + checkpoint_ + " " + growth + " growth"), HasSubstr("goes on from"));
  EXPECT_THAT(Judged(key_ + " " + latest + " " + growth + " growth"), HasSubstr("refused: "));
  EXPECT_EQ(Outside({"audit", "consistency", "--from", checkpoint_, "--check", growth, "--key", "@" + key_}).exit_code,
            0);
  EXPECT_EQ(Outside({"audit", "consistency", "--from", latest, "--check", growth}).exit_code, 13);
  EXPECT_EQ(Outside({"audit", "proof", "--check", growth}).exit_code, 13) << "it proves something else";
}

TEST_F(CliLogProof, AClockSetByTenYearsLeavesOrderAndProofs) {
  for (const int days : {3650, -3650, 0}) {
    After(days);
    Work(1);
  }
  const Ran verified = Outside({"audit", "verify", "--against", checkpoint_, "--key", "@" + key_, "--json"});
  ASSERT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_THAT(JsonValues(verified.out, "set_back"), ElementsAre("1"));
  const std::string growth = Kept("growth", {"audit", "consistency", "--from", checkpoint_});
  EXPECT_THAT(Judged(key_ + " " + checkpoint_ + " " + growth + " growth"), HasSubstr("goes on from"));
  const Ran shown = Run({"audit", "show", "--operation", "login", "--json"});
  const auto times = JsonValues(shown.out, "time");
  ASSERT_GE(times.size(), 4u);
  EXPECT_FALSE(std::is_sorted(times.begin(), times.end())) << "as the clock said";
  std::vector<std::uint64_t> indexes;
  for (const std::string& index : JsonValues(shown.out, "index")) indexes.push_back(std::stoull(index));
  EXPECT_TRUE(std::is_sorted(indexes.begin(), indexes.end())) << "as it was";
}

TEST_F(CliLogProof, AWitnessSignsWhatGoesOnFromWhatTheySigned) {
  const std::string seed = Path("witness.seed"), log = "@" + key_;
  const Ran made = Outside({"audit", "witness", "ward.example", "--witness-key", seed});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(fs::status(seed).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  const std::string witness = Write("witness", made.out);
  const Words sign = {"audit", "cosign", "ward.example", "--witness-key", seed, "--key", log};
  const auto with = [&](const Words& more) {
    Words words = sign;
    words.insert(words.end(), more.begin(), more.end());
    return Outside(words);
  };
  const Ran first = with({"--checkpoint", checkpoint_});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const std::string last = Write("last", first.out);
  EXPECT_THAT(Outside({"audit", "cosigned", last, "--witness", "@" + witness}).out, HasSubstr("signed it at 20"));
  EXPECT_EQ(Outside({"audit", "cosigned", checkpoint_, "--witness", "@" + witness}).exit_code, 13);
  Work(2);
  const std::string growth = Kept("growth", {"audit", "consistency", "--from", last});
  const Ran next = with({"--last", last, "--proof", growth});
  ASSERT_EQ(next.exit_code, 0) << next.err;
  EXPECT_THAT(Judged(key_ + " " + Write("next", next.out)), HasSubstr("signed: "));
  EXPECT_EQ(with({"--last", checkpoint_, "--proof", growth}).exit_code, 13) << "they did not sign that";
  EXPECT_EQ(with({"--last", last}).exit_code, 2);
  EXPECT_EQ(with({}).exit_code, 2);
}

TEST_F(CliLogProof, DropsNothingThatIsNotOld) {
  EXPECT_THAT(Run({"audit", "drop", "--before", "2020-01-01"}).out, HasSubstr("would drop 0 entries"));
  const Ran json = Run({"audit", "drop", "--before", "2020-01-01", "--run", "--yes", "--json"});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  EXPECT_THAT(JsonValues(json.out, "entries"), ElementsAre("0"));
  EXPECT_EQ(Run({"audit", "drop", "--before", "yesterday"}).exit_code, 2);
  EXPECT_EQ(Run({"audit", "drop", "--before", "9000-01-01"}).exit_code, 2);
}

TEST_F(CliLogProof, SaysWhatIsMissing) {
  EXPECT_EQ(Outside({"audit", "proof"}).exit_code, 2);
  EXPECT_EQ(Outside({"audit", "proof", "99999"}).exit_code, 4);
  EXPECT_EQ(Outside({"audit", "verify", "--key", "no key"}).exit_code, 13);
  EXPECT_EQ(Outside({"audit", "verify", "--against", Path("nowhere")}).exit_code, 2);
  environment_["MEDSEAL_STORE"] = Path("nowhere");
  EXPECT_EQ(Outside({"audit", "verify"}).exit_code, 4);
}

}  // namespace
}  // namespace mseal::test
