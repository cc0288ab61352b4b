// Names what happened in the codes that FHIR, DICOM and HL7 have for it.
#include "fhir_audit.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <vector>

#include "json.h"
#include "log_text.h"
#include "text.h"

namespace cli {
namespace {

using Entry = medseal_audit_entry;

constexpr std::string_view kEventTypes = "http://terminology.hl7.org/CodeSystem/audit-event-type";
constexpr std::string_view kRest = "http://hl7.org/fhir/restful-interaction";
constexpr std::string_view kDicom = "http://dicom.nema.org/resources/ontology/DCM";
constexpr std::string_view kReasons = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
constexpr std::string_view kParticipation = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
constexpr std::string_view kSourceTypes = "http://terminology.hl7.org/CodeSystem/security-source-type";
constexpr std::string_view kEntityTypes = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
constexpr std::string_view kRoles = "http://terminology.hl7.org/CodeSystem/object-role";

struct Code {
  std::string_view system, code, display;
};

constexpr Code kRestful{kEventTypes, "rest", "RESTful Operation"};
constexpr Code kSecurity{kDicom, "110113", "Security Alert"};
constexpr Code kActivity{kDicom, "110100", "Application Activity"};
constexpr Code kSecurityConfiguration{kDicom, "110129", "Security Configuration"};
constexpr Code kUserAttributes{kDicom, "110137", "User Security Attributes Changed"};

// What an operation is to FHIR. One that has no subtype of theirs has ours alone.
struct Kind {
  std::string_view operation;
  Code type;
  Code subtype;
  std::string_view action;
};

constexpr std::array<Kind, 19> kKinds{{
    {"login", {kDicom, "110114", "User Authentication"}, {kDicom, "110122", "Login"}, "E"},
    {"logout", {kDicom, "110114", "User Authentication"}, {kDicom, "110123", "Logout"}, "E"},
    {"read", kRestful, {kRest, "read", "read"}, "R"},
    {"search", kRestful, {kRest, "search", "search"}, "E"},
    {"list", kRestful, {kRest, "search", "search"}, "E"},
    {"write", kRestful, {kRest, "update", "update"}, "U"},
    {"delete", kRestful, {kRest, "delete", "delete"}, "D"},
    {"erase", kRestful, {kRest, "delete", "delete"}, "D"},
    {"export", {kDicom, "110106", "Export"}, {}, "R"},
    {"import", {kDicom, "110107", "Import"}, {}, "C"},
    {"audit", {kDicom, "110101", "Audit Log Used"}, {}, "R"},
    {"person", kSecurity, kUserAttributes, "U"},
    {"grant", kSecurity, kUserAttributes, "U"},
    {"revoke", kSecurity, kUserAttributes, "U"},
    {"role", kSecurity, {kDicom, "110136", "Security Roles Changed"}, "U"},
    {"policy", kSecurity, kSecurityConfiguration, "U"},
    {"schema", kSecurity, kSecurityConfiguration, "U"},
    {"break-glass", kSecurity, {kDicom, "110127", "Emergency Override Started"}, "E"},
    {"alert", kSecurity, {}, "E"},
}};

Kind KindOf(const Entry& entry) {
  const auto known =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& kind) { return kind.operation == entry.operation; });
  Kind kind = known == kKinds.end() ? Kind{entry.operation, kActivity, {}, "E"} : *known;
  if (kind.operation == "write" && entry.record_version == 1) {
    kind.subtype = {kRest, "create", "create"};
    kind.action = "C";
  }
  return kind;
}

std::string Json(const Code& code) {
  JsonLine line = JsonLine::Bare();
  line.Text("system", code.system).Text("code", code.code);
  return line.Text("display", code.display).Done();
}
std::string Concept(const Code& code) { return JsonLine::Bare().Raw("coding", "[" + Json(code) + "]").Done(); }
std::string Display(std::string_view text) { return JsonLine::Bare().Text("display", text).Done(); }
std::string Identified(std::string_view value) {
  return JsonLine::Bare().Raw("identifier", JsonLine::Bare().Text("value", value).Done()).Done();
}
std::string List(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
  return "[" + text + "]";
}

// 0 success, 4 minor failure: it was refused or there was nothing, 8 serious failure.
std::string_view OutcomeCode(const Entry& entry) {
  const std::string_view outcome = entry.outcome;
  if (outcome == "done" || outcome == "begun") return "0";
  return outcome == "denied" || outcome == "not-found" ? "4" : "8";
}

std::string PurposeJson(std::string_view purpose) {
  struct Reason {
    std::string_view purpose;
    Code code;
  };
  static constexpr std::array<Reason, 9> kKnown{{
      {"care", {kReasons, "TREAT", "treatment"}},
      {"billing", {kReasons, "HPAYMT", "healthcare payment"}},
      {"research", {kReasons, "HRESCH", "healthcare research"}},
      {"admin", {kReasons, "HSYSADMIN", "health system administration"}},
      {"emergency", {kReasons, "ETREAT", "Emergency Treatment"}},
      {"migration", {kReasons, "RECORDMGT", "records management"}},
      {"audit", {kReasons, "HCOMPL", "health compliance"}},
      {"patient_request", {kReasons, "PATRQT", "patient requested"}},
      {"public_health", {kReasons, "PUBHLTH", "public health"}},
  }};
  for (const Reason& reason : kKnown) {
    if (reason.purpose == purpose) return Concept(reason.code);
  }
  return JsonLine::Bare().Text("text", purpose).Done();
}

std::string UserJson(const Entry& entry) {
  JsonLine agent = JsonLine::Bare();
  agent.Raw("type", Concept({kParticipation, "IRCP", "information recipient"}));
  agent.Raw("who", entry.person == nullptr ? Display(WhoOf(entry)) : Identified(entry.person));
  agent.Flag("requestor", true);
  if (*entry.origin != '\0')
    agent.Raw("network", JsonLine::Bare().Text("address", entry.origin).Text("type", "1").Done());
  return agent.Done();
}

std::string AgentsJson(const Entry& entry) {
  std::vector<std::string> agents{UserJson(entry)};
  if (*entry.on_behalf_of != '\0') {
    const std::string role = JsonLine::Bare().Text("text", "on whose behalf, as the host asserted; not proven").Done();
    agents.push_back(JsonLine::Bare()
                         .Raw("role", "[" + role + "]")
                         .Raw("who", Display(entry.on_behalf_of))
                         .Flag("requestor", false)
                         .Done());
  }
  agents.push_back(JsonLine::Bare()
                       .Raw("type", Concept({kDicom, "110152", "Destination Role ID"}))
                       .Raw("who", Display("medseal"))
                       .Flag("requestor", false)
                       .Done());
  return List(agents);
}

void AddDetail(std::vector<std::string>& details, std::string_view type, std::string_view value) {
  if (!value.empty()) details.push_back(JsonLine::Bare().Text("type", type).Text("valueString", value).Done());
}
void AddDetails(std::vector<std::string>& details, std::string_view type, const char* const* names, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) AddDetail(details, type, names[i]);
}

std::string PatientJson(const Entry& entry) {
  JsonLine entity = JsonLine::Bare();
  entity.Raw("what", Identified(HandleOf(entry))).Raw("type", Json({kEntityTypes, "1", "Person"}));
  entity.Raw("role", Json({kRoles, "1", "Patient"}));
  std::vector<std::string> details;
  if (entry.canary != 0) AddDetail(details, "canary", "planted: nobody's data");
  return details.empty() ? entity.Done() : entity.Raw("detail", List(details)).Done();
}

// What was done, by the names of types, classes and fields.
std::string ObjectJson(const Entry& entry) {
  std::vector<std::string> details;
  AddDetail(details, "operation", entry.operation);
  AddDetail(details, "log entry", std::to_string(entry.index));
  AddDetail(details, "session", entry.session);
  AddDetail(details, "detail", entry.detail);
  if (entry.incident != 0) AddDetail(details, "incident", std::to_string(entry.incident));
  if (entry.what == MEDSEAL_AUDIT_WHAT_GONE) AddDetail(details, "erased", "the patient was erased since");
  if (entry.what == MEDSEAL_AUDIT_WHAT) {
    AddDetail(details, "record type", entry.type);
    AddDetails(details, "class", entry.classes, entry.class_count);
    AddDetails(details, "redacted class", entry.redacted_classes, entry.redacted_class_count);
    AddDetails(details, "field", entry.fields, entry.field_count);
  }
  JsonLine entity = JsonLine::Bare();
  entity.Raw("type", Json({kEntityTypes, "2", "System Object"}));
  return entity.Raw("role", Json({kRoles, "4", "Domain Resource"})).Raw("detail", List(details)).Done();
}

}  // namespace

std::string AuditEventJson(const Entry& entry) {
  const Kind kind = KindOf(entry);
  JsonLine line = JsonLine::Bare();
  line.Text("resourceType", "AuditEvent").Text("id", fmt::format("medseal-{}", entry.index));
  line.Raw("type", Json(kind.type));
  if (!kind.subtype.code.empty()) line.Raw("subtype", "[" + Json(kind.subtype) + "]");
  line.Text("action", kind.action).Text("recorded", TimeIso(entry.time_ms));
  line.Text("outcome", OutcomeCode(entry));
  if (std::string_view(entry.outcome) != "done")
    line.Text("outcomeDesc", fmt::format("{}, {}", entry.outcome, medseal_code_name(entry.code)));
  if (*entry.purpose != '\0') line.Raw("purposeOfEvent", "[" + PurposeJson(entry.purpose) + "]");
  line.Raw("agent", AgentsJson(entry));
  line.Raw("source", JsonLine::Bare()
                         .Raw("observer", Display("medseal"))
                         .Raw("type", "[" + Json({kSourceTypes, "4", "Application Server"}) + "]")
                         .Done());
  std::vector<std::string> entities;
  if (entry.has_patient != 0) entities.push_back(PatientJson(entry));
  entities.push_back(ObjectJson(entry));
  return line.Raw("entity", List(entities)).Done();
}

}  // namespace cli
