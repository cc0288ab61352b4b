// A record as a person or a program reads it. A redacted field is always named: it never looks like an absent one.
#pragma once

#include "status.h"

namespace cli {

enum class Shape {
  kBlock,  // every field on a line of its own
  kLine,   // one line a record, for lists
  kJson,   // one JSON object
};

Status ShowRecord(medseal::Record& record, Shape shape);
struct Shown {
  std::uint64_t records = 0;
  medseal::RecordHandle last{};
  bool more = false;  // `limit` ended it
};
// Shows what a cursor gives, `limit` at most (0: all).
Result<Shown> ShowRecords(medseal::Cursor& cursor, Shape shape, std::uint64_t limit);

}  // namespace cli
