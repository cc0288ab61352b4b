// Alerts as an opened vault raises them: within the operation, on record, and on to where they are taken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "base/clock.h"
#include "people/policy.h"
#include "vault/alert_settings.h"
#include "vault/log_queries.h"
#include "vault/on_record.h"
#include "vault/set_policy.h"
#include "vault/two_persons.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

using audit::Rule;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
namespace policy = people::policy;

constexpr std::uint32_t kSsn = 2, kFamily = 3;
constexpr std::uint64_t kHour = 3'600'000;
constexpr std::uint64_t kYear = 365 * 24 * kHour;

class Alerts : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson("nurse", {"general"});
    lab_.AddAuditor("witness");
  }
  void TearDown() override { SetClockForTests(0); }

  std::shared_ptr<vault::Session> Two() { return lab_.LoginWith("witness"); }
  void Set(std::string_view name, std::uint64_t value) { lab_.SetPolicy("witness", name, value); }
  void Write(int patients) {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    for (int i = 0; i < patients; ++i)
      ASSERT_TRUE(
          lab_.Put(*founder, Patient(i), "Patient", "1", TextField(kSsn, "needle") + TextField(kFamily, "M")).ok());
  }
  static std::string Patient(int number) { return "patient-" + std::to_string(number); }
  StatusCode Read(vault::Session& session, const std::string& patient) {
    return lab_.Get(session, patient, "Patient", "1").code();
  }
  std::shared_ptr<vault::Session> Login(std::string_view person, std::string origin) {
    auto session = lab_.Vault()->Login(
        {person, AsBytes(PasswordOf(person)), {.purpose = "care", .on_behalf_of = {}, .origin = std::move(origin)}});
    EXPECT_TRUE(session.ok());
    return *session;
  }

  // The rules of the alerts that the log has, oldest first.
  std::vector<std::string> Raised() {
    std::vector<std::string> rules;
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    auto call = founder->Enter();
    vault::LogQuery query;
    query.operation = audit::Operation::kAlert;
    const Status read = vault::QueryLog(call->core(), call->desk(), query, [&](const audit::OpenedEntry& entry) {
      last_ = {entry.person, entry.number, entry.patient.has_value()};
      rules.push_back(entry.detail);
      return Status::Ok();
    });
    EXPECT_TRUE(read.ok()) << read.message();
    return rules;
  }

  std::string FileSink(const std::string& path) {
    const auto both = Two();
    auto call = both->Enter();
    const auto id =
        vault::AddAlertSink(call->core(), call->desk(), {.id = 0, .kind = format::SinkKind::kFile, .words = {path}});
    EXPECT_TRUE(id.ok()) << id.status().message();
    return path;
  }
  std::size_t Kept() {
    std::size_t rows = 0;
    lab_.WithMeta([&](store::Rows&, const keys::MetaTable& meta, const vault::StoreIdentity&) {
      EXPECT_TRUE(
          meta.ForEach(keys::MetaKind::kKeptAlert, [&](ByteView, const SecretBytes&) { return ++rows, Status::Ok(); })
              .ok());
    });
    return rows;
  }
  static std::vector<std::string> Lines(const std::string& path) {
    std::vector<std::string> lines;
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }
  std::string Path(const std::string& name) const { return (lab_.folder() / name).string(); }
  void Test() {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    auto call = founder->Enter();
    ASSERT_TRUE(call->core().alarms->Raise(call->desk(), Rule::kTest).ok());
  }

  struct Last {
    people::PersonNumber person = 0;
    std::uint64_t number = 0;
    bool patient = false;
  };
  Laboratory lab_;
  Last last_;
};

// ---- rules

TEST_F(Alerts, ReadingWithinTheQuotaRaisesNothing) {
  Write(5);
  const auto nurse = lab_.LoginAs("nurse");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Read(*nurse, Patient(i)), StatusCode::kOk);
  EXPECT_THAT(Raised(), IsEmpty());
}

TEST_F(Alerts, BulkReadingAlertsAtTheReadThatCrossesTheLine) {
  Write(5);
  Set(policy::kAlertPatientsPerHour, 3);
  const auto nurse = lab_.LoginAs("nurse");
  for (int i = 0; i < 3; ++i) Read(*nurse, Patient(i));
  for (int i = 0; i < 3; ++i) Read(*nurse, Patient(i));  // whom they know already
  EXPECT_THAT(Raised(), IsEmpty());
  Read(*nurse, Patient(3));
  EXPECT_THAT(Raised(), ElementsAre("bulk-read"));
  EXPECT_EQ(last_.number, 4u);
  Read(*nurse, Patient(4));
  EXPECT_THAT(Raised(), ElementsAre("bulk-read"));
}

TEST_F(Alerts, SessionsOfOnePersonAndOpeningsOfTheVaultCountTogether) {
  Write(3);
  Set(policy::kAlertPatientsPerHour, 2);
  Read(*lab_.LoginAs("nurse"), Patient(0));
  Read(*lab_.LoginAs("nurse"), Patient(1));
  lab_.Close();
  EXPECT_THAT(Raised(), IsEmpty());
  Read(*lab_.LoginAs("nurse"), Patient(2));
  EXPECT_THAT(Raised(), ElementsAre("bulk-read"));
}

TEST_F(Alerts, TheQuotaIsForAnHour) {
  Write(3);
  Set(policy::kAlertPatientsPerHour, 2);
  const auto nurse = lab_.LoginAs("nurse");
  Read(*nurse, Patient(0));
  Read(*nurse, Patient(1));
  LetPassForTests(kHour);
  Read(*lab_.LoginAs("nurse"), Patient(2));
  EXPECT_THAT(Raised(), IsEmpty());
}

TEST_F(Alerts, FarAboveThePersonsOwnHabitAlertsBelowTheQuota) {
  Write(5);
  Set(policy::kAlertHabitFactor, 2);
  Set(policy::kAlertHabitLeast, 2);
  for (int hour = 0; hour < 8; ++hour) {
    Read(*lab_.LoginAs("nurse"), Patient(0));
    LetPassForTests(kHour);
    SetClockForTests(NowMs() + kHour);
  }
  const auto nurse = lab_.LoginAs("nurse");
  for (int i = 0; i < 2; ++i) Read(*nurse, Patient(i));
  EXPECT_THAT(Raised(), Not(Contains("above-habit")));
  Read(*nurse, Patient(2));
  EXPECT_THAT(Raised(), Contains("above-habit"));
}

TEST_F(Alerts, AHabitThatSomebodySpoiledAlertsAndBeginsAnew) {
  Write(1);
  Read(*lab_.LoginAs("nurse"), Patient(0));
  lab_.Close();
  for (StoredRow row : lab_.AllRows(store::Table::kMeta)) {
    if (row.key[4] != static_cast<std::uint8_t>(keys::MetaKind::kHabit)) continue;
    row.value.back() ^= 1;
    lab_.Overwrite(row.table, row.key, row.value);
  }
  Read(*lab_.LoginAs("nurse"), Patient(0));
  EXPECT_THAT(Raised(), Contains("integrity"));
}

TEST_F(Alerts, FailedLoginsAlertAndSoDoesTheLockOut) {
  Set(policy::kLoginDelayMs, 0);
  Set(policy::kAlertFailedLogins, 2);
  Set(policy::kLoginAttempts, 3);
  const auto guess = [&] { lab_.Vault()->Login("nurse", AsBytes("a guess"), "care").status().Ignore("it fails"); };
  const auto before = Raised().size();
  guess();
  EXPECT_EQ(Raised().size(), before);
  guess();
  EXPECT_EQ(Raised().back(), "failed-logins");
  EXPECT_NE(last_.person, 0u);
  guess();
  EXPECT_EQ(Raised().back(), "lock-out");
  const auto after = Raised().size();
  guess();
  EXPECT_EQ(Raised().size(), after);
}

TEST_F(Alerts, FailedLoginsOfManyNamesAlertTogether) {
  Set(policy::kLoginDelayMs, 0);
  Set(policy::kAlertFailedLoginsOfAll, 5);
  for (int i = 0; i < 4; ++i)
    lab_.Vault()->Login("name" + std::to_string(i), AsBytes("a guess"), "care").status().Ignore("it fails");
  lab_.Close();
  EXPECT_THAT(Raised(), Not(Contains("failed-logins-of-all")));
  lab_.Vault()->Login("name5", AsBytes("a guess"), "care").status().Ignore("it fails");
  EXPECT_THAT(Raised(), Contains("failed-logins-of-all"));
}

TEST_F(Alerts, OnePersonInTwoPlacesAlertsButNotInOne) {
  const auto ward = Login("nurse", "ward 3");
  const auto again = Login("nurse", "ward 3");
  const auto unknown = Login("nurse", "");
  EXPECT_THAT(Raised(), IsEmpty());
  const auto cafe = Login("nurse", "a cafe");
  EXPECT_THAT(Raised(), ElementsAre("two-places"));
}

TEST_F(Alerts, APlaceThatWasLeftIsNoSecondPlace) {
  Login("nurse", "ward 3")->Logout();
  const auto cafe = Login("nurse", "a cafe");
  EXPECT_THAT(Raised(), IsEmpty());
}

TEST_F(Alerts, ReadingOutsideTheHoursThatAreSetAlerts) {
  Write(1);
  const std::uint64_t noon = NowMs() / (24 * kHour) * 24 * kHour + 12 * kHour;
  SetClockForTests(noon);
  Set(policy::kAlertHoursFrom, 8);
  Set(policy::kAlertHoursTo, 18);
  const auto nurse = lab_.LoginAs("nurse");
  Read(*nurse, Patient(0));
  EXPECT_THAT(Raised(), Not(Contains("outside-hours")));
  SetClockForTests(noon + 10 * kHour);
  Read(*nurse, Patient(0));
  Read(*nurse, Patient(0));
  const auto raised = Raised();
  EXPECT_EQ(std::count(raised.begin(), raised.end(), "outside-hours"), 1);
}

TEST_F(Alerts, WiderHoursTakeASecondPersonWhicheverWayTheyAreWidened) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  auto call = founder->Enter();
  const auto set = [&](std::string_view name, std::uint64_t value) {
    return vault::SetPolicy(call->core(), call->desk(), name, value).code();
  };
  EXPECT_EQ(set(policy::kAlertHoursFrom, 8), StatusCode::kOk);
  EXPECT_EQ(set(policy::kAlertHoursTo, 18), StatusCode::kOk);
  EXPECT_EQ(set(policy::kAlertHoursTo, 8), StatusCode::kPermissionDenied);     // any hour
  EXPECT_EQ(set(policy::kAlertHoursFrom, 20), StatusCode::kPermissionDenied);  // the night too
  EXPECT_EQ(set(policy::kAlertHoursFrom, 9), StatusCode::kOk);
}

TEST_F(Alerts, ProbingWhatIsDeniedAlerts) {
  Write(1);
  Set(policy::kAlertDenials, 2);
  const auto nurse = lab_.LoginAs("nurse");
  const auto probe = [&] {
    auto call = nurse->Enter();
    const Status read =
        vault::OnRecord(*call, audit::Operation::kRead, [&](std::optional<keys::PatientHandle>& patient) -> Status {
          MS_ASSIGN(patient, vault::FindPatient(call->core(), call->desk(), {AsBytes(Patient(0)), nullptr}));
          vault::FieldNames fields{"ssn"};
          return vault::RecordReader(call->core(), call->desk())
              .Read(*patient, "Patient", AsBytes("1"), 0, fields)
              .status();
        });
    EXPECT_TRUE(read.ok()) << read.message();
  };
  probe();
  probe();
  for (int i = 0; i < 5; ++i) Read(*nurse, Patient(0));  // whole records, whatever is in them: no probing
  EXPECT_THAT(Raised(), Not(Contains("denials")));
  probe();
  EXPECT_THAT(Raised(), Contains("denials"));
}

TEST_F(Alerts, ARowThatWasChangedAlertsAtTheRead) {
  Write(1);
  auto rows = lab_.AllRows(store::Table::kRecords);
  for (StoredRow& row : rows) {
    row.value[row.value.size() - 1] ^= 1;
    row.value[40] ^= 1;
    lab_.Overwrite(row.table, row.key, row.value);
  }
  const auto nurse = lab_.LoginAs("nurse");
  auto call = nurse->Enter();
  const Status read =
      vault::OnRecord(*call, audit::Operation::kRead, [&](std::optional<keys::PatientHandle>& patient) -> Status {
        MS_ASSIGN(patient, vault::FindPatient(call->core(), call->desk(), {AsBytes(Patient(0)), nullptr}));
        return vault::RecordReader(call->core(), call->desk()).Read(*patient, "Patient", AsBytes("1"), 0, {}).status();
      });
  EXPECT_EQ(read.code(), StatusCode::kAuthFailed);
  EXPECT_THAT(Raised(), ElementsAre("integrity"));
  EXPECT_TRUE(last_.patient);
}

TEST_F(Alerts, BreakingTheGlassAlertsBeforeItIsDone) {
  const auto nurse = lab_.LoginAs("nurse");
  const Status broken = vault::OnRecord(*nurse, audit::Operation::kBreakGlass, "hiv", [&] {
    EXPECT_THAT(Raised(), ElementsAre("break-glass"));
    return Status::Ok();
  });
  ASSERT_TRUE(broken.ok());
  EXPECT_THAT(Raised(), ElementsAre("break-glass"));
}

TEST_F(Alerts, AClockThatWasSetAlertsAtTheNextOpening) {
  lab_.Close();
  SetClockForTests(NowMs() + 10 * kYear);
  lab_.Vault();
  EXPECT_THAT(Raised(), Contains("clock"));
  SetClockForTests(0);
  lab_.Close();
  SetClockForTests(NowMs() - 10 * kYear);
  const auto before = Raised().size();
  lab_.Close();
  EXPECT_GT(Raised().size(), before);
}

TEST_F(Alerts, AClockThatIsSetWhileTheVaultIsOpenAlerts) {
  const auto nurse = lab_.LoginAs("nurse");  // whose watch looks
  SetClockForTests(NowMs() - kHour);
  for (int i = 0; i < 100 && Raised().empty(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_THAT(Raised(), Contains("clock"));
}

TEST_F(Alerts, AnEpochSecretThatIsTooOldAlertsAtTheOpening) {
  lab_.Close();
  SetClockForTests(NowMs() + 401 * 24 * kHour);
  EXPECT_THAT(Raised(), Contains("key-overdue"));
}

TEST_F(Alerts, ARuleTurnedOffIsSilentAndThatItWasIsTold) {
  Write(3);
  Set(policy::kAlertPatientsPerHour, 1);
  EXPECT_THAT(Raised(), IsEmpty());
  {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    auto call = founder->Enter();
    EXPECT_EQ(vault::SetPolicy(call->core(), call->desk(), "alert_bulk_read", 0).code(), StatusCode::kPermissionDenied);
  }
  Set("alert_bulk_read", 0);
  EXPECT_THAT(Raised(), ElementsAre("rule-disabled"));
  const auto nurse = lab_.LoginAs("nurse");
  for (int i = 0; i < 3; ++i) Read(*nurse, Patient(i));
  EXPECT_THAT(Raised(), ElementsAre("rule-disabled"));
  Set("alert_bulk_read", 1);
  EXPECT_THAT(Raised(), ElementsAre("rule-disabled"));
}

TEST_F(Alerts, ThreadsThatReadTogetherRaiseOneAlert) {
  Write(8);
  Set(policy::kAlertPatientsPerHour, 5);
  const auto nurse = lab_.LoginAs("nurse");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 8; ++i) Read(*nurse, Patient(i));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(Raised(), ElementsAre("bulk-read"));
}

// ---- delivery

TEST_F(Alerts, AreGivenToTheCallbackWithoutAnyValueOrExternalId) {
  Write(2);
  Set(policy::kAlertPatientsPerHour, 1);
  std::mutex mutex;
  std::vector<std::string> told;
  lab_.Vault()->Enter()->core().alarms->delivery().SetCallback([&](const vault::ShownAlert& alert) {
    const std::lock_guard lock(mutex);
    told.push_back(alert.Json());
    return true;
  });
  const auto nurse = lab_.LoginAs("nurse");
  Read(*nurse, Patient(0));
  Read(*nurse, Patient(1));
  lab_.Close();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_THAT(told[0], HasSubstr(R"("rule": "bulk-read")"));
  EXPECT_THAT(told[0], HasSubstr(R"("person": "nurse")"));
  EXPECT_THAT(told[0], Not(HasSubstr("needle")));
  EXPECT_THAT(told[0], Not(HasSubstr("patient-")));
  EXPECT_EQ(Kept(), 0u);
}

TEST_F(Alerts, ACallbackThatSaysNoIsAskedAgain) {
  std::atomic<int> asked{0};
  lab_.Vault()->Enter()->core().alarms->delivery().SetCallback([&](const vault::ShownAlert&) { return ++asked >= 3; });
  Test();
  for (int i = 0; i < 100 && asked < 3; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  lab_.Close();
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(Kept(), 0u);
}

TEST_F(Alerts, AStoreThatDoesNotOpenTellsTheHostsCallback) {
  Write(1);
  lab_.Close();
  std::filesystem::copy(lab_.store(), Path("older"), std::filesystem::copy_options::recursive);
  Write(1);
  lab_.Close();
  std::filesystem::remove_all(lab_.store());
  std::filesystem::rename(Path("older"), lab_.store());
  std::vector<std::string> told;
  vault::OpenOptions options;
  options.on_alert = [&](const vault::ShownAlert& alert) { return told.push_back(alert.rule), true; };
  EXPECT_EQ(lab_.Open(std::move(options)).code(), StatusCode::kStale);
  EXPECT_THAT(told, ElementsAre("freshness"));
  vault::OpenOptions saving;
  saving.accept_stale = true;
  ASSERT_TRUE(lab_.Open(std::move(saving)).ok());
  EXPECT_THAT(Raised(), Contains("freshness"));
}

TEST_F(Alerts, AFileTakesOneLineEach) {
  const std::string path = FileSink(Path("alerts"));
  Test();
  Test();
  lab_.Close();
  const auto lines = Lines(path);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[0], HasSubstr(R"("rule": "test")"));
  EXPECT_EQ(Kept(), 0u);
}

TEST_F(Alerts, WhatNobodyTookIsKeptToldAtTheNextOpeningAndDeliveredThen) {
  const std::string path = FileSink(Path("missing/alerts"));
  Test();
  lab_.Close();
  EXPECT_EQ(Kept(), 1u);
  std::filesystem::create_directory(Path("missing"));
  EXPECT_THAT(Raised(), ElementsAre("test", "undelivered"));
  EXPECT_EQ(last_.number, 1u);
  lab_.Close();
  const auto lines = Lines(path);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[0], HasSubstr(R"("rule": "test")"));
  EXPECT_THAT(lines[1], HasSubstr(R"("rule": "undelivered")"));
  EXPECT_EQ(Kept(), 0u);
}

TEST_F(Alerts, WhatWasKeptForASinkThatIsGoneIsToldOnceAndForgotten) {
  lab_.Vault()->Enter()->core().alarms->delivery().SetCallback([](const vault::ShownAlert&) { return false; });
  Test();
  lab_.Close();
  EXPECT_EQ(Kept(), 1u);
  EXPECT_THAT(Raised(), ElementsAre("test", "undelivered"));
  lab_.Close();
  EXPECT_EQ(Kept(), 0u);
  EXPECT_THAT(Raised(), ElementsAre("test", "undelivered"));
}

TEST_F(Alerts, ASinkTakesTwoPersonsAndAnAbsolutePath) {
  {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    auto call = founder->Enter();
    EXPECT_EQ(vault::AddAlertSink(call->core(), call->desk(), {0, format::SinkKind::kFile, {"/alerts"}}).code(),
              StatusCode::kPermissionDenied);
  }
  const auto both = Two();
  auto call = both->Enter();
  const auto add = [&](format::SinkKind kind, std::vector<std::string> words) {
    return vault::AddAlertSink(call->core(), call->desk(), {0, kind, std::move(words)}).code();
  };
  EXPECT_EQ(add(format::SinkKind::kFile, {"alerts"}), StatusCode::kInvalidArgument);
  EXPECT_EQ(add(format::SinkKind::kFile, {"/alerts", "more"}), StatusCode::kInvalidArgument);
  EXPECT_EQ(add(format::SinkKind::kFile, {}), StatusCode::kInvalidArgument);
  EXPECT_EQ(add(format::SinkKind::kCommand, {"/bin/x", ""}), StatusCode::kInvalidArgument);
  EXPECT_EQ(add(format::SinkKind::kSyslog, {"/" + std::string(200, 'x')}), StatusCode::kInvalidArgument);
  EXPECT_EQ(vault::RemoveAlertSink(call->core(), call->desk(), 7).code(), StatusCode::kNotFound);
  EXPECT_EQ(add(format::SinkKind::kFile, {"/alerts"}), StatusCode::kOk);
  EXPECT_EQ(add(format::SinkKind::kFile, {"/alerts"}), StatusCode::kAlreadyExists);
  EXPECT_EQ(vault::RemoveAlertSink(call->core(), call->desk(), 1).code(), StatusCode::kOk);
  EXPECT_EQ(vault::ListAlertSinks(call->core())->size(), 0u);
}

TEST_F(Alerts, SinksThatAStrangerWithTheProviderSealedAreNotUsedAndThatAlerts) {
  const std::string marker = Path("marker");
  lab_.WithMeta([&](store::Rows&, const keys::MetaTable& meta, const vault::StoreIdentity&) {
    format::AlertSinks sinks{.next_id = 2, .person = 1, .second = 2, .sinks = {}};
    sinks.sinks.push_back({1, format::SinkKind::kCommand, {"/bin/touch", marker}});
    store::Batch batch;
    meta.Put(batch, keys::MetaKind::kAlertSinks, {}, format::WriteAlertSinks(sinks));
    ASSERT_TRUE(meta.Commit(batch, store::Durability::kPower).ok());
  });
  Test();
  lab_.Close();
  EXPECT_FALSE(std::filesystem::exists(marker));
  EXPECT_THAT(Raised(), Contains("integrity"));
}

TEST_F(Alerts, ACommandGetsTheAlertAndNothingOfThisProcess) {
  const std::string script = Path("page"), out = Path("paged");
  std::ofstream(script) << "#!/bin/sh\n(cat; echo \"$1\"; env; ls /proc/self/fd | wc -l) > " << out << "\n";
  chmod(script.c_str(), 0700);
  setenv("MEDSEAL_TEST_NEEDLE", "needle", 1);
  {
    const auto both = Two();
    auto call = both->Enter();
    ASSERT_TRUE(
        vault::AddAlertSink(call->core(), call->desk(), {0, format::SinkKind::kCommand, {script, "night; rm"}}).ok());
  }
  Test();
  lab_.Close();
  unsetenv("MEDSEAL_TEST_NEEDLE");
  const auto lines = Lines(out);
  ASSERT_GE(lines.size(), 2u);
  EXPECT_THAT(lines[0], HasSubstr(R"("rule": "test")"));
  EXPECT_EQ(lines[1], "night; rm");
  EXPECT_THAT(lines, Not(Contains(HasSubstr("NEEDLE"))));
  EXPECT_EQ(Kept(), 0u);
}

TEST_F(Alerts, ACommandThatFailsLeavesTheAlertKept) {
  {
    const auto both = Two();
    auto call = both->Enter();
    ASSERT_TRUE(vault::AddAlertSink(call->core(), call->desk(), {0, format::SinkKind::kCommand, {"/bin/false"}}).ok());
    ASSERT_TRUE(
        vault::AddAlertSink(call->core(), call->desk(), {0, format::SinkKind::kCommand, {"/bin/no-such"}}).ok());
  }
  Test();
  lab_.Close();
  EXPECT_EQ(Kept(), 1u);
}

TEST_F(Alerts, TheSystemsLogTakesRfc5424) {
  const std::string path = Path("log.socket");
  const int socket_number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(path.size(), sizeof(address.sun_path));
  std::copy(path.begin(), path.end(), address.sun_path);
  ASSERT_EQ(bind(socket_number, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  {
    const auto both = Two();
    auto call = both->Enter();
    ASSERT_TRUE(vault::AddAlertSink(call->core(), call->desk(), {0, format::SinkKind::kSyslog, {path}}).ok());
  }
  Test();
  lab_.Close();
  std::string message(4096, '\0');
  message.resize(static_cast<std::size_t>(
      std::max<ssize_t>(recv(socket_number, message.data(), message.size(), MSG_DONTWAIT), 0)));
  close(socket_number);
  EXPECT_THAT(message,
              testing::MatchesRegex(
                  "<105>1 [-0-9T:.]+Z [^ ]+ medseal [0-9]+ alert .alert@32473 rule=\"test\" store=\"[0-9a-f]+\" "
                  "person=\"founder\" session=\"[0-9a-f]+\"."));
}

TEST(SyslogText, EscapesWhatWouldEndAValue) {
  const vault::ShownAlert alert{
      .time_ms = 0, .store = "00", .rule = "test", .person = "a\"b]c\\", .session = {}, .patient = {}, .number = 3};
  EXPECT_EQ(vault::SyslogMessage(alert, "", 7),
            "<105>1 1970-01-01T00:00:00.000Z - medseal 7 alert [alert@32473 rule=\"test\" store=\"00\" "
            "person=\"a\\\"b\\]c\\\\\" number=\"3\"]");
}

}  // namespace
}  // namespace mseal::test
