// The values of one group of a record that is being written: what was given, laid over what is stored.
#pragma once

#include <vector>

#include "format/group.h"
#include "schema/walker.h"

namespace mseal::vault {

// One field's value: pieces of the message that was given, or an entry of the stored group. Borrowed either way.
struct FieldValue {
  std::uint32_t field = 0;
  format::EntryKind kind = format::EntryKind::kInline;
  std::vector<ByteView> pieces;
  bool given = false;  // by this write
  std::size_t size() const {
    std::size_t sum = 0;
    for (const ByteView piece : pieces) sum += piece.size();
    return sum;
  }
};

using FieldList = std::vector<FieldValue>;  // by ascending field number

// The fields that `pieces` give to a group (kNone: the public part).
FieldList GivenFields(const std::vector<schema::Piece>& pieces, std::uint32_t group);

// The entries of a stored group, or of a stored public part.
Result<FieldList> StoredFields(ByteView group_content);
Result<FieldList> StoredPublicFields(ByteView public_part);

// `stored` with the given values in place of theirs and without the `cleared` fields.
FieldList Merge(FieldList stored, FieldList given, const std::vector<std::uint32_t>& cleared);

const FieldValue* FindValue(const FieldList& fields, std::uint32_t field);
bool SameValue(const FieldValue& a, const FieldValue& b);  // as inline bytes

}  // namespace mseal::vault
