// Makes a record of the schema out of one FHIR resource.
#pragma once

#include <string_view>

#include "sources/fhir_references.h"
#include "sources/json.h"
#include "sources/source.h"
#include "sources/targets.h"

namespace mseal::sources {

// A resource where it stood.
struct FhirResource {
  Json content;
  std::string_view original;  // its bytes, to be kept bit for bit
  std::string_view full_url;  // its entry's, where it came in a Bundle
};

struct FhirRecord {
  SourceRecord record;  // without `line`
  Status left_out;      // ok, or why an attachment's text could not be pulled out: it is in `source` alone
};

//   InvalidArgument  not a resource, or without a usable id where it needs one
//   NotFound         see FhirReferences::PatientOf
Result<FhirRecord> RecordOf(const FhirResource& resource, const FhirReferences& references, const Targets& targets,
                            std::string_view lab);

}  // namespace mseal::sources
