// Proofs out of a log's files, with no secret: that an entry is in the log that a checkpoint was signed of, and that
// the log of a later checkpoint goes on from that of an earlier one.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "audit/log_files.h"

namespace mseal::audit {

struct LogProof {
  std::uint64_t from = 0;  // the entry's index, or how large the log was before
  std::uint64_t size = 0;  // of the log, as the checkpoint says
  TreeHash leaf{};         // of an entry
  Proof hashes;
  std::string checkpoint;  // signed
};

// Against the newest checkpoint beside the log.
//   NotFound    there is no checkpoint, or none yet of that entry
//   Unsupported entries are needed that are not kept any more
//   AuthFailed  the log is not the one that the checkpoint was signed of
//   Corrupt, IoError
Result<LogProof> ProveEntry(const std::string& folder, std::uint64_t index);
// That it goes on from what `old_note` was signed of.
//   Stale       the log is shorter than that
//   AuthFailed  it is another log, or one of the two forked;  others as above
Result<LogProof> ProveGrowth(const std::string& folder, std::string_view old_note);

// With nothing but the proof and the verifier key of the log; an empty key leaves open who signed.
//   AuthFailed  the entry is not in the log that the checkpoint was signed of, or the key did not sign it
//   Corrupt     it is no checkpoint, or of another size than the proof says
Status CheckEntry(const LogProof& proof, std::string_view key);
Status CheckGrowth(const LogProof& proof, std::string_view old_note, std::string_view key);

// Complete subtrees of a log, read from the segments in which they end.
class LogTree {
 public:
  static Result<LogTree> Open(const std::string& folder);
  const keys::StoreId& store() const { return store_; }
  // Unsupported: entries are needed that are not kept any more, or not there yet.
  Result<std::map<Node, TreeHash>> Fetch(const std::vector<Node>& nodes) const;

 private:
  explicit LogTree(std::string folder) : folder_(std::move(folder)) {}

  std::string folder_;
  keys::StoreId store_{};
  std::vector<std::uint64_t> numbers_;        // of the segments
  std::vector<std::uint64_t> first_entries_;  // of each
};

}  // namespace mseal::audit
