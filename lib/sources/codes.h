// Short names of HL7 v2 as FHIR writes them, and which identifiers are French social security numbers.
#pragma once

#include <string_view>

#include "base/secret_bytes.h"

namespace mseal::sources {

// "LN" as http://loinc.org, HL70078 as http://terminology.hl7.org/CodeSystem/v2-0078; other names as they are.
SecretBytes CodeSystemOf(std::string_view name);
// "M" as male, "F" of OBX-11 as final; other letters as they are.
std::string_view GenderOf(std::string_view letter);
std::string_view ResultStatusOf(std::string_view letter);
// Whether an assigning authority's OID, or a FHIR system, is that of the social security numbers of the USA.
bool IsSsnAuthority(std::string_view system);
// Whether an assigning authority's OID, or an identifier type, is that of a French social security number.
bool IsNirAuthority(std::string_view oid);
bool IsNirType(std::string_view type);

}  // namespace mseal::sources
