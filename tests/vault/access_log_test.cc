// The log of accesses: every access is on record before it is answered, and whoever changes log or store is found out.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "audit/log_check.h"
#include "audit/log_heads.h"
#include "base/clock.h"
#include "vault/drop_log.h"
#include "vault/log_queries.h"
#include "vault/two_persons.h"
#include "vault_support/backup_desk.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

using audit::OpenedEntry;
using audit::Operation;
using audit::Outcome;
using store::Table;

constexpr std::uint32_t kFamilyField = 3;
constexpr std::uint32_t kHivField = 10;

class AccessLog : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson("nurse", {"identity", "general"});
    const auto founder = Founder();
    Write(*founder, "alice", "Martin");
    Write(*founder, "bob", "Durand");
  }

  std::shared_ptr<vault::Session> Founder() { return lab_.LoginAs(Laboratory::kFounder); }
  void Write(vault::Session& session, std::string_view patient, std::string_view family) {
    const Status put =
        lab_.Put(session, patient, "Patient", "1", TextField(kFamilyField, family) + NumberField(kHivField, 2));
    ASSERT_TRUE(put.ok()) << put.message();
  }
  StatusCode Read(vault::Session& session, std::string_view patient) {
    return lab_.Get(session, patient, "Patient", "1").code();
  }

  struct Seen {
    Operation operation;
    Outcome outcome;
    std::uint32_t person;
    bool operator==(const Seen&) const = default;
  };
  // Entries as somebody who holds `audit` sees them.
  std::vector<OpenedEntry> Entries(const vault::LogQuery& query = {}) {
    const auto founder = Founder();
    auto call = founder->Enter();
    std::vector<OpenedEntry> entries;
    const Status asked = vault::QueryLog(call->core(), call->desk(), query, [&](const OpenedEntry& entry) {
      OpenedEntry copy;
      copy.index = entry.index;
      copy.person = entry.person;
      copy.operation = entry.operation;
      copy.outcome = entry.outcome;
      copy.code = entry.code;
      copy.number = entry.number;
      copy.patient = entry.patient;
      copy.purpose = entry.purpose;
      copy.detail = entry.detail;
      copy.what = entry.what;
      copy.type = entry.type;
      copy.classes = entry.classes;
      copy.redacted = entry.redacted;
      copy.fields = entry.fields;
      entries.push_back(std::move(copy));
      return Status::Ok();
    });
    EXPECT_TRUE(asked.ok()) << asked.message();
    return entries;
  }
  std::vector<OpenedEntry> EntriesOf(std::string_view patient) {
    const auto founder = Founder();
    return Entries({.patient = lab_.HandleOf(*founder, patient), .person = {}, .operation = {}, .outcome = {}});
  }
  std::uint16_t ClassBit(std::string_view name) {
    auto call = lab_.Vault()->Enter();
    return static_cast<std::uint16_t>(1u << *call->core().registry->chain()->FindClass(name));
  }
  std::string LogFile() { return audit::SegmentPath(vault::LogFolder(lab_.store()), 1); }
  // A process of its own on the closed vault; the keys of this one are none of a child's.
  pid_t RunAccessor(const char* what, int out) {
    const std::string store = lab_.store(), keyring = lab_.keyring();
    const std::string passphrase(Laboratory::kPassphrase), password(Laboratory::kPassword);
    const pid_t child = fork();
    if (child != 0) return child;
    dup2(out, STDOUT_FILENO);
    execl(MEDSEAL_VAULT_ACCESSOR, "accessor", what, store.c_str(), keyring.c_str(), passphrase.c_str(),
          password.c_str(), nullptr);
    _exit(127);
  }
  StatusCode Reopen(bool accept_stale = false) {
    lab_.Close();
    vault::OpenOptions options;
    options.accept_stale = accept_stale;
    return lab_.Open(std::move(options)).code();
  }

  Laboratory lab_;
};

TEST_F(AccessLog, ReadSaysWhoWhatForAndWhatWasSeen) {
  const auto nurse = lab_.LoginAs("nurse");
  ASSERT_EQ(Read(*nurse, "alice"), StatusCode::kOk);
  const auto entries = EntriesOf("alice");
  ASSERT_FALSE(entries.empty());
  const OpenedEntry& read = entries.back();
  EXPECT_EQ(read.operation, Operation::kRead);
  EXPECT_EQ(read.outcome, Outcome::kDone);
  EXPECT_EQ(read.person, 2u);
  EXPECT_EQ(read.purpose, "care");
  EXPECT_EQ(read.type, "Patient");
  EXPECT_EQ(read.fields, std::vector<std::uint32_t>{kFamilyField});
  EXPECT_EQ(read.classes, ClassBit("identity"));
  EXPECT_NE(read.redacted & ClassBit("hiv"), 0);
}

TEST_F(AccessLog, WriteSaysWhichFieldsAndClasses) {
  const auto entries = EntriesOf("alice");
  ASSERT_EQ(entries.size(), 2u);  // the directory, then the record
  EXPECT_EQ(entries[1].operation, Operation::kWrite);
  EXPECT_EQ(entries[1].fields, (std::vector<std::uint32_t>{kFamilyField, kHivField}));
  EXPECT_EQ(entries[1].classes, ClassBit("identity") | ClassBit("hiv"));
}

TEST_F(AccessLog, PatientsAreKeptApart) {
  const auto nurse = lab_.LoginAs("nurse");
  ASSERT_EQ(Read(*nurse, "bob"), StatusCode::kOk);
  for (const OpenedEntry& entry : EntriesOf("alice")) EXPECT_NE(entry.operation, Operation::kRead);
}

TEST_F(AccessLog, FailedLoginIsOnRecordWithoutWhatWasTyped) {
  EXPECT_EQ(lab_.Vault()->Login("nurse", AsBytes("a guess"), "care").code(), StatusCode::kWrongSecret);
  EXPECT_EQ(lab_.Vault()->Login("hunter2", AsBytes("x"), "care").code(), StatusCode::kWrongSecret);
  const auto entries =
      Entries({.patient = {}, .person = {}, .operation = Operation::kLogin, .outcome = Outcome::kDenied});
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].person, 2u);
  EXPECT_EQ(entries[1].person, 0u);
  EXPECT_EQ(entries[1].detail, "unknown person");
}

TEST_F(AccessLog, WhoMayNotReadItIsRefusedAndOnRecord) {
  const auto nurse = lab_.LoginAs("nurse");
  {
    auto call = nurse->Enter();
    const Status asked =
        vault::QueryLog(call->core(), call->desk(), {}, [](const OpenedEntry&) { return Status::Ok(); });
    EXPECT_EQ(asked.code(), StatusCode::kPermissionDenied);
  }
  const auto entries = Entries({.patient = {}, .person = "nurse", .operation = Operation::kAudit, .outcome = {}});
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].outcome, Outcome::kDenied);
}

TEST_F(AccessLog, ExposureCountsWhatAPersonSawAndNothingElse) {
  const auto nurse = lab_.LoginAs("nurse");
  for (int i = 0; i < 3; ++i) ASSERT_EQ(Read(*nurse, "alice"), StatusCode::kOk);
  const auto founder = Founder();
  ASSERT_EQ(Read(*founder, "bob"), StatusCode::kOk);
  auto call = founder->Enter();
  const auto exposure = vault::ExposureOfPerson(call->core(), call->desk(), "nurse", 0, ~std::uint64_t{0});
  ASSERT_TRUE(exposure.ok()) << exposure.status().message();
  ASSERT_EQ(exposure->patients.size(), 1u);
  const vault::ExposedPatient& alice = exposure->patients.begin()->second;
  EXPECT_EQ(alice.reads, 3u);
  EXPECT_EQ(alice.fields, 3u);
  EXPECT_EQ(alice.classes, 1u << *call->core().registry->chain()->FindClass("identity"));
}

TEST_F(AccessLog, HoldsNoValueAndNoIdInClear) {
  const auto nurse = lab_.LoginAs("nurse");
  ASSERT_EQ(Read(*nurse, "alice"), StatusCode::kOk);
  lab_.Close();
  std::ifstream file(LogFile(), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  for (const char* needle : {"alice", "Martin", "nurse", "founder", "Patient", "care"})
    EXPECT_EQ(bytes.find(needle), std::string::npos) << needle;
}

// The disk's limit on file sizes stands for a disk without room.
TEST_F(AccessLog, ThatCannotBeWrittenStopsReading) {
  const auto founder = Founder();
  signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 1 << 16;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  StatusCode code = StatusCode::kOk;
  for (int i = 0; i < 20'000 && code == StatusCode::kOk; ++i) code = Read(*founder, "alice");
  EXPECT_EQ(code, StatusCode::kResourceExhausted);
  EXPECT_EQ(Read(*founder, "alice"), StatusCode::kResourceExhausted);
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(Read(*founder, "alice"), StatusCode::kOk);  // there is room again
}

TEST_F(AccessLog, EntriesAreFoundInFinishedSegments) {
  const auto founder = Founder();
  const auto nurse = lab_.LoginAs("nurse");
  ASSERT_EQ(Read(*nurse, "bob"), StatusCode::kOk);
  auto call = founder->Enter();
  const audit::Log& log = call->core().access_log->log();
  while (log.Segments().size() < 3) ASSERT_EQ(Read(*founder, "alice"), StatusCode::kOk);
  std::size_t reads_of_bob = 0;
  for (const OpenedEntry& entry : EntriesOf("bob")) reads_of_bob += entry.operation == Operation::kRead ? 1 : 0;
  EXPECT_EQ(reads_of_bob, 1u);
}

TEST_F(AccessLog, IndexOfAFullSegmentIsThereBeforeAnybodyAsks) {
  const auto founder = Founder();
  auto call = founder->Enter();
  const audit::Log& log = call->core().access_log->log();
  while (log.Segments().size() < 2) ASSERT_EQ(Read(*founder, "alice"), StatusCode::kOk);
  const std::string index = audit::IndexPath(vault::LogFolder(lab_.store()), 1);
  for (int i = 0; i < 1000 && !std::filesystem::exists(index); ++i) usleep(10'000);
  EXPECT_TRUE(std::filesystem::exists(index));
}

TEST_F(AccessLog, EveryReadThatWasAnsweredOutlivesTheDeathOfTheProcess) {
  lab_.Close();
  int channel[2];
  ASSERT_EQ(pipe(channel), 0);
  const pid_t child = RunAccessor("read", channel[1]);
  close(channel[1]);
  std::uint64_t answered = 0;
  char byte = 0;
  while (answered < 500 && read(channel[0], &byte, 1) == 1) ++answered;
  kill(child, SIGKILL);
  while (read(channel[0], &byte, 1) == 1) ++answered;
  waitpid(child, nullptr, 0);
  close(channel[0]);
  std::uint64_t recorded = 0;
  for (const OpenedEntry& entry : EntriesOf("alice")) recorded += entry.operation == Operation::kRead ? 1 : 0;
  EXPECT_GE(recorded, answered);
  EXPECT_LE(recorded, answered + 3);  // one a reader, on record and not answered yet
}

TEST_F(AccessLog, ErasingThePatientLeavesWhoAndTakesWhat) {
  const auto nurse = lab_.LoginAs("nurse");
  ASSERT_EQ(Read(*nurse, "alice"), StatusCode::kOk);
  const auto founder = Founder();
  vault::Erased erased;
  const Bytes id{'a', 'l', 'i', 'c', 'e'};
  ASSERT_TRUE(vault::ErasePatient(*founder, {id, nullptr}, "asked for", erased).ok());
  const auto entries = Entries({.patient = {}, .person = "nurse", .operation = Operation::kRead, .outcome = {}});
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].what, OpenedEntry::What::kSealed);
  EXPECT_EQ(*entries[0].patient, erased.patient);
  EXPECT_TRUE(lab_.Verify(&*founder).ok());  // the tree as before
}

TEST_F(AccessLog, PatientPutBackTogetherWithTheHeadIsFoundByVerify) {
  const auto before = lab_.AllRows(Table::kRecords);
  const auto heads = lab_.AllRows(Table::kHeads);
  const auto keys = lab_.AllRows(Table::kKeys);
  {
    const auto founder = Founder();
    Write(*founder, "alice", "Martin-Leroy");
    ASSERT_TRUE(lab_.Verify(&*founder).ok());
  }
  for (const Table table : {Table::kRecords, Table::kHeads})
    for (const StoredRow& row : lab_.AllRows(table)) lab_.Remove(table, row.key);
  for (const auto* rows : {&before, &heads, &keys})
    for (const StoredRow& row : *rows) lab_.Overwrite(row.table, row.key, row.value);
  const auto founder = Founder();
  EXPECT_EQ(Read(*founder, "alice"), StatusCode::kOk);  // nothing in the store itself tells
  vault::VerifyReport report;
  EXPECT_EQ(lab_.Verify(&*founder, &report).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(report.problems, 1u);
}

TEST_F(AccessLog, ThatIsGoneOrShorterThanItsAnchorClosesTheVault) {
  lab_.Close();
  const std::string aside = lab_.store() + "/audit.aside";
  std::filesystem::rename(vault::LogFolder(lab_.store()), aside);
  EXPECT_EQ(Reopen(), StatusCode::kStale);
  EXPECT_EQ(Reopen(true), StatusCode::kOk);  // to be looked at: read-only
  const auto founder = Founder();
  EXPECT_EQ(Read(*founder, "alice"), StatusCode::kOk);
  EXPECT_EQ(lab_.Put(*founder, "alice", "Patient", "1", TextField(kFamilyField, "x")).code(), StatusCode::kUnsupported);
}

TEST_F(AccessLog, AByteThatWasAnchoredAndChangedClosesTheVault) {
  lab_.Close();
  std::uint64_t cell = 0;
  {
    const auto segment = audit::Segment::Open(LogFile());
    ASSERT_TRUE(segment.ok());
    const auto each = [&](std::uint64_t at, ByteView entry) {
      if (audit::HeadEntryOf(entry).has_value()) cell = at;
      return Status::Ok();
    };
    ASSERT_TRUE((*segment)->ForEach(audit::Segment::kFirstCell, (*segment)->End(), each).ok());
  }
  const auto place = static_cast<std::streamoff>(cell * format::kLogCell + format::kLogEntryHead + 20);
  std::fstream file(LogFile(), std::ios::binary | std::ios::in | std::ios::out);
  file.seekg(place);
  const char byte = static_cast<char>(file.get());
  file.seekp(place);
  file.put(static_cast<char>(byte ^ 1));
  file.close();
  EXPECT_NE(Reopen(), StatusCode::kOk);
}

// Dies between the entry of a write and its batch.
TEST_F(AccessLog, WriteThatNeverTookPlaceIsSaidToOnceTheVaultIsOpenedAgain) {
  lab_.Close();
  const pid_t child = RunAccessor("write", STDOUT_FILENO);
  int how = 0;
  waitpid(child, &how, 0);
  ASSERT_TRUE(WIFSIGNALED(how));
  const auto entries = EntriesOf("alice");
  ASSERT_GE(entries.size(), 2u);
  const OpenedEntry& last = entries.back();
  EXPECT_EQ(last.outcome, Outcome::kNotCommitted);
  EXPECT_EQ(last.number, entries[entries.size() - 2].index);
  const auto founder = Founder();
  EXPECT_TRUE(lab_.Verify(&*founder).ok());
}

class BackedUpLog : public BackupDesk {
 protected:
  std::vector<OpenedEntry> ReadsOf(Laboratory& lab) {
    const auto founder = lab.LoginAs(Laboratory::kFounder);
    auto call = founder->Enter();
    std::vector<OpenedEntry> reads;
    const Status asked =
        vault::QueryLog(call->core(), call->desk(), {.patient = {}, .person = {}, .operation = {}, .outcome = {}},
                        [&](const OpenedEntry& entry) {
                          OpenedEntry copy;
                          copy.operation = entry.operation;
                          copy.outcome = entry.outcome;
                          copy.number = entry.number;
                          reads.push_back(std::move(copy));
                          return Status::Ok();
                        });
    EXPECT_TRUE(asked.ok()) << asked.message();
    return reads;
  }
  void ReadUntil(std::uint64_t segment) {
    const auto founder = Founder();
    while (!std::filesystem::exists(audit::SegmentPath(vault::LogFolder(lab_.store()), segment)))
      ASSERT_TRUE(lab_.Get(*founder, "alice", "Patient", "1").ok());
  }
  vault::RestoreReport RestoreFrom(const std::string& place) {
    lab_.Close();
    std::filesystem::remove_all(lab_.store());
    vault::RestoreOptions options;
    options.from = Path(place);
    options.store = lab_.store();
    options.keyring = lab_.keyring();
    options.secret.bytes = SecretBytes::CopyOf(AsBytes(Laboratory::kPassphrase));
    vault::RestoreReport report;
    const Status restored = vault::RestoreVault(options, report);
    EXPECT_TRUE(restored.ok()) << restored.message();
    return report;
  }
  static std::size_t Count(const std::vector<OpenedEntry>& entries, Operation operation) {
    return static_cast<std::size_t>(std::count_if(
        entries.begin(), entries.end(), [&](const OpenedEntry& entry) { return entry.operation == operation; }));
  }
};

TEST_F(BackedUpLog, ComesBackWithARestoreWhichIsOnRecord) {
  {
    const auto founder = Founder();
    ASSERT_TRUE(lab_.Get(*founder, "alice", "Patient", "1").ok());
  }
  BackUp();
  {
    const auto founder = Founder();  // after the backup: its entries are lost
    ASSERT_TRUE(lab_.Get(*founder, "alice", "Patient", "1").ok());
  }
  const vault::RestoreReport report = RestoreFrom("place-a");
  EXPECT_EQ(report.log, vault::RestoredLog::kFits);
  EXPECT_GT(report.log_entries_lost, 0u);
  const auto entries = ReadsOf(lab_);
  EXPECT_EQ(Count(entries, Operation::kRead), 1u);
  EXPECT_EQ(Count(entries, Operation::kRestore), 1u);
  const auto founder = Founder();
  EXPECT_TRUE(lab_.Verify(&*founder).ok());
}

TEST_F(BackedUpLog, WhatWasDroppedGoesFromTheCopiesAndStaysAwayAfterARestore) {
  lab_.AddPerson("deputy", {"general"});
  ReadUntil(2);
  lab_.Close();
  ReadUntil(3);
  BackUp();
  const std::string copy = audit::SegmentPath(Path("place-a") + "/log", 1);
  ASSERT_TRUE(std::filesystem::exists(copy));
  {
    const auto founder = Founder();
    ASSERT_TRUE(vault::Join(*founder, "deputy", AsBytes(PasswordOf("deputy"))).ok());
    auto call = founder->Enter();
    const auto dropped = vault::DropLog(call->core(), call->desk(), NowMs(), true);
    ASSERT_TRUE(dropped.ok()) << dropped.status().message();
    ASSERT_GE(dropped->segments, 1u);
  }
  BackUp();
  EXPECT_FALSE(std::filesystem::exists(copy));
  EXPECT_EQ(RestoreFrom("place-a").log, vault::RestoredLog::kFits);
  EXPECT_FALSE(std::filesystem::exists(audit::SegmentPath(vault::LogFolder(lab_.store()), 1)));
  const auto check = audit::CheckLog({.folder = vault::LogFolder(lab_.store())});
  EXPECT_TRUE(check.ok()) << check.status().message();
  const auto founder = Founder();
  EXPECT_TRUE(lab_.Verify(&*founder).ok());
}

TEST_F(BackedUpLog, SegmentThatWasCopiedBeforeItWasFullIsCopiedAgain) {
  BackUp();
  ReadUntil(3);
  BackUp();
  const vault::RestoreReport report = RestoreFrom("place-a");
  EXPECT_EQ(report.log, vault::RestoredLog::kFits);
  EXPECT_LT(report.log_entries_lost, 10u);
}

TEST_F(BackedUpLog, CopyThatSomebodyChangedIsNotTakenForTheLog) {
  BackUp();
  const std::string copy = audit::SegmentPath(Path("place-a") + "/log", 1);
  std::fstream file(copy, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(64 * 4 + 20);
  file.put('\x5a');
  file.close();
  const vault::RestoreReport report = RestoreFrom("place-a");
  EXPECT_NE(report.log, vault::RestoredLog::kFits);
}

}  // namespace
}  // namespace mseal::test
