// The record row that a second implementation made, opened with the primitives alone: header, sealed group, void group,
// padding, and the key row, slot and chunks that belong to it.
#include <gtest/gtest.h>

#include "format/group.h"
#include "format/header.h"
#include "format/key_row.h"
#include "format/row.h"
#include "format/stream.h"
#include "seal/seal.h"
#include "support/vectors.h"

namespace mseal::seal {
namespace {

using format::Context;
using format::ContextItem;
using format::ContextKind;
using format::Purpose;
using test::Case;
using test::ToHex;

Case Worked(const std::string& name) { return test::LoadCases("format/" + name + ".json", "cases").front(); }

Context PlaceIn(ContextKind kind, const Case& one) {
  Context context(kind);
  context.Add(ContextItem::kStore, one.Fixed<16>("store")).Add(ContextItem::kPatient, one.Fixed<16>("patient"));
  return context;
}

class WorkedRow : public testing::Test {
 protected:
  void SetUp() override {
    row_ = *format::ParseRow(bytes_);
    Context header_context = PlaceIn(ContextKind::kHeader, one_).Add(ContextItem::kRecordTag, one_.Fixed<16>("tag"));
    header_context.Add(ContextItem::kPublicDigest, crypto::Hash("medseal.v1.front", row_.front));
    header_place_ = {
        .purpose = Purpose::kHeader, .suite = Suite::kChaCha20Poly1305, .context = DigestOf(header_context)};
    group_context_ = DigestOf(PlaceIn(ContextKind::kRecord, one_).Add(ContextItem::kRecordTag, one_.Fixed<16>("tag")));
    auto content = Open(Subkey("ms.header").Reveal(), header_place_, row_.header);
    ASSERT_TRUE(content.ok());
    EXPECT_EQ(ToHex(content->Reveal()), one_.Text("header_content"));
    header_ = *format::ParseHeader(content->Reveal());
    ASSERT_EQ(header_.groups.size(), 2u);
  }

  KeyBytes Subkey(std::string_view purpose) const { return crypto::Subkey(one_.Fixed<32>("patient_key"), purpose); }
  ByteView MessageOf(const format::HeaderGroup& group) const { return row_.body.subspan(group.offset, group.length); }
  Place PlaceOf(Purpose purpose, const format::HeaderGroup& group) const {
    return {.purpose = purpose,
            .suite = Suite::kChaCha20Poly1305,
            .context = group_context_,
            .class_number = group.class_number,
            .generation = group.generation,
            .number = group.field};
  }

  const Case one_ = Worked("row");
  const Bytes bytes_ = one_.Hex("bytes");
  format::Row row_;
  Place header_place_{.purpose = Purpose::kHeader, .suite = Suite::kChaCha20Poly1305, .context = {}};
  Digest group_context_{};
  format::Header header_;
};

TEST_F(WorkedRow, TypeAndIdGiveTheTag) {
  Bytes name{static_cast<std::uint8_t>(header_.type.size())};
  name.insert(name.end(), header_.type.begin(), header_.type.end());
  const ByteView id = header_.record_id.Reveal();
  name.insert(name.end(), id.begin(), id.end());
  EXPECT_EQ(ToHex(crypto::Prf16(Subkey("ms.tag").Reveal(), "ms.tag", name)), one_.Text("tag"));
}

TEST_F(WorkedRow, SealedGroupOpensUnderTheDataKey) {
  const format::HeaderGroup& group = header_.groups[0];
  SecretBytes content(group.length - crypto::kTagSize);
  ASSERT_TRUE(OpenMessage(one_.Fixed<32>("data_key"), PlaceOf(Purpose::kGroup, group), group.salt, group.commitment,
                          MessageOf(group), content.Reveal())
                  .ok());
  EXPECT_EQ(ToHex(content.Reveal()), one_.Text("content"));
}

TEST_F(WorkedRow, VoidGroupIsItsKeyStream) {
  const format::HeaderGroup& group = header_.groups[1];
  Bytes expected(group.length);
  Commitment commitment;
  FillMessage(Subkey("ms.void").Reveal(), PlaceOf(Purpose::kVoidGroup, group), group.salt, expected, commitment);
  EXPECT_EQ(ToHex(MessageOf(group)), ToHex(expected));
  EXPECT_EQ(group.commitment, commitment);
}

TEST_F(WorkedRow, PaddingIsKeyStreamUnderTheHeadersSalt) {
  const ByteView padding = row_.body.subspan(96);
  Place place = header_place_;
  place.purpose = Purpose::kRowPadding;
  Bytes expected(padding.size());
  Commitment commitment;
  FillMessage(Subkey("ms.pad").Reveal(), place, format::ParseSealed(row_.header)->salt, expected, commitment);
  EXPECT_EQ(ToHex(padding), ToHex(expected));
}

TEST_F(WorkedRow, ChangedPublicPartOpensNoHeader) {
  Bytes changed = bytes_;
  changed[18] ^= 1;  // within the wire bytes of field 6
  const auto row = format::ParseRow(changed);
  ASSERT_TRUE(row.ok());
  Context context = PlaceIn(ContextKind::kHeader, one_).Add(ContextItem::kRecordTag, one_.Fixed<16>("tag"));
  context.Add(ContextItem::kPublicDigest, crypto::Hash("medseal.v1.front", row->front));
  Place place = header_place_;
  place.context = DigestOf(context);
  EXPECT_EQ(Open(Subkey("ms.header").Reveal(), place, row->header).code(), StatusCode::kAuthFailed);
}

TEST(WorkedKeyRow, SlotOpensUnderTheClassKey) {
  const Case one = Worked("key_row");
  const auto row = format::ParseKeyRow(one.Hex("bytes"));
  ASSERT_TRUE(row.ok());
  Context context =
      PlaceIn(ContextKind::kSlot, one).AddNumber(ContextItem::kClass, 0).AddNumber(ContextItem::kVersion, 2);
  const Place place{.purpose = Purpose::kSlotKey,
                    .suite = Suite::kChaCha20Poly1305,
                    .context = DigestOf(context),
                    .class_number = 0,
                    .generation = 2};
  const auto key = UnwrapKey(one.Fixed<32>("class_key"), place, row->slots[0].current);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(ToHex(key->Reveal()), one.Text("data_key"));
  EXPECT_EQ(UnwrapKey(one.Fixed<32>("class_key"), place, row->slots[0].previous).status().ok(), false);
}

TEST(WorkedStream, ChunksAgreeAndNoneTakesAnothersPlace) {
  const auto cases = test::LoadCases("format/stream_chunks.json", "cases");
  const auto key = cases.front().Fixed<32>("key");
  std::vector<Bytes> rows;
  for (const Case& one : cases) {
    Bytes content(one.Number("size"));
    for (std::size_t i = 0; i < content.size(); ++i)
      content[i] = static_cast<std::uint8_t>((one.Number("number") * format::kChunkSize + i) * 7 % 251);
    Bytes row;
    format::BeginChunk(row);
    row.resize(format::kChunkHead + content.size() + crypto::kTagSize);
    crypto::AeadSeal(Suite::kChaCha20Poly1305, key, format::ChunkNonce(one.Number("number"), one.Number("last") == 1),
                     content, MutableBytes(row).subspan(format::kChunkHead));
    EXPECT_EQ(ToHex(crypto::Hash("test.chunk", row)), one.Text("row_digest")) << one.Text("name");
    rows.push_back(std::move(row));
  }
  for (std::uint64_t number = 0; number < rows.size(); ++number) {
    for (std::uint64_t asked = 0; asked < rows.size(); ++asked) {
      for (const bool last : {false, true}) {
        const ByteView message = *format::ParseChunk(rows[number]);
        Bytes out(message.size() - crypto::kTagSize);
        const bool opened =
            crypto::AeadOpen(Suite::kChaCha20Poly1305, key, format::ChunkNonce(asked, last), message, out);
        EXPECT_EQ(opened, number == asked && last == (number == 2)) << number << " asked as " << asked;
      }
    }
  }
}

TEST(WorkedStream, ReferenceCommitsToTheKeyOfTheChunks) {
  const Case stream = Worked("stream"), row = Worked("row");
  Context context = PlaceIn(ContextKind::kStream, row).Add(ContextItem::kStream, stream.Fixed<16>("id"));
  crypto::MessageKey key;
  crypto::Derive(row.Fixed<32>("data_key"), stream.Fixed<24>("salt"), DigestOf(context),
                 format::EncodeLabel({Purpose::kStreamChunk, 1, 3, 1, 0}), key);
  EXPECT_EQ(ToHex(key.commitment), stream.Text("commitment"));
  EXPECT_EQ(ToHex(key.key), test::LoadCases("format/stream_chunks.json", "cases").front().Text("key"));
}

}  // namespace
}  // namespace mseal::seal
