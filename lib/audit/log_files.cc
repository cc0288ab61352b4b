// Lists, opens and walks segments.
#include "audit/log_files.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <system_error>

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

Result<WalkedLog> WalkLog(const std::string& folder, const keys::StoreId& store,
                          const std::vector<std::uint64_t>& sizes, const std::function<Status(const LogPosition&)>& at,
                          const VisitEntry& visit) {
  MS_ASSIGN(const auto numbers, ListSegments(folder));
  WalkedLog walked;
  TreeHead tree;
  auto next_size = sizes.begin();
  const auto report = [&]() -> Status {
    for (; next_size != sizes.end() && *next_size == tree.size(); ++next_size) MS_TRY(at({tree.size(), tree.Root()}));
    return Status::Ok();
  };
  std::uint64_t expected = 0;
  for (const std::uint64_t number : numbers) {
    if (expected != 0 && number != expected) return Status::AuthFailed("a segment of the log is missing");
    expected = number + 1;
    MS_ASSIGN(const ReadSegment segment, OpenSegment(folder, number, store));
    if (walked.segments == 0) {
      tree = segment.before;
      walked.first_entry = tree.size();
    } else if (segment.before.size() != tree.size() || segment.before.peaks() != tree.peaks()) {
      return Status::AuthFailed("the log was changed: a segment does not go on from the one before");
    }
    next_size = std::lower_bound(next_size, sizes.end(), tree.size());
    MS_TRY(report());
    const VisitEntry each = [&](std::uint64_t cell, std::uint64_t index, ByteView entry) -> Status {
      if (visit) MS_TRY(visit(cell, index, entry));
      return report();
    };
    MS_TRY(WalkInto(tree, *segment.file, Segment::kFirstCell, segment.file->End(), each));
    ++walked.segments;
  }
  walked.position = {tree.size(), tree.Root()};
  return walked;
}

}  // namespace mseal::audit
