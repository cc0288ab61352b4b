// What has had its time: records by the retention of their type, values by that of their class.
#pragma once

#include <array>
#include <memory>

#include "format/header.h"
#include "format/key_row.h"
#include "vault/schema_book.h"

namespace mseal::vault {

// At one time of day. Time runs from when the record's row was written, as its writer's clock had it.
class ExpiryRules {
 public:
  ExpiryRules(std::shared_ptr<const ActiveSchema> schema, std::uint64_t now_ms);

  // When the record goes, in ms; 0: never. The schema says, but never before the date that was promised when the record
  // was written; of a type that the schema does not name, that date alone. A directory goes only with its patient.
  std::uint64_t EndOf(const format::Header& header) const;
  // When the values of a group go; 0: with the record, or there are none.
  std::uint64_t EndOf(const format::Header& header, const format::HeaderGroup& group) const;
  bool IsOver(std::uint64_t end_ms) const { return end_ms != 0 && end_ms <= now_ms_; }

 private:
  std::shared_ptr<const ActiveSchema> schema_;
  std::array<std::uint64_t, format::kSlots> class_days_{};  // by class number
  std::uint64_t now_ms_;
};

}  // namespace mseal::vault
