// Decides on purposes and masks.
#include "vault/showing.h"

namespace mseal::vault {

bool IsOpenTo(const Desk& desk, const schema::FieldPlan& field) { return field.IsFor(desk.session->purpose()); }

Showing ShowingOf(const Desk& desk, const schema::FieldPlan& field, people::ClassNumber number, bool masked) {
  const people::Sight sight = desk.session->SightOf(number);
  if (sight == people::Sight::kNothing || !IsOpenTo(desk, field)) return Showing::kNothing;
  const bool has_mask = field.mask != schema::Mask::kNone;
  if (sight == people::Sight::kMasked) return has_mask ? Showing::kMasked : Showing::kNothing;
  return masked && has_mask ? Showing::kMasked : Showing::kWhole;
}

Status CheckWhole(const Desk& desk, const schema::FieldPlan& field, people::ClassNumber number) {
  if (!IsOpenTo(desk, field)) return Status::PermissionDenied("the field is not for the session's purpose");
  if (desk.session->SightOf(number) == people::Sight::kMasked)
    return Status::PermissionDenied("the session sees the field's class masked at the most");
  return Status::Ok();
}

}  // namespace mseal::vault
