// Retention as the calendar, the careless and the unlucky meet it.
#include "vault/retention.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "format/keys_of_rows.h"
#include "vault/expiry.h"
#include "vault/load_schema.h"
#include "vault/marks.h"
#include "vault/two_persons.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

using store::Table;
using vault::ClockState;
using Words = std::vector<std::string>;

constexpr std::uint64_t kDay = 24ull * 60 * 60 * 1000;
constexpr std::uint64_t kBegin = 1'700'000'000'000;  // when the laboratory was founded
constexpr std::string_view kWitness = "witness";

// Kept a year, but for values of the class `mental`, and notes for ninety days; tickets without limit.
constexpr std::string_view kSchema = R"(
syntax = "proto3";
import "medseal/options.proto";
option (medseal.v1.class) = { name: "identity" };
option (medseal.v1.class) = { name: "mental" retention: "30d" };
message Visit {
  option (medseal.v1.record) = { retention: "1y" };
  string name = 1 [(medseal.v1.field) = { class: "identity" find: EXACT normalize: NAME }];
  string mood = 2 [(medseal.v1.field) = { class: "mental" find: EXACT normalize: ID }];
  bytes film = 3 [(medseal.v1.field) = { class: "mental" }];
  string ward = 4 [(medseal.v1.field) = { public: true ordered: true }];
}
message Note {
  option (medseal.v1.record) = { retention: "90d" };
  string text = 1;
}
message Ticket {
  option (medseal.v1.record) = {};
  string text = 1;
}
)";

class Retention : public ::testing::Test {
 protected:
  Retention() {
    lab_.AddPerson(kWitness, {});
    lab_.AddPerson("clerk", {"identity", "general"});
    LogIn();
  }
  ~Retention() override { SetClockForTests(0); }

  void LogIn() { founder_ = lab_.LoginAs(Laboratory::kFounder); }
  void Reopen() {
    founder_.reset();
    lab_.Close();
    LogIn();
  }
  // Time passes and people log in: the vault goes with the clock.
  void Pass(std::uint64_t days) {
    for (; days > 0; --days) {
      now_ += kDay;
      SetClockForTests(now_);
      if (days % 20 == 1) LogIn();
    }
  }
  // The clock is somewhere else at once.
  void Step(std::int64_t days) {
    now_ += static_cast<std::uint64_t>(days * static_cast<std::int64_t>(kDay));
    SetClockForTests(now_);
  }

  void Write(std::string_view patient, std::string_view type, const Bytes& message, std::string_view record = "1") {
    const Status put = lab_.Put(*founder_, patient, type, record, message);
    ASSERT_TRUE(put.ok()) << put.message();
  }
  // So many records that stay, so that what a test lets go is a small share.
  void Crowd(int count = 40) {
    for (int i = 0; i < count; ++i) Write("crowd", "Ticket", TextField(1, "t"), std::to_string(i));
  }
  Status Join() { return vault::Join(*founder_, kWitness, AsBytes(PasswordOf(kWitness))); }
  Status Retain(vault::Session& session, const vault::RetentionOptions& options) {
    MS_ASSIGN(auto call, session.Enter());
    return vault::Retain(call.core(), call.desk(), options, report_);
  }
  Status Run(vault::RetentionOptions options = {}) {
    options.run = true;
    return Retain(*founder_, options);
  }
  vault::RetentionReport Plan(vault::RetentionOptions options = {}) {
    const Status planned = Retain(*founder_, options);
    EXPECT_TRUE(planned.ok()) << planned.message();
    return report_;
  }
  bool IsThere(std::string_view patient, std::string_view type, std::string_view record = "1") {
    const auto got = lab_.Get(*founder_, patient, type, record);
    EXPECT_TRUE(got.ok() || got.code() == StatusCode::kNotFound) << got.status().message();
    return got.ok();
  }
  void ExpectClean() {
    const Status verified = lab_.Verify(founder_.get());
    EXPECT_TRUE(verified.ok()) << verified.message();
  }
  template <typename Change>
  void Mark(Change&& change, std::string_view patient) {
    auto call = founder_->Enter();
    const Status marked = change(call->core(), call->desk(), vault::PatientName{AsBytes(patient), nullptr});
    ASSERT_TRUE(marked.ok()) << marked.message();
  }
  void Hold(std::string_view patient) {
    Mark([](auto& core, auto& desk, const auto& name) { return vault::Hold(core, desk, name, "claim"); }, patient);
  }
  std::size_t RowsOf(Table table) {
    auto call = founder_->Enter();
    std::size_t count = 0;
    for (auto cursor = call->core().rows->Scan(table, {}, {}); cursor->Valid(); cursor->Next()) ++count;
    return count;
  }

  struct Begin {
    Begin() { SetClockForTests(kBegin); }
  } begin_;
  std::uint64_t now_ = kBegin;
  Laboratory lab_{crypto::Suite::kChaCha20Poly1305, std::string(kSchema)};
  std::shared_ptr<vault::Session> founder_;
  vault::RetentionReport report_;
};

// ---- records

TEST_F(Retention, NothingExpiresEarlyAndEverythingOnItsDay) {
  Crowd();
  Write("alice", "Note", TextField(1, "n"));
  Pass(89);
  now_ += kDay - 1;
  SetClockForTests(now_);
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(report_.deleted, 0u);
  EXPECT_TRUE(IsThere("alice", "Note"));
  SetClockForTests(++now_);
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(report_.deleted, 1u);
  EXPECT_FALSE(IsThere("alice", "Note"));
  EXPECT_EQ(report_.all.records, 41u);
  Pass(3000);
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(report_.deleted, 0u);
  EXPECT_TRUE(IsThere("crowd", "Ticket", "0"));
  ExpectClean();
}

TEST_F(Retention, TimeRunsFromTheNewestVersion) {
  Crowd();
  Write("alice", "Note", TextField(1, "first"));
  Pass(60);
  Write("alice", "Note", TextField(1, "second"));
  Pass(60);
  EXPECT_TRUE(Run().ok());
  EXPECT_TRUE(IsThere("alice", "Note"));
  Pass(30);
  EXPECT_TRUE(Run().ok());
  EXPECT_FALSE(IsThere("alice", "Note"));
}

TEST_F(Retention, PlanCountsAndTouchesNothing) {
  Crowd();
  Write("alice", "Note", TextField(1, "a"), "1");
  Pass(1);
  Write("alice", "Note", TextField(1, "b"), "2");
  Write("bob", "Note", TextField(1, "c"));
  Pass(100);
  std::vector<vault::RetentionItem> items;
  vault::RetentionOptions options;
  options.on_item = [&](const vault::RetentionItem& item) { items.push_back(item); };
  const vault::RetentionReport plan = Plan(options);
  EXPECT_EQ(plan.all.records, 43u);
  EXPECT_EQ(plan.all.expired, 3u);
  EXPECT_EQ(plan.patients, 2u);
  EXPECT_EQ(plan.types.at("Note").expired, 3u);
  EXPECT_EQ(plan.types.at("Note").records, 3u);
  EXPECT_EQ(plan.types.at("Ticket").expired, 0u);
  EXPECT_EQ(plan.types.at("Note").earliest_ms, kBegin + 90 * kDay);
  EXPECT_EQ(plan.types.at("Note").latest_ms, kBegin + 91 * kDay);
  EXPECT_EQ(plan.deleted, 0u);
  ASSERT_EQ(items.size(), 3u);
  for (const vault::RetentionItem& item : items) EXPECT_TRUE(item.classes.empty());
  EXPECT_TRUE(IsThere("alice", "Note", "1") && IsThere("alice", "Note", "2") && IsThere("bob", "Note"));
}

TEST_F(Retention, PlanMayBeOfOneTypeAndOfAnotherTimeAndARunMayNot) {
  Write("alice", "Note", TextField(1, "a"));
  Write("alice", "Visit", TextField(1, "Martin"));
  vault::RetentionOptions later;
  later.until_ms = kBegin + 400 * kDay;
  EXPECT_EQ(Plan(later).all.expired, 2u);
  later.type = "Visit";
  EXPECT_EQ(Plan(later).all.expired, 1u);
  EXPECT_EQ(report_.all.records, 2u);
  EXPECT_EQ(Plan().all.expired, 0u);
  vault::RetentionOptions typed, bold;
  typed.type = "Letter";
  EXPECT_EQ(Retain(*founder_, typed).code(), StatusCode::kInvalidArgument);
  typed.type = "Note";
  EXPECT_EQ(Run(typed).code(), StatusCode::kInvalidArgument);
  later.type.clear();
  EXPECT_EQ(Run(later).code(), StatusCode::kInvalidArgument);
  bold.share = 101;
  EXPECT_EQ(Run(bold).code(), StatusCode::kInvalidArgument);
}

TEST_F(Retention, HistoryLargeValuesAndPostingsGoWithTheRecord) {
  Crowd();
  const std::size_t rows = RowsOf(Table::kRecords);
  Write("alice", "Visit", TextField(1, "Martin") + TextField(3, std::string(200'000, 'f')) + TextField(4, "A"));
  Write("alice", "Visit", TextField(1, "Dupont") + TextField(3, std::string(300'000, 'g')) + TextField(4, "B"));
  EXPECT_GT(RowsOf(Table::kRecords), rows + 8);
  Pass(366);
  ASSERT_TRUE(Run().ok()) << report_.all.expired;
  EXPECT_EQ(report_.deleted, 1u);
  EXPECT_EQ(RowsOf(Table::kRecords), rows + 1);  // alice's directory
  EXPECT_TRUE(lab_.Find(*founder_, "Visit", "name", "Dupont")->empty());
  EXPECT_TRUE(lab_.Get(*founder_, "alice", "Visit", "1", 1).code() == StatusCode::kNotFound);
  ExpectClean();
  // The id is free again, and the patient is still known.
  Write("alice", "Visit", TextField(1, "Martin"));
  ExpectClean();
}

TEST_F(Retention, SchemaThatKeepsLongerKeepsWhatIsStored) {
  Crowd();
  Write("alice", "Note", TextField(1, "n"));
  const auto load = [&](std::string_view retention) {
    std::string text(kSchema);
    const std::size_t at = text.find("90d");
    text.replace(at, 3, retention);
    auto call = founder_->Enter();
    schema::SchemaText schema;
    schema.proto = text;
    const auto loaded = vault::LoadSchema(call->core(), call->desk(), schema);
    ASSERT_TRUE(loaded.ok()) << loaded.status().message();
  };
  load("120d");
  Pass(100);
  EXPECT_TRUE(Run().ok());
  EXPECT_TRUE(IsThere("alice", "Note"));
  load("");
  Pass(1000);
  EXPECT_TRUE(Run().ok());
  EXPECT_TRUE(IsThere("alice", "Note"));
  load("1d");
  EXPECT_TRUE(Run().ok());
  EXPECT_FALSE(IsThere("alice", "Note"));
}

TEST_F(Retention, ShorterSchemaDoesNotBreakWhatWasPromised) {
  Crowd();
  Write("alice", "Note", TextField(1, "n"));
  std::string text(kSchema);
  text.replace(text.find("90d"), 3, "1d");
  {
    auto call = founder_->Enter();
    schema::SchemaText schema;
    schema.proto = text;
    ASSERT_TRUE(vault::LoadSchema(call->core(), call->desk(), schema).ok());
  }
  Write("bob", "Note", TextField(1, "n"));
  Pass(89);
  EXPECT_TRUE(Run().ok());
  EXPECT_TRUE(IsThere("alice", "Note"));
  EXPECT_FALSE(IsThere("bob", "Note"));
}

TEST_F(Retention, DateOfARecordIsThatOfItsTypeOrTheOnePromised) {
  auto call = founder_->Enter();
  const vault::ExpiryRules rules(call->core().schemas.current(), kBegin);
  const auto end = [&](std::string_view type, std::uint64_t written_ms, std::uint64_t promised_ms) {
    format::Header header;
    header.type = type;
    header.written_ms = written_ms;
    header.retain_until_ms = promised_ms;
    return rules.EndOf(header);
  };
  EXPECT_EQ(end("Note", kBegin, 0), kBegin + 90 * kDay);
  EXPECT_EQ(end("Note", kBegin, kBegin + 100 * kDay), kBegin + 100 * kDay);
  EXPECT_EQ(end("Ticket", kBegin, kBegin + 1), 0u);
  EXPECT_EQ(end("of no schema", kBegin, kBegin + 1), kBegin + 1);
  EXPECT_EQ(end("of no schema", kBegin, 0), 0u);
  EXPECT_EQ(end(schema::kDirectoryType, kBegin, kBegin + 1), 0u);
  // A time that overruns never comes.
  EXPECT_EQ(end("Note", ~std::uint64_t{0} - 5, 0), 0u);
  EXPECT_TRUE(rules.IsOver(kBegin));
  EXPECT_FALSE(rules.IsOver(kBegin + 1) || rules.IsOver(0));
}

// ---- marks

TEST_F(Retention, HeldPatientsAreLeftOutAndCounted) {
  Crowd();
  Write("alice", "Note", TextField(1, "n"));
  Write("bob", "Note", TextField(1, "n"));
  Hold("alice");
  Pass(100);
  EXPECT_EQ(Plan().held, 1u);
  EXPECT_EQ(report_.all.expired, 1u);
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(report_.held, 1u);
  EXPECT_EQ(report_.deleted, 1u);
  EXPECT_TRUE(IsThere("alice", "Note"));
  EXPECT_FALSE(IsThere("bob", "Note"));
  Mark(vault::Release, "alice");
  EXPECT_TRUE(Run().ok());
  EXPECT_FALSE(IsThere("alice", "Note"));
}

TEST_F(Retention, PatientHeldAfterThePlanIsLeftOut) {
  Crowd();
  Write("alice", "Note", TextField(1, "n"));
  Write("bob", "Note", TextField(1, "n"));
  Pass(100);
  vault::RetentionOptions options;
  options.on_progress = [&](std::uint64_t done, std::uint64_t, std::uint64_t) {
    // Whoever comes second is held while the first goes.
    if (done == 1) Hold(IsThere("alice", "Note") ? "alice" : "bob");
    return true;
  };
  EXPECT_TRUE(Run(options).ok());
  EXPECT_EQ(report_.deleted, 1u);
  EXPECT_NE(IsThere("alice", "Note"), IsThere("bob", "Note"));
}

TEST_F(Retention, RestrictedPatientsAreLeftOutEvenByTwo) {
  Crowd();
  Write("alice", "Note", TextField(1, "n"));
  Pass(100);
  Mark([](auto& core, auto& desk, const auto& name) { return vault::Restrict(core, desk, name, "r"); }, "alice");
  ASSERT_TRUE(Join().ok());
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(report_.restricted, 1u);
  EXPECT_EQ(report_.deleted, 0u);
  EXPECT_TRUE(IsThere("alice", "Note"));
}

// ---- confirmation

TEST_F(Retention, LargerShareTakesASecondPerson) {
  Crowd(17);
  for (const char* patient : {"alice", "bob", "carol"}) Write(patient, "Note", TextField(1, "n"));
  Pass(100);
  const Status refused = Run();
  EXPECT_EQ(refused.code(), StatusCode::kPermissionDenied);
  EXPECT_NE(refused.message().find("second person"), std::string::npos);
  vault::RetentionOptions raised;
  raised.share = 50;
  EXPECT_EQ(Run(raised).code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(IsThere("alice", "Note"));
  ASSERT_TRUE(Join().ok());
  raised.share = 14;
  EXPECT_EQ(Run(raised).code(), StatusCode::kPermissionDenied);
  raised.share = 15;
  EXPECT_TRUE(Run(raised).ok());
  EXPECT_EQ(report_.deleted, 3u);
}

TEST_F(Retention, FivePerCentIsNotMoreThanFivePerCent) {
  Crowd(19);
  Write("alice", "Note", TextField(1, "n"));
  Pass(100);
  vault::RetentionOptions timid;
  timid.share = 4;
  EXPECT_EQ(Run(timid).code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(report_.deleted, 1u);
}

TEST_F(Retention, SmallerShareBindsTheSecondPersonNotWithoutBeingAsked) {
  for (const char* patient : {"alice", "bob"}) Write(patient, "Note", TextField(1, "n"));
  Pass(100);
  EXPECT_EQ(Run().code(), StatusCode::kPermissionDenied);
  ASSERT_TRUE(Join().ok());
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(report_.deleted, 2u);
}

TEST_F(Retention, OnlyTheFounderOrWhoHoldsEveryClassMay) {
  const auto clerk = lab_.LoginAs("clerk");
  EXPECT_EQ(Retain(*clerk, {}).code(), StatusCode::kPermissionDenied);
  vault::RetentionOptions run;
  run.run = true;
  EXPECT_EQ(Retain(*clerk, run).code(), StatusCode::kPermissionDenied);
}

TEST_F(Retention, ClockThatLeapsAheadTakesASecondPerson) {
  Crowd();
  Write("alice", "Note", TextField(1, "n"));
  Step(100);
  LogIn();  // does not follow such a leap
  EXPECT_EQ(Plan().clock, ClockState::kAhead);
  EXPECT_EQ(report_.all.expired, 1u);
  EXPECT_EQ(Run().code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(IsThere("alice", "Note"));
  ASSERT_TRUE(Join().ok());
  EXPECT_TRUE(Run().ok());
  EXPECT_FALSE(IsThere("alice", "Note"));
  // From now on the vault knows the time.
  Write("bob", "Note", TextField(1, "n"));
  Pass(91);
  EXPECT_EQ(Plan().clock, ClockState::kBelieved);
  EXPECT_TRUE(Run().ok());
  EXPECT_FALSE(IsThere("bob", "Note"));
}

TEST_F(Retention, LeapOfLessThanAMonthIsBelieved) {
  Crowd();
  Write("alice", "Note", TextField(1, "n"));
  for (int i = 0; i < 3; ++i) {
    Step(30);
    LogIn();
  }
  EXPECT_EQ(Plan().clock, ClockState::kBelieved);
  EXPECT_EQ(Plan().all.expired, 1u);
  Step(32);
  EXPECT_EQ(Plan().clock, ClockState::kAhead);
}

TEST_F(Retention, ClockThatWentBackTakesASecondPerson) {
  Crowd();
  Write("alice", "Note", TextField(1, "n"));
  Pass(120);
  Step(-20);
  EXPECT_EQ(Plan().clock, ClockState::kBehind);
  EXPECT_EQ(Run().code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(IsThere("alice", "Note"));
  ASSERT_TRUE(Join().ok());
  EXPECT_TRUE(Run().ok());
  EXPECT_FALSE(IsThere("alice", "Note"));
  EXPECT_EQ(Plan().clock, ClockState::kBelieved);
}

TEST_F(Retention, ClockEarlierThanTheNewestRowIsNotBelieved) {
  Crowd();
  Step(20);
  Write("bob", "Ticket", TextField(1, "from the future"));
  Step(-10);
  EXPECT_EQ(Plan().clock, ClockState::kBehind);
  // Clocks are set back a little all the time.
  Step(10);
  now_ -= 9 * 60 * 1000;
  SetClockForTests(now_);
  EXPECT_EQ(Plan().clock, ClockState::kBelieved);
}

TEST_F(Retention, KnownTimeTakenAwayOrPutBackTakesASecondPerson) {
  Crowd();
  Write("alice", "Note", TextField(1, "n"));
  const Bytes key = format::MetaKey(1, format::MetaKind::kKnownTime, {});
  founder_.reset();
  Bytes early;
  for (const StoredRow& row : lab_.AllRows(Table::kMeta)) {
    if (row.key == key) early = row.value;
  }
  ASSERT_FALSE(early.empty());
  LogIn();
  Pass(100);
  founder_.reset();
  lab_.Overwrite(Table::kMeta, key, early);
  LogIn();
  EXPECT_EQ(Plan().clock, ClockState::kAhead);
  EXPECT_EQ(Run().code(), StatusCode::kPermissionDenied);
  founder_.reset();
  lab_.Remove(Table::kMeta, key);
  LogIn();
  EXPECT_EQ(Plan().clock, ClockState::kUnknown);
  EXPECT_EQ(Run().code(), StatusCode::kPermissionDenied);
  ASSERT_TRUE(Join().ok());
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(Plan().clock, ClockState::kBelieved);
}

// ---- interruption

TEST_F(Retention, RunThatWasStoppedGoesOn) {
  Crowd(100);
  for (const char* patient : {"alice", "bob", "carol"}) Write(patient, "Note", TextField(1, "n"));
  Pass(100);
  vault::RetentionOptions once;
  once.on_progress = [](std::uint64_t done, std::uint64_t in_all, std::uint64_t) { return in_all != 3 || done != 1; };
  EXPECT_EQ(Run(once).code(), StatusCode::kCancelled);
  EXPECT_EQ(report_.deleted, 1u);
  Reopen();
  ExpectClean();
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(report_.deleted, 2u);
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(report_.deleted, 0u);
  ExpectClean();
}

TEST_F(Retention, PatientOfManyRecordsGoesInSeveralBatches) {
  Crowd(1);
  for (int i = 0; i < 150; ++i) Write("alice", "Note", TextField(1, "n"), std::to_string(i));
  Pass(100);
  ASSERT_TRUE(Join().ok());
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(report_.deleted, 150u);
  ExpectClean();
}

TEST_F(Retention, DamagedPatientStopsTheRun) {
  Crowd();
  Write("alice", "Note", TextField(1, "n"));
  Pass(100);
  const keys::PatientHandle alice = lab_.HandleOf(*founder_, "alice");
  founder_.reset();
  for (const StoredRow& row : lab_.AllRows(Table::kRecords)) {
    if (!std::equal(alice.begin(), alice.end(), row.key.begin())) continue;
    Bytes flipped = row.value;
    flipped[flipped.size() / 2] ^= 1;
    lab_.Overwrite(Table::kRecords, row.key, flipped);
  }
  LogIn();
  EXPECT_EQ(Run().code(), StatusCode::kAuthFailed);
}

// ---- values of a class

TEST_F(Retention, ValuesOfAClassGoBeforeTheirRecordAndTakeNoKey) {
  Crowd();
  Write("alice", "Visit",
        TextField(1, "Martin") + TextField(2, "low") + TextField(3, std::string(200'000, 'f')) + TextField(4, "A"));
  const std::size_t rows = RowsOf(Table::kRecords);
  Pass(29);
  EXPECT_EQ(Plan().all.clearing, 0u);
  Pass(1);
  std::vector<Words> classes;
  vault::RetentionOptions options;
  options.on_item = [&](const vault::RetentionItem& item) { classes.push_back(item.classes); };
  const vault::RetentionReport plan = Plan(options);
  EXPECT_EQ(plan.all.expired, 0u);
  EXPECT_EQ(plan.all.clearing, 1u);
  EXPECT_EQ(plan.types.at("Visit").latest_ms, kBegin + 30 * kDay);
  EXPECT_EQ(classes, std::vector<Words>{{"mental"}});
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(report_.cleared, 1u);
  EXPECT_EQ(report_.deleted, 0u);
  EXPECT_EQ(Seen(lab_.Get(*founder_, "alice", "Visit", "1")), TextField(1, "Martin") + TextField(4, "A"));
  EXPECT_EQ((*lab_.Get(*founder_, "alice", "Visit", "1"))->version, 1u);
  EXPECT_EQ((*lab_.Get(*founder_, "alice", "Visit", "1"))->written_ms, kBegin);
  EXPECT_EQ(RowsOf(Table::kRecords), rows - 4);  // the chunks of 200 000 bytes
  EXPECT_TRUE(lab_.Find(*founder_, "Visit", "mood", "low")->empty());
  EXPECT_EQ(lab_.Find(*founder_, "Visit", "name", "Martin")->size(), 1u);
  ExpectClean();
  EXPECT_EQ(Plan().all.clearing, 0u);
  Pass(335);
  EXPECT_TRUE(IsThere("alice", "Visit"));
  Pass(1);
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(report_.deleted, 1u);
  EXPECT_FALSE(IsThere("alice", "Visit"));
  ExpectClean();
}

TEST_F(Retention, ReplacedVersionsLoseTheirValuesAtTheirOwnTime) {
  Crowd();
  const std::string film(200'000, 'f');
  Write("alice", "Visit", TextField(1, "Martin") + TextField(2, "low") + TextField(3, film));
  Pass(20);
  Write("alice", "Visit", TextField(1, "Dupont") + TextField(2, "high") + TextField(3, film));
  Pass(15);
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(report_.cleared, 1u);
  EXPECT_EQ(Seen(lab_.Get(*founder_, "alice", "Visit", "1", 1)), TextField(1, "Martin"));
  // The film is named by both versions and stays with the newer.
  EXPECT_EQ(Seen(lab_.Get(*founder_, "alice", "Visit", "1")),
            TextField(1, "Dupont") + TextField(2, "high") + TextField(3, film));
  EXPECT_EQ(lab_.Find(*founder_, "Visit", "mood", "high")->size(), 1u);
  ExpectClean();
  Pass(15);
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(Seen(lab_.Get(*founder_, "alice", "Visit", "1")), TextField(1, "Dupont"));
  ExpectClean();
}

TEST_F(Retention, ValueThatWasLetGoCanBeWrittenAnew) {
  Crowd();
  Write("alice", "Visit", TextField(1, "Martin") + TextField(2, "low"));
  Pass(31);
  ASSERT_TRUE(Run().ok());
  Reopen();
  Write("alice", "Visit", TextField(1, "Martin") + TextField(2, "better"));
  EXPECT_EQ(lab_.Find(*founder_, "Visit", "mood", "better")->size(), 1u);
  ExpectClean();
}

TEST_F(Retention, HeldPatientsKeepTheirValues) {
  Crowd();
  Write("alice", "Visit", TextField(2, "low"));
  Hold("alice");
  Pass(31);
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(report_.held, 1u);
  EXPECT_EQ(Seen(lab_.Get(*founder_, "alice", "Visit", "1")), TextField(2, "low"));
}

TEST(RetentionByRules, ValueWhoseClassTheDataGaveIsLetGo) {
  SetClockForTests(kBegin);
  std::string text = LabProto();
  const std::string declared = "name: \"hiv\" no_index: true";
  ASSERT_NE(text.find(declared), std::string::npos);
  text.replace(text.find(declared), declared.size(), declared + " retention: \"30d\"");
  Laboratory lab(crypto::Suite::kChaCha20Poly1305, text);
  const auto founder = lab.LoginAs(Laboratory::kFounder);
  ASSERT_TRUE(lab.Put(*founder, "alice", "LabResult", "hiv", HivTest("positive")).ok());
  ASSERT_TRUE(lab.Put(*founder, "alice", "LabResult", "sugar", Glucose("5")).ok());
  SetClockForTests(kBegin + 30 * kDay);
  lab.AddPerson(kWitness, {});
  vault::RetentionReport report;
  ASSERT_TRUE(vault::Join(*founder, kWitness, AsBytes(PasswordOf(kWitness))).ok());
  {
    auto call = founder->Enter();
    vault::RetentionOptions options;
    options.run = true;
    const Status ran = vault::Retain(call->core(), call->desk(), options, report);
    EXPECT_TRUE(ran.ok()) << ran.message();
  }
  EXPECT_EQ(report.cleared, 1u);
  EXPECT_EQ(Seen(lab.Get(*founder, "alice", "LabResult", "hiv")), Bytes{});
  EXPECT_EQ(ClassOf(**lab.Get(*founder, "alice", "LabResult", "hiv"), "result"), "general");
  EXPECT_EQ(Seen(lab.Get(*founder, "alice", "LabResult", "sugar")), Glucose("5"));
  EXPECT_TRUE(lab.Verify(founder.get()).ok());
  SetClockForTests(0);
}

}  // namespace
}  // namespace mseal::test
