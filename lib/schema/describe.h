// A schema as people read it.
#pragma once

#include <string>
#include <vector>

#include "schema/plan.h"

namespace mseal::schema {

// A line for each class, then for each type its fields.
std::string DescribeSchema(const std::vector<ClassPlan>& classes, const std::vector<TypePlan>& types);

}  // namespace mseal::schema
