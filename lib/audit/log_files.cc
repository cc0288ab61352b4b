// Lists, opens and walks segments.
#include "audit/log_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <thread>

#include "format/log_entry.h"

namespace mseal::audit {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kSegmentEnding = ".log";
constexpr std::string_view kIndexEnding = ".idx";

std::string Name(std::uint64_t number, std::string_view ending) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%010llu", static_cast<unsigned long long>(number));
  return digits + std::string(ending);
}

// 0: not the name of a segment.
std::uint64_t NumberOf(const std::string& name) {
  if (!name.ends_with(kSegmentEnding)) return 0;
  std::uint64_t number = 0;
  const char* end = name.data() + name.size() - kSegmentEnding.size();
  const auto [stop, error] = std::from_chars(name.data(), end, number);
  return error == std::errc() && stop == end && Name(number, kSegmentEnding) == name ? number : 0;
}

// A file that was set aside for a segment, and nothing more.
bool IsBlank(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  ByteArray<format::kLogCell> cell{};
  const ssize_t size = file < 0 ? -1 : read(file, cell.data(), cell.size());
  if (file >= 0) close(file);
  return size >= 0 && std::all_of(cell.begin(), cell.end(), [](std::uint8_t byte) { return byte == 0; });
}

// Its chain entry is the one that begins at the first cell.
Result<TreeHead> TreeBefore(const Segment& segment) {
  std::optional<format::LogChain> chain;
  Status parsed = Status::Corrupt("a segment of the log does not begin with its chain entry");
  const Status walked = segment.ForEach(Segment::kFirstCell, std::min(segment.End(), Segment::kFirstCell + 1),
                                        [&](std::uint64_t, ByteView entry) -> Status {
                                          auto one = format::ParseLogChain(entry);
                                          parsed = one.status();
                                          if (one.ok()) chain = std::move(*one);
                                          return Status::Ok();
                                        });
  MS_TRY(walked);
  if (!chain.has_value()) return parsed;
  auto tree = TreeHead::From(chain->size, std::move(chain->peaks));
  if (!tree.ok() || tree->size() != segment.head().first_entry)
    return Status::Corrupt("the chain entry of a segment of the log does not fit its head");
  return tree;
}

}  // namespace

std::string SegmentPath(const std::string& folder, std::uint64_t number) {
  return folder + "/" + Name(number, kSegmentEnding);
}
std::string IndexPath(const std::string& folder, std::uint64_t number) {
  return folder + "/" + Name(number, kIndexEnding);
}

Result<std::vector<std::uint64_t>> ListSegments(const std::string& folder) {
  std::vector<std::uint64_t> numbers;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (const std::uint64_t number = NumberOf(it->path().filename().string()); number != 0) numbers.push_back(number);
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return Status::IoError("the log's folder cannot be looked into: " + error.message());
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

bool IsUnborn(const std::string& path) {
  if (IsBlank(path)) return true;
  const auto lookup = Segment::OpenForLookups(path);
  if (!lookup.ok() || (*lookup)->EntryAt(Segment::kFirstCell).ok()) return false;
  const auto whole = Segment::Open(path);
  return whole.ok() && (*whole)->End() == Segment::kFirstCell;
}

Result<ReadSegment> OpenSegment(const std::string& folder, std::uint64_t number, const keys::StoreId& store) {
  MS_ASSIGN(auto file, Segment::Open(SegmentPath(folder, number)));
  if (file->head().store != store || file->head().number != number)
    return Status::AuthFailed("a segment of the log is another store's or lies in another one's place");
  MS_ASSIGN(TreeHead before, TreeBefore(*file));
  return ReadSegment{std::move(file), std::move(before)};
}

Status WalkInto(TreeHead& tree, const Segment& segment, std::uint64_t from, std::uint64_t end,
                const VisitEntry& visit) {
  return segment.ForEach(from, end, [&](std::uint64_t cell, ByteView entry) -> Status {
    const std::uint64_t index = tree.size();
    tree.Append(HashLeaf(entry), {});
    return visit ? visit(cell, index, entry) : Status::Ok();
  });
}

namespace {

// How long a writer takes at most, by far, to copy the entry whose cells it set aside.
constexpr std::chrono::milliseconds kAnEntryIsWhole{50};

// One way through the segments.
class LogWalk {
 public:
  LogWalk(const std::vector<std::uint64_t>& sizes, const std::function<Status(const LogPosition&)>& at,
          const VisitEntry& visit)
      : next_size_(sizes.begin()), end_(sizes.end()), at_(at), visit_(visit) {}

  Status Through(const ReadSegment& segment) {
    if (walked_.segments == 0) {
      tree_ = segment.before;
      walked_.first_entry = tree_.size();
      walked_.first_segment = segment.file->head().number;
    } else if (segment.file->head().number != walked_.first_segment + walked_.segments) {
      return Status::AuthFailed("a segment of the log is missing");
    } else if (segment.before.size() != tree_.size() || segment.before.peaks() != tree_.peaks()) {
      return Status::AuthFailed("the log was changed: a segment does not go on from the one before");
    }
    ++walked_.segments;
    next_size_ = std::lower_bound(next_size_, end_, tree_.size());
    MS_TRY(Report());
    const VisitEntry each = [this](std::uint64_t cell, std::uint64_t index, ByteView entry) -> Status {
      if (visit_) MS_TRY(visit_(cell, index, entry));
      return Report();
    };
    return WalkInto(tree_, *segment.file, Segment::kFirstCell, segment.file->End(), each);
  }

  WalkedLog Done() {
    walked_.position = {tree_.size(), tree_.Root()};
    return walked_;
  }

 private:
  Status Report() {
    for (; next_size_ != end_ && *next_size_ == tree_.size(); ++next_size_) MS_TRY(at_({tree_.size(), tree_.Root()}));
    return Status::Ok();
  }

  std::vector<std::uint64_t>::const_iterator next_size_, end_;
  const std::function<Status(const LogPosition&)>& at_;
  const VisitEntry& visit_;
  WalkedLog walked_;
  TreeHead tree_;
};

}  // namespace

Result<WalkedLog> WalkLog(const std::string& folder, const keys::StoreId& store,
                          const std::vector<std::uint64_t>& sizes, const std::function<Status(const LogPosition&)>& at,
                          const VisitEntry& visit) {
  MS_ASSIGN(auto numbers, ListSegments(folder));
  if (numbers.size() > 1 && IsUnborn(SegmentPath(folder, numbers.back()))) numbers.pop_back();
  LogWalk walk(sizes, at, visit);
  for (const std::uint64_t number : numbers) {
    MS_ASSIGN(const ReadSegment segment, OpenSegment(folder, number, store));
    if (number == numbers.back() && segment.file->FoundGap()) std::this_thread::sleep_for(kAnEntryIsWhole);
    MS_TRY(walk.Through(segment));
  }
  return walk.Done();
}

}  // namespace mseal::audit
