// Which record types of a schema the importers write to.
#pragma once

#include <cstdint>

#include "schema/schema.h"

namespace mseal::sources {

// A type that the schema does not have is replaced by Document, where `source` keeps everything.
struct Targets {
  const schema::Schema* schema;
  const schema::TypePlan* patient;
  const schema::TypePlan* lab_result;
  const schema::TypePlan* genomic_report;
  const schema::TypePlan* document;

  // InvalidArgument: the schema has no record type Document. The types live as long as `schema`.
  static Result<Targets> Of(const schema::Schema& schema);
};

}  // namespace mseal::sources
