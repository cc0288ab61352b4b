// The Merkle tree over the entries of the log (RFC 6962 section 2.1, RFC 9162 section 2.1): who keeps one root notices
// every entry that is changed, cut or swapped later. Hashes alone; where they are kept is the caller's business.
#pragma once

#include <functional>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::audit {

using TreeHash = ByteArray<32>;

TreeHash HashLeaf(ByteView entry);
TreeHash HashChildren(const TreeHash& left, const TreeHash& right);

// A complete subtree: the 2^level leaves from index * 2^level on. Once its leaves are there it never changes.
struct Node {
  std::uint32_t level = 0;
  std::uint64_t index = 0;
  friend auto operator<=>(const Node&, const Node&) = default;
};

// A tree that grows at its end. It keeps the roots of its complete subtrees alone, at most 64 of them.
class TreeHead {
 public:
  using Sink = std::function<void(const Node&, const TreeHash&)>;

  TreeHead() = default;
  // `peaks` are the complete subtrees that PeaksOf(size) names. InvalidArgument: another number of them.
  static Result<TreeHead> From(std::uint64_t size, std::vector<TreeHash> peaks);

  // `sink` takes every subtree that the leaf completes, the leaf itself first; may be empty.
  void Append(const TreeHash& leaf, const Sink& sink);
  std::uint64_t size() const { return size_; }
  const std::vector<TreeHash>& peaks() const { return peaks_; }
  TreeHash Root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<TreeHash> peaks_;  // from the largest on
};

// The complete subtrees that a tree of `size` leaves is made of, from the largest on.
std::vector<Node> PeaksOf(std::uint64_t size);

// Gives the hash of a complete subtree; what fails ends the proof with that answer.
using ReadNode = std::function<Result<TreeHash>(const Node&)>;
using Proof = std::vector<TreeHash>;

// That leaf `index` is in the tree of `size` leaves. InvalidArgument: it is not.
Result<Proof> ProveInclusion(std::uint64_t index, std::uint64_t size, const ReadNode& read);
// That the tree of `size` leaves begins with that of `old_size`. InvalidArgument: it is smaller, or the old one empty.
Result<Proof> ProveConsistency(std::uint64_t old_size, std::uint64_t size, const ReadNode& read);

// RFC 9162 sections 2.1.3.2 and 2.1.4.2. Anything but the very proof is false.
[[nodiscard]] bool VerifyInclusion(std::uint64_t index, const TreeHash& leaf, const Proof& proof, std::uint64_t size,
                                   const TreeHash& root);
[[nodiscard]] bool VerifyConsistency(std::uint64_t old_size, const TreeHash& old_root, const Proof& proof,
                                     std::uint64_t size, const TreeHash& root);

}  // namespace mseal::audit
