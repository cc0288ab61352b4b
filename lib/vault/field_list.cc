// Gathers, merges and compares field values.
#include "vault/field_list.h"

#include <algorithm>

#include "format/row.h"

namespace mseal::vault {
namespace {

FieldValue& ValueOf(FieldList& fields, std::uint32_t number) {
  const auto at = std::lower_bound(fields.begin(), fields.end(), number,
                                   [](const FieldValue& value, std::uint32_t wanted) { return value.field < wanted; });
  if (at != fields.end() && at->field == number) return *at;
  FieldValue fresh;
  fresh.field = number;
  return *fields.insert(at, std::move(fresh));
}

}  // namespace

FieldList GivenFields(const std::vector<schema::Piece>& pieces, std::uint32_t group) {
  FieldList fields;
  for (const schema::Piece& piece : pieces) {
    if (piece.group != group) continue;
    FieldValue& value = ValueOf(fields, piece.number);
    value.given = true;
    value.pieces.push_back(piece.wire);
  }
  return fields;
}

Result<FieldList> StoredFields(ByteView group_content) {
  FieldList fields;
  format::GroupReader reader(group_content);
  format::GroupEntry entry;
  while (reader.Next(entry)) fields.push_back({.field = entry.field, .kind = entry.kind, .pieces = {entry.value}});
  MS_TRY(reader.Finish());
  return fields;
}

Result<FieldList> StoredPublicFields(ByteView public_part) {
  FieldList fields;
  format::PublicReader reader(public_part);
  std::uint32_t field = 0;
  ByteView wire;
  while (reader.Next(field, wire)) fields.push_back({.field = field, .pieces = {wire}});
  MS_TRY(reader.Finish());
  return fields;
}

FieldList Merge(FieldList stored, FieldList given, const std::vector<std::uint32_t>& cleared) {
  std::erase_if(stored,
                [&](const FieldValue& value) { return std::count(cleared.begin(), cleared.end(), value.field) > 0; });
  for (FieldValue& value : given) ValueOf(stored, value.field) = std::move(value);
  return stored;
}

const FieldValue* FindValue(const FieldList& fields, std::uint32_t field) {
  for (const FieldValue& value : fields) {
    if (value.field == field) return &value;
  }
  return nullptr;
}

bool SameValue(const FieldValue& a, const FieldValue& b) {
  if (a.kind != b.kind || a.size() != b.size()) return false;
  SecretBytes joined_a, joined_b;
  for (const ByteView piece : a.pieces) joined_a.Append(piece);
  for (const ByteView piece : b.pieces) joined_b.Append(piece);
  return SameBytes(joined_a.Reveal(), joined_b.Reveal());
}

}  // namespace mseal::vault
