// Values as people write them.
#include <charconv>

#include "schema/sortable.h"
#include "schema/walker.h"

namespace mseal::schema {
namespace {

// The whole of `text` as a number of this type, appended in its sortable form.
template <typename Number>
bool AppendWhole(std::string_view text, SecretBytes& out) {
  Number number;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  return AppendSortable(Sortable(number), out), true;
}

bool AppendBoolean(std::string_view text, SecretBytes& out) {
  if (text != "true" && text != "false") return false;
  return AppendSortable(text == "true", out), true;
}

bool AppendValue(const FieldPlan& field, std::string_view text, SecretBytes& out) {
  switch (field.kind) {
    case ValueKind::kText:
    case ValueKind::kBytes:
      return out.Append(AsBytes(text)), true;
    case ValueKind::kBool:
      return AppendBoolean(text, out);
    case ValueKind::kInteger:
      return field.number_form == NumberForm::kUnsigned ? AppendWhole<std::uint64_t>(text, out)
                                                        : AppendWhole<std::int64_t>(text, out);
    case ValueKind::kReal:
      return AppendWhole<double>(text, out);
    case ValueKind::kEnum:
    case ValueKind::kMessage:
      break;
  }
  return false;
}

}  // namespace

Result<SecretBytes> ValueFromText(const FieldPlan& field, ByteView text) {
  SecretBytes value;
  if (!AppendValue(field, AsText(text), value))
    return Status::InvalidArgument(field.name + ": not a value of this field");
  return value;
}

}  // namespace mseal::schema
