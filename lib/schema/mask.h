// What is shown of a value to who may not see the whole of it (options.proto, Mask).
#pragma once

#include <string>
#include <string_view>

#include "base/secret_bytes.h"
#include "base/status.h"
#include "schema/plan.h"

namespace mseal::schema {

std::string_view NameOf(Mask mask);

// Always the same four stars, and beside them no more than the mask lets through: how long the rest is does not show.
// Characters are those of UTF-8, of which none is cut. LAST2, LAST4 and FIRST1 let nothing through of a value with less
// than twice as many characters, which would be half of it or more. YEAR lets nothing through that does not begin as an
// ISO or HL7 date.
SecretBytes MaskText(Mask mask, ByteView text);

// The wire bytes of a text field, with each of its values masked. The field has a mask.
//   Corrupt  they are not such bytes
Result<SecretBytes> MaskWire(const FieldPlan& field, ByteView wire);

}  // namespace mseal::schema
