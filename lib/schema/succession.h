// Whether one schema may follow another in a vault that already holds records.
#pragma once

#include "base/status.h"
#include "schema/compile.h"
#include "schema/descriptors.h"
#include "schema/rules.h"

namespace mseal::schema {

struct SchemaView {
  const Descriptors& descriptors;
  const Rules& rules;
  const Compiled& compiled;
};

// InvalidArgument with the place in `next` of the first thing that may not change.
Status CheckSuccession(const SchemaView& current, const SchemaView& next);

}  // namespace mseal::schema
