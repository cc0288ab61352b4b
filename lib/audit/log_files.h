// The files of a log: segments in the order of their numbers, from the oldest that was kept on. FORMAT.md, "Log
// segment".
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "audit/segment.h"
#include "audit/tree.h"
#include "keys/provider.h"

namespace mseal::audit {

// How large a log is and what its tree's root is then.
struct LogPosition {
  std::uint64_t size = 0;
  TreeHash root{};
  friend bool operator==(const LogPosition&, const LogPosition&) = default;
};

std::string SegmentPath(const std::string& folder, std::uint64_t number);
std::string IndexPath(const std::string& folder, std::uint64_t number);

// The numbers of the segments in the folder, ascending; none when there is no folder. IoError.
Result<std::vector<std::uint64_t>> ListSegments(const std::string& folder);

// Whether the file has the name of a segment and no entry: one is about to be written, or its writer died before.
bool IsUnborn(const std::string& path);

// A segment as it is read, with the tree before its first entry.
struct ReadSegment {
  std::unique_ptr<Segment> file;
  TreeHead before;
};

// Opens one segment and looks at its head and first entry.
//   Corrupt     it is no segment, or does not begin with its chain entry
//   AuthFailed  it is another store's or has another number than its name
Result<ReadSegment> OpenSegment(const std::string& folder, std::uint64_t number, const keys::StoreId& store);

// Walks entries of a segment into `tree` from a cell on; `visit` may be empty.
using VisitEntry = std::function<Status(std::uint64_t cell, std::uint64_t index, ByteView entry)>;
Status WalkInto(TreeHead& tree, const Segment& segment, std::uint64_t from, std::uint64_t end, const VisitEntry& visit);

struct WalkedLog {
  LogPosition position;             // of all that is there
  std::uint64_t first_entry = 0;    // what came before is not there
  std::uint64_t first_segment = 0;  // 0: there is no segment
  std::uint64_t segments = 0;
};

// Reads all segments, from the oldest on, and compares each with the tree that came before it. `at` is called with the
// position after every entry that some size in `sizes` names, which is ascending. A process may append meanwhile.
//   AuthFailed  an entry was changed, taken out or put in; a segment is missing, or another log's
//   Corrupt, IoError
Result<WalkedLog> WalkLog(const std::string& folder, const keys::StoreId& store,
                          const std::vector<std::uint64_t>& sizes, const std::function<Status(const LogPosition&)>& at,
                          const VisitEntry& visit);

}  // namespace mseal::audit
