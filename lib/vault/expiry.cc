// Adds retentions to the times of rows.
#include "vault/expiry.h"

#include <algorithm>

namespace mseal::vault {
namespace {

constexpr std::uint64_t kDayMs = 24ull * 60 * 60 * 1000;

// Retentions are bounded by the schema, times are not: a clock may have said anything.
std::uint64_t After(std::uint64_t written_ms, std::uint64_t days) {
  const std::uint64_t end = written_ms + days * kDayMs;
  return days == 0 || end < written_ms ? 0 : end;
}

}  // namespace

ExpiryRules::ExpiryRules(std::shared_ptr<const ActiveSchema> schema, std::uint64_t now_ms)
    : schema_(std::move(schema)), now_ms_(now_ms) {
  const auto& classes = schema_->schema->classes();
  for (std::uint32_t index = 0; index < classes.size(); ++index)
    class_days_[schema_->NumberOf(index)] = classes[index].retention_days;
}

std::uint64_t ExpiryRules::EndOf(const format::Header& header) const {
  if (header.type == schema::kDirectoryType) return 0;
  const schema::TypePlan* type = schema_->schema->FindType(header.type);
  if (type == nullptr) return header.retain_until_ms;
  const std::uint64_t end = After(header.written_ms, type->retention_days);
  return end == 0 ? 0 : std::max(end, header.retain_until_ms);
}

std::uint64_t ExpiryRules::EndOf(const format::Header& header, const format::HeaderGroup& group) const {
  if (header.type == schema::kDirectoryType || group.state == format::GroupState::kVoid) return 0;
  return After(header.written_ms, class_days_[group.class_number]);
}

}  // namespace mseal::vault
