// Index files of the log: every entry is found by its tokens, and nobody hides one by touching the file.
#include "audit/log_index.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "base/writer.h"
#include "format/log_entry.h"

namespace mseal::audit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPage = 4096;

class LogIndexTest : public ::testing::Test {
 protected:
  LogIndexTest() {
    std::string name = (fs::temp_directory_path() / "medseal-logindex-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    auto made = Segment::Create((folder_ / "5.log").string(), head_, 1 << 20);
    EXPECT_TRUE(made.ok());
    segment_ = std::move(*made);
  }
  ~LogIndexTest() override { fs::remove_all(folder_); }

  std::string path() const { return (folder_ / "5.idx").string(); }
  static Token TokenOf(std::uint8_t number) {
    Token token;
    token.fill(number);
    return token;
  }
  // An entry of three cells that is found by the token.
  std::uint64_t Append(const Token& token) {
    const Bytes sealed(106, 1);
    const auto cell = segment_->Append(
        format::WriteLogAuditKey({.id = token, .class_key_version = 1, .ephemeral = {}, .sealed = sealed}));
    EXPECT_TRUE(cell.ok());
    return *cell;
  }
  void AppendMany(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) Append(TokenOf(static_cast<std::uint8_t>(i % 5)));
  }
  Bytes Made() {
    EXPECT_TRUE(WriteLogIndex(path(), key_, *segment_).ok());
    std::ifstream in(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void Put(const Bytes& bytes) const {
    std::ofstream(path(), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  Result<std::vector<LogIndex::Place>> Find(const Token& token) const {
    MS_ASSIGN(const LogIndex index, LogIndex::Open(path(), key_, head_));
    std::vector<LogIndex::Place> places;
    MS_TRY(index.Find(token, [&](const LogIndex::Place& place) {
      places.push_back(place);
      return Status::Ok();
    }));
    return places;
  }

  fs::path folder_;
  format::LogSegmentHead head_{.store = {1, 2, 3}, .number = 5, .first_entry = 300};
  ByteArray<kKeySize> key_ = [] {
    ByteArray<kKeySize> key;
    key.fill(7);
    return key;
  }();
  std::unique_ptr<Segment> segment_;
};

TEST_F(LogIndexTest, FindsEveryEntryOfAToken) {
  std::vector<std::uint64_t> cells;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    const std::uint64_t cell = Append(TokenOf(static_cast<std::uint8_t>(i % 5)));
    if (i % 5 == 3) cells.push_back(cell);
  }
  EXPECT_EQ(Made().size(), 6 * kPage) << "1000 items, 170 a page";
  const auto places = Find(TokenOf(3));
  ASSERT_TRUE(places.ok());
  ASSERT_EQ(places->size(), cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    EXPECT_EQ((*places)[i].cell, cells[i]);
    EXPECT_EQ((*places)[i].ordinal, 5 * i + 3);
  }
  EXPECT_TRUE(Find(TokenOf(9))->empty());
}

// FORMAT.md, "Log index"; the proof was computed by another implementation of BLAKE2b.
TEST_F(LogIndexTest, APageIsAsTheFormatPageSays) {
  Append(TokenOf(0x22));
  Append(TokenOf(0x11));
  const Bytes page = Made();
  ASSERT_EQ(page.size(), kPage);
  const Bytes proof = {0x45, 0x5f, 0x7f, 0x73, 0x5d, 0xde, 0xf9, 0x43, 0xe8, 0x8b, 0xb9, 0x32, 0x39, 0x81, 0x03, 0x66};
  EXPECT_EQ(Bytes(page.begin(), page.begin() + 16), proof);
  Bytes items;
  Writer(items).Raw(TokenOf(0x11)).U32(4).U32(1).Raw(TokenOf(0x22)).U32(1).U32(0);
  EXPECT_EQ(Bytes(page.begin() + 16, page.begin() + 64), items);
  EXPECT_EQ(Bytes(page.begin() + 64, page.end()), Bytes(kPage - 64, 0xff));
}

TEST_F(LogIndexTest, AnEmptySegmentHasOnePage) {
  EXPECT_EQ(Made().size(), kPage);
  EXPECT_TRUE(Find(TokenOf(1))->empty());
}

TEST_F(LogIndexTest, AChangedByteIsFound) {
  AppendMany(400);
  const Bytes whole = Made();
  for (std::size_t at = 0; at < kPage; at += 61) {
    for (std::size_t page = 0; page < whole.size() / kPage; ++page) {
      Bytes changed = whole;
      changed[page * kPage + at] ^= 1;
      Put(changed);
      bool found = false;
      for (std::uint8_t token = 0; token < 5; ++token) found |= Find(TokenOf(token)).code() == StatusCode::kAuthFailed;
      EXPECT_TRUE(found) << at << " of page " << page;
    }
  }
}

TEST_F(LogIndexTest, PagesAreNotCutMovedDoubledOrAnothers) {
  AppendMany(400);
  const Bytes whole = Made();
  ASSERT_EQ(whole.size(), 3 * kPage);
  const Bytes first(whole.begin(), whole.begin() + kPage), second(whole.begin() + kPage, whole.begin() + 2 * kPage);
  Bytes twice = whole, swapped = second;
  twice.insert(twice.end(), first.begin(), first.end());
  swapped.insert(swapped.end(), first.begin(), first.end());
  swapped.insert(swapped.end(), whole.begin() + 2 * kPage, whole.end());
  const Bytes cut(whole.begin(), whole.begin() + 2 * kPage), torn(whole.begin(), whole.end() - 1);
  for (const Bytes& bytes : {first, cut, torn, swapped, twice, Bytes()}) {
    Put(bytes);
    EXPECT_EQ(Find(TokenOf(1)).code(), StatusCode::kAuthFailed) << bytes.size();
  }
  Put(whole);
  ASSERT_TRUE(Find(TokenOf(1)).ok());
  head_.number = 6;
  EXPECT_EQ(Find(TokenOf(1)).code(), StatusCode::kAuthFailed);
  head_.number = 5;
  key_[0] ^= 1;
  EXPECT_EQ(Find(TokenOf(1)).code(), StatusCode::kAuthFailed);
  fs::remove(path());
  EXPECT_EQ(Find(TokenOf(1)).code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace mseal::audit
