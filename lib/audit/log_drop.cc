// Looks at whose keys lie where, and removes files.
#include "audit/log_drop.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>

#include "format/log_entry.h"
#include "keys/new_file.h"

namespace mseal::audit {
namespace {

using KeyId = ByteArray<16>;

// What is asked of one segment.
struct Looked {
  std::uint64_t number = 0;
  std::uint64_t begun_ms = 0;
  TreeHead before;
  std::set<KeyId> used;  // by its entries
};

class DropPlanner {
 public:
  DropPlanner(const std::string& folder, const keys::StoreId& store) : folder_(folder), store_(store) {}

  Result<DropPlan> Plan(std::uint64_t before_ms) {
    MS_ASSIGN(auto numbers, ListSegments(folder_));
    if (numbers.size() > 1 && IsUnborn(SegmentPath(folder_, numbers.back()))) numbers.pop_back();
    for (const std::uint64_t number : numbers) {
      if (!looked_.empty() && number != looked_.back().number + 1)
        return Status::AuthFailed("a segment of the log is missing");
      MS_TRY(Look(number));
    }
    if (looked_.empty()) return DropPlan{};
    std::size_t old = 0;  // how many are old enough
    while (old + 1 < looked_.size() && looked_[old + 1].begun_ms <= before_ms) ++old;
    const std::size_t kept = WithKeys(old);
    const Looked& first = looked_[kept];
    return DropPlan{.first_segment = first.number,
                    .segments = kept,
                    .entries = first.before.size() - looked_.front().before.size(),
                    .held_by_keys = old - kept,
                    .first_entry = looked_[old].before.size(),
                    .dropped = {first.before.size(), first.before.Root()}};
  }

 private:
  Status Look(std::uint64_t number) {
    MS_ASSIGN(const ReadSegment segment, OpenSegment(folder_, number, store_));
    Looked& looked = looked_.emplace_back(Looked{number, segment.file->head().begun_ms, segment.before, {}});
    return segment.file->ForEach(Segment::kFirstCell, segment.file->End(), [&](std::uint64_t, ByteView entry) {
      const auto kind = format::LogEntryKindOf(entry);
      if (kind.ok() && *kind == format::LogEntryKind::kAuditKey) {
        const auto key = format::ParseLogAuditKey(entry);
        if (key.ok()) home_.emplace(key->id, looked_.size() - 1);
      } else if (kind.ok() && *kind == format::LogEntryKind::kAccess) {
        const auto access = format::ParseLogAccess(entry);
        if (access.ok()) looked.used.insert(access->key_id);
      }
      return Status::Ok();
    });
  }

  // How many segments no entry that is shown needs a key of. What lies between has keys for it, and is not shown
  // itself: else the session that goes on into the next segment would hold every segment for ever.
  std::size_t WithKeys(std::size_t old) const {
    std::size_t kept = old;
    for (std::size_t i = old; i < looked_.size(); ++i) {
      for (const KeyId& id : looked_[i].used) {
        const auto home = home_.find(id);
        if (home != home_.end()) kept = std::min(kept, home->second);
      }
    }
    return kept;
  }

  const std::string& folder_;
  const keys::StoreId& store_;
  std::vector<Looked> looked_;
  std::map<KeyId, std::size_t> home_;
};

}  // namespace

Result<DropPlan> PlanDrop(const std::string& folder, const keys::StoreId& store, std::uint64_t before_ms) {
  return DropPlanner(folder, store).Plan(before_ms);
}

// The oldest first: what a drop that was stopped leaves has no gap.
Status RemoveBefore(const std::string& folder, std::uint64_t first_segment) {
  MS_ASSIGN(const auto numbers, ListSegments(folder));
  for (const std::uint64_t number : numbers) {
    if (number >= first_segment) break;
    for (const std::string& path : {IndexPath(folder, number), SegmentPath(folder, number)}) {
      if (unlink(path.c_str()) != 0 && errno != ENOENT)
        return Status::IoError("a segment of the log cannot be removed");
    }
  }
  return keys::SyncFolderOf(keys::SystemFileIo(), folder + "/dropped");
}

}  // namespace mseal::audit
