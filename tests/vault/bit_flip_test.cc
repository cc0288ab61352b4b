// What a stranger who can write to the disk may do to single rows: flip, cut, extend, move, put back, take away.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/writer.h"
#include "format/keys_of_rows.h"
#include "store_support/patience.h"
#include "vault/patient_change.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

using store::Table;
using vault::Core;

constexpr std::string_view kAlice = "alice";
constexpr std::string_view kBob = "bob";

Bytes HivResult(std::string_view value) {
  const Bytes coding = TextField(1, "http://loinc.org") + TextField(2, "75622-1");
  const Bytes code = TextField(1, std::string(AsText(coding)));
  return TextField(1, std::string(AsText(TextField(1, AsText(code)) + TextField(2, value))));
}

// Writes below the vault while it is open, as a thief with the disk would between two openings; nothing of the patient is in memory
// afterwards.
class Disk {
 public:
  Disk(Core& core, const keys::PatientHandle& patient) : core_(core), patient_(patient) {}

  Bytes Read(Table table, ByteView key) {
    Bytes value;
    EXPECT_TRUE(core_.rows->Get(table, key, value).ok());
    return value;
  }
  void Write(Table table, ByteView key, ByteView value) {
    store::Batch batch;
    batch.Put(table, key, value);
    Commit(batch);
  }
  void Remove(Table table, ByteView key) {
    store::Batch batch;
    batch.Delete(table, key);
    Commit(batch);
  }
  std::vector<StoredRow> Rows(Table table, ByteView first, ByteView last) {
    std::vector<StoredRow> rows;
    for (auto cursor = core_.rows->Scan(table, first, last); cursor->Valid(); cursor->Next()) {
      rows.push_back({table, Bytes(cursor->key().begin(), cursor->key().end()), Bytes(cursor->value().begin(), cursor->value().end())});
    }
    return rows;
  }

 private:
  void Commit(const store::Batch& batch) {
    ASSERT_TRUE(core_.rows->Commit(batch, store::Durability::kProcess).ok());
    core_.patients->Forget(patient_);
    core_.buckets->Forget(patient_);
  }
  Core& core_;
  keys::PatientHandle patient_;
};

class RowAttack : public ::testing::TestWithParam<crypto::Suite> {
 protected:
  void SetUp() override {
    if (!crypto::CheckSuite(GetParam()).ok()) GTEST_FAIL() << "this machine cannot do the suite under test";
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    ASSERT_TRUE(lab_.Put(*founder_, kAlice, "Patient", "1", TextField(2, "123-45-6789") + TextField(3, "Martin") + TextField(14, "Lab A")).ok());
    ASSERT_TRUE(lab_.Put(*founder_, kAlice, "LabResult", "r", HivResult("negative")).ok());
    ASSERT_TRUE(lab_.Put(*founder_, kAlice, "LabResult", "r", HivResult("positive")).ok());
    ASSERT_TRUE(lab_.Put(*founder_, kAlice, "Document", "big", TextField(5, std::string(150'000, 'n'))).ok());
    ASSERT_TRUE(lab_.Put(*founder_, kBob, "Patient", "1", TextField(2, "987-65-4321") + TextField(3, "Dupont")).ok());
    ASSERT_TRUE(lab_.Put(*founder_, kBob, "LabResult", "r", HivResult("negative")).ok());
    alice_ = lab_.HandleOf(*founder_, kAlice);
    bob_ = lab_.HandleOf(*founder_, kBob);
  }

  // Everything a session can see of a patient, as one run of bytes; or the failure.
  Result<Bytes> SeeAll(std::string_view patient) {
    MS_ASSIGN(const auto records, lab_.Patient(*founder_, patient));
    Bytes seen;
    for (const auto& record : records) {
      AppendTo(seen, record->record_id.Reveal());
      AppendTo(seen, record->message.Reveal());
    }
    return seen;
  }

  Core& core() {
    call_.emplace(std::move(*founder_->Enter()));
    return call_->core();
  }

  // Under one suite every bit; under the other every seventh, which falls on each bit of a byte in turn: what tells a
  // change is the same code, and the AEAD's tag has its own tests.
  static std::size_t Step() { return GetParam() == crypto::Suite::kAes256Gcm ? 1 : 7; }

  // Flips each bit of each row in turn. A read gives what it gave before, or fails; and `verify` notices every one of them.
  void FlipEveryBit(const std::vector<StoredRow>& rows, std::size_t step) {
    Disk disk(core(), alice_);
    const auto before = SeeAll(kAlice);
    ASSERT_TRUE(before.ok());
    std::size_t flips = 0, undetected = 0;
    for (const StoredRow& row : rows) {
      for (std::size_t bit = 0; bit < row.value.size() * 8; bit += step * store::kOperationStep) {
        Bytes flipped = row.value;
        flipped[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        disk.Write(row.table, row.key, flipped);
        ++flips;
        const auto after = SeeAll(kAlice);
        EXPECT_TRUE(!after.ok() || *after == *before) << "a changed byte changed a value";
        if (after.ok() && lab_.Verify(founder_.get()).ok()) ++undetected;
        disk.Write(row.table, row.key, row.value);
      }
    }
    RecordProperty("flips", static_cast<int>(flips));
    std::printf("%zu bits flipped in %zu rows, %zu undetected\n", flips, rows.size(), undetected);
    EXPECT_GT(flips, 0u);
    EXPECT_EQ(undetected, 0u);
    EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
  }

  std::vector<StoredRow> RowsOfAlice(Table table, ByteView prefix) {
    Disk disk(core(), alice_);
    return disk.Rows(table, prefix, format::AfterPrefix(prefix));
  }

  Bytes RowKeyOf(const keys::PatientHandle& patient, std::string_view type, std::string_view record) {
    const auto keys = core().patients->Load(patient);
    return vault::LiveRowKey(vault::PlaceRecord(core().identity, **keys, type, AsBytes(record)));
  }

  Laboratory lab_{GetParam()};
  std::shared_ptr<vault::Session> founder_;
  std::optional<vault::Call> call_;
  keys::PatientHandle alice_{};
  keys::PatientHandle bob_{};
};

INSTANTIATE_TEST_SUITE_P(Suites, RowAttack, ::testing::Values(crypto::Suite::kChaCha20Poly1305, crypto::Suite::kAes256Gcm),
                         [](const auto& suite) { return suite.param == crypto::Suite::kAes256Gcm ? "Aes256Gcm" : "ChaCha20Poly1305"; });

TEST_P(RowAttack, EveryFlippedBitOfRecordRowsIsNoticed) {
  auto rows = RowsOfAlice(Table::kRecords, alice_);
  std::erase_if(rows, [](const StoredRow& row) { return row.value.size() > 8000; });  // chunks: below, in steps
  ASSERT_GE(rows.size(), 5u);  // directory, patient, result and its history, document
  FlipEveryBit(rows, Step());
}

TEST_P(RowAttack, FlippedBitsOfChunksAreNoticed) {
  auto rows = RowsOfAlice(Table::kRecords, alice_);
  std::erase_if(rows, [](const StoredRow& row) { return row.value.size() <= 8000; });
  ASSERT_EQ(rows.size(), 3u);
  FlipEveryBit(rows, 1009);
}

TEST_P(RowAttack, EveryFlippedBitOfHeadAndKeyRowIsNoticed) {
  FlipEveryBit(RowsOfAlice(Table::kHeads, alice_), 1);
  FlipEveryBit(RowsOfAlice(Table::kKeys, format::KeyRowPrefix(alice_)), 3);
}

TEST_P(RowAttack, EveryFlippedBitOfTheBucketKeyIsNoticed) {
  const auto place = core().buckets->Load(alice_);
  Disk disk(core(), alice_);
  FlipEveryBit({{Table::kKeys, (*place)->row_key, (*place)->row_value}}, 1);
}

TEST_P(RowAttack, EveryFlippedBitOfAPostingFailsTheSearch) {
  const Bytes prefix = {'t'};
  const auto rows = RowsOfAlice(Table::kIndex, prefix);
  Disk disk(core(), alice_);
  const auto right = lab_.Find(*founder_, "Patient", "family", "Martin");
  ASSERT_TRUE(right.ok());
  ASSERT_EQ(right->size(), 1u);
  std::size_t flips = 0, failed = 0;
  for (const StoredRow& row : rows) {
    for (std::size_t bit = 0; bit < row.value.size() * 8; ++bit) {
      Bytes flipped = row.value;
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      disk.Write(row.table, row.key, flipped);
      ++flips;
      const auto found = lab_.Find(*founder_, "Patient", "family", "Martin");
      if (!found.ok()) ++failed;
      EXPECT_TRUE(!found.ok() || found->size() == 1u);
      disk.Write(row.table, row.key, row.value);
    }
  }
  // One posting is Martin's: each of its bits matters to this search, and none of the others'.
  EXPECT_EQ(failed, rows.front().value.size() * 8);
  EXPECT_GT(flips, failed);
}

TEST_P(RowAttack, CutAndExtendedRowsAreRefused) {
  const Bytes key = RowKeyOf(alice_, "Patient", "1");
  Disk disk(core(), alice_);
  const Bytes value = disk.Read(Table::kRecords, key);
  for (std::size_t size = 0; size < value.size(); ++size) {
    disk.Write(Table::kRecords, key, ByteView(value).first(size));
    EXPECT_FALSE(lab_.Get(*founder_, kAlice, "Patient", "1").ok()) << size;
  }
  for (const std::size_t more : {1, 16, 256, 4096}) {
    Bytes longer = value;
    longer.resize(longer.size() + more);
    disk.Write(Table::kRecords, key, longer);
    EXPECT_FALSE(lab_.Get(*founder_, kAlice, "Patient", "1").ok()) << more;
  }
}

TEST_P(RowAttack, RowMovedToAnotherRecordOrPatientIsRefused) {
  const Bytes alice_patient = RowKeyOf(alice_, "Patient", "1");
  const Bytes alice_result = RowKeyOf(alice_, "LabResult", "r");
  const Bytes bob_result = RowKeyOf(bob_, "LabResult", "r");
  Disk disk(core(), alice_);
  const Bytes value = disk.Read(Table::kRecords, alice_result);
  disk.Write(Table::kRecords, alice_patient, value);
  EXPECT_EQ(lab_.Get(*founder_, kAlice, "Patient", "1").code(), StatusCode::kAuthFailed);
  disk.Write(Table::kRecords, bob_result, value);
  EXPECT_EQ(lab_.Get(*founder_, kBob, "LabResult", "r").code(), StatusCode::kAuthFailed);
}

TEST_P(RowAttack, KeyRowAndHeadOfAnotherPatientAreRefused) {
  Disk disk(core(), alice_);
  disk.Write(Table::kHeads, alice_, disk.Read(Table::kHeads, bob_));
  EXPECT_EQ(SeeAll(kAlice).code(), StatusCode::kAuthFailed);
  const auto alice_keys = disk.Rows(Table::kKeys, format::KeyRowPrefix(alice_), format::AfterPrefix(format::KeyRowPrefix(alice_)));
  const auto bob_keys = disk.Rows(Table::kKeys, format::KeyRowPrefix(bob_), format::AfterPrefix(format::KeyRowPrefix(bob_)));
  disk.Write(Table::kKeys, alice_keys.front().key, bob_keys.front().value);
  EXPECT_EQ(SeeAll(kAlice).code(), StatusCode::kAuthFailed);
}

TEST_P(RowAttack, OldRowPutBackIsSeenByPatientAndVerify) {
  const Bytes key = RowKeyOf(alice_, "LabResult", "r");
  Disk disk(core(), alice_);
  const Bytes old = disk.Read(Table::kRecords, key);
  ASSERT_TRUE(lab_.Put(*founder_, kAlice, "LabResult", "r", HivResult("indeterminate")).ok());
  disk.Write(Table::kRecords, key, old);
  EXPECT_EQ(SeeAll(kAlice).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(lab_.Verify(nullptr).code(), StatusCode::kAuthFailed);
}

TEST_P(RowAttack, RemovedRowIsSeenByPatientAndVerify) {
  const Bytes key = RowKeyOf(alice_, "LabResult", "r");
  Disk(core(), alice_).Remove(Table::kRecords, key);
  EXPECT_EQ(SeeAll(kAlice).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(lab_.Verify(nullptr).code(), StatusCode::kAuthFailed);
}

TEST_P(RowAttack, RemovedChunkHeadPostingAndOrderedRowAreSeen) {
  const auto expect_seen = [&](Table table, const Bytes& key) {
    Disk disk(core(), alice_);
    const Bytes value = disk.Read(table, key);
    disk.Remove(table, key);
    EXPECT_EQ(lab_.Verify(nullptr).code(), StatusCode::kAuthFailed);
    disk.Write(table, key, value);
    EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
  };
  for (const StoredRow& row : RowsOfAlice(Table::kRecords, alice_)) {
    if (row.value.size() > 8000) expect_seen(Table::kRecords, row.key);
  }
  expect_seen(Table::kHeads, Bytes(alice_.begin(), alice_.end()));
  for (const std::uint8_t mark : {'t', 'o'}) {
    const Bytes prefix = {mark};
    for (const StoredRow& row : RowsOfAlice(Table::kIndex, prefix)) expect_seen(Table::kIndex, row.key);
  }
}

TEST_P(RowAttack, RemovedKeyRowIsSeen) {
  const auto rows = RowsOfAlice(Table::kKeys, format::KeyRowPrefix(alice_));
  ASSERT_EQ(rows.size(), 1u);
  Disk(core(), alice_).Remove(Table::kKeys, rows.front().key);
  EXPECT_EQ(lab_.Verify(nullptr).code(), StatusCode::kAuthFailed);
}

TEST_P(RowAttack, OldGroupInANewerRowIsRefused) {
  ASSERT_TRUE(lab_.Put(*founder_, kAlice, "LabResult", "r", HivResult("indeterminate")).ok());
  const auto keys = core().patients->Load(alice_);
  const vault::RecordPlace place = vault::PlaceRecord(core().identity, **keys, "LabResult", AsBytes("r"));
  Disk disk(core(), alice_);
  const Bytes live_key = vault::LiveRowKey(place);
  const auto live = vault::OpenRow(core().identity, **keys, place.tag, disk.Read(Table::kRecords, live_key));
  const auto old = vault::OpenRow(core().identity, **keys, place.tag,
                                  disk.Read(Table::kRecords, vault::HistoryRowKey(**keys, "LabResult", AsBytes("r"), 2)));
  ASSERT_TRUE(live.ok() && old.ok());
  const format::HeaderGroup* to = live->FindGroup(0, 1);
  const format::HeaderGroup* from = old->FindGroup(0, 1);
  ASSERT_TRUE(to != nullptr && from != nullptr);
  ASSERT_EQ(to->length, from->length);
  Bytes spliced = live->bytes;
  const std::size_t body = spliced.size() - live->row.body.size();
  CopyBytes(old->Message(*from), MutableBytes(spliced).subspan(body + to->offset));
  disk.Write(Table::kRecords, live_key, spliced);
  EXPECT_EQ(lab_.Get(*founder_, kAlice, "LabResult", "r").code(), StatusCode::kAuthFailed);
}

TEST_P(RowAttack, OlderKeyRowPutBackBeforeAFirstWriteOfAClassIsRefused) {
  lab_.AddPerson("clerk", {"identity", "general"});
  const auto clerk = lab_.LoginAs("clerk");
  ASSERT_TRUE(lab_.Put(*clerk, "carol", "Patient", "1", TextField(3, "Leroy")).ok());
  const keys::PatientHandle carol = lab_.HandleOf(*clerk, "carol");
  Disk disk(core(), carol);
  const Bytes prefix = format::KeyRowPrefix(carol);
  const StoredRow before = disk.Rows(Table::kKeys, prefix, format::AfterPrefix(prefix)).front();
  // The founder's write makes the data key of `hiv`; then the older key row is put back, so that it would be made again.
  ASSERT_TRUE(lab_.Put(*founder_, "carol", "LabResult", "r", HivResult("positive")).ok());
  disk.Write(Table::kKeys, before.key, before.value);
  EXPECT_EQ(lab_.Put(*founder_, "carol", "LabResult", "s", HivResult("negative")).code(), StatusCode::kAuthFailed);
}

}  // namespace
}  // namespace mseal::test
