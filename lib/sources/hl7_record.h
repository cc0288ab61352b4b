// Makes the records of one HL7 v2 message.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "sources/hl7_syntax.h"
#include "sources/source.h"
#include "sources/targets.h"

namespace mseal::sources {

// A message where it stood; the views borrow.
struct Hl7Message {
  std::string_view original;         // its bytes, to be kept bit for bit
  std::vector<Hl7Segment> segments;  // MSH first; each with a name, none blank
};

// What becomes of the records: `where` is the segment a record was made of.
class Hl7RecordSink {
 public:
  virtual ~Hl7RecordSink() = default;
  virtual Status Take(SourceRecord&& record, const Hl7Segment& where) = 0;
  virtual Status Reject(const Hl7Segment& where, const Status& why) = 0;
};

// The whole message as a Document, then what its segments hold, in their order (source.h). Returns what the sink
// returned.
Status RecordsOf(const Hl7Message& message, const Hl7Syntax& syntax, const Targets& targets, std::string_view lab,
                 Hl7RecordSink& sink);

}  // namespace mseal::sources
