// Looks the record types up by their names.
#include "sources/targets.h"

namespace mseal::sources {

Result<Targets> Targets::Of(const schema::Schema& schema) {
  const schema::TypePlan* document = schema.FindType("Document");
  if (document == nullptr) return Status::InvalidArgument("the schema has no record type Document to import into");
  const auto find = [&](std::string_view name) {
    const schema::TypePlan* type = schema.FindType(name);
    return type != nullptr ? type : document;
  };
  return Targets{&schema, find("Patient"), find("LabResult"), find("GenomicReport"), document};
}

}  // namespace mseal::sources
