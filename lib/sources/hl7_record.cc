// Walks the segments of a message, remembering whose and which order's they are.
#include "sources/hl7_record.h"

#include <string>

#include "sources/codes.h"
#include "sources/content_mark.h"
#include "sources/hl7_values.h"
#include "sources/message.h"

namespace mseal::sources {
namespace {

constexpr std::string_view kConfidentiality = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";

class Hl7Walk {
 public:
  Hl7Walk(const Hl7Message& message, const Hl7Syntax& syntax, const Targets& targets, std::string_view lab,
          Hl7RecordSink& sink)
      : message_(message), syntax_(syntax), targets_(targets), lab_(lab), sink_(sink) {}

  Status Run();

 private:
  SecretBytes PatientOf(const Hl7Segment& pid) {
    return ExternalIdOf(FirstWithId(syntax_.Field(pid, 3), syntax_), syntax_);
  }
  void MakeId();
  Status TakeWhole();
  Status Visit(std::size_t index);
  Status TakePatient(std::size_t index);
  void AddIdentity(const Hl7Segment& pid, Message& record);
  void AddIdentifier(std::string_view cx, Message& record);
  void AddName(const Hl7Segment& pid, Message& record);
  void AddContacts(const Hl7Segment& pid, Message& record);
  Status TakeResult(std::size_t index);
  Wire ResultWire(const Hl7Segment& obx, std::string_view value);
  bool BelongsToNotes(const Wire& result);
  void AddOrder(const Hl7Segment& obx, Message& record);
  Status TakeProblem(const Hl7Segment& segment, std::size_t code_field, std::size_t date_field, std::size_t number);
  SecretBytes NotesBehind(std::size_t index);
  SecretBytes IdOf(std::string_view kind, std::size_t number);
  Status Give(const Hl7Segment& where, Message& record, const schema::TypePlan& type, SecretBytes&& id);
  SecretBytes Text(const Hl7Segment* segment, std::size_t field) {
    return segment != nullptr ? syntax_.Text(*segment, field) : SecretBytes();
  }

  const Hl7Message& message_;
  const Hl7Syntax& syntax_;
  const Targets& targets_;
  const std::string_view lab_;
  Hl7RecordSink& sink_;

  SecretBytes id_;                     // of the message
  SecretBytes patient_;                // whose segments these are
  const Hl7Segment* order_ = nullptr;  // the last ORC and OBR of this patient
  const Hl7Segment* request_ = nullptr;
  std::size_t patients_ = 0, results_ = 0, diagnoses_ = 0, problems_ = 0;
};

void Hl7Walk::MakeId() {
  ContentMark mark;
  for (const Hl7Segment& segment : message_.segments) mark.Add(segment.text).Add("\r");
  const auto hex = mark.Hex();
  id_ = syntax_.Text(message_.segments.front(), 10);
  Append(id_, "~");
  Append(id_, {hex.data(), hex.size()});
}

// "OBX/<message id>/3"; number 0 leaves the last part away.
SecretBytes Hl7Walk::IdOf(std::string_view kind, std::size_t number) {
  SecretBytes id;
  Append(id, kind);
  Append(id, "/");
  Append(id, TextOf(id_));
  if (number > 0) Append(id, "/" + std::to_string(number));
  return id;
}

// A segment with text that cannot be read gives no record; the message itself has to be kept whatever its header says.
Status Hl7Walk::Give(const Hl7Segment& where, Message& record, const schema::TypePlan& type, SecretBytes&& id) {
  const Status read = syntax_.TakeStatus();
  if (!read.ok()) {
    MS_TRY(sink_.Reject(where, read));
    if (where.name() != "MSH") return Status::Ok();
  }
  record.Text("lab", lab_);
  SourceRecord made;
  made.type = type.name;
  made.patient = patient_.empty() ? SecretBytes::CopyOf(AsBytes(kNoPatient)) : SecretBytes::CopyOf(patient_.Reveal());
  made.record = std::move(id);
  made.message = record.Take();
  made.line = where.line;
  return sink_.Take(std::move(made), where);
}

Status Hl7Walk::TakeWhole() {
  const Hl7Segment& header = message_.segments.front();
  SecretBytes kind;
  Append(kind, "HL7 ");
  Append(kind, TextOf(syntax_.Text(header, 9, 1)));
  AppendJoined(kind, "^", TextOf(syntax_.Text(header, 9, 2)));
  Coded subject;
  for (const Hl7Segment& segment : message_.segments) {
    if (segment.name() == "OBR") AddCoded(syntax_.Field(segment, 4), syntax_, {}, subject);
  }
  subject.Segment(header.name());
  Message record(*targets_.document);
  record.Text("kind", TextOf(kind)).Nested("subject", subject.wire());
  record.Text("written", TextOf(syntax_.Text(header, 7))).Text("media_type", "application/hl7-v2");
  record.Source(message_.original);
  return Give(header, record, *targets_.document, IdOf("MSH", 0));
}

void Hl7Walk::AddIdentifier(std::string_view cx, Message& record) {
  const SecretBytes id = syntax_.Text(syntax_.Component(cx, 1)), system = AuthorityOf(cx, syntax_);
  const SecretBytes kind = syntax_.Text(syntax_.Component(cx, 5));
  if (id.empty()) return;
  if (IsNirType(TextOf(kind)) || IsNirAuthority(TextOf(system))) record.Text("nir", TextOf(id));
  if (TextOf(kind) == "SS" || IsSsnAuthority(TextOf(system))) record.Text("ssn", TextOf(id));
  Wire wire;
  wire.Text(lab::kIdentifierSystem, TextOf(system));
  wire.Text(lab::kIdentifierValue, TextOf(id));
  wire.Text(lab::kIdentifierKind, TextOf(kind));
  record.Nested("identifier", wire);
}

// The legal name, else the first.
void Hl7Walk::AddName(const Hl7Segment& pid, Message& record) {
  std::string_view chosen;
  for (const std::string_view name : syntax_.Repetitions(syntax_.Field(pid, 5))) {
    const bool is_legal = TextOf(syntax_.Text(syntax_.Component(name, 7))) == "L";
    if (chosen.empty() || is_legal) chosen = name;
    if (is_legal) break;
  }
  const SecretBytes first = syntax_.Text(syntax_.Component(chosen, 2));
  const SecretBytes further = syntax_.Text(syntax_.Component(chosen, 3));
  SecretBytes given;
  // French senders repeat the first name at the head of the further ones.
  if (!TextOf(further).starts_with(TextOf(first))) AppendJoined(given, " ", TextOf(first));
  AppendJoined(given, " ", TextOf(further));
  record.Text("family", TextOf(syntax_.Text(syntax_.Subcomponent(syntax_.Component(chosen, 1), 1))));
  record.Text("given", TextOf(given));
}

void Hl7Walk::AddContacts(const Hl7Segment& pid, Message& record) {
  for (const std::size_t field : {13, 14, 40}) {
    for (const std::string_view xtn : syntax_.Repetitions(syntax_.Field(pid, field))) {
      record.Text("phone", TextOf(TextOfPhone(xtn, syntax_)));
    }
  }
  for (const std::string_view xad : syntax_.Repetitions(syntax_.Field(pid, 11))) {
    record.Text("address", TextOf(TextOfAddress(xad, syntax_)));
  }
}

void Hl7Walk::AddIdentity(const Hl7Segment& pid, Message& record) {
  record.Text("ssn", TextOf(syntax_.Text(pid, 19)));
  for (const std::size_t field : {3, 2, 4}) {
    for (const std::string_view cx : syntax_.Repetitions(syntax_.Field(pid, field))) AddIdentifier(cx, record);
  }
  AddName(pid, record);
  record.Text("birth_date", TextOf(syntax_.Text(pid, 7)));
  record.Text("gender", GenderOf(TextOf(syntax_.Text(pid, 8))));
  AddContacts(pid, record);
  record.Text("deceased", TextOf(syntax_.Text(pid, 29)));
  if (TextOf(syntax_.Text(pid, 30)) == "Y") record.Text("deceased", "true");
}

Status Hl7Walk::TakePatient(std::size_t index) {
  const Hl7Segment& pid = message_.segments[index];
  patient_ = PatientOf(pid);
  order_ = request_ = nullptr;
  ++patients_;
  Message record(*targets_.patient);
  AddIdentity(pid, record);
  record.Text("note", TextOf(NotesBehind(index)));
  return Give(pid, record, *targets_.patient, IdOf("PID", patients_ > 1 ? patients_ : 0));
}

// The comments that stand right behind a segment; what took part in it (PRT) may stand between.
SecretBytes Hl7Walk::NotesBehind(std::size_t index) {
  SecretBytes notes;
  for (std::size_t i = index + 1; i < message_.segments.size(); ++i) {
    const Hl7Segment& segment = message_.segments[i];
    if (segment.name() != "NTE" && segment.name() != "PRT") break;
    if (segment.name() == "PRT") continue;
    for (const std::string_view line : syntax_.Repetitions(syntax_.Field(segment, 3))) {
      AppendJoined(notes, "\n", TextOf(syntax_.Text(line)));
    }
  }
  return notes;
}

Wire Hl7Walk::ResultWire(const Hl7Segment& obx, std::string_view value) {
  Coded code;
  AddCoded(syntax_.Field(obx, 3), syntax_, {}, code);
  for (const std::string_view label : syntax_.Repetitions(syntax_.Field(obx, 13))) {
    code.Label({}, TextOf(syntax_.Text(syntax_.Component(label, 1))));
  }
  code.Label({}, TextOf(Text(order_, 28))).Segment(obx.name());

  Wire result;
  result.Nested(lab::kResultCode, code.wire()).Text(lab::kResultValue, value);
  result.Text(lab::kResultUnit, TextOf(syntax_.Text(obx, 6)));
  result.Text(lab::kResultReferenceRange, TextOf(syntax_.Text(obx, 7)));
  SecretBytes flags;
  for (const std::string_view flag : syntax_.Repetitions(syntax_.Field(obx, 8))) {
    AppendJoined(flags, " ", TextOf(syntax_.Text(syntax_.Component(flag, 1))));
  }
  result.Text(lab::kResultInterpretation, TextOf(flags));
  if (!IsCodedType(TextOf(syntax_.Text(obx, 2)))) return result;
  Coded value_code;
  for (const std::string_view one : syntax_.Repetitions(syntax_.Field(obx, 5))) AddCoded(one, syntax_, {}, value_code);
  result.Nested(lab::kResultValueCode, value_code.wire());
  return result;
}

// Free text is narrative, unless what it is about belongs to a class of its own.
bool Hl7Walk::BelongsToNotes(const Wire& result) {
  const schema::FieldPlan* field = targets_.lab_result->FindField("result");
  if (field == nullptr || !field->by_rules || targets_.lab_result->FindField("note") == nullptr) return false;
  Message alone(*targets_.lab_result);
  alone.Nested("result", result);
  const std::uint32_t index = targets_.schema->Classify(*targets_.lab_result, *field, alone.Reveal());
  return targets_.schema->classes()[index].name == schema::kGeneral;
}

void Hl7Walk::AddOrder(const Hl7Segment& obx, Message& record) {
  for (const std::size_t field : {3, 2}) {  // the filler's number, else the placer's
    record.Text("order_number", TextOf(Text(request_, field))).Text("order_number", TextOf(Text(order_, field)));
  }
  record.Text("taken", TextOf(Text(&obx, 14))).Text("taken", TextOf(Text(request_, 7)));
  record.Text("status", ResultStatusOf(TextOf(Text(&obx, 11))));
  record.Text("category", TextOf(Text(request_, 24)));
}

Status Hl7Walk::TakeResult(std::size_t index) {
  const Hl7Segment& obx = message_.segments[index];
  const SecretBytes type = syntax_.Text(obx, 2);
  const Hl7Value value = ValueOf(syntax_.Field(obx, 5), TextOf(type), syntax_);
  Wire result = ResultWire(obx, TextOf(value.text));
  SecretBytes notes;
  if (value.is_free_text && BelongsToNotes(result)) {
    result = ResultWire(obx, {});
    AppendJoined(notes, "\n", TextOf(value.text));
  }
  Message record(*targets_.lab_result);
  record.Nested("result", result);
  AddOrder(obx, record);
  AppendJoined(notes, "\n", TextOf(NotesBehind(index)));
  record.Text("note", TextOf(notes));
  return Give(obx, record, *targets_.lab_result, IdOf("OBX", ++results_));
}

Status Hl7Walk::TakeProblem(const Hl7Segment& segment, std::size_t code_field, std::size_t date_field,
                            std::size_t number) {
  Coded subject;
  // DG1-2, the coding method, was the code system before DG1-3 could name its own.
  const bool is_diagnosis = segment.name() == "DG1";
  const SecretBytes system = is_diagnosis ? syntax_.Text(segment, 2) : SecretBytes();
  AddCoded(syntax_.Field(segment, code_field), syntax_, TextOf(system), subject);
  if (is_diagnosis) subject.Text(TextOf(syntax_.Text(segment, 4)));
  if (is_diagnosis && TextOf(syntax_.Text(segment, 18)) == "Y") subject.Label(kConfidentiality, "R");
  subject.Segment(segment.name());
  Message record(*targets_.document);
  record.Text("kind", is_diagnosis ? "HL7 DG1" : "HL7 PRB").Nested("subject", subject.wire());
  record.Text("written", TextOf(syntax_.Text(segment, date_field)));
  return Give(segment, record, *targets_.document, IdOf(segment.name(), number));
}

Status Hl7Walk::Visit(std::size_t index) {
  const Hl7Segment& segment = message_.segments[index];
  const std::string_view name = segment.name();
  if (name == "PID") return TakePatient(index);
  if (name == "ORC") order_ = &segment, request_ = nullptr;
  if (name == "OBR") request_ = &segment;
  if (name == "OBX") return TakeResult(index);
  if (name == "DG1") return TakeProblem(segment, 3, 5, ++diagnoses_);
  if (name == "PRB") return TakeProblem(segment, 3, 2, ++problems_);
  return Status::Ok();
}

Status Hl7Walk::Run() {
  for (const Hl7Segment& segment : message_.segments) {
    if (segment.name() != "PID") continue;
    SecretBytes patient = PatientOf(segment);
    // Filed under nobody, no erasure would find it.
    if (const Status read = syntax_.TakeStatus(); !read.ok()) return sink_.Reject(segment, read);
    if (patient_.empty()) patient_ = std::move(patient);
  }
  MakeId();
  MS_TRY(TakeWhole());
  for (std::size_t i = 1; i < message_.segments.size(); ++i) MS_TRY(Visit(i));
  return Status::Ok();
}

}  // namespace

Status RecordsOf(const Hl7Message& message, const Hl7Syntax& syntax, const Targets& targets, std::string_view lab,
                 Hl7RecordSink& sink) {
  return Hl7Walk(message, syntax, targets, lab, sink).Run();
}

}  // namespace mseal::sources
