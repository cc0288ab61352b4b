// The worked examples of the format page, through the code that reads and writes rows: row keys, a whole row, keys of
// the index.
#include <gtest/gtest.h>

#include "format/page.h"
#include "support/vectors.h"
#include "vault/patient_change.h"
#include "vault/postings.h"
#include "vault/row_codec.h"

namespace mseal::vault {
namespace {

using test::Case;
using test::ToHex;

class WorkedRow : public testing::Test {
 protected:
  keys::PatientKeys Keys() const {
    format::KeyRow row;
    row.patient_key = KeyBytes::CopyOf(row_.Fixed<32>("patient_key"));
    return keys::PatientKeys(row_.Fixed<16>("patient"), std::move(row), nullptr);
  }
  static std::string Prf(const std::string& name) {
    for (const Case& one : test::LoadCases("format/prf.json", "cases")) {
      if (one.Text("name") == name) return one.Text("out");
    }
    return "no case " + name;
  }
  Result<OpenedRow> Open(Bytes bytes) const {
    return OpenRow(identity_, Keys(), row_.Fixed<16>("tag"), std::move(bytes));
  }

  const Case row_ = test::LoadCases("format/row.json", "cases").front();
  const Bytes record_id_ = row_.Hex("record_id");
  const StoreIdentity identity_{row_.Fixed<16>("store"), crypto::Suite::kChaCha20Poly1305};
};

TEST_F(WorkedRow, RowKeysAreThoseOfThePage) {
  const auto keys = Keys();
  const RecordPlace place = PlaceRecord(identity_, keys, "LabResult", record_id_);
  const std::string patient = row_.Text("patient");
  EXPECT_EQ(ToHex(LiveRowKey(place)), patient + Prf("record tag"));
  EXPECT_EQ(ToHex(HistoryRowKey(keys, "LabResult", record_id_, 5)), patient + Prf("history row"));
  const auto stream = test::LoadCases("format/stream.json", "cases").front().Fixed<16>("id");
  EXPECT_EQ(ToHex(ChunkRowKey(keys.handle, keys.tag.Reveal(), stream, 1)), patient + Prf("chunk row"));
  EXPECT_EQ(ToHex(OrderedRowKey(6, Bytes{0x4c, 0x00, 0x31}, place.handle())), ToHex(test::PageExample("ordered_key")));
}

TEST_F(WorkedRow, OpensWholeAndGivesItsGroup) {
  const auto opened = Open(row_.Hex("bytes"));
  ASSERT_TRUE(opened.ok()) << opened.status().message();
  EXPECT_EQ(ToHex(AsBytes(opened->header.type)), row_.Text("type"));
  const format::HeaderGroup* group = opened->FindGroup(3, 0);
  ASSERT_NE(group, nullptr);
  SecretBytes content;
  const auto key = keys::DataKey::CopyOf(row_.Fixed<32>("data_key"));
  ASSERT_TRUE(OpenGroup(identity_, *opened, *group, key, content).ok());
  EXPECT_EQ(ToHex(content.Reveal()), row_.Text("content"));
}

// Header, void group and padding are noticed when the row opens, a sealed group's bytes when it is read.
TEST_F(WorkedRow, EveryFlippedBitIsNoticed) {
  Bytes bytes = row_.Hex("bytes");
  const auto key = keys::DataKey::CopyOf(row_.Fixed<32>("data_key"));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const auto opened = Open(bytes);
    SecretBytes content;
    if (opened.ok()) {
      EXPECT_EQ(OpenGroup(identity_, *opened, *opened->FindGroup(3, 0), key, content).code(), StatusCode::kAuthFailed)
          << bit;
    }
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
}

TEST_F(WorkedRow, CutOrLongerIsNoticed) {
  const Bytes bytes = row_.Hex("bytes");
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(Open(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size))).ok()) << size;
  for (const std::size_t more : {1, 16, 256, 512}) {
    Bytes longer = bytes;
    longer.resize(bytes.size() + more);
    EXPECT_EQ(Open(std::move(longer)).code(), StatusCode::kAuthFailed) << more;
  }
}

TEST_F(WorkedRow, BelongsToOnePatientStoreAndTagAlone) {
  const Bytes bytes = row_.Hex("bytes");
  auto tag = row_.Fixed<16>("tag");
  tag[0] ^= 1;
  EXPECT_EQ(OpenRow(identity_, Keys(), tag, bytes).code(), StatusCode::kAuthFailed);
  StoreIdentity other = identity_;
  other.store[0] ^= 1;
  EXPECT_EQ(OpenRow(other, Keys(), row_.Fixed<16>("tag"), bytes).code(), StatusCode::kAuthFailed);
  auto keys = Keys();
  keys.handle[0] ^= 1;
  EXPECT_EQ(OpenRow(identity_, keys, row_.Fixed<16>("tag"), bytes).code(), StatusCode::kAuthFailed);
}

TEST_F(WorkedRow, InnerTokenIsThatOfThePage) {
  for (const Case& one : test::LoadCases("format/prf.json", "cases")) {
    if (one.Text("name") != "inner token") continue;
    EXPECT_EQ(ToHex(InnerToken(IndexKey::CopyOf(one.Fixed<32>("key")), one.Hex("message"))), one.Text("out"));
  }
}

}  // namespace
}  // namespace mseal::vault
