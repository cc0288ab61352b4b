// Large values: whole, in part, uploaded piece by piece, and gone with the record that names them.
#include <gtest/gtest.h>

#include "format/stream.h"
#include "vault/upload.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

using store::Table;
using vault::PutMode;

constexpr std::size_t kChunk = format::kChunkSize;

// No two places look alike, so that chunks in a wrong order show.
std::string LongText(std::size_t size, std::uint32_t seed = 1) {
  std::string text(size, '\0');
  for (char& letter : text) {
    seed = seed * 1664525 + 1013904223;
    letter = static_cast<char>('a' + (seed >> 24) % 26);
  }
  return text;
}

class LargeValues : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson("desk", {"identity", "general"});
    founder_ = lab_.LoginAs(Laboratory::kFounder);
  }

  Status PutText(std::string_view text, PutMode mode = PutMode::kReplace) {
    return lab_.Put(*founder_, "alice", "Document", "d", TextField(5, text), mode);
  }
  Bytes Seen() { return test::Seen(lab_.Get(*founder_, "alice", "Document", "d")); }

  std::size_t Chunks() {
    vault::VerifyReport report;
    EXPECT_TRUE(lab_.Verify(founder_.get(), &report).ok());
    return report.chunks;
  }
  // Chunk rows in the store, whether a record names them or not.
  std::size_t StoredChunks() {
    auto call = founder_->Enter();
    std::size_t count = 0;
    for (auto cursor = call->core().rows->Scan(Table::kRecords, {}, {}); cursor->Valid(); cursor->Next()) {
      count += cursor->value()[1] == 2;
    }
    return count;
  }

  Result<std::string> Slice(vault::Session& session, std::uint64_t offset, std::uint64_t length,
                            std::string_view field = "text", std::uint64_t* value_size = nullptr) {
    MS_ASSIGN(auto call, session.Enter());
    MS_ASSIGN(const auto alice, vault::FindPatient(call.core(), call.desk(), {AsBytes("alice"), nullptr}));
    SecretBytes out;
    std::uint64_t size = 0;
    MS_TRY(vault::RecordReader(call.core(), call.desk())
               .ReadValue(alice, "Document", AsBytes("d"), field, offset, length, out, size));
    if (value_size != nullptr) *value_size = size;
    return std::string(AsText(out.Reveal()));
  }

  Laboratory lab_;
  std::shared_ptr<vault::Session> founder_;
};

TEST_F(LargeValues, ComeBackWholeAtEverySizeAroundAChunk) {
  for (const std::size_t size :
       {kChunk - 8, kChunk - 1, kChunk, kChunk + 1, 2 * kChunk - 1, 2 * kChunk, 2 * kChunk + 1, std::size_t{5} << 20}) {
    const std::string text = LongText(size, static_cast<std::uint32_t>(size));
    ASSERT_TRUE(PutText(text).ok()) << size;
    EXPECT_EQ(Seen(), TextField(5, text)) << size;
    ASSERT_TRUE(lab_.Delete(*founder_, "alice", "Document", "d").ok());
    EXPECT_EQ(StoredChunks(), 0u);
  }
}

TEST_F(LargeValues, SmallOnesStayInTheRowAndLargeOnesLeaveIt) {
  ASSERT_TRUE(PutText(LongText(kChunk - 8)).ok());  // with tag and length at most 64 KiB
  EXPECT_EQ(Chunks(), 0u);
  ASSERT_TRUE(PutText(LongText(kChunk)).ok());
  EXPECT_EQ(Chunks(), 1u);
  ASSERT_TRUE(PutText(LongText(kChunk + 1)).ok());
  EXPECT_EQ(Chunks(), 1u + 2u);
}

TEST_F(LargeValues, SeveralInOneRecordAndInRepeatedFieldsComeBack) {
  const Bytes patient = TextField(3, LongText(70'000, 3)) + TextField(4, "Anne") + TextField(8, LongText(70'000, 8)) +
                        TextField(8, LongText(70'000, 9)) + TextField(13, LongText(140'000, 13)) +
                        TextField(15, LongText(66'000, 15));
  ASSERT_TRUE(lab_.Put(*founder_, "alice", "Patient", "1", patient).ok());
  EXPECT_EQ(test::Seen(lab_.Get(*founder_, "alice", "Patient", "1")), patient);
  EXPECT_EQ(Chunks(), 2u + 3u + 3u + 2u);
}

TEST_F(LargeValues, KeptWhereUnchangedAndInTheHistoryWhereReplaced) {
  const std::string first = LongText(150'000, 1), second = LongText(150'000, 2);
  ASSERT_TRUE(PutText(first).ok());
  ASSERT_TRUE(PutText(first).ok());
  EXPECT_EQ(Chunks(), 3u);  // both versions name the same
  ASSERT_TRUE(lab_.Put(*founder_, "alice", "Document", "d", TextField(4, "final"), PutMode::kUpdate).ok());
  EXPECT_EQ(Chunks(), 3u);
  EXPECT_EQ(Seen(), TextField(4, "final") + TextField(5, first));
  ASSERT_TRUE(PutText(second).ok());
  EXPECT_EQ(Chunks(), 6u);
  EXPECT_EQ(Seen(), TextField(5, second));
  EXPECT_EQ(test::Seen(lab_.Get(*founder_, "alice", "Document", "d", 1)), TextField(5, first));
  ASSERT_TRUE(lab_.Delete(*founder_, "alice", "Document", "d").ok());
  EXPECT_EQ(StoredChunks(), 0u);
}

TEST_F(LargeValues, CarriedOverByWhoMayNotSeeThem) {
  const std::string text = LongText(150'000);
  ASSERT_TRUE(PutText(text).ok());
  const auto desk = lab_.LoginAs("desk");
  ASSERT_TRUE(lab_.Put(*desk, "alice", "Document", "d", TextField(4, "final")).ok());
  EXPECT_EQ(Seen(), TextField(4, "final") + TextField(5, text));
  EXPECT_EQ(Chunks(), 3u);
}

// ---- in part

TEST_F(LargeValues, SlicesAreWhatTheWholeHasThere) {
  for (const std::size_t size : {std::size_t{100}, kChunk + 1, 2 * kChunk, std::size_t{200'000}}) {
    const std::string text = LongText(size);
    ASSERT_TRUE(PutText(text).ok());
    for (const std::size_t offset :
         {std::size_t{0}, std::size_t{1}, kChunk - 1, kChunk, kChunk + 1, 2 * kChunk - 1, size - 1, size, size + 10}) {
      for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{2}, kChunk, kChunk + 2, size}) {
        std::uint64_t value_size = 0;
        const auto slice = Slice(*founder_, offset, length, "text", &value_size);
        ASSERT_TRUE(slice.ok());
        EXPECT_EQ(*slice, offset < size ? text.substr(offset, length) : "") << size << " " << offset << " " << length;
        EXPECT_EQ(value_size, size);
      }
    }
    EXPECT_EQ(*Slice(*founder_, 5, ~std::uint64_t{0}), text.substr(5));  // as much as there is
    EXPECT_EQ(*Slice(*founder_, ~std::uint64_t{0}, ~std::uint64_t{0}), "");
  }
}

TEST_F(LargeValues, SliceOfWhatIsNotThereOrNotHeldIsRefused) {
  const auto desk = lab_.LoginAs("desk");
  ASSERT_TRUE(lab_.Put(*founder_, "alice", "Document", "d", TextField(4, "final") + TextField(14, "Lab")).ok());
  EXPECT_EQ(Slice(*founder_, 0, 1).code(), StatusCode::kNotFound);
  EXPECT_EQ(Slice(*founder_, 0, 1, "lab").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Slice(*founder_, 0, 1, "subject").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Slice(*founder_, 0, 1, "shoe_size").code(), StatusCode::kInvalidArgument);
  // Not held reads the same whether there is a value or none.
  EXPECT_EQ(Slice(*desk, 0, 1).code(), StatusCode::kPermissionDenied);
  ASSERT_TRUE(PutText(LongText(100'000)).ok());
  EXPECT_EQ(Slice(*desk, 0, 1).code(), StatusCode::kPermissionDenied);
}

// ---- uploads

class Uploads : public LargeValues {
 protected:
  void SetUp() override {
    LargeValues::SetUp();
    ASSERT_TRUE(lab_.Put(*founder_, "alice", "Document", "d", TextField(4, "final")).ok());
  }

  // Sends the text in pieces of odd sizes; publishes unless told to stop.
  Result<vault::PutOutcome> Upload(vault::Session& session, std::string_view text, std::uint64_t expected = 0,
                                   bool publish = true, std::string_view field = "text") {
    MS_ASSIGN(auto call, session.Enter());
    MS_ASSIGN(const auto upload, vault::Upload::Begin(call.core(), call.desk(), {AsBytes("alice"), nullptr}, "Document",
                                                      AsBytes("d"), field));
    for (std::size_t at = 0, size = 1; at < text.size(); at += size, size = size * 3 + 1) {
      MS_TRY(upload->Append(AsBytes(text.substr(at, size))));
    }
    return publish ? upload->Publish(expected) : Result<vault::PutOutcome>(Status::Cancelled("abandoned"));
  }
};

TEST_F(Uploads, PublishedUploadIsTheFieldsValue) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kChunk, kChunk + 1, std::size_t{3'000'000}}) {
    const std::string text = LongText(size);
    const auto outcome = Upload(*founder_, text);
    ASSERT_TRUE(outcome.ok()) << size << " " << outcome.status().message();
    EXPECT_EQ(Seen(), TextField(4, "final") + TextField(5, text)) << size;
    EXPECT_EQ(*Slice(*founder_, 0, size), text);
  }
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
  lab_.Close();
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_EQ(Seen(), TextField(4, "final") + TextField(5, LongText(3'000'000)));
}

TEST_F(Uploads, AbandonedUploadShowsNowhereAndIsSweptAtTheNextOpening) {
  EXPECT_EQ(Upload(*founder_, LongText(3'000'000), 0, false).code(), StatusCode::kCancelled);
  EXPECT_GT(StoredChunks(), 0u);
  EXPECT_EQ(Seen(), TextField(4, "final"));
  EXPECT_EQ(Ids(lab_.Patient(*founder_, "alice")), std::vector<std::string>{"d"});
  lab_.Close();
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_EQ(StoredChunks(), 0u);
  EXPECT_EQ(Chunks(), 0u);
  for (const StoredRow& row : lab_.AllRows(Table::kMeta)) {
    EXPECT_NE(static_cast<format::MetaKind>(row.key[4]), format::MetaKind::kPendingUpload);
  }
}

TEST_F(Uploads, PublishedChunksSurviveTheSweep) {
  const std::string text = LongText(3'000'000);
  ASSERT_TRUE(Upload(*founder_, text).ok());
  EXPECT_EQ(Upload(*founder_, LongText(2'500'000, 7), 0, false).code(), StatusCode::kCancelled);
  lab_.Close();
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_EQ(Seen(), TextField(4, "final") + TextField(5, text));
  EXPECT_EQ(Chunks(), (text.size() + kChunk - 1) / kChunk);
}

TEST_F(Uploads, UploadThatComesTooLateConflictsAndIsSwept) {
  EXPECT_EQ(Upload(*founder_, LongText(200'000), 7).code(), StatusCode::kConflict);
  EXPECT_EQ(Seen(), TextField(4, "final"));
  EXPECT_EQ(Upload(*founder_, "short", 1)->version, 2u);
  lab_.Close();
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_EQ(Chunks(), 1u);
}

TEST_F(Uploads, UploadsThatMayNotBeAreRefusedAtTheirBeginning) {
  const auto desk = lab_.LoginAs("desk");
  EXPECT_EQ(Upload(*desk, "text").code(), StatusCode::kPermissionDenied);
  for (const std::string_view field : {"subject", "lab", "shoe_size"}) {
    EXPECT_EQ(Upload(*founder_, "text", 0, true, field).code(), StatusCode::kInvalidArgument) << field;
  }
  auto call = founder_->Enter();
  const vault::PatientName alice{AsBytes("alice"), nullptr}, nobody{AsBytes("nobody"), nullptr};
  EXPECT_EQ(vault::Upload::Begin(call->core(), call->desk(), alice, "Document", AsBytes("e"), "text").code(),
            StatusCode::kNotFound);
  EXPECT_EQ(vault::Upload::Begin(call->core(), call->desk(), nobody, "Document", AsBytes("d"), "text").code(),
            StatusCode::kNotFound);
  EXPECT_EQ(StoredChunks(), 0u);
}

}  // namespace
}  // namespace mseal::test
