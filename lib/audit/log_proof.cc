// Finds which subtrees a proof needs, walks the segments that complete them, and verifies the proof before it is given.
#include "audit/log_proof.h"

#include <algorithm>

#include "audit/checkpoint_file.h"

namespace mseal::audit {
namespace {

// The index of the leaf that completes a subtree.
std::uint64_t LastLeafOf(const Node& node) { return ((node.index + 1) << node.level) - 1; }

// What `make` asks for, where it is given hashes that mean nothing.
template <typename Make>
Result<std::vector<Node>> NodesNeeded(Make&& make) {
  std::vector<Node> nodes;
  const ReadNode note = [&](const Node& node) -> Result<TreeHash> {
    nodes.push_back(node);
    return TreeHash{};
  };
  MS_TRY(make(note).status());
  return nodes;
}

template <typename Make>
Result<Proof> ProofFrom(const LogTree& tree, Make&& make) {
  MS_ASSIGN(const auto needed, NodesNeeded(make));
  MS_ASSIGN(const auto known, tree.Fetch(needed));
  return make([&](const Node& node) -> Result<TreeHash> { return known.at(node); });
}

struct Signed {
  Checkpoint checkpoint;
  std::string note;
};

Result<Signed> NewestCheckpoint(const std::string& folder) {
  MS_ASSIGN(std::string note, ReadCheckpointFile(CheckpointPath(folder)));
  if (note.empty()) return Status::NotFound("there is no checkpoint beside the log");
  MS_ASSIGN(Checkpoint checkpoint, OpenCheckpoint(note, {}));
  return Signed{std::move(checkpoint), std::move(note)};
}

Status RequireOrigin(const Checkpoint& checkpoint, const LogTree& tree) {
  if (checkpoint.origin == LogOrigin(tree.store())) return Status::Ok();
  return Status::AuthFailed("the checkpoint is of another log");
}

Result<Checkpoint> CheckpointOf(const LogProof& proof, std::string_view key) {
  MS_ASSIGN(Checkpoint checkpoint, OpenCheckpoint(proof.checkpoint, key));
  if (checkpoint.size == proof.size) return checkpoint;
  return Status::Corrupt("the proof is for a log of another size than its checkpoint's");
}

}  // namespace

// ---- the tree

Result<LogTree> LogTree::Open(const std::string& folder) {
  LogTree tree(folder);
  MS_ASSIGN(tree.numbers_, ListSegments(folder));
  if (tree.numbers_.size() > 1 && IsUnborn(SegmentPath(folder, tree.numbers_.back()))) tree.numbers_.pop_back();
  if (tree.numbers_.empty()) return Status::NotFound("there is no log of accesses");
  for (const std::uint64_t number : tree.numbers_) {
    MS_ASSIGN(const auto segment, Segment::OpenForLookups(SegmentPath(folder, number)));
    tree.store_ = segment->head().store;
    tree.first_entries_.push_back(segment->head().first_entry);
  }
  return tree;
}

Result<std::map<Node, TreeHash>> LogTree::Fetch(const std::vector<Node>& nodes) const {
  std::map<Node, TreeHash> found;
  std::vector<bool> needed(numbers_.size(), false);
  for (const Node& node : nodes) {
    found[node] = {};
    const auto next = std::upper_bound(first_entries_.begin(), first_entries_.end(), LastLeafOf(node));
    needed[next == first_entries_.begin() ? 0 : static_cast<std::size_t>(next - first_entries_.begin()) - 1] = true;
  }
  std::size_t count = 0;
  const TreeHead::Sink take = [&](const Node& node, const TreeHash& hash) {
    const auto wanted = found.find(node);
    if (wanted != found.end()) wanted->second = hash, ++count;
  };
  for (std::size_t i = 0; i < numbers_.size(); ++i) {
    if (!needed[i]) continue;
    MS_ASSIGN(const ReadSegment segment, OpenSegment(folder_, numbers_[i], store_));
    const auto peaks = PeaksOf(segment.before.size());
    for (std::size_t peak = 0; i == 0 && peak < peaks.size(); ++peak) take(peaks[peak], segment.before.peaks()[peak]);
    TreeHead tree = segment.before;
    MS_TRY(segment.file->ForEach(Segment::kFirstCell, segment.file->End(), [&](std::uint64_t, ByteView entry) {
      tree.Append(HashLeaf(entry), take);
      return Status::Ok();
    }));
  }
  if (count == found.size()) return found;
  return Status::Unsupported("the proof needs entries that are not kept any more, or are not there yet");
}

// ---- proofs

Result<LogProof> ProveEntry(const std::string& folder, std::uint64_t index) {
  MS_ASSIGN(Signed newest, NewestCheckpoint(folder));
  const std::uint64_t size = newest.checkpoint.size;
  if (index >= size) return Status::NotFound("the newest checkpoint does not reach that entry yet");
  MS_ASSIGN(const LogTree tree, LogTree::Open(folder));
  MS_TRY(RequireOrigin(newest.checkpoint, tree));
  LogProof proof{.from = index, .size = size, .leaf = {}, .hashes = {}, .checkpoint = std::move(newest.note)};
  MS_ASSIGN(proof.hashes, ProofFrom(tree, [&](const ReadNode& read) { return ProveInclusion(index, size, read); }));
  MS_ASSIGN(const auto leaf, tree.Fetch({{0, index}}));
  proof.leaf = leaf.begin()->second;
  if (VerifyInclusion(index, proof.leaf, proof.hashes, size, newest.checkpoint.root)) return proof;
  return Status::AuthFailed("the log is not the one that its checkpoint was signed of: it was changed");
}

Result<LogProof> ProveGrowth(const std::string& folder, std::string_view old_note) {
  MS_ASSIGN(const Checkpoint old, OpenCheckpoint(old_note, {}));
  MS_ASSIGN(Signed newest, NewestCheckpoint(folder));
  const std::uint64_t size = newest.checkpoint.size;
  if (old.size > size) return Status::Stale("the log ends before the older checkpoint: its end was cut");
  MS_ASSIGN(const LogTree tree, LogTree::Open(folder));
  MS_TRY(RequireOrigin(newest.checkpoint, tree));
  MS_TRY(RequireOrigin(old, tree));
  LogProof proof{.from = old.size, .size = size, .leaf = {}, .hashes = {}, .checkpoint = std::move(newest.note)};
  MS_ASSIGN(proof.hashes,
            ProofFrom(tree, [&](const ReadNode& read) { return ProveConsistency(old.size, size, read); }));
  MS_TRY(CheckGrowth(proof, old_note, {}));
  return proof;
}

// ---- checks

Status CheckEntry(const LogProof& proof, std::string_view key) {
  MS_ASSIGN(const Checkpoint checkpoint, CheckpointOf(proof, key));
  if (VerifyInclusion(proof.from, proof.leaf, proof.hashes, proof.size, checkpoint.root)) return Status::Ok();
  return Status::AuthFailed("the entry is not in the log that the checkpoint was signed of");
}

Status CheckGrowth(const LogProof& proof, std::string_view old_note, std::string_view key) {
  MS_ASSIGN(const Checkpoint checkpoint, CheckpointOf(proof, key));
  MS_ASSIGN(const Checkpoint old, OpenCheckpoint(old_note, key));
  if (old.origin != checkpoint.origin) return Status::AuthFailed("the checkpoints are of different logs");
  if (old.size != proof.from) return Status::Corrupt("the proof begins at another size than the older checkpoint");
  if (VerifyConsistency(old.size, old.root, proof.hashes, proof.size, checkpoint.root)) return Status::Ok();
  return Status::AuthFailed(
      "the log of the newer checkpoint does not go on from the older one: it was changed, or forked");
}

}  // namespace mseal::audit
