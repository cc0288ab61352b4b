// Walks a value whose class comes from the data and asks the rules about what stands in it.
#pragma once

#include "schema/plan.h"
#include "schema/rules.h"

namespace mseal::schema {

// The highest rank of anything in the occurrences of `field` in `wire`, at any depth. What is not well-formed has rank
// 0: it cannot be judged, and must not come out as something lower than it is.
Rank RankOf(const Rules& rules, const TypePlan& type, const FieldPlan& field, ByteView wire);

}  // namespace mseal::schema
