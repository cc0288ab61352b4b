// Legal hold and restriction as those who set them, those who are kept out and a thief of the disk meet them.
#include "vault/marks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "format/keys_of_rows.h"
#include "support/vectors.h"
#include "vault/import.h"
#include "vault/two_persons.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

using format::MetaKind;
using store::Table;
using Words = std::vector<std::string>;

constexpr std::uint32_t kFamily = 3;
constexpr std::uint32_t kLab = 14;
constexpr std::string_view kPhysician = "physician";
constexpr std::string_view kWitness = "witness";
constexpr std::string_view kReason = "claim 2021/17";

class Marked : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson(kPhysician, {"identity", "general", "national_id"});
    lab_.AddPerson(kWitness, {});
    LogIn();
    for (const char* patient : {"alice", "bob"}) Write(*founder_, patient, "Martin");
  }
  void TearDown() override { LogOut(); }

  void LogIn() {
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    physician_ = lab_.LoginAs(kPhysician);
  }
  void LogOut() {
    founder_.reset();
    physician_.reset();
  }
  void Reopen() {
    LogOut();
    lab_.Close();
    LogIn();
  }

  void Write(vault::Session& session, std::string_view patient, std::string_view family) {
    const Status put =
        lab_.Put(session, patient, "Patient", "1", TextField(kFamily, family) + TextField(kLab, "Lab A"));
    ASSERT_TRUE(put.ok()) << put.message();
  }

  using Setter = Status (*)(vault::Core&, vault::Desk&, const vault::PatientName&, std::string_view);
  using Lifter = Status (*)(vault::Core&, vault::Desk&, const vault::PatientName&);
  Status Set(Setter setter, vault::Session& session, std::string_view patient, std::string_view reason = kReason) {
    MS_ASSIGN(auto call, session.Enter());
    return setter(call.core(), call.desk(), {AsBytes(patient), nullptr}, reason);
  }
  Status Lift(Lifter lifter, vault::Session& session, std::string_view patient) {
    MS_ASSIGN(auto call, session.Enter());
    return lifter(call.core(), call.desk(), {AsBytes(patient), nullptr});
  }
  Status Join(vault::Session& session, std::string_view person) { return Join(session, person, PasswordOf(person)); }
  Status Join(vault::Session& session, std::string_view person, std::string_view password) {
    return vault::Join(session, person, AsBytes(password));
  }
  template <typename Make>
  Result<std::vector<OpenedPtr>> List(vault::Session& session, Make&& make) {
    MS_ASSIGN(auto call, session.Enter());
    return Drain(make(call.core(), call.desk()));
  }
  auto Scan(vault::Session& session) {
    return List(session, [](auto& core, auto& desk) { return vault::ListType(core, desk, "Patient", std::nullopt); });
  }
  auto Range(vault::Session& session) {
    return List(session, [](auto& core, auto& desk) {
      return vault::ListRange(core, desk, "Patient", "lab", AsBytes("Lab"), {}, true);
    });
  }
  auto History(vault::Session& session, std::string_view patient) {
    return List(session, [&](auto& core, auto& desk) {
      return vault::ListHistory(core, desk, {AsBytes(patient), nullptr}, "Patient", AsBytes("1"));
    });
  }
  Status ReadValue(vault::Session& session, std::string_view patient) {
    const keys::PatientHandle handle = lab_.HandleOf(session, patient);
    MS_ASSIGN(auto call, session.Enter());
    SecretBytes value;
    std::uint64_t size = 0;
    return vault::RecordReader(call.core(), call.desk())
        .ReadValue(handle, "Patient", AsBytes("1"), "family", 0, 100, value, size);
  }

  Bytes RowOf(const keys::PatientHandle& patient) {
    for (const StoredRow& row : lab_.AllRows(Table::kMeta)) {
      if (row.key == MarkKey(patient)) return row.value;
    }
    return {};
  }
  static Bytes MarkKey(ByteView id) { return format::MetaKey(1, MetaKind::kMark, id); }

  Laboratory lab_;
  std::shared_ptr<vault::Session> founder_;
  std::shared_ptr<vault::Session> physician_;
};

// ---- hold

TEST_F(Marked, HeldPatientsRecordsStayUntilTheRelease) {
  ASSERT_TRUE(Set(vault::Hold, *founder_, "alice").ok());
  const Status refused = lab_.Delete(*founder_, "alice", "Patient", "1");
  EXPECT_EQ(refused.code(), StatusCode::kPermissionDenied);
  EXPECT_NE(refused.message().find("legal hold"), std::string::npos);
  EXPECT_TRUE(lab_.Get(*physician_, "alice", "Patient", "1").ok());
  EXPECT_TRUE(lab_.Delete(*founder_, "bob", "Patient", "1").ok());
  Reopen();
  EXPECT_EQ(lab_.Delete(*founder_, "alice", "Patient", "1").code(), StatusCode::kPermissionDenied);
  ASSERT_TRUE(Lift(vault::Release, *founder_, "alice").ok());
  Reopen();
  EXPECT_TRUE(lab_.Delete(*founder_, "alice", "Patient", "1").ok());
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
}

TEST(MarkedWithoutHistory, ReplacedVersionsStayWhileTheHoldLasts) {
  Laboratory lab(crypto::Suite::kChaCha20Poly1305,
                 "syntax = \"proto3\"; import \"medseal/options.proto\";"
                 "message Note { option (medseal.v1.record) = { history: NONE }; string text = 1; }");
  const auto founder = lab.LoginAs(Laboratory::kFounder);
  const auto write = [&](std::string_view text) {
    ASSERT_TRUE(lab.Put(*founder, "alice", "Note", "1", TextField(1, text)).ok());
  };
  write("first");
  write("second");
  EXPECT_EQ(lab.Get(*founder, "alice", "Note", "1", 1).code(), StatusCode::kNotFound);
  {
    auto call = founder->Enter();
    ASSERT_TRUE(vault::Hold(call->core(), call->desk(), {AsBytes("alice"), nullptr}, kReason).ok());
  }
  write("third");
  EXPECT_EQ(Seen(lab.Get(*founder, "alice", "Note", "1", 2)), TextField(1, "second"));
  {
    auto call = founder->Enter();
    ASSERT_TRUE(vault::Release(call->core(), call->desk(), {AsBytes("alice"), nullptr}).ok());
  }
  write("fourth");
  EXPECT_EQ(lab.Get(*founder, "alice", "Note", "1", 3).code(), StatusCode::kNotFound);
  EXPECT_TRUE(lab.Verify(founder.get()).ok());
  EXPECT_TRUE(lab.Delete(*founder, "alice", "Note", "1").ok());
  EXPECT_TRUE(lab.Verify(founder.get()).ok());
}

TEST_F(Marked, ReadMarksSaysWhoWhenAndWhy) {
  ASSERT_TRUE(Set(vault::Hold, *founder_, "alice").ok());
  const keys::PatientHandle alice = lab_.HandleOf(*founder_, "alice"), bob = lab_.HandleOf(*founder_, "bob");
  auto call = founder_->Enter();
  const auto marks = vault::ReadMarks(call->core(), alice);
  ASSERT_TRUE(marks.ok() && marks->hold.has_value());
  EXPECT_FALSE(marks->restriction.has_value());
  EXPECT_EQ(marks->hold->by_person, 1u);
  EXPECT_NE(marks->hold->since_ms, 0u);
  EXPECT_EQ(AsText(marks->hold->reason.Reveal()), kReason);
  EXPECT_TRUE(vault::ReadMarks(call->core(), bob)->empty());
  EXPECT_TRUE(vault::ReadMarks(call->core(), {})->empty());
  EXPECT_EQ(vault::CheckNotHeld(call->core(), alice).code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(vault::CheckNotHeld(call->core(), bob).ok());
}

TEST_F(Marked, MarkIsSetOnceAndLiftedOnce) {
  ASSERT_TRUE(Join(*founder_, kWitness).ok());
  using Pair = std::pair<Setter, Lifter>;
  for (const auto& [set, lift] : {Pair{vault::Hold, vault::Release}, Pair{vault::Restrict, vault::Unrestrict}}) {
    EXPECT_EQ(Lift(lift, *founder_, "alice").code(), StatusCode::kNotFound);
    EXPECT_TRUE(Set(set, *founder_, "alice").ok());
    EXPECT_EQ(Set(set, *founder_, "alice").code(), StatusCode::kAlreadyExists);
    EXPECT_TRUE(Lift(lift, *founder_, "alice").ok());
    EXPECT_EQ(Lift(lift, *founder_, "alice").code(), StatusCode::kNotFound);
    EXPECT_EQ(Set(set, *founder_, "nobody").code(), StatusCode::kNotFound);
  }
  const keys::PatientHandle nobody{7};
  auto call = founder_->Enter();
  EXPECT_EQ(vault::Hold(call->core(), call->desk(), {{}, &nobody}, kReason).code(), StatusCode::kNotFound);
}

TEST_F(Marked, ReasonIsTextOfOneTo240Bytes) {
  for (const std::string& reason :
       {std::string(), std::string(241, 'r'), std::string("two\nlines"), std::string("\xff")})
    EXPECT_EQ(Set(vault::Hold, *founder_, "alice", reason).code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(Set(vault::Hold, *founder_, "alice", std::string(240, 'r')).ok());
}

TEST_F(Marked, OnlyTheFounderAndWhoHoldsEveryClassMayMark) {
  EXPECT_EQ(Set(vault::Hold, *physician_, "alice").code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Set(vault::Restrict, *physician_, "alice").code(), StatusCode::kPermissionDenied);
  std::vector<std::string> all;
  {
    auto call = founder_->Enter();
    for (const auto& [number, entry] : call->core().registry->chain()->classes()) {
      if (entry.name != schema::kDirectory) all.push_back(entry.name);
    }
  }
  lab_.AddPerson("deputy", all);
  const auto deputy = lab_.LoginAs("deputy");
  EXPECT_TRUE(Set(vault::Hold, *deputy, "alice").ok());
  EXPECT_EQ(Lift(vault::Release, *physician_, "alice").code(), StatusCode::kPermissionDenied);
  auto call = physician_->Enter();
  EXPECT_EQ(vault::ListMarks(call->core(), call->desk(), [](auto&, auto&) { return Status::Ok(); }).code(),
            StatusCode::kPermissionDenied);
}

// ---- restriction

TEST_F(Marked, RestrictedPatientIsClosedToOnePerson) {
  ASSERT_TRUE(Set(vault::Restrict, *founder_, "alice").ok());
  for (int opened = 0; opened < 2; ++opened, Reopen()) {
    for (vault::Session* session : {founder_.get(), physician_.get()}) {
      const StatusCode denied = StatusCode::kPermissionDenied;
      EXPECT_EQ(lab_.Get(*session, "alice", "Patient", "1").code(), denied);
      EXPECT_EQ(lab_.Get(*session, "alice", "Patient", "1", 1).code(), denied);
      EXPECT_EQ(lab_.Get(*session, "alice", "Patient", "never written").code(), denied);
      EXPECT_EQ(lab_.Patient(*session, "alice").code(), denied);
      EXPECT_EQ(History(*session, "alice").code(), denied);
      EXPECT_EQ(ReadValue(*session, "alice").code(), denied);
      EXPECT_EQ(lab_.Put(*session, "alice", "Patient", "1", TextField(kFamily, "Dupont")).code(), denied);
      EXPECT_EQ(lab_.Put(*session, "alice", "Patient", "2", TextField(kFamily, "Dupont")).code(), denied);
      EXPECT_EQ(lab_.Delete(*session, "alice", "Patient", "1").code(), denied);
      EXPECT_EQ(lab_.Find(*session, "Patient", "family", "Martin")->size(), 1u);
      EXPECT_EQ(Scan(*session)->size(), 1u);
      EXPECT_EQ(Range(*session)->size(), 1u);
      EXPECT_TRUE(lab_.Get(*session, "bob", "Patient", "1").ok());
    }
  }
}

TEST_F(Marked, TwoPersonsTogetherReadAndWriteARestrictedPatient) {
  ASSERT_TRUE(Set(vault::Restrict, *founder_, "alice").ok());
  ASSERT_TRUE(Join(*physician_, kWitness).ok());
  EXPECT_TRUE(lab_.Get(*physician_, "alice", "Patient", "1").ok());
  EXPECT_TRUE(ReadValue(*physician_, "alice").ok());
  Write(*physician_, "alice", "Dupont");
  EXPECT_EQ(History(*physician_, "alice")->size(), 2u);
  EXPECT_EQ(lab_.Patient(*physician_, "alice")->size(), 1u);
  EXPECT_EQ(lab_.Find(*physician_, "Patient", "family", "Dupont")->size(), 1u);
  EXPECT_EQ(Scan(*physician_)->size(), 2u);
  EXPECT_EQ(Range(*physician_)->size(), 2u);
  // The founder's session was joined by nobody.
  EXPECT_EQ(lab_.Get(*founder_, "alice", "Patient", "1").code(), StatusCode::kPermissionDenied);
  // Nor is the physician's next one.
  physician_->Logout();
  EXPECT_EQ(lab_.Get(*lab_.LoginAs(kPhysician), "alice", "Patient", "1").code(), StatusCode::kPermissionDenied);
}

TEST_F(Marked, ListingsThatAreOpenCloseWithTheRestriction) {
  auto call = physician_->Enter();
  const auto open = [&](Result<vault::ListingPtr> listing) { return std::move(*listing); };
  auto& core = call->core();
  auto& desk = call->desk();
  const auto found = open(vault::ListFound(core, desk, "Patient", "family", AsBytes("Martin")));
  const auto scanned = open(vault::ListType(core, desk, "Patient", std::nullopt));
  const auto records = open(vault::ListPatient(core, desk, {AsBytes("alice"), nullptr}));
  const auto history = open(vault::ListHistory(core, desk, {AsBytes("alice"), nullptr}, "Patient", AsBytes("1")));
  ASSERT_TRUE(Set(vault::Restrict, *founder_, "alice").ok());
  for (const auto* listing : {&found, &scanned}) {
    ASSERT_NE(*(*listing)->Next(), nullptr);
    EXPECT_EQ(*(*listing)->Next(), nullptr);
  }
  EXPECT_EQ(records->Next().code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(history->Next().code(), StatusCode::kPermissionDenied);
}

TEST_F(Marked, ImportRejectsARestrictedPatientsRecordsAndGoesOn) {
  const std::string file = (lab_.folder() / "patients.ndjson").string();
  std::ofstream(file) << R"({"resourceType": "Patient", "id": "alice", "gender": "female"})"
                      << "\n"
                      << R"({"resourceType": "Patient", "id": "carol", "gender": "female"})"
                      << "\n";
  ASSERT_TRUE(Set(vault::Restrict, *founder_, "alice").ok());
  const auto import = [&] {
    vault::ImportReport report;
    std::vector<StatusCode> why;
    auto call = founder_->Enter();
    vault::ImportOptions options;
    options.files = {file};
    options.on_reject = [&](const sources::Place&, const Status& status) { why.push_back(status.code()); };
    const Status status = vault::Import(call->core(), call->desk(), options, report);
    EXPECT_TRUE(status.ok()) << status.message();
    EXPECT_EQ(why, std::vector<StatusCode>(report.rejected, StatusCode::kPermissionDenied));
    return report;
  };
  const vault::ImportReport alone = import();
  EXPECT_EQ(alone.rejected, 1u);
  EXPECT_EQ(alone.written, 1u);
  ASSERT_TRUE(Join(*founder_, kWitness).ok());
  const vault::ImportReport together = import();
  EXPECT_EQ(together.rejected, 0u);
  EXPECT_EQ(together.written, 1u);
}

TEST_F(Marked, LiftingARestrictionTakesTwoPersons) {
  ASSERT_TRUE(Set(vault::Restrict, *founder_, "alice").ok());
  EXPECT_EQ(Lift(vault::Unrestrict, *founder_, "alice").code(), StatusCode::kPermissionDenied);
  ASSERT_TRUE(Join(*founder_, kWitness).ok());
  EXPECT_TRUE(Lift(vault::Unrestrict, *founder_, "alice").ok());
  EXPECT_TRUE(lab_.Get(*physician_, "alice", "Patient", "1").ok());
}

TEST_F(Marked, SecondPersonIsAnotherHumanWithTheirOwnPassword) {
  EXPECT_EQ(Join(*physician_, kWitness, "wrong").code(), StatusCode::kWrongSecret);
  EXPECT_EQ(Join(*physician_, "nobody").code(), StatusCode::kWrongSecret);
  EXPECT_EQ(Join(*physician_, kPhysician).code(), StatusCode::kInvalidArgument);
  {
    people::NewPerson robot{"robot", people::PersonKind::kService, {}, crypto::kArgon2Floor};
    auto call = founder_->Enter();
    ASSERT_TRUE(vault::AddPerson(call->core(), call->desk(), robot, AsBytes(PasswordOf(robot.name))).ok());
  }
  EXPECT_EQ(Join(*physician_, "robot").code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Join(*lab_.LoginAs("robot"), kWitness).code(), StatusCode::kPermissionDenied);
  ASSERT_TRUE(Set(vault::Restrict, *founder_, "alice").ok());
  EXPECT_EQ(lab_.Get(*physician_, "alice", "Patient", "1").code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(Join(*physician_, kWitness).ok());
  EXPECT_EQ(Join(*physician_, Laboratory::kFounder).code(), StatusCode::kAlreadyExists);
}

TEST_F(Marked, ForgottenMarksAreGoneAndTheTallyHolds) {
  ASSERT_TRUE(Set(vault::Restrict, *founder_, "alice").ok());
  ASSERT_TRUE(Set(vault::Hold, *founder_, "bob").ok());
  const keys::PatientHandle alice = lab_.HandleOf(*founder_, "alice");
  for (int again = 0; again < 2; ++again) {
    auto call = founder_->Enter();
    EXPECT_TRUE(vault::ForgetMarks(call->core(), alice).ok());
  }
  Reopen();
  EXPECT_TRUE(lab_.Get(*physician_, "alice", "Patient", "1").ok());
  EXPECT_EQ(lab_.Delete(*founder_, "bob", "Patient", "1").code(), StatusCode::kPermissionDenied);
}

TEST_F(Marked, MarksSetAtOnceByManyKeepOneTallyAndBindReadersAtOnce) {
  constexpr int kThreads = 3, kEach = 5;
  for (int i = 0; i < kThreads * kEach; ++i) Write(*founder_, "patient " + std::to_string(i), "Dupont");
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done) EXPECT_TRUE(lab_.Find(*physician_, "Patient", "family", "Dupont").ok());
  });
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) {
        const std::string patient = "patient " + std::to_string(thread * kEach + i);
        EXPECT_TRUE(Set(vault::Restrict, *founder_, patient).ok());
        EXPECT_EQ(lab_.Get(*physician_, patient, "Patient", "1").code(), StatusCode::kPermissionDenied);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  done = true;
  reader.join();
  Reopen();
  EXPECT_TRUE(lab_.Find(*physician_, "Patient", "family", "Dupont")->empty());
}

// ---- what a thief sees and can do

TEST_F(Marked, RowShowsNeitherWhichMarkItIsNorWhy) {
  const keys::PatientHandle alice = lab_.HandleOf(*founder_, "alice"), bob = lab_.HandleOf(*founder_, "bob");
  ASSERT_TRUE(Set(vault::Hold, *founder_, "alice", "r").ok());
  ASSERT_TRUE(Set(vault::Restrict, *founder_, "bob", std::string(240, 'r')).ok());
  ASSERT_TRUE(Set(vault::Hold, *founder_, "bob", std::string(240, 'r')).ok());
  LogOut();
  EXPECT_FALSE(RowOf(alice).empty());
  EXPECT_EQ(RowOf(alice).size(), RowOf(bob).size());
}

TEST_F(Marked, MarkTakenAwayOnTheDiskClosesTheVault) {
  ASSERT_TRUE(Set(vault::Hold, *founder_, "alice").ok());
  const keys::PatientHandle alice = lab_.HandleOf(*founder_, "alice");
  LogOut();
  lab_.Remove(Table::kMeta, MarkKey(alice));
  EXPECT_EQ(lab_.Open().code(), StatusCode::kAuthFailed);
}

TEST_F(Marked, MarkPutBackOnTheDiskClosesTheVault) {
  ASSERT_TRUE(Set(vault::Hold, *founder_, "alice").ok());
  const keys::PatientHandle alice = lab_.HandleOf(*founder_, "alice");
  LogOut();
  const Bytes held = RowOf(alice);
  LogIn();
  ASSERT_TRUE(Lift(vault::Release, *founder_, "alice").ok());
  LogOut();
  lab_.Overwrite(Table::kMeta, MarkKey(alice), held);
  EXPECT_EQ(lab_.Open().code(), StatusCode::kAuthFailed);
}

TEST_F(Marked, MarkMovedToAnotherPatientClosesTheVault) {
  ASSERT_TRUE(Set(vault::Hold, *founder_, "alice").ok());
  const keys::PatientHandle alice = lab_.HandleOf(*founder_, "alice"), bob = lab_.HandleOf(*founder_, "bob");
  LogOut();
  lab_.Overwrite(Table::kMeta, MarkKey(bob), RowOf(alice));
  EXPECT_EQ(lab_.Open().code(), StatusCode::kAuthFailed);
}

TEST_F(Marked, TallyTakenAwayOrPutBackAloneClosesTheVault) {
  LogOut();
  const keys::PatientHandle tally{};
  const Bytes none = RowOf(tally);
  LogIn();
  ASSERT_TRUE(Set(vault::Hold, *founder_, "alice").ok());
  LogOut();
  const Bytes one = RowOf(tally);
  lab_.Overwrite(Table::kMeta, MarkKey(tally), none);
  EXPECT_EQ(lab_.Open().code(), StatusCode::kAuthFailed);
  lab_.Remove(Table::kMeta, MarkKey(tally));
  EXPECT_EQ(lab_.Open().code(), StatusCode::kAuthFailed);
  lab_.Overwrite(Table::kMeta, MarkKey(tally), one);
  EXPECT_TRUE(lab_.Open().ok());
}

// FORMAT.md says so: whoever has the provider as well writes marks and tally anew. The digest is the vectors'.
TEST_F(Marked, WhoHasTheProviderCanSetMarks) {
  LogOut();
  const Case one = LoadCases("format/mark_digest.json", "cases").back();
  const Bytes row = one.Hex("marks");
  format::MarkTally tally{.count = 1};
  CopyBytes(one.Hex("digest"), tally.digest);
  keys::PatientHandle patient;
  CopyBytes(ByteView(row).first(patient.size()), patient);
  lab_.WithMeta([&](store::Rows& rows, const keys::MetaTable& meta, const vault::StoreIdentity&) {
    store::Batch batch;
    meta.Put(batch, MetaKind::kMark, patient, ByteView(row).subspan(patient.size()));
    meta.Put(batch, MetaKind::kMark, keys::PatientHandle{}, format::WriteMarkTally(tally));
    ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
  });
  auto call = lab_.Vault()->Enter();
  EXPECT_EQ(call->core().marked.held(), 1u);
  EXPECT_TRUE(call->core().marked.IsHeld(patient));
}

}  // namespace
}  // namespace mseal::test
