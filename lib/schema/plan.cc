// Looking up fields in a compiled plan.
#include "schema/plan.h"

#include <algorithm>

namespace mseal::schema {

const FieldPlan* TypePlan::FindField(std::uint32_t number) const {
  const auto at = std::ranges::lower_bound(fields, number, {}, &FieldPlan::number);
  return at != fields.end() && at->number == number ? &*at : nullptr;
}

const FieldPlan* TypePlan::FindField(std::string_view name_) const {
  const auto at = std::ranges::find(fields, name_, &FieldPlan::name);
  return at != fields.end() ? &*at : nullptr;
}

const WireSlot* MessagePlan::FindSparse(std::uint32_t number) const {
  const auto at = std::ranges::lower_bound(sparse, number, {}, &WireSlot::number);
  return at != sparse.end() && at->number == number ? &*at : nullptr;
}

}  // namespace mseal::schema
