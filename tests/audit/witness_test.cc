// Witnesses: they sign what goes on from what they signed, and nothing else.
#include "audit/witness.h"

#include <gtest/gtest.h>

#include <map>

#include "audit/checkpoint.h"
#include "audit/note.h"
#include "base/writer.h"
#include "crypto/base64.h"
#include "crypto/random.h"

namespace mseal::audit {
namespace {

constexpr std::string_view kOrigin = "medseal.log/00";

class WitnessTest : public ::testing::Test {
 protected:
  WitnessTest() {
    for (std::uint32_t i = 0; i < 20; ++i) {
      Bytes entry;
      Writer(entry).U32(i);
      tree_.Append(HashLeaf(entry), [this](const Node& node, const TreeHash& hash) { nodes_[node] = hash; });
      roots_.push_back(tree_.Root());
    }
  }
  TreeHash RootAt(std::uint64_t size) const { return roots_[size - 1]; }
  std::string SignedAt(std::uint64_t size) const { return Signed(size, RootAt(size)); }
  std::string Signed(std::uint64_t size, const TreeHash& root) const {
    return SignNote(WriteCheckpoint({.origin = std::string(kOrigin), .size = size, .root = root, .extensions = {}}),
                    kOrigin, log_);
  }
  LogProof Growth(std::uint64_t from, std::uint64_t to) const {
    const auto read = [this](const Node& node) -> Result<TreeHash> { return nodes_.at(node); };
    return {
        .from = from, .size = to, .leaf = {}, .hashes = *ProveConsistency(from, to, read), .checkpoint = SignedAt(to)};
  }
  Result<std::string> SignFirst(const std::string& checkpoint, std::uint64_t time = 100) const {
    return Cosign({.name = "ward.example", .log_key = log_key_, .checkpoint = checkpoint, .time_s = time}, seed_);
  }
  Result<std::string> SignNext(const std::string& last, const LogProof& proof) const {
    return Cosign({.name = "ward.example", .log_key = log_key_, .last = last, .proof = &proof, .time_s = 200}, seed_);
  }
  std::string Key() const { return *WriteWitnessKey("ward.example", crypto::VerifyKeyOf(seed_)); }

  TreeHead tree_;
  std::map<Node, TreeHash> nodes_;
  std::vector<TreeHash> roots_;
  crypto::SigningSeed log_{crypto::RandomKey()};
  crypto::SigningSeed seed_{crypto::RandomKey()};
  std::string log_key_ = WriteNoteKey({std::string(kOrigin), crypto::VerifyKeyOf(log_)});
};

TEST_F(WitnessTest, SignsWhatGoesOnFromWhatTheySigned) {
  const auto first = SignFirst(SignedAt(7));
  ASSERT_TRUE(first.ok()) << first.status().message();
  EXPECT_EQ(*CosignedAt(*first, Key()), 100u);
  const auto next = SignNext(*first, Growth(7, 20));
  ASSERT_TRUE(next.ok()) << next.status().message();
  EXPECT_EQ(*CosignedAt(*next, Key()), 200u);
  const NoteKey log{std::string(kOrigin), crypto::VerifyKeyOf(log_)};
  EXPECT_TRUE(OpenNote(*next, {&log, 1}).ok()) << "the log's own signature is there still";
  EXPECT_TRUE(SignNext(*next, Growth(20, 20)).ok()) << "nothing was added";
}

TEST_F(WitnessTest, SignsNoFork) {
  const auto first = SignFirst(SignedAt(7));
  ASSERT_TRUE(first.ok());
  LogProof forked = Growth(7, 20);
  TreeHash root = RootAt(20);
  root[0] ^= 1;
  forked.checkpoint = Signed(20, root);
  EXPECT_EQ(SignNext(*first, forked).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(SignNext(*first, Growth(8, 20)).code(), StatusCode::kCorrupt);
}

TEST_F(WitnessTest, TakesNoLastThatTheyDidNotSign) {
  EXPECT_EQ(SignNext(SignedAt(7), Growth(7, 20)).code(), StatusCode::kAuthFailed);
  const crypto::SigningSeed other(crypto::RandomKey());
  const auto others =
      Cosign({.name = "ward.example", .log_key = log_key_, .checkpoint = SignedAt(7), .time_s = 1}, other);
  ASSERT_TRUE(others.ok());
  EXPECT_EQ(SignNext(*others, Growth(7, 20)).code(), StatusCode::kAuthFailed);
  const std::string checkpoint = SignedAt(7);
  EXPECT_EQ(Cosign({.name = "w", .log_key = log_key_, .last = checkpoint, .time_s = 1}, seed_).code(),
            StatusCode::kInvalidArgument)
      << "without a proof";
}

TEST_F(WitnessTest, TakesNoCheckpointThatTheLogDidNotSign) {
  const crypto::SigningSeed real(KeyBytes::CopyOf(log_.Reveal()));
  log_ = crypto::SigningSeed(crypto::RandomKey());
  EXPECT_EQ(SignFirst(SignedAt(7)).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(SignFirst("no note").code(), StatusCode::kCorrupt);
}

TEST_F(WitnessTest, NeedsNameKeyAndTime) {
  EXPECT_EQ(SignFirst(SignedAt(7), 0).code(), StatusCode::kInvalidArgument);
  const std::string note = SignedAt(7);
  EXPECT_EQ(Cosign({.name = "a b", .log_key = log_key_, .checkpoint = note, .time_s = 1}, seed_).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(Cosign({.name = "a", .log_key = {}, .checkpoint = note, .time_s = 1}, seed_).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(WriteWitnessKey("a+b", {}).code(), StatusCode::kInvalidArgument);
}

TEST_F(WitnessTest, AChangedSignatureOrTextIsNotTheirs) {
  const std::string note = *SignFirst(SignedAt(7));
  ASSERT_TRUE(CosignedAt(note, Key()).ok());
  const std::size_t text = note.find("\n\n"), line = note.rfind("\xe2\x80\x94 ");
  for (std::size_t at = 0; at < note.size(); ++at) {
    if (at > text && at < line) continue;  // the log's own signature is not theirs
    std::string changed = note;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    const StatusCode code = CosignedAt(changed, Key()).code();
    EXPECT_TRUE(code == StatusCode::kAuthFailed || code == StatusCode::kCorrupt) << at;
  }
}

TEST_F(WitnessTest, WhatIsNoWitnessKeyIsRefused) {
  const std::string note = *SignFirst(SignedAt(7)), key = Key();
  for (const std::string& bad : {std::string(), std::string("a"), std::string("a+b"), key + "A", key.substr(1),
                                 log_key_, key.substr(0, key.size() - 4)})
    EXPECT_EQ(CosignedAt(note, bad).code(), StatusCode::kCorrupt) << bad;
}

TEST_F(WitnessTest, ANoteThatNobodySignedIsNone) {
  const std::string note = SignedAt(7);
  EXPECT_EQ(CosignedAt(note.substr(0, note.find("\n\n") + 2), Key()).code(), StatusCode::kCorrupt);
  EXPECT_EQ(CosignedAt(note, Key()).code(), StatusCode::kAuthFailed);
}

// As the specification has it, put together here anew.
TEST_F(WitnessTest, TheSignatureIsOverTimeAndText) {
  const std::string checkpoint = SignedAt(7), note = *SignFirst(checkpoint, 1679315147);
  ASSERT_TRUE(note.starts_with(checkpoint));
  std::string line = note.substr(checkpoint.size());
  const std::string start = "\xe2\x80\x94 ward.example ";
  ASSERT_TRUE(line.starts_with(start) && line.ends_with("\n"));
  const auto bytes = crypto::FromBase64(line.substr(start.size(), line.size() - start.size() - 1));
  ASSERT_TRUE(bytes.has_value());
  ASSERT_EQ(bytes->size(), 4u + 8 + 64);
  const Bytes time{0, 0, 0, 0, 0x64, 0x18, 0x50, 0xcb};
  EXPECT_EQ(Bytes(bytes->begin() + 4, bytes->begin() + 12), time);
  const std::string message = "cosignature/v1\ntime 1679315147\n" + checkpoint.substr(0, checkpoint.find("\n\n") + 1);
  EXPECT_TRUE(crypto::Verify(crypto::VerifyKeyOf(seed_), AsBytes(message), ByteView(*bytes).subspan(12)));
}

}  // namespace
}  // namespace mseal::audit
