// FHIR data types as texts and as the messages of lab.proto.
#pragma once

#include <string_view>

#include "base/secret_bytes.h"
#include "sources/json.h"
#include "sources/lab.h"

namespace mseal::sources {

// What a CodeableConcept or Coding calls itself: its text, else the first display, else the first code.
std::string_view NameOf(Json term);
// The code of the first coding, else the text.
std::string_view CodeOf(Json term);
bool HasCoding(Json term, std::string_view system, std::string_view code);

// Adds a CodeableConcept, a Coding, or a list of them.
void AddTerm(Json term, Coded& coded);
// Adds the confidentiality labels (meta.security) and the type of the resource it comes from.
void AddOrigin(Json resource, Coded& coded);

// The value[x] of an Observation or component: absent when it has none.
Json ValueOf(Json node);
// Any value[x] as a reader expects to see it; numbers keep their digits. The unit stands apart.
SecretBytes TextOfValue(Json value);
std::string_view UnitOf(Json value);

SecretBytes TextOfRanges(Json reference_ranges);
// The codes of a list of CodeableConcepts, a blank between.
SecretBytes CodesOf(Json terms);
// The texts of a list of Annotations, a line each.
SecretBytes TextOfNotes(Json notes);
// One line.
SecretBytes TextOfAddress(Json address);

// code, value, unit, reference range, interpretation and components; `labels` is the resource they come from, null for
// a component.
Wire ResultOf(Json node, const Json* labels);

}  // namespace mseal::sources
