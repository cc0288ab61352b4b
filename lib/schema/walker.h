// Cuts a serialized message into its top-level fields and puts such pieces together again, without reflection and
// without copying: pieces are views into the message.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/secret_bytes.h"
#include "base/status.h"
#include "schema/plan.h"

namespace mseal::schema {

// One occurrence of a top-level field: its tag and payload, as they stand in the message.
struct Piece {
  std::uint32_t number;  // the field's number
  std::uint32_t group;   // into TypePlan::groups; kNone for public. Unknown fields: general_group
  ByteView wire;
};

// Appends the message's pieces in their order to `pieces` (cleared first). A message is rejoined by appending the wire
// bytes of its pieces; protobuf's rules make the order between different fields meaningless.
//   InvalidArgument  not well-formed wire format (place: byte offset), a known field with a wire type it cannot have,
//                    text that is not UTF-8, nesting deeper than 100
Status Split(const TypePlan& type, ByteView message, std::vector<Piece>& pieces);

// The single values in `wire` (one or more occurrences of `field`, such as one Piece's wire), for an index or a reader
// of values. Appended to `values`: for text, bytes and messages the payload, borrowed from `wire`; for numbers,
// booleans and enumerations eight bytes that sort as the values do, borrowed from `numbers`. Packed runs are taken
// apart. Calls may share `values` and `numbers`, and views made by earlier calls stay right as long as both vectors
// live.
//   InvalidArgument  as Split
Status Values(const FieldPlan& field, ByteView wire, std::vector<ByteView>& values, SecretBytes& numbers);

// What Values gives for a value that somebody wrote as text, for looking it up: text and bytes as they are, numbers
// from their decimal form, booleans from true and false.
//   InvalidArgument  not a number of the field's kind, or a field whose values cannot be written so (messages,
//   enumerations)
Result<SecretBytes> ValueFromText(const FieldPlan& field, ByteView text);

}  // namespace mseal::schema
