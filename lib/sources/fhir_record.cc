// One function a resource type that has fields of its own; everything else is a Document around its source.
#include "sources/fhir_record.h"

#include <array>

#include "sources/attachment.h"
#include "sources/codes.h"
#include "sources/content_mark.h"
#include "sources/fhir_genome.h"
#include "sources/fhir_values.h"
#include "sources/message.h"

namespace mseal::sources {
namespace {

// Where resources that have no fields of their own say in codes what they are about.
constexpr std::array<std::string_view, 6> kCodes = {
    "code", "type", "vaccineCode", "medicationCodeableConcept", "reasonCode", "serviceType"};

void AddIdentifier(Json identifier, Message& message) {
  const std::string_view value = identifier["value"].text();
  const std::string_view kind = CodeOf(identifier["type"]);
  if (IsSsnAuthority(identifier["system"].text())) message.Text("ssn", value);
  if (IsNirAuthority(identifier["system"].text()) || IsNirType(kind)) message.Text("nir", value);
  Wire wire;
  wire.Text(lab::kIdentifierSystem, identifier["system"].text());
  wire.Text(lab::kIdentifierValue, value);
  wire.Text(lab::kIdentifierKind, kind);
  message.Nested("identifier", wire);
}

// The official name, else the first.
Json ChosenName(Json names) {
  for (const Json name : names) {
    if (name["use"].text() == "official") return name;
  }
  return names.First();
}

void AddPatient(Json patient, Message& message) {
  for (const Json identifier : patient["identifier"]) AddIdentifier(identifier, message);
  const Json name = ChosenName(patient["name"]);
  SecretBytes given;
  for (const Json one : name["given"]) AppendJoined(given, " ", one.text());
  message.Text("family", name["family"].exists() ? name["family"].text() : name["text"].text());
  message.Text("given", TextOf(given));
  message.Text("birth_date", patient["birthDate"].text());
  message.Text("gender", patient["gender"].text());
  for (const Json telecom : patient["telecom"]) message.Text("phone", telecom["value"].text());
  for (const Json address : patient["address"]) message.Text("address", TextOf(TextOfAddress(address)));
  message.Text("deceased", patient["deceasedDateTime"].text());
  if (patient["deceasedBoolean"].text() == "true") message.Text("deceased", "true");
}

void AddObservation(Json observation, Message& message) {
  message.Nested("result", ResultOf(observation, &observation));
  message.Text("taken", observation["effectiveDateTime"].text());
  message.Text("taken", observation["effectiveInstant"].text());
  message.Text("taken", observation["effectivePeriod"]["start"].text());
  message.Text("taken", observation["issued"].text());
  message.Text("status", observation["status"].text());
  message.Text("order_number", observation["basedOn"].First()["identifier"]["value"].text());
  message.Text("note", TextOf(TextOfNotes(observation["note"])));
  message.Text("category", TextOf(CodesOf(observation["category"])));
}

Coded SubjectOf(Json resource) {
  Coded subject;
  for (const std::string_view key : kCodes) AddTerm(resource[key], subject);
  for (const Json item : resource["item"]) AddTerm(item["productOrService"], subject);
  AddOrigin(resource, subject);
  return subject;
}

std::string_view WrittenOf(Json resource) {
  for (const std::string_view key : {"effectiveDateTime", "issued", "recordedDate", "onsetDateTime", "date",
                                     "authoredOn", "occurrenceDateTime", "performedDateTime", "created", "recorded"}) {
    if (!resource[key].text().empty()) return resource[key].text();
  }
  return resource["period"]["start"].text();
}

std::string_view StatusOf(Json resource) {
  const std::string_view status = resource["status"].text();
  return status.empty() ? CodeOf(resource["clinicalStatus"]) : status;
}

// The texts of the attachments, one after the other; the first failure is kept, the rest goes on.
Status AddAttachments(Json resource, SecretBytes& text) {
  Status first;
  const auto add = [&](Json attachment) {
    if (attachment["data"].text().empty()) return;
    auto decoded = TextOfAttachment(attachment["contentType"].text(), attachment["data"].text());
    if (decoded.ok()) AppendJoined(text, "\n", TextOf(*decoded));
    if (!decoded.ok() && first.ok()) first = decoded.status();
  };
  for (const Json content : resource["content"]) add(content["attachment"]);
  for (const Json form : resource["presentedForm"]) add(form);
  return first;
}

std::string_view MediaTypeOf(Json resource) {
  const Json attachment = resource["content"].First()["attachment"];
  return (attachment.exists() ? attachment : resource["presentedForm"].First())["contentType"].text();
}

Status AddDocument(Json resource, Message& message) {
  message.Text("kind", resource["resourceType"].text());
  message.Nested("subject", SubjectOf(resource).wire());
  message.Text("written", WrittenOf(resource));
  message.Text("status", StatusOf(resource));
  SecretBytes text;
  AppendJoined(text, "\n", resource["conclusion"].text());
  AppendJoined(text, "\n", TextOf(TextOfNotes(resource["note"])));
  Status left_out = AddAttachments(resource, text);
  message.Text("text", TextOf(text));
  message.Text("media_type", MediaTypeOf(resource));
  return left_out;
}

Status AddGenomicReport(Json report, Message& message) {
  message.Nested("genome", GenomeOf(report));
  message.Text("written", WrittenOf(report));
  message.Text("status", report["status"].text());
  SecretBytes text;
  Status left_out = AddAttachments(report, text);
  message.Text("note", TextOf(text));
  return left_out;
}

const schema::TypePlan& TypeFor(Json resource, const Targets& targets) {
  const std::string_view type = resource["resourceType"].text();
  if (type == "Patient") return *targets.patient;
  if (type == "Observation") return *targets.lab_result;
  if (IsGenomicReport(resource)) return *targets.genomic_report;
  return *targets.document;
}

Status AddFields(Json resource, const schema::TypePlan& type, const Targets& targets, Message& message) {
  if (&type == targets.document) return AddDocument(resource, message);
  if (&type == targets.genomic_report) return AddGenomicReport(resource, message);
  if (&type == targets.patient) AddPatient(resource, message);
  if (&type == targets.lab_result) AddObservation(resource, message);
  return Status::Ok();
}

// "Observation/123"; without an id the entry's url, and without that a mark of the content.
SecretBytes RecordIdOf(const FhirResource& resource) {
  SecretBytes id;
  Append(id, resource.content["resourceType"].text());
  Append(id, "/");
  const std::string_view own = resource.content["id"].text();
  Append(id, own.empty() ? resource.full_url : own);
  if (!own.empty() || !resource.full_url.empty()) return id;
  const auto mark = ContentMark().Add(resource.original).Hex();
  Append(id, "~");
  Append(id, {mark.data(), mark.size()});
  return id;
}

}  // namespace

Result<FhirRecord> RecordOf(const FhirResource& resource, const FhirReferences& references, const Targets& targets,
                            std::string_view lab) {
  if (resource.content["resourceType"].text().empty()) return Status::InvalidArgument("not a FHIR resource");
  MS_ASSIGN(const std::string_view patient, references.PatientOf(resource.full_url, resource.content));
  const schema::TypePlan& type = TypeFor(resource.content, targets);
  Message message(type);
  FhirRecord made;
  made.left_out = AddFields(resource.content, type, targets, message);
  message.Text("lab", lab).Source(resource.original);
  made.record.type = type.name;
  made.record.patient = SecretBytes::CopyOf(AsBytes(patient));
  made.record.record = RecordIdOf(resource);
  made.record.message = message.Take();
  return made;
}

}  // namespace mseal::sources
