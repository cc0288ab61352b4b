// What an importer reads out of a file, record by record: no keys, no database, bounded memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/secret_bytes.h"
#include "base/status.h"
#include "schema/schema.h"

namespace mseal::sources {

// The external id under which records stand that belong to no patient (organisations, practitioners, messages without a
// PID): no FHIR id and no HL7 id is written like this.
inline constexpr std::string_view kNoPatient = "(none)";

// What is larger is rejected with ResourceExhausted: a resource, message or line; a Bundle, which is held whole.
inline constexpr std::size_t kMaxOriginalBytes = std::size_t{64} << 20;
inline constexpr std::size_t kMaxBundleBytes = std::size_t{256} << 20;

// One record for the vault. The external id, record id and message are personal data: secret bytes all three.
// What becomes a record, of which type, under which patient and record id (the same input gives the same ids again):
//
// FHIR. Each resource is one record, its bytes in `source`: a Patient is a Patient, an Observation a LabResult, a
// genomic DiagnosticReport a GenomicReport, everything else a Document; so is what the schema has no type for.
//   patient  Patient.id, or without one the id in its entry's fullUrl; of the others, whom their subject, patient,
//            beneficiary ... resolves to
//   record   "<resource type>/<id>"; without an id the entry's fullUrl stands in its place, and without that "~" and a
//            mark of the content
//
// HL7 v2. A message id is "<MSH-10>~<mark of the content>", whatever the line ends: a control id that is used again for
// another message, or left empty, overwrites nothing.
//   patient  of PID-3 the first repetition that has an id, as id^^^authority, with | ^ ~ & \ inside a part escaped as
//            HL7 does. Segments belong to the PID above them, the message as a whole to its first PID.
//   record   "MSH/<message id>"      Document of kind "HL7 ORU^R01": the whole message, once, in `source`
//            "PID/<message id>"      Patient, of a second PID "PID/<message id>/2". Each message keeps its own, so
//                                    that importing an old message does not undo a newer one
//            "OBX/<message id>/<n>"  LabResult of the nth OBX; free text (FT, TX) is in `note`, unless the rules know
//                                    a class for it
//            "DG1/<message id>/<n>"  Document of the nth DG1; likewise "PRB/..."
struct SourceRecord {
  std::string type;        // a record type of the schema
  SecretBytes patient;     // external id
  SecretBytes record;      // stable id within the patient
  SecretBytes message;     // serialized message of `type`, the original bit for bit in its `source` field
  std::uint64_t line = 0;  // where it began, from 1
};

// Where something stood. Never holds a value.
struct Place {
  std::string file;
  std::uint64_t line = 0;  // from 1; 0 when the whole file is meant
  std::string segment;     // "PID", "entry[3]": empty when not known
};

// Takes what a reader finds, in file order. A failure ends the reading and is returned.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual Status Take(SourceRecord&& record, const Place& place) = 0;
  // This line or message could not be read; the rest goes on. `why` holds no value.
  virtual Status Reject(const Place& place, const Status& why) = 0;
  // Bytes of the file read so far and its size, for progress; called now and then.
  virtual void Progress(std::uint64_t bytes_read, std::uint64_t bytes_in_all) = 0;
};

struct ReadOptions {
  std::string lab;  // value of the records' public `lab` field; empty leaves it absent
};

// FHIR R4, told apart by content: NDJSON (a resource or Bundle a line), a Bundle, or a single resource. Streams NDJSON.
//   InvalidArgument    the schema has no type Document;  NotFound, IoError  the file;  whatever the sink returned
// What cannot be read is given to Reject with its place, and the rest goes on:
//   Corrupt            not JSON, not UTF-8, a key twice, a number no machine type holds; or an attachment that cannot
//                      be decoded, whose resource is taken all the same
//   InvalidArgument    JSON, but no resource; a Patient without an id
//   NotFound           it names a patient who cannot be resolved: filed under nobody, no erasure would find it
//   Unsupported        a Bundle entry without a resource (a deletion); an attachment in an unknown encoding
//   ResourceExhausted  too large, or nested too deep
// The bytes of a resource are: of an NDJSON line everything but its line end, of an entry the value of `resource`, of a
// single resource that takes more than one line the whole file. A byte order mark belongs to none.
Status ReadFhir(const std::string& path, const schema::Schema& schema, const ReadOptions& options, Sink& sink);

// HL7 v2: one or many messages, batches (FHS/BHS/BTS/FTS), MLLP framing, BOM; CR, LF or CRLF; delimiters and escapes as
// MSH says. Failures as above; given to Reject:
//   Corrupt            a segment that is none, or whose text is not in the encoding that MSH-18 names; an MSH without
//                      delimiters; lines that belong to no message
//   Unsupported        an encoding other than ASCII, UTF-8, ISO 8859-1 and 8859-15: of the segments that need it
//   ResourceExhausted  a message or line that is too large
// A bad segment costs its own record only; the message is kept whole. Without MSH-18, text that is not UTF-8 is read as
// ISO 8859-1. The bytes of a message are: from the M of MSH up to, and without, what comes first of the next MSH, FHS,
// BHS, BTS or FTS at the start of a line, a framing byte (0B before a line, 1C at the end of one) and the end of the
// file. Line ends in between, the last one too, belong to it. A batch's own segments are not kept.
Status ReadHl7(const std::string& path, const schema::Schema& schema, const ReadOptions& options, Sink& sink);

}  // namespace mseal::sources
