// Seals and opens one record row in memory: header, groups, voids and padding. No reading, no writing, no policy.
#pragma once

#include <span>
#include <vector>

#include "format/group.h"
#include "format/header.h"
#include "format/row.h"
#include "keys/data_keys.h"
#include "keys/patient_keys.h"
#include "seal/seal.h"

namespace mseal::vault {

// The store as seals know it.
struct StoreIdentity {
  keys::StoreId store{};
  seal::SuiteView suite = crypto::Suite::kChaCha20Poly1305;
};

// Where a record lies, and what its groups are bound to.
struct RecordPlace {
  keys::PatientHandle patient{};
  keys::RecordTag tag{};
  seal::Digest context{};  // of the groups

  keys::RecordHandle handle() const { return keys::MakeRecordHandle(patient, tag); }
};

RecordPlace PlaceRecord(const StoreIdentity& identity, const keys::PatientKeys& keys, std::string_view type,
                        ByteView record_id);
RecordPlace PlaceRecord(const StoreIdentity& identity, const keys::PatientHandle& patient, const keys::RecordTag& tag);

// Row keys in `records`.
Bytes LiveRowKey(const RecordPlace& place);
Bytes HistoryRowKey(const keys::PatientKeys& keys, std::string_view type, ByteView record_id, std::uint64_t version);
Bytes ChunkRowKey(const keys::PatientHandle& patient, KeyView tag_key, const ByteArray<16>& stream,
                  std::uint64_t number);

// A row whose header was opened and whose layout was checked. Owns the row's bytes.
struct OpenedRow {
  Bytes bytes;
  format::Row row;  // views into bytes
  format::Header header;
  seal::Commitment commitment{};                       // of the header: what the head's sum is made of
  seal::Suite suite = seal::Suite::kChaCha20Poly1305;  // of the header and the padding; groups may be of another
  RecordPlace place;

  const format::HeaderGroup* FindGroup(std::uint8_t class_number, std::uint32_t field) const;
  ByteView Message(const format::HeaderGroup& group) const { return row.body.subspan(group.offset, group.length); }
};

// Opens the header and compares everything that is not a sealed group: its groups must tile the body up to the padding,
// void groups and padding must be the key stream they should be, type and record id must give the tag.
//   AuthFailed  anything differs
Result<OpenedRow> OpenRow(const StoreIdentity& identity, const keys::PatientKeys& keys, const keys::RecordTag& tag,
                          Bytes bytes);

// Opens a sealed group's content into `content`, which is cleared first.
Status OpenGroup(const StoreIdentity& identity, const OpenedRow& row, const format::HeaderGroup& group,
                 const keys::DataKey& key, SecretBytes& content);

// One group of a row that is being written. Exactly one of the three ways.
struct GroupDraft {
  format::HeaderGroup header;  // class, field, generation, schema version; the rest is filled in unless carried
  enum class How { kSeal, kCarry, kVoid } how = How::kVoid;
  SecretBytes content;                 // kSeal: padded
  const keys::DataKey* key = nullptr;  // kSeal
  ByteView message;                    // kCarry: as it stands in the old row
  std::size_t void_size = 0;           // kVoid: of the padded content it stands for
};

// Seals a row from its drafts; fills header.groups. The salt is shared by the groups sealed now.
void SealRow(const StoreIdentity& identity, const keys::PatientKeys& keys, const RecordPlace& place,
             ByteView public_part, std::span<GroupDraft> drafts, format::Header& header, Bytes& out,
             seal::Commitment& commitment);

// The row once more with what `header` says beside its groups, whose bytes and places stay as they are.
void ResealHeader(const StoreIdentity& identity, const keys::PatientKeys& keys, const OpenedRow& row,
                  const format::Header& header, Bytes& out, seal::Commitment& commitment);

}  // namespace mseal::vault
