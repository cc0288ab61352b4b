// Notes and checkpoints: the specification's example, good and bad checkpoints, and our own there and back.
#include "audit/checkpoint.h"

#include <gtest/gtest.h>

#include "audit/note.h"
#include "base/key_slab.h"
#include "crypto/random.h"
#include "support/vectors.h"

namespace mseal::audit {
namespace {

using test::Case;

TEST(Note, SpecificationsExampleOpensAndTheAlteredOneDoesNot) {
  test::Tally tally{.file = "c2sp/signed-note.json"};
  for (const Case& one : test::LoadCases(tally.file, "")) {
    const auto key = ParseNoteKey(one.Text("vkey"));
    ASSERT_TRUE(key.ok());
    EXPECT_EQ(WriteNoteKey(*key), one.Text("vkey"));
    const auto opened = OpenNote(one.Text("note"), {&*key, 1});
    EXPECT_EQ(opened.ok(), one.Text("expect") == "valid") << one.Text("source");
    EXPECT_EQ(opened.code(), opened.ok() ? StatusCode::kOk : StatusCode::kAuthFailed);
    EXPECT_EQ(opened.ok() ? opened->text : "This is an example message.\n", "This is an example message.\n");
    ++(opened.ok() ? tally.valid : tally.invalid);
  }
  EXPECT_EQ(tally.total(), 2);
  Record(tally);
}

// As whoever follows one log does: the origin is known beforehand.
bool IsCheckpointOf(const std::string& origin, const NoteKey& key, const std::string& note, Checkpoint& out) {
  const auto opened = OpenNote(note, {&key, 1});
  if (!opened.ok()) return false;
  auto checkpoint = ParseCheckpoint(opened->text);
  if (!checkpoint.ok() || checkpoint->origin != origin) return false;
  out = std::move(*checkpoint);
  return true;
}

TEST(Checkpoint, GoodOnesHaveTheRootOfTheirTreeAndBadOnesAreRefused) {
  test::Tally tally{.file = "generated/checkpoints.json"};
  TreeHead tree;
  for (const Case& one : test::LoadCases(tally.file, "")) {
    const auto key = ParseNoteKey(one.Text("vkey"));
    ASSERT_TRUE(key.ok());
    Checkpoint checkpoint;
    const bool taken = IsCheckpointOf("medseal.test/visible", *key, one.Text("note"), checkpoint);
    EXPECT_EQ(taken, one.Text("expect") == "valid") << one.Text("name");
    ++(taken ? tally.valid : tally.invalid);
    if (!taken) continue;
    EXPECT_EQ(checkpoint.size, one.Number("size"));
    while (tree.size() < checkpoint.size) tree.Append(HashLeaf(AsBytes(std::to_string(tree.size()))), {});
    EXPECT_EQ(checkpoint.root, tree.Root()) << one.Text("name");
    EXPECT_TRUE(one.Text("note").starts_with(WriteCheckpoint(checkpoint)));
  }
  EXPECT_EQ(tally.total(), 26);
  Record(tally);
}

class Signed : public ::testing::Test {
 protected:
  crypto::SigningSeed seed_{crypto::RandomKey()};
  NoteKey key_{"log.example/medseal", crypto::VerifyKeyOf(seed_)};
};

TEST_F(Signed, CheckpointComesBackWithItsExtensions) {
  const Checkpoint checkpoint{"log.example/medseal", 1234567, HashLeaf({}), {"time 1609459200"}};
  const std::string note = SignNote(WriteCheckpoint(checkpoint), key_.name, seed_);
  const auto opened = OpenNote(note, {&key_, 1});
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->signers, std::vector<std::size_t>{0});
  const auto again = ParseCheckpoint(opened->text);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->size, checkpoint.size);
  EXPECT_EQ(again->extensions, checkpoint.extensions);
}

TEST_F(Signed, NoteWithAnyByteChangedDoesNotOpen) {
  const std::string note = SignNote("log.example/medseal\n3\n", key_.name, seed_);
  for (std::size_t i = 0; i < note.size(); ++i) {
    std::string changed = note;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(OpenNote(changed, {&key_, 1}).ok()) << i;
    EXPECT_FALSE(OpenNote(note.substr(0, i), {&key_, 1}).ok()) << i;
  }
}

TEST_F(Signed, OthersSignaturesArePassedOver) {
  const crypto::SigningSeed other(crypto::RandomKey());
  const std::string text = "log.example/medseal\n3\n";
  const std::string mine = SignNote(text, key_.name, seed_), theirs = SignNote(text, "witness.example", other);
  const auto both = OpenNote(mine + theirs.substr(text.size() + 1), {&key_, 1});
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(both->text, text);
  EXPECT_EQ(OpenNote(theirs, {&key_, 1}).code(), StatusCode::kAuthFailed);
  std::string crowd = mine;
  for (int i = 0; i < 100; ++i) crowd += theirs.substr(text.size() + 1);
  EXPECT_EQ(OpenNote(crowd, {&key_, 1}).code(), StatusCode::kCorrupt);
}

TEST(NoteKey, WhatIsNotOneIsRefused) {
  const std::string good = "log.example/medseal+" + [] {
    const std::string text = WriteNoteKey({"log.example/medseal", {}});
    return text.substr(text.find('+') + 1);
  }();
  ASSERT_TRUE(ParseNoteKey(good).ok());
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(ParseNoteKey(changed).ok()) << i;
    EXPECT_FALSE(ParseNoteKey(good.substr(0, i)).ok()) << i;
  }
  EXPECT_FALSE(ParseNoteKey(WriteNoteKey({"two words", {}})).ok());
  EXPECT_FALSE(ParseNoteKey(WriteNoteKey({"", {}})).ok());
}

}  // namespace
}  // namespace mseal::audit
