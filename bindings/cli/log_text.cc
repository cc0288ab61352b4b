// Lays entries of the log out.
#include "log_text.h"

#include <fmt/core.h>

#include <span>
#include <vector>

#include "json.h"
#include "text.h"

namespace cli {
namespace {

using Entry = medseal_audit_entry;

std::vector<std::string_view> Names(const char* const* names, std::size_t count) { return {names, names + count}; }

std::string Joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ",") + Printable(name);
  return text;
}

void Add(std::string& line, const char* label, std::string_view value) {
  if (!value.empty()) line += fmt::format("  {}{}", label, Printable(value));
}

void AddText(JsonLine& line, const char* key, std::string_view value) {
  if (!value.empty()) line.Text(key, value);
}

Result<std::uint64_t> ReadMoment(const std::string& text, const char* option) {
  if (text.empty()) return std::uint64_t{0};
  if (const auto moment = ParseMoment(text); moment.has_value()) return *moment;
  return InvalidArgument(std::string(option) + " takes YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS, in UTC");
}

}  // namespace

std::string_view WhoOf(const Entry& entry) { return entry.person == nullptr ? "(host)" : entry.person; }
std::string HandleOf(const Entry& entry) {
  return entry.has_patient != 0 ? HandleText(std::span(entry.patient_handle)) : std::string();
}

std::string EntryText(const Entry& entry) {
  std::string line = fmt::format("{:>8}  {}  {:<16}  {:<10}  {:<9}", entry.index, TimeText(entry.time_ms),
                                 Printable(WhoOf(entry)), entry.operation, entry.outcome);
  Add(line, "", HandleOf(entry));
  if (entry.canary != 0) line += "  (planted)";
  if (entry.what == MEDSEAL_AUDIT_WHAT) {
    Add(line, "", entry.type);
    Add(line, "classes ", Joined(Names(entry.classes, entry.class_count)));
    Add(line, "fields ", Joined(Names(entry.fields, entry.field_count)));
    Add(line, "redacted ", Joined(Names(entry.redacted_classes, entry.redacted_class_count)));
  }
  if (entry.what == MEDSEAL_AUDIT_WHAT_GONE) line += "  (the patient was erased)";
  Add(line, "for ", entry.purpose);
  Add(line, "at ", entry.origin);
  Add(line, "on behalf of ", entry.on_behalf_of);
  Add(line, "", entry.detail);
  return line;
}

std::string EntryJson(const Entry& entry) {
  JsonLine line("audit");
  line.Number("index", entry.index).Text("time", TimeIso(entry.time_ms)).Text("session", entry.session);
  line.Text("operation", entry.operation).Text("outcome", entry.outcome);
  if (entry.person != nullptr) line.Text("person", entry.person);
  if (entry.code != MEDSEAL_OK) line.Text("code", medseal_code_name(entry.code));
  if (entry.incident != 0) line.Number("incident", entry.incident);
  if (entry.number != 0) line.Number("number", entry.number);
  AddText(line, "purpose", entry.purpose);
  AddText(line, "origin", entry.origin);
  AddText(line, "on_behalf_of_asserted", entry.on_behalf_of);
  AddText(line, "detail", entry.detail);
  AddText(line, "patient", HandleOf(entry));
  if (entry.has_patient != 0) line.Flag("canary", entry.canary != 0);
  if (entry.what == MEDSEAL_AUDIT_WHAT_GONE) line.Flag("erased", true);
  if (entry.what != MEDSEAL_AUDIT_WHAT) return line.Done();
  AddText(line, "type", entry.type);
  if (entry.record_version != 0) line.Number("record_version", entry.record_version);
  line.List("classes", Names(entry.classes, entry.class_count));
  line.List("redacted_classes", Names(entry.redacted_classes, entry.redacted_class_count));
  line.List("fields", Names(entry.fields, entry.field_count));
  return line.Done();
}

std::string AccountingText(const Entry& entry) {
  return fmt::format("{}  {:<24}  {:<6}  for {:<10}  {}{}", TimeText(entry.time_ms), Printable(WhoOf(entry)),
                     entry.operation, Printable(entry.purpose), Joined(Names(entry.classes, entry.class_count)),
                     entry.canary != 0 ? "  (planted)" : "");
}

std::string AccountingJson(const Entry& entry) {
  JsonLine line("accounting");
  line.Text("time", TimeIso(entry.time_ms)).Text("person", WhoOf(entry)).Text("operation", entry.operation);
  line.Text("purpose", entry.purpose).List("classes", Names(entry.classes, entry.class_count));
  return line.Flag("canary", entry.canary != 0).Done();
}

medseal::AuditQuery LogQuery::raw() const {
  medseal::AuditQuery query;
  if (patient_.has_value()) query.patient.emplace(patient_->ref());
  query.person = arguments_.person;
  query.since_ms = since_;
  query.until_ms = until_;
  query.operation = arguments_.operation;
  query.outcome = arguments_.outcome;
  query.from_index = arguments_.from;
  return query;
}

Result<LogQuery> ReadLogQuery(const LogArguments& arguments, const Common& common) {
  CLI_ASSIGN(const std::uint64_t since, ReadMoment(arguments.since, "--since"));
  CLI_ASSIGN(const std::uint64_t until, ReadMoment(arguments.until, "--until"));
  std::optional<PatientId> patient;
  if (!arguments.patient.empty()) {
    CLI_ASSIGN(PatientId named, ReadPatientId(arguments.patient, common));
    patient.emplace(std::move(named));
  }
  return LogQuery(arguments, std::move(patient), since, until);
}

}  // namespace cli
