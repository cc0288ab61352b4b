// What becomes of a record: put, replaced, updated, refused, deleted, and seen by people who hold different classes.
#include "vault_support/records.h"

#include <gtest/gtest.h>

namespace mseal::test {
namespace {

using store::Table;
using vault::PutMode;

constexpr std::string_view kPhysician = "physician";
constexpr std::string_view kReceptionist = "receptionist";

// Fields of Patient.
Bytes Family(std::string_view name) { return TextField(3, name); }
Bytes Given(std::string_view name) { return TextField(4, name); }
Bytes Hiv(std::uint64_t status) { return NumberField(10, status); }

class Records : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson(kPhysician, {"identity", "general", "national_id", "hiv", "narrative"});
    lab_.AddPerson(kReceptionist, {"identity", "general", "national_id"});
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    physician_ = lab_.LoginAs(kPhysician);
    receptionist_ = lab_.LoginAs(kReceptionist);
  }

  Status PutPatient(vault::Session& session, const Bytes& message, PutMode mode = PutMode::kReplace) {
    return lab_.Put(session, "alice", "Patient", "1", message, mode);
  }
  Result<OpenedPtr> GetPatient(vault::Session& session) { return lab_.Get(session, "alice", "Patient", "1"); }

  // Every stored row, to see that nothing was written.
  std::vector<std::pair<Bytes, Bytes>> Rows() {
    auto call = founder_->Enter();
    std::vector<std::pair<Bytes, Bytes>> rows;
    for (const Table table : {Table::kRecords, Table::kKeys, Table::kHeads, Table::kIndex, Table::kMeta}) {
      for (auto cursor = call->core().rows->Scan(table, {}, {}); cursor->Valid(); cursor->Next()) {
        rows.emplace_back(Bytes(cursor->key().begin(), cursor->key().end()),
                          Bytes(cursor->value().begin(), cursor->value().end()));
      }
    }
    return rows;
  }
  std::size_t CountRows(Table table) {
    auto call = founder_->Enter();
    std::size_t count = 0;
    for (auto cursor = call->core().rows->Scan(table, {}, {}); cursor->Valid(); cursor->Next()) ++count;
    return count;
  }

  Laboratory lab_;
  std::shared_ptr<vault::Session> founder_;
  std::shared_ptr<vault::Session> physician_;
  std::shared_ptr<vault::Session> receptionist_;
};

// ---- ways to put

TEST_F(Records, WhatWasPutComesBackAfterReopening) {
  const Bytes message = TextField(2, "123-45-6789") + Family("Martin") + Hiv(2) + TextField(14, "Lab A");
  ASSERT_TRUE(PutPatient(*founder_, message).ok());
  EXPECT_EQ(Seen(GetPatient(*founder_)), message);
  lab_.Close();
  EXPECT_EQ(Seen(GetPatient(*lab_.LoginAs(Laboratory::kFounder))), message);
}

TEST_F(Records, InsertOfAPresentRecordIsRefused) {
  ASSERT_TRUE(PutPatient(*founder_, Family("Martin"), PutMode::kInsert).ok());
  EXPECT_EQ(PutPatient(*founder_, Family("Dupont"), PutMode::kInsert).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(Seen(GetPatient(*founder_)), Family("Martin"));
}

TEST_F(Records, ReplaceDropsWhatItDoesNotName) {
  ASSERT_TRUE(PutPatient(*founder_, Family("Martin") + Given("Anne")).ok());
  ASSERT_TRUE(PutPatient(*founder_, Given("Marie")).ok());
  EXPECT_EQ(Seen(GetPatient(*founder_)), Given("Marie"));
  EXPECT_EQ((*GetPatient(*founder_))->version, 2u);
}

TEST_F(Records, UpdateKeepsWhatItDoesNotName) {
  EXPECT_EQ(PutPatient(*founder_, Given("Anne"), PutMode::kUpdate).code(), StatusCode::kNotFound);
  ASSERT_TRUE(PutPatient(*founder_, Family("Martin") + Hiv(1) + TextField(14, "Lab A")).ok());
  ASSERT_TRUE(PutPatient(*founder_, Given("Anne") + Hiv(2), PutMode::kUpdate).ok());
  EXPECT_EQ(Seen(GetPatient(*founder_)), Family("Martin") + Given("Anne") + Hiv(2) + TextField(14, "Lab A"));
}

TEST_F(Records, ClearedFieldsGoAndOthersStay) {
  ASSERT_TRUE(PutPatient(*founder_, Family("Martin") + Given("Anne") + Hiv(2) + TextField(14, "Lab A")).ok());
  const std::string_view clear[] = {"given", "hiv", "lab"};
  vault::PutRequest request = Request("Patient", "1", {}, PutMode::kUpdate);
  request.clear = clear;
  ASSERT_TRUE(Put(*founder_, "alice", request).ok());
  EXPECT_EQ(Seen(GetPatient(*founder_)), Family("Martin"));
  const std::string_view unknown[] = {"shoe_size"};
  request.clear = unknown;
  EXPECT_EQ(Put(*founder_, "alice", request).code(), StatusCode::kInvalidArgument);
}

TEST_F(Records, UnchangedIsSkippedWhenAskedFor) {
  const Bytes message = Family("Martin") + Hiv(2) + TextField(14, "Lab A");
  vault::PutRequest request = Request("Patient", "1", message);
  request.skip_unchanged = true;
  EXPECT_FALSE(Put(*founder_, "alice", request)->unchanged);
  const auto before = Rows();
  const auto again = Put(*founder_, "alice", request);
  EXPECT_TRUE(again->unchanged);
  EXPECT_EQ(again->version, 1u);
  EXPECT_EQ(Rows(), before);
  const Bytes other_lab = Family("Martin") + Hiv(2) + TextField(14, "Lab B");
  request.message = other_lab;
  EXPECT_EQ(Put(*founder_, "alice", request)->version, 2u);
  request.skip_unchanged = false;
  EXPECT_EQ(Put(*founder_, "alice", request)->version, 3u);
}

TEST_F(Records, StaleVersionConflictsAndWritesNothing) {
  EXPECT_EQ(lab_.Put(*founder_, "bob", "Patient", "1", Family("B"), PutMode::kReplace, nullptr, 1).code(),
            StatusCode::kConflict);
  ASSERT_TRUE(PutPatient(*founder_, Family("Martin")).ok());
  ASSERT_TRUE(PutPatient(*founder_, Family("Dupont")).ok());
  const auto before = Rows();
  vault::PutRequest request = Request("Patient", "1", {}, PutMode::kUpdate);
  for (const std::uint64_t version : {1, 3}) {
    request.expected_version = version;
    EXPECT_EQ(Put(*founder_, "alice", request).code(), StatusCode::kConflict);
  }
  EXPECT_EQ(Rows(), before);
  request.expected_version = 2;
  EXPECT_EQ(Put(*founder_, "alice", request)->version, 3u);
}

TEST_F(Records, NamesThatCannotBeAreRefused) {
  const std::string longest(1024, 'r');
  EXPECT_EQ(Put(*founder_, "alice", Request("Patient", "", Family("M"))).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Put(*founder_, "alice", Request("Patient", longest + "r", Family("M"))).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(Put(*founder_, "", Request("Patient", "1", Family("M"))).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Put(*founder_, longest + "p", Request("Patient", "1", Family("M"))).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Put(*founder_, "alice", Request("Nonsense", "1", Family("M"))).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Put(*founder_, "alice", Request("directory", "1", TextField(1, "x"))).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(lab_.Get(*founder_, "alice", "Patient", "1").code(), StatusCode::kNotFound);
  EXPECT_TRUE(Put(*founder_, longest, Request("Patient", longest, Family("M"))).ok());
  EXPECT_EQ(Seen(lab_.Get(*founder_, longest, "Patient", longest)), Family("M"));
}

TEST_F(Records, UnknownFieldsAreSealedUnderGeneral) {
  lab_.AddPerson("desk", {"identity"});
  const Bytes message = Family("Martin") + TextField(900, "of a newer sender");
  ASSERT_TRUE(PutPatient(*founder_, message).ok());
  EXPECT_EQ(Seen(GetPatient(*founder_)), message);
  EXPECT_EQ(Seen(GetPatient(*lab_.LoginAs("desk"))), Family("Martin"));
  for (const auto& [key, value] : Rows()) {
    EXPECT_EQ(AsText(value).find("newer sender"), std::string_view::npos);
  }
}

// ---- batches

TEST_F(Records, BatchIsWholeOrNothingForEachPatient) {
  const auto put = [&](const std::vector<vault::PutItem>& items, std::vector<vault::PutAnswer>& answers) {
    auto call = receptionist_->Enter();
    return vault::PutAll(call->core(), call->desk(), items, answers);
  };
  const Bytes fine = Family("Martin");
  const Bytes forbidden = Hiv(2);
  const auto item = [](std::string_view patient, std::string_view record, const Bytes& message) {
    return vault::PutItem{{AsBytes(patient), nullptr}, Request("Patient", record, message)};
  };
  std::vector<vault::PutAnswer> answers;
  const std::vector<vault::PutItem> items = {item("alice", "1", fine), item("bob", "1", fine),
                                             item("bob", "2", forbidden), item("carol", "1", fine),
                                             item("alice", "2", fine)};
  EXPECT_EQ(put(items, answers).code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(answers[0].status.ok());
  EXPECT_TRUE(answers[4].status.ok());
  EXPECT_TRUE(answers[0].new_patient);
  EXPECT_EQ(answers[1].status.code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(answers[2].status.code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(answers[3].status.code(), StatusCode::kCancelled);
  EXPECT_EQ(Sorted(Ids(lab_.Patient(*receptionist_, "alice"))), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(lab_.Patient(*receptionist_, "bob").code(), StatusCode::kNotFound);
  EXPECT_EQ(lab_.Patient(*receptionist_, "carol").code(), StatusCode::kNotFound);
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
}

TEST_F(Records, RecordPutTwiceInOneBatchHasBothVersions) {
  const Bytes first = Family("Martin"), second = Family("Dupont");
  std::vector<vault::PutAnswer> answers;
  const std::vector<vault::PutItem> items = {{{AsBytes("alice"), nullptr}, Request("Patient", "1", first)},
                                             {{AsBytes("alice"), nullptr}, Request("Patient", "1", second)}};
  {
    auto call = founder_->Enter();
    ASSERT_TRUE(vault::PutAll(call->core(), call->desk(), items, answers).ok());
  }
  EXPECT_EQ(answers[1].outcome.version, 2u);
  EXPECT_EQ(Seen(GetPatient(*founder_)), second);
  EXPECT_EQ(Seen(lab_.Get(*founder_, "alice", "Patient", "1", 1)), first);
  EXPECT_TRUE(lab_.Find(*founder_, "Patient", "family", "Martin")->empty());
  EXPECT_EQ(lab_.Find(*founder_, "Patient", "family", "Dupont")->size(), 1u);
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
}

// ---- classes

TEST_F(Records, ClassNotHeldIsRedactedAlikeWhetherVoidAbsentOrPresent) {
  ASSERT_TRUE(lab_.Put(*receptionist_, "void", "Patient", "1", Family("Martin")).ok());
  ASSERT_TRUE(lab_.Put(*physician_, "absent", "Patient", "1", Family("Martin")).ok());
  ASSERT_TRUE(lab_.Put(*physician_, "present", "Patient", "1", Family("Martin") + Hiv(2)).ok());
  const auto expected = lab_.Get(*receptionist_, "void", "Patient", "1");
  ASSERT_TRUE(expected.ok());
  EXPECT_TRUE(Redacts(**expected, "hiv"));
  EXPECT_TRUE(Redacts(**expected, "source"));
  EXPECT_FALSE(Redacts(**expected, "family"));
  EXPECT_FALSE(Redacts(**expected, "lab"));
  for (const std::string_view patient : {"absent", "present"}) {
    const auto record = lab_.Get(*receptionist_, patient, "Patient", "1");
    ASSERT_TRUE(record.ok());
    EXPECT_EQ((*record)->redacted, (*expected)->redacted);
    EXPECT_EQ((*record)->classes, (*expected)->classes);
    EXPECT_EQ(MessageOf(**record), Family("Martin"));
  }
  for (const std::string_view patient : {"absent", "void"}) {
    const auto record = lab_.Get(*physician_, patient, "Patient", "1");
    EXPECT_FALSE(Redacts(**record, "hiv"));
    EXPECT_EQ(Seen(record), Family("Martin"));
  }
}

TEST_F(Records, ValueOfAClassNotHeldIsRefusedWithNothingWritten) {
  ASSERT_TRUE(PutPatient(*physician_, Family("Martin") + Hiv(2)).ok());
  const auto before = Rows();
  EXPECT_EQ(PutPatient(*receptionist_, Family("Dupont") + Hiv(1)).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(PutPatient(*receptionist_, Hiv(1), PutMode::kUpdate).code(), StatusCode::kPermissionDenied);
  const std::string_view clear[] = {"hiv"};
  vault::PutRequest request = Request("Patient", "1", {}, PutMode::kUpdate);
  request.clear = clear;
  EXPECT_EQ(Put(*receptionist_, "alice", request).code(), StatusCode::kPermissionDenied);
  // A large value that is allowed stands beside the one that is not: none of its chunks is written either.
  const Bytes large = TextField(12, std::string(100'000, 'd')) + Hiv(1);
  EXPECT_EQ(PutPatient(*receptionist_, large).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Rows(), before);
}

TEST_F(Records, ClassesNotHeldAreCarriedOverOnReplace) {
  ASSERT_TRUE(PutPatient(*physician_, Family("Martin") + Hiv(2)).ok());
  ASSERT_TRUE(PutPatient(*receptionist_, Family("Dupont")).ok());
  EXPECT_EQ(Seen(GetPatient(*physician_)), Family("Dupont") + Hiv(2));
  ASSERT_TRUE(PutPatient(*physician_, Family("Dupont")).ok());  // who holds it takes it away
  EXPECT_EQ(Seen(GetPatient(*physician_)), Family("Dupont"));
}

TEST_F(Records, VoidGroupsAreCarriedOverAndFilledLater) {
  ASSERT_TRUE(PutPatient(*receptionist_, Family("Martin")).ok());
  ASSERT_TRUE(PutPatient(*receptionist_, Family("Dupont")).ok());
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
  ASSERT_TRUE(PutPatient(*physician_, Hiv(1), PutMode::kUpdate).ok());
  EXPECT_EQ(Seen(GetPatient(*physician_)), Family("Dupont") + Hiv(1));
  EXPECT_EQ(Seen(GetPatient(*receptionist_)), Family("Dupont"));
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
}

TEST_F(Records, OnlyChosenFieldsAreReadAndRedacted) {
  ASSERT_TRUE(PutPatient(*physician_, Family("Martin") + Given("Anne") + Hiv(2)).ok());
  auto call = receptionist_->Enter();
  const vault::RecordReader reader(call->core(), call->desk());
  const auto alice = vault::FindPatient(call->core(), call->desk(), {AsBytes("alice"), nullptr});
  const auto record = reader.Read(*alice, "Patient", AsBytes("1"), 0, {"given", "hiv"});
  EXPECT_EQ(Seen(record), Given("Anne"));
  EXPECT_EQ((*record)->redacted, std::vector<std::string>{"hiv"});
  EXPECT_EQ(reader.Read(*alice, "Patient", AsBytes("1"), 0, {"shoe_size"}).code(), StatusCode::kInvalidArgument);
}

// ---- classes that depend on the data

TEST_F(Records, HivResultIsReadByThePhysicianAndRedactedForTheReceptionist) {
  ASSERT_TRUE(lab_.Put(*physician_, "alice", "LabResult", "r", HivTest("positive")).ok());
  const auto seen = lab_.Get(*physician_, "alice", "LabResult", "r");
  EXPECT_EQ(Seen(seen), HivTest("positive"));
  EXPECT_EQ(ClassOf(**seen, "result"), "hiv");
  const auto hidden = lab_.Get(*receptionist_, "alice", "LabResult", "r");
  EXPECT_EQ(Seen(hidden), Bytes{});
  EXPECT_TRUE(Redacts(**hidden, "result"));
  ASSERT_TRUE(lab_.Put(*receptionist_, "alice", "LabResult", "g", Glucose("5.4")).ok());
  const auto glucose = lab_.Get(*receptionist_, "alice", "LabResult", "g");
  EXPECT_EQ(Seen(glucose), Glucose("5.4"));
  EXPECT_EQ(ClassOf(**glucose, "result"), "general");
}

TEST_F(Records, ReplacingAValueWhosePresentOrNewClassIsNotHeldIsRefused) {
  ASSERT_TRUE(lab_.Put(*physician_, "alice", "LabResult", "r", HivTest("positive")).ok());
  ASSERT_TRUE(lab_.Put(*receptionist_, "alice", "LabResult", "g", Glucose("5.4")).ok());
  const auto before = Rows();
  for (const PutMode mode : {PutMode::kReplace, PutMode::kUpdate}) {
    EXPECT_EQ(lab_.Put(*receptionist_, "alice", "LabResult", "r", Glucose("5.4"), mode).code(),
              StatusCode::kPermissionDenied);
    EXPECT_EQ(lab_.Put(*receptionist_, "alice", "LabResult", "g", HivTest("negative"), mode).code(),
              StatusCode::kPermissionDenied);
  }
  EXPECT_EQ(lab_.Put(*receptionist_, "alice", "LabResult", "new", HivTest("negative")).code(),
            StatusCode::kPermissionDenied);
  EXPECT_EQ(Rows(), before);
}

TEST_F(Records, ReplaceWithoutTheValueKeepsWhatTheWriterMayNotSee) {
  ASSERT_TRUE(lab_.Put(*physician_, "alice", "LabResult", "r", HivTest("positive")).ok());
  ASSERT_TRUE(lab_.Put(*receptionist_, "alice", "LabResult", "r", TextField(3, "final")).ok());
  const auto seen = lab_.Get(*physician_, "alice", "LabResult", "r");
  EXPECT_EQ(Seen(seen), HivTest("positive") + TextField(3, "final"));
  EXPECT_EQ(ClassOf(**seen, "result"), "hiv");
}

TEST_F(Records, ValueMayChangeItsClassAndItsHistoryKeepsTheOld) {
  ASSERT_TRUE(lab_.Put(*physician_, "alice", "LabResult", "r", HivTest("positive")).ok());
  ASSERT_TRUE(lab_.Put(*physician_, "alice", "LabResult", "r", Glucose("5.4"), PutMode::kUpdate).ok());
  EXPECT_EQ(Seen(lab_.Get(*receptionist_, "alice", "LabResult", "r")), Glucose("5.4"));
  const auto old = lab_.Get(*receptionist_, "alice", "LabResult", "r", 1);
  EXPECT_EQ(Seen(old), Bytes{});
  EXPECT_TRUE(Redacts(**old, "result"));
  EXPECT_EQ(Seen(lab_.Get(*physician_, "alice", "LabResult", "r", 1)), HivTest("positive"));
}

// ---- history

TEST_F(Records, HistoryGivesEveryVersionNewestFirst) {
  for (const std::string_view name : {"a", "b", "c"}) ASSERT_TRUE(PutPatient(*founder_, Family(name)).ok());
  EXPECT_EQ(Seen(lab_.Get(*founder_, "alice", "Patient", "1", 1)), Family("a"));
  EXPECT_EQ(Seen(lab_.Get(*founder_, "alice", "Patient", "1", 3)), Family("c"));
  EXPECT_EQ(lab_.Get(*founder_, "alice", "Patient", "1", 4).code(), StatusCode::kNotFound);
  auto call = founder_->Enter();
  const auto history =
      Drain(vault::ListHistory(call->core(), call->desk(), {AsBytes("alice"), nullptr}, "Patient", AsBytes("1")));
  ASSERT_TRUE(history.ok());
  ASSERT_EQ(history->size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ((*history)[i]->version, 3 - i);
  EXPECT_EQ(MessageOf(*(*history)[2]), Family("a"));
}

TEST(RecordsWithoutHistory, ReplacedVersionIsGone) {
  Laboratory lab(crypto::Suite::kChaCha20Poly1305,
                 "syntax = \"proto3\"; import \"medseal/options.proto\";"
                 "message Note { option (medseal.v1.record) = { history: NONE }; string text = 1; }");
  const auto founder = lab.LoginAs(Laboratory::kFounder);
  ASSERT_TRUE(lab.Put(*founder, "alice", "Note", "1", TextField(1, std::string(100'000, 'a'))).ok());
  ASSERT_TRUE(lab.Put(*founder, "alice", "Note", "1", TextField(1, "b")).ok());
  EXPECT_EQ(Seen(lab.Get(*founder, "alice", "Note", "1")), TextField(1, "b"));
  EXPECT_EQ(lab.Get(*founder, "alice", "Note", "1", 1).code(), StatusCode::kNotFound);
  vault::VerifyReport report;
  EXPECT_TRUE(lab.Verify(founder.get(), &report).ok());
  EXPECT_EQ(report.history, 0u);
  EXPECT_EQ(report.chunks, 0u);
}

// ---- deletion

TEST_F(Records, DeletionTakesRowHistoryChunksAndPostings) {
  ASSERT_TRUE(lab_.Put(*founder_, "alice", "Patient", "other", Family("Leroy")).ok());
  const std::size_t records = CountRows(Table::kRecords), ledger = CountRows(Table::kMeta);
  const Bytes large = TextField(12, std::string(200'000, 'd'));
  ASSERT_TRUE(PutPatient(*founder_, Family("Martin") + TextField(14, "Lab A") + large).ok());
  ASSERT_TRUE(PutPatient(*founder_, Family("Dupont") + TextField(14, "Lab B")).ok());
  const std::size_t index = CountRows(Table::kIndex);
  // Whoever deletes needs none of the classes.
  ASSERT_TRUE(lab_.Delete(*receptionist_, "alice", "Patient", "1").ok());
  EXPECT_EQ(GetPatient(*founder_).code(), StatusCode::kNotFound);
  EXPECT_EQ(lab_.Get(*founder_, "alice", "Patient", "1", 1).code(), StatusCode::kNotFound);
  EXPECT_EQ(Ids(lab_.Patient(*founder_, "alice")), std::vector<std::string>{"other"});
  EXPECT_TRUE(lab_.Find(*founder_, "Patient", "family", "Dupont")->empty());
  EXPECT_EQ(CountRows(Table::kRecords), records);
  EXPECT_EQ(CountRows(Table::kMeta), ledger + 1);
  EXPECT_EQ(CountRows(Table::kIndex), index - 1);  // postings are filler now, the ordered row is gone
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
  EXPECT_EQ(lab_.Delete(*founder_, "alice", "Patient", "1").code(), StatusCode::kNotFound);
}

TEST_F(Records, DeletionOfAnotherVersionConflicts) {
  ASSERT_TRUE(PutPatient(*founder_, Family("Martin")).ok());
  auto call = founder_->Enter();
  const vault::PatientName alice{AsBytes("alice"), nullptr};
  EXPECT_EQ(vault::DeleteRecord(call->core(), call->desk(), alice, "Patient", AsBytes("1"), 2).code(),
            StatusCode::kConflict);
  EXPECT_TRUE(vault::DeleteRecord(call->core(), call->desk(), alice, "Patient", AsBytes("1"), 1).ok());
}

TEST_F(Records, DeletedRecordMayBePutAgain) {
  ASSERT_TRUE(PutPatient(*founder_, Family("Martin")).ok());
  ASSERT_TRUE(lab_.Delete(*founder_, "alice", "Patient", "1").ok());
  ASSERT_TRUE(PutPatient(*founder_, Family("Dupont"), PutMode::kInsert).ok());
  EXPECT_EQ(Seen(GetPatient(*founder_)), Family("Dupont"));
  EXPECT_TRUE(lab_.Find(*founder_, "Patient", "family", "Martin")->empty());
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
}

TEST_F(Records, DirectoryIsNotDeletedByItself) {
  ASSERT_TRUE(PutPatient(*founder_, Family("Martin")).ok());
  EXPECT_EQ(lab_.Delete(*founder_, "alice", "directory", "directory").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(lab_.Delete(*founder_, "nobody", "Patient", "1").code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace mseal::test
