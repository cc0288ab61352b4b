// The tree against published proofs, against its definition, and against proofs with a byte changed.
#include "audit/tree.h"

#include <gtest/gtest.h>

#include <map>

#include "crypto/base64.h"
#include "crypto/sha256.h"
#include "support/vectors.h"

namespace mseal::audit {
namespace {

using test::Case;

TreeHash HashOf(const std::string& base64) {
  const auto bytes = crypto::FromBase64(base64);
  TreeHash hash{};
  EXPECT_TRUE(bytes && bytes->size() == hash.size()) << base64;
  if (bytes && bytes->size() == hash.size()) std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

// Hashes of another size than 32 bytes are not even representable: such a case counts as refused.
bool HasOddHash(const Case& one, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (crypto::FromBase64(one.Text(name)).value_or(Bytes{}).size() != 32) return true;
  return false;
}

// Nothing: a member has another size than 32 bytes.
std::optional<Proof> ProofOf(const Case& one) {
  Proof proof;
  std::string_view rest = one.Text("proof");
  for (std::uint64_t left = rest == "null" ? 0 : one.Number("proof.count"); left > 0; --left) {
    const std::string_view text = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), text.size() + 1));
    const auto bytes = crypto::FromBase64(text);
    if (!bytes || bytes->size() != 32) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), proof.emplace_back().begin());
  }
  return proof;
}

TEST(Tree, TakesAndRefusesThePublishedInclusionProofs) {
  test::Tally tally{.file = "merkle/inclusion.json"};
  for (const Case& one : test::LoadCases(tally.file, "")) {
    const auto proof = ProofOf(one);
    const bool taken = proof && !HasOddHash(one, {"root", "leafHash"}) &&
                       VerifyInclusion(one.Number("leafIdx"), HashOf(one.Text("leafHash")), *proof,
                                       one.Number("treeSize"), HashOf(one.Text("root")));
    EXPECT_EQ(taken, one.Text("wantErr") == "false") << one.Text("name");
    ++(taken ? tally.valid : tally.invalid);
  }
  EXPECT_EQ(tally.total(), 53);
  Record(tally);
}

TEST(Tree, TakesAndRefusesThePublishedConsistencyProofs) {
  test::Tally tally{.file = "merkle/consistency.json"};
  for (const Case& one : test::LoadCases(tally.file, "")) {
    const auto proof = ProofOf(one);
    const bool taken = proof && !HasOddHash(one, {"root1", "root2"}) &&
                       VerifyConsistency(one.Number("size1"), HashOf(one.Text("root1")), *proof, one.Number("size2"),
                                         HashOf(one.Text("root2")));
    EXPECT_EQ(taken, one.Text("wantErr") == "false") << one.Text("name");
    ++(taken ? tally.valid : tally.invalid);
  }
  EXPECT_EQ(tally.total(), 43);
  Record(tally);
}

// Leaves are the decimal numbers from 0 on.
TreeHash LeafOf(std::uint64_t index) { return HashLeaf(AsBytes(std::to_string(index))); }

// MTH of RFC 6962 section 2.1, word for word.
TreeHash DefinedRoot(std::uint64_t begin, std::uint64_t end) {
  if (begin == end) return crypto::Sha256({});
  if (end - begin == 1) return LeafOf(begin);
  std::uint64_t split = 1;
  while (split * 2 < end - begin) split *= 2;
  return HashChildren(DefinedRoot(begin, begin + split), DefinedRoot(begin + split, end));
}

class GrownTree : public ::testing::Test {
 protected:
  void Grow(std::uint64_t size) {
    while (head_.size() < size)
      head_.Append(LeafOf(head_.size()),
                   [this](const Node& node, const TreeHash& hash) { EXPECT_TRUE(nodes_.emplace(node, hash).second); });
  }
  ReadNode Reader() const {
    return [this](const Node& node) -> Result<TreeHash> {
      const auto found = nodes_.find(node);
      if (found == nodes_.end()) return Status::NotFound("no such subtree");
      return found->second;
    };
  }
  TreeHead head_;
  std::map<Node, TreeHash> nodes_;
};

TEST_F(GrownTree, HasTheRootOfItsDefinitionAtEverySize) {
  for (std::uint64_t size = 0; size <= 130; ++size) {
    Grow(size);
    EXPECT_EQ(head_.Root(), DefinedRoot(0, size)) << size;
    const auto peaks = PeaksOf(size);
    ASSERT_EQ(peaks.size(), head_.peaks().size());
    for (std::size_t i = 0; i < peaks.size(); ++i) EXPECT_EQ(nodes_.at(peaks[i]), head_.peaks()[i]);
  }
}

TEST_F(GrownTree, GoesOnFromItsPeaks) {
  Grow(77);
  auto again = TreeHead::From(77, head_.peaks());
  ASSERT_TRUE(again.ok());
  again->Append(LeafOf(77), {});
  Grow(78);
  EXPECT_EQ(again->Root(), head_.Root());
  EXPECT_EQ(TreeHead::From(78, {TreeHash{}}).code(), StatusCode::kInvalidArgument);
}

TEST_F(GrownTree, ProvesEveryLeafAtEverySize) {
  for (std::uint64_t size = 1; size <= 40; ++size) {
    Grow(size);
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto proof = ProveInclusion(index, size, Reader());
      ASSERT_TRUE(proof.ok());
      EXPECT_TRUE(VerifyInclusion(index, LeafOf(index), *proof, size, head_.Root())) << index << " of " << size;
      EXPECT_FALSE(VerifyInclusion(index, LeafOf(index + 1), *proof, size, head_.Root()));
      for (std::uint64_t other = 0; other <= size; ++other)
        EXPECT_EQ(VerifyInclusion(other, LeafOf(index), *proof, size, head_.Root()), other == index);
    }
  }
  EXPECT_EQ(ProveInclusion(40, 40, Reader()).code(), StatusCode::kInvalidArgument);
  nodes_.clear();
  EXPECT_EQ(ProveInclusion(3, 40, Reader()).code(), StatusCode::kNotFound);
}

TEST_F(GrownTree, ProvesThatItBeganAsItDid) {
  std::vector<TreeHash> roots{head_.Root()};
  for (std::uint64_t size = 1; size <= 40; ++size) {
    Grow(size);
    roots.push_back(head_.Root());
    for (std::uint64_t old = 1; old <= size; ++old) {
      auto proof = ProveConsistency(old, size, Reader());
      ASSERT_TRUE(proof.ok());
      EXPECT_TRUE(VerifyConsistency(old, roots[old], *proof, size, roots[size])) << old << " to " << size;
      EXPECT_EQ(VerifyConsistency(old, roots[old - 1], *proof, size, roots[size]), false);
      for (TreeHash& hash : *proof) {
        hash[old % 32] ^= 1;
        EXPECT_FALSE(VerifyConsistency(old, roots[old], *proof, size, roots[size]));
        hash[old % 32] ^= 1;
      }
      proof->push_back(roots[old]);
      EXPECT_FALSE(VerifyConsistency(old, roots[old], *proof, size, roots[size]));
    }
  }
  EXPECT_EQ(ProveConsistency(0, 40, Reader()).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(ProveConsistency(41, 40, Reader()).code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace mseal::audit
