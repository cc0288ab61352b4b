// HL7 v2 data types as texts and as the messages of lab.proto.
#pragma once

#include <string_view>

#include "base/secret_bytes.h"
#include "sources/hl7_syntax.h"
#include "sources/lab.h"

namespace mseal::sources {

// An identifier with its authority (CX) as an external id: id^^^authority. Empty when it has no id.
SecretBytes ExternalIdOf(std::string_view cx, const Hl7Syntax& syntax);

// The first repetition of a CX field that has an id. Empty when there is none.
std::string_view FirstWithId(std::string_view field, const Hl7Syntax& syntax);

// The authority's OID as urn:oid:..., else its name.
SecretBytes AuthorityOf(std::string_view cx, const Hl7Syntax& syntax);

// Adds the two codes and the original text of a coded element (CE, CWE, CNE); `system` is meant where it names none.
void AddCoded(std::string_view element, const Hl7Syntax& syntax, std::string_view system, Coded& coded);
// What a coded element calls itself: its text, else its original text, else its code.
SecretBytes NameOfCoded(std::string_view element, const Hl7Syntax& syntax);

bool IsCodedType(std::string_view type);
struct Hl7Value {
  SecretBytes text;
  bool is_free_text = false;  // written by a person, of any length: FT, TX, and what is text in ED
};
// The repetitions of OBX-5, whose type is OBX-2, as a reader expects to see them. ED that is no text is named only.
Hl7Value ValueOf(std::string_view field, std::string_view type, const Hl7Syntax& syntax);

SecretBytes TextOfAddress(std::string_view xad, const Hl7Syntax& syntax);
SecretBytes TextOfPhone(std::string_view xtn, const Hl7Syntax& syntax);

}  // namespace mseal::sources
