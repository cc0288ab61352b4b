// What somebody who writes to the disk does to a log, and who notices: the next opening, a look at the files, a
// checkpoint that was kept elsewhere, a proof.
#include "audit/log_check.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "audit/checkpoint.h"
#include "audit/log.h"
#include "audit/log_proof.h"
#include "audit/note.h"
#include "crypto/random.h"
#include "format/log_entry.h"

namespace mseal::audit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kEntry = 20'000;
constexpr std::uint64_t kCells = (12 + kEntry + 63) / 64;

class LogFilesTest : public ::testing::Test {
 protected:
  LogFilesTest() {
    std::string name = (fs::temp_directory_path() / "medseal-logcheck-XXXXXX").string();
    root_ = mkdtemp(name.data());
    folder_ = root_ / "audit";
  }
  ~LogFilesTest() override {
    log_.reset();
    fs::remove_all(root_);
  }

  // ---- what a vault does

  Status Open(const LogPosition& anchored = {}) {
    log_.reset();
    MS_ASSIGN(log_, Log::Open({.folder = folder_.string(), .store = store_, .longest_segment = 1 << 20}, anchored));
    return Status::Ok();
  }
  // Four segments, closed; gives where it ended.
  LogPosition WriteFourSegments() {
    EXPECT_TRUE(Open().ok());
    for (std::uint32_t i = 0; i < 170; ++i) Append(i);
    return Close();
  }
  void Append(std::uint32_t number) {
    Bytes entry(kEntry, static_cast<std::uint8_t>(number));
    entry[0] = 0xff;  // no kind that is known
    EXPECT_TRUE(log_->Append(entry).ok());
  }
  LogPosition Close() {
    EXPECT_TRUE(log_->Close().ok());
    const LogPosition position = log_->synced();
    log_.reset();
    Keep(SignedOf(position), CheckpointPath(folder_.string()));
    return position;
  }
  std::string SignedOf(const LogPosition& position) const {
    const std::string origin = LogOrigin(store_);
    return SignNote(WriteCheckpoint({.origin = origin, .size = position.size, .root = position.root, .extensions = {}}),
                    origin, signer_);
  }
  std::string Key() const { return WriteNoteKey({LogOrigin(store_), crypto::VerifyKeyOf(signer_)}); }
  static void Keep(const std::string& text, const std::string& path) { std::ofstream(path) << text; }

  // ---- what the thief does

  std::string SegmentFile(std::uint64_t number) const { return SegmentPath(folder_.string(), number); }
  Bytes ReadCells(std::uint64_t number, std::uint64_t cell, std::uint64_t cells) const {
    Bytes bytes(cells * 64);
    const int file = open(SegmentFile(number).c_str(), O_RDONLY);
    EXPECT_EQ(pread(file, bytes.data(), bytes.size(), static_cast<off_t>(cell * 64)),
              static_cast<ssize_t>(bytes.size()));
    close(file);
    return bytes;
  }
  void WriteCells(std::uint64_t number, std::uint64_t cell, const Bytes& bytes) const {
    const int file = open(SegmentFile(number).c_str(), O_WRONLY);
    EXPECT_EQ(pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(cell * 64)),
              static_cast<ssize_t>(bytes.size()));
    close(file);
  }
  std::vector<std::uint64_t> LargeEntries(std::uint64_t number) const {  // their cells
    std::vector<std::uint64_t> cells;
    const auto segment = Segment::Open(SegmentFile(number));
    EXPECT_TRUE((*segment)
                    ->ForEach(Segment::kFirstCell, (*segment)->End(),
                              [&](std::uint64_t cell, ByteView entry) {
                                if (entry.size() == kEntry) cells.push_back(cell);
                                return Status::Ok();
                              })
                    .ok());
    return cells;
  }
  void CutEnd() const {
    const auto segment = Segment::Open(SegmentFile(4));
    const std::uint64_t cell = LargeEntries(4).back();
    WriteCells(4, cell, Bytes(((*segment)->End() - cell) * 64, 0));
  }
  // With a check that fits.
  void EditEntry(std::uint64_t number) const {
    const auto segment = Segment::Open(SegmentFile(number));
    const std::uint64_t cell = LargeEntries(number)[3];
    Bytes other(kEntry, 7);
    other[0] = 0xff;
    fs::remove(root_ / "scratch");
    auto scratch = Segment::Create((root_ / "scratch").string(), (*segment)->head(), 1 << 20);
    EXPECT_TRUE((*scratch)->Append(other).ok() && (*scratch)->Sync().ok());
    Bytes forged(kCells * 64);
    std::ifstream in(root_ / "scratch", std::ios::binary);
    in.seekg(64).read(reinterpret_cast<char*>(forged.data()), static_cast<std::streamsize>(forged.size()));
    WriteCells(number, cell, forged);
  }
  void SwapEntries(std::uint64_t number) const {
    const auto cells = LargeEntries(number);
    const Bytes first = ReadCells(number, cells[1], kCells), second = ReadCells(number, cells[2], kCells);
    WriteCells(number, cells[1], second);
    WriteCells(number, cells[2], first);
  }

  StatusCode Check(const std::string& against = {}, LogCheck* out = nullptr) const {
    const std::string key = Key();
    auto checked = CheckLog({.folder = folder_.string(), .against = against, .key = key});
    if (checked.ok() && out != nullptr) *out = *checked;
    return checked.code();
  }

  fs::path root_, folder_;
  keys::StoreId store_{1, 2, 3};
  crypto::SigningSeed signer_{crypto::RandomKey()};
  std::unique_ptr<Log> log_;
};

TEST_F(LogFilesTest, AWholeLogIsProvenByItsKey) {
  const LogPosition end = WriteFourSegments();
  LogCheck check;
  ASSERT_EQ(Check(SignedOf(end), &check), StatusCode::kOk);
  EXPECT_EQ(check.store, store_);
  EXPECT_EQ(check.log.position, end);
  EXPECT_EQ(check.log.segments, 4u);
  EXPECT_EQ(check.beside, Standing::kProven);
  EXPECT_EQ(check.against, Standing::kProven);
  EXPECT_FALSE(check.is_open);
  const auto unasked = CheckLog({.folder = folder_.string()});
  ASSERT_TRUE(unasked.ok());
  EXPECT_EQ(unasked->beside, Standing::kAgrees);
  EXPECT_EQ(unasked->against, Standing::kNone);
  EXPECT_TRUE(Open(end).ok());
}

TEST_F(LogFilesTest, AnEndThatWasCutIsStale) {
  const LogPosition end = WriteFourSegments();
  CutEnd();
  EXPECT_EQ(Check(), StatusCode::kStale);
  EXPECT_EQ(Open(end).code(), StatusCode::kStale);
  fs::remove(CheckpointPath(folder_.string()));
  EXPECT_EQ(Check(), StatusCode::kOk) << "nothing beside the log knows of the end";
  EXPECT_EQ(Check(SignedOf(end)), StatusCode::kStale) << "who kept a checkpoint does";
  fs::remove_all(folder_);
  EXPECT_EQ(Check(), StatusCode::kNotFound);
  EXPECT_EQ(Check(SignedOf(end)), StatusCode::kStale);
}

TEST_F(LogFilesTest, AnEditedEntryIsFoundInEverySegment) {
  const LogPosition end = WriteFourSegments();
  for (std::uint64_t number = 1; number <= 4; ++number) {
    const Bytes before = ReadCells(number, LargeEntries(number)[3], kCells);
    const std::uint64_t cell = LargeEntries(number)[3];
    EditEntry(number);
    EXPECT_EQ(Check(), StatusCode::kAuthFailed) << number;
    WriteCells(number, cell, before);
    EXPECT_EQ(Check(), StatusCode::kOk) << number;
  }
  EditEntry(4);
  EXPECT_EQ(Open(end).code(), StatusCode::kAuthFailed);
}

TEST_F(LogFilesTest, SwappedEntriesAreFound) {
  const LogPosition end = WriteFourSegments();
  SwapEntries(2);
  EXPECT_EQ(Check(), StatusCode::kAuthFailed);
  SwapEntries(2);
  ASSERT_EQ(Check(), StatusCode::kOk);
  SwapEntries(4);
  EXPECT_EQ(Check(), StatusCode::kAuthFailed);
  EXPECT_EQ(Open(end).code(), StatusCode::kAuthFailed);
}

TEST_F(LogFilesTest, AMissingSegmentIsFoundWhereverItWas) {
  const LogPosition end = WriteFourSegments();
  for (const std::uint64_t number : {1, 2, 3}) {
    fs::rename(SegmentFile(number), root_ / "aside");
    EXPECT_EQ(Check(), StatusCode::kAuthFailed) << number;
    EXPECT_EQ(Open(end).code(), StatusCode::kAuthFailed) << number;
    fs::rename(root_ / "aside", SegmentFile(number));
  }
  fs::remove(SegmentFile(4));
  EXPECT_EQ(Check(), StatusCode::kStale);
  EXPECT_EQ(Open(end).code(), StatusCode::kStale);
}

TEST_F(LogFilesTest, ASegmentInAnothersPlaceIsFound) {
  const LogPosition end = WriteFourSegments();
  fs::copy_file(SegmentFile(2), SegmentFile(3), fs::copy_options::overwrite_existing);
  EXPECT_EQ(Check(), StatusCode::kAuthFailed);
  fs::copy_file(SegmentFile(2), SegmentFile(4), fs::copy_options::overwrite_existing);
  EXPECT_EQ(Open(end).code(), StatusCode::kAuthFailed);
}

TEST_F(LogFilesTest, AnOlderCopyOfAllOfItIsStaleToWhoKeptACheckpoint) {
  const LogPosition early = WriteFourSegments();
  fs::copy(folder_, root_ / "copy");
  ASSERT_TRUE(Open(early).ok());
  Append(1000);
  const LogPosition late = Close();
  EXPECT_EQ(Check(SignedOf(early)), StatusCode::kOk) << "it only grew";
  fs::remove_all(folder_);
  fs::rename(root_ / "copy", folder_);
  EXPECT_EQ(Check(), StatusCode::kOk) << "alone it cannot say";
  EXPECT_EQ(Check(SignedOf(late)), StatusCode::kStale);
  EXPECT_EQ(Open(late).code(), StatusCode::kStale);
}

TEST_F(LogFilesTest, AForkIsFoundThoughItIsLonger) {
  const LogPosition early = WriteFourSegments();
  fs::copy(folder_, root_ / "copy");
  ASSERT_TRUE(Open(early).ok());
  Append(1000);
  const LogPosition first = Close();
  const std::string first_note = SignedOf(first);
  fs::remove_all(folder_);
  fs::rename(root_ / "copy", folder_);
  ASSERT_TRUE(Open(early).ok());
  for (std::uint32_t i = 0; i < 5; ++i) Append(2000 + i);
  Close();
  EXPECT_EQ(Check(), StatusCode::kOk);
  EXPECT_EQ(Check(first_note), StatusCode::kAuthFailed);
  EXPECT_EQ(Open(first).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(ProveGrowth(folder_.string(), first_note).code(), StatusCode::kAuthFailed);
}

TEST_F(LogFilesTest, AnotherLogOrAnotherKeyIsFound) {
  const LogPosition end = WriteFourSegments();
  const std::string note = SignedOf(end);
  const std::string key = Key();
  signer_ = crypto::SigningSeed(crypto::RandomKey());
  EXPECT_EQ(Check(note), StatusCode::kAuthFailed);
  EXPECT_EQ(CheckLog({.folder = folder_.string(), .key = "no key"}).code(), StatusCode::kCorrupt);
  EXPECT_EQ(CheckLog({.folder = folder_.string(), .against = "no note", .key = key}).code(), StatusCode::kCorrupt);
  store_ = {9, 9, 9};
  EXPECT_EQ(CheckLog({.folder = folder_.string(), .against = SignedOf(end)}).code(), StatusCode::kAuthFailed);
  Keep(SignedOf(end), CheckpointPath(folder_.string()));
  EXPECT_EQ(Check(), StatusCode::kAuthFailed);
}

TEST_F(LogFilesTest, AnUnusableCheckpointBesideItIsNotPassedOver) {
  WriteFourSegments();
  const std::string path = CheckpointPath(folder_.string());
  for (const std::string& text : {std::string(), std::string("no note"), std::string(100'000, 'x')}) {
    Keep(text, path);
    EXPECT_EQ(Check(), StatusCode::kCorrupt) << text.size();
  }
  fs::remove(path);
  fs::create_directory(path);
  EXPECT_EQ(Check(), StatusCode::kIoError);
}

TEST_F(LogFilesTest, MarksTellOfDeathsPowerAndClock) {
  using format::LogMarkKind;
  ASSERT_TRUE(Open().ok());
  const std::uint64_t now = 4'000'000'000'000;
  const ByteArray<16> first{1}, second{2};
  const auto mark = [&](LogMarkKind kind, std::uint64_t time, const ByteArray<16>& boot) {
    ASSERT_TRUE(log_->Append(format::WriteLogMark({kind, time, boot})).ok());
  };
  mark(LogMarkKind::kClosed, now, first);
  mark(LogMarkKind::kOpened, now + 1, first);
  mark(LogMarkKind::kOpened, now + 2, first);               // died
  mark(LogMarkKind::kOpened, now + 3, second);              // with the power
  mark(LogMarkKind::kBeat, now - 315'360'000'000, second);  // ten years back
  mark(LogMarkKind::kBeat, now + 315'360'000'000, second);  // and twenty on
  ASSERT_TRUE(log_->Sync().ok());
  LogCheck check;
  ASSERT_EQ(Check({}, &check), StatusCode::kOk);
  EXPECT_EQ(check.opened, 4u);
  EXPECT_EQ(check.not_closed, 2u);
  EXPECT_EQ(check.power_lost, 1u);
  EXPECT_EQ(check.set_back, 1u);
  EXPECT_TRUE(check.is_open);
}

TEST_F(LogFilesTest, CanBeCheckedAndProvenWhileItIsWritten) {
  ASSERT_TRUE(Open().ok());
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (std::uint32_t i = 0; i < 300 && !stop; ++i) Append(i);
  });
  for (int i = 0; i < 10; ++i) {
    const auto position = log_->Sync();
    ASSERT_TRUE(position.ok());
    const std::string note = SignedOf(*position);
    const std::string path = CheckpointPath(folder_.string());
    Keep(note, path + ".new");
    fs::rename(path + ".new", path);
    EXPECT_EQ(Check(note), StatusCode::kOk);
    EXPECT_TRUE(ProveEntry(folder_.string(), position->size - 1).ok());
  }
  stop = true;
  writer.join();
}

TEST_F(LogFilesTest, EveryEntryIsProvenAndNothingElseIs) {
  const LogPosition end = WriteFourSegments();
  for (std::uint64_t index = 0; index < end.size; index += 13) {
    const auto proof = ProveEntry(folder_.string(), index);
    ASSERT_TRUE(proof.ok()) << proof.status().message();
    EXPECT_TRUE(CheckEntry(*proof, Key()).ok());
    LogProof wrong = *proof;
    wrong.from ^= 1;
    EXPECT_EQ(CheckEntry(wrong, Key()).code(), StatusCode::kAuthFailed);
    wrong = *proof;
    wrong.leaf[5] ^= 1;
    EXPECT_EQ(CheckEntry(wrong, Key()).code(), StatusCode::kAuthFailed);
    wrong = *proof;
    wrong.hashes.back()[0] ^= 1;
    EXPECT_EQ(CheckEntry(wrong, Key()).code(), StatusCode::kAuthFailed);
    wrong = *proof;
    ++wrong.size;
    EXPECT_EQ(CheckEntry(wrong, Key()).code(), StatusCode::kCorrupt);
  }
  EXPECT_EQ(ProveEntry(folder_.string(), end.size).code(), StatusCode::kNotFound);
  EditEntry(2);
  EXPECT_EQ(ProveEntry(folder_.string(), 60).code(), StatusCode::kAuthFailed);
  fs::remove(CheckpointPath(folder_.string()));
  EXPECT_EQ(ProveEntry(folder_.string(), 0).code(), StatusCode::kNotFound);
}

TEST_F(LogFilesTest, GrowthIsProvenFromEverySize) {
  ASSERT_TRUE(Open().ok());
  std::vector<std::string> notes;
  for (std::uint32_t i = 0; i < 120; ++i) {
    Append(i);
    if (i % 7 == 0) notes.push_back(SignedOf(*log_->Sync()));
  }
  const LogPosition end = Close();
  for (const std::string& note : notes) {
    const auto proof = ProveGrowth(folder_.string(), note);
    ASSERT_TRUE(proof.ok()) << proof.status().message();
    EXPECT_EQ(proof->size, end.size);
    EXPECT_TRUE(CheckGrowth(*proof, note, Key()).ok());
    EXPECT_EQ(CheckGrowth(*proof, SignedOf({proof->from, {}}), Key()).code(), StatusCode::kAuthFailed);
    EXPECT_EQ(CheckGrowth(*proof, SignedOf({proof->from + 1, {}}), Key()).code(), StatusCode::kCorrupt);
  }
  EXPECT_EQ(ProveGrowth(folder_.string(), SignedOf({end.size + 1, {}})).code(), StatusCode::kStale);
}

}  // namespace
}  // namespace mseal::audit
