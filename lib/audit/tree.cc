// Roots, proofs and their verification.
#include "audit/tree.h"

#include <bit>

#include "crypto/sha256.h"

namespace mseal::audit {
namespace {

constexpr std::uint8_t kLeaf = 0;
constexpr std::uint8_t kNode = 1;

// The largest power of two below `size`, which is at least 2: where RFC 6962 splits.
std::uint64_t SplitOf(std::uint64_t size) { return std::bit_floor(size - 1); }

// The leaves from `begin` to `end`, as a subtree of RFC 6962: `begin` is a multiple of a power of two that is at least
// as large as the range.
struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t size() const { return end - begin; }
  Range Left() const { return {begin, begin + SplitOf(size())}; }
  Range Right() const { return {begin + SplitOf(size()), end}; }
  bool IsComplete() const { return std::has_single_bit(size()); }
  Node node() const {
    const auto level = static_cast<std::uint32_t>(std::countr_zero(size()));
    return {level, begin >> level};
  }
};

Result<TreeHash> RootOf(const Range& range, const ReadNode& read) {
  if (range.IsComplete()) return read(range.node());
  MS_ASSIGN(const TreeHash left, RootOf(range.Left(), read));
  MS_ASSIGN(const TreeHash right, RootOf(range.Right(), read));
  return HashChildren(left, right);
}

// PATH of RFC 6962 section 2.1.1.
Status AddPath(std::uint64_t index, const Range& range, const ReadNode& read, Proof& out) {
  if (range.size() == 1) return Status::Ok();
  const bool left = index < range.Left().end;
  MS_TRY(AddPath(index, left ? range.Left() : range.Right(), read, out));
  MS_ASSIGN(const TreeHash sibling, RootOf(left ? range.Right() : range.Left(), read));
  out.push_back(sibling);
  return Status::Ok();
}

// SUBPROOF of RFC 6962 section 2.1.2. `known`: the old tree's root, which whoever verifies has, is this range's.
Status AddSubproof(std::uint64_t old_end, const Range& range, bool known, const ReadNode& read, Proof& out) {
  if (old_end == range.end) {
    if (known) return Status::Ok();
    MS_ASSIGN(const TreeHash root, RootOf(range, read));
    out.push_back(root);
    return Status::Ok();
  }
  const bool left = old_end <= range.Left().end;
  MS_TRY(AddSubproof(old_end, left ? range.Left() : range.Right(), known && left, read, out));
  MS_ASSIGN(const TreeHash sibling, RootOf(left ? range.Right() : range.Left(), read));
  out.push_back(sibling);
  return Status::Ok();
}

// The way from a node to the top of its tree, where a node without a sibling is its own parent.
struct Climb {
  std::uint64_t here = 0;
  std::uint64_t last = 0;  // on the same level
  bool AtTop() const { return last == 0; }
  bool IsRight() const { return here % 2 == 1 || here == last; }
  void Up() {
    if (here == last)
      while (here % 2 == 0 && here != 0) Halve();
    Halve();
  }

  void Halve() { here /= 2, last /= 2; }
};

}  // namespace

TreeHash HashLeaf(ByteView entry) { return crypto::Sha256({ByteView(&kLeaf, 1), entry}); }
TreeHash HashChildren(const TreeHash& left, const TreeHash& right) {
  return crypto::Sha256({ByteView(&kNode, 1), left, right});
}

Result<TreeHead> TreeHead::From(std::uint64_t size, std::vector<TreeHash> peaks) {
  if (peaks.size() != static_cast<std::size_t>(std::popcount(size)))
    return Status::InvalidArgument("a tree of this size has another number of complete subtrees");
  TreeHead head;
  head.size_ = size;
  head.peaks_ = std::move(peaks);
  return head;
}

void TreeHead::Append(const TreeHash& leaf, const Sink& sink) {
  Node node{0, size_};
  TreeHash hash = leaf;
  if (sink) sink(node, hash);
  for (; node.index % 2 == 1; ++node.level, node.index /= 2) {
    hash = HashChildren(peaks_.back(), hash);
    peaks_.pop_back();
    if (sink) sink({node.level + 1, node.index / 2}, hash);
  }
  peaks_.push_back(hash);
  ++size_;
}

TreeHash TreeHead::Root() const {
  if (peaks_.empty()) return crypto::Sha256({});
  TreeHash root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) root = HashChildren(peaks_[i], root);
  return root;
}

std::vector<Node> PeaksOf(std::uint64_t size) {
  std::vector<Node> peaks;
  for (std::uint64_t done = 0; done < size;) {
    const std::uint64_t leaves = std::bit_floor(size - done);
    peaks.push_back(Range{done, done + leaves}.node());
    done += leaves;
  }
  return peaks;
}

Result<Proof> ProveInclusion(std::uint64_t index, std::uint64_t size, const ReadNode& read) {
  if (index >= size) return Status::InvalidArgument("the tree has no such leaf");
  Proof proof;
  MS_TRY(AddPath(index, {0, size}, read, proof));
  return proof;
}

Result<Proof> ProveConsistency(std::uint64_t old_size, std::uint64_t size, const ReadNode& read) {
  if (old_size == 0 || old_size > size) return Status::InvalidArgument("no tree of that size came before");
  Proof proof;
  MS_TRY(AddSubproof(old_size, {0, size}, /*known=*/true, read, proof));
  return proof;
}

bool VerifyInclusion(std::uint64_t index, const TreeHash& leaf, const Proof& proof, std::uint64_t size,
                     const TreeHash& root) {
  if (index >= size) return false;
  Climb climb{index, size - 1};
  TreeHash hash = leaf;
  for (const TreeHash& sibling : proof) {
    if (climb.AtTop()) return false;
    hash = climb.IsRight() ? HashChildren(sibling, hash) : HashChildren(hash, sibling);
    climb.Up();
  }
  return climb.AtTop() && hash == root;
}

bool VerifyConsistency(std::uint64_t old_size, const TreeHash& old_root, const Proof& proof, std::uint64_t size,
                       const TreeHash& root) {
  if (old_size == 0 || old_size > size) return false;
  if (old_size == size) return proof.empty() && old_root == root;
  const bool whole = std::has_single_bit(old_size);  // then the path begins at the old root itself
  if (!whole && proof.empty()) return false;
  const int shared = std::countr_one(old_size - 1);
  Climb climb{(old_size - 1) >> shared, (size - 1) >> shared};
  TreeHash old_hash = whole ? old_root : proof.front();
  TreeHash hash = old_hash;
  for (std::size_t next = whole ? 0 : 1; next < proof.size(); ++next, climb.Up()) {
    if (climb.AtTop()) return false;
    if (climb.IsRight()) old_hash = HashChildren(proof[next], old_hash);
    hash = climb.IsRight() ? HashChildren(proof[next], hash) : HashChildren(hash, proof[next]);
  }
  return climb.AtTop() && old_hash == old_root && hash == root;
}

}  // namespace mseal::audit
