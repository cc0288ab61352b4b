// One function a data type; what is missing reads as empty.
#include "sources/fhir_values.h"

namespace mseal::sources {
namespace {

// A Coding on its own, or the first of a term.
Json FirstCoding(Json term) { return term["coding"].exists() ? term["coding"].First() : term; }

void AppendQuantity(SecretBytes& out, Json quantity) {
  Append(out, quantity["comparator"].text());
  Append(out, quantity["value"].text());
}

void AppendRange(SecretBytes& out, Json range) {
  AppendQuantity(out, range["low"]);
  if (range["low"].exists() && range["high"].exists()) Append(out, " - ");
  if (!range["low"].exists()) Append(out, "<= ");
  if (!range["high"].exists()) Append(out, " or more");
  AppendQuantity(out, range["high"]);
}

void AppendReferenceRange(SecretBytes& out, Json range) {
  if (!range["text"].text().empty()) return AppendJoined(out, "; ", range["text"].text());
  if (!range["low"].exists() && !range["high"].exists()) return;
  if (!out.empty()) Append(out, "; ");
  AppendRange(out, range);
  AppendJoined(out, " ", UnitOf(range));
}

// The members that carry the text of a data type with one, in the order of preference.
std::string_view PlainText(Json value) {
  for (const std::string_view member : {"text", "data", "title", "url", "reference", "display"}) {
    if (!value[member].text().empty()) return value[member].text();
  }
  return {};
}

}  // namespace

std::string_view NameOf(Json term) {
  if (!term.IsObject()) return term.text();
  if (!term["text"].text().empty()) return term["text"].text();
  const Json first = FirstCoding(term);
  return first["display"].text().empty() ? first["code"].text() : first["display"].text();
}

std::string_view CodeOf(Json term) {
  if (!term.IsObject()) return term.text();
  const std::string_view code = FirstCoding(term)["code"].text();
  return code.empty() ? term["text"].text() : code;
}

bool HasCoding(Json term, std::string_view system, std::string_view code) {
  for (const Json one : term["coding"]) {
    if (one["system"].text() == system && one["code"].text() == code) return true;
  }
  return false;
}

void AddTerm(Json term, Coded& coded) {
  if (term.IsArray()) {
    for (const Json one : term) AddTerm(one, coded);
    return;
  }
  const auto add = [&](Json one) { coded.Coding(one["system"].text(), one["code"].text(), one["display"].text()); };
  for (const Json one : term["coding"]) add(one);
  if (term["code"].exists()) add(term);
  coded.Text(term["text"].text());
}

void AddOrigin(Json resource, Coded& coded) {
  for (const Json label : resource["meta"]["security"]) coded.Label(label["system"].text(), label["code"].text());
  coded.Segment(resource["resourceType"].text());
}

Json ValueOf(Json node) {
  for (const Json member : node) {
    if (member.key().size() > 5 && member.key().starts_with("value")) return member;
  }
  return {};
}

SecretBytes TextOfValue(Json value) {
  SecretBytes out;
  if (!value.IsObject()) {
    Append(out, value.text());
  } else if (value["coding"].exists()) {
    Append(out, NameOf(value));
  } else if (value["numerator"].exists()) {
    AppendQuantity(out, value["numerator"]);
    Append(out, ":");
    AppendQuantity(out, value["denominator"]);
  } else if (value["low"].exists() || value["high"].exists()) {
    AppendRange(out, value);
  } else if (value["value"].exists()) {
    AppendQuantity(out, value);
  } else if (value["start"].exists() || value["end"].exists()) {
    Append(out, value["start"].text());
    Append(out, "/");
    Append(out, value["end"].text());
  } else {
    Append(out, PlainText(value));
  }
  return out;
}

std::string_view UnitOf(Json value) {
  for (const Json quantity : {value, value["low"], value["high"], value["numerator"]}) {
    if (quantity["coding"].exists()) continue;
    const std::string_view unit = quantity["unit"].text();
    if (!unit.empty()) return unit;
    if (quantity["value"].exists() && !quantity["code"].text().empty()) return quantity["code"].text();
  }
  return {};
}

SecretBytes TextOfRanges(Json reference_ranges) {
  SecretBytes out;
  for (const Json range : reference_ranges) AppendReferenceRange(out, range);
  return out;
}

SecretBytes CodesOf(Json terms) {
  SecretBytes out;
  for (const Json term : terms) AppendJoined(out, " ", CodeOf(term));
  return out;
}

SecretBytes TextOfNotes(Json notes) {
  SecretBytes out;
  for (const Json note : notes) AppendJoined(out, "\n", note["text"].text());
  return out;
}

SecretBytes TextOfAddress(Json address) {
  SecretBytes out;
  if (!address["text"].text().empty()) {
    Append(out, address["text"].text());
    return out;
  }
  for (const Json line : address["line"]) AppendJoined(out, ", ", line.text());
  for (const std::string_view part : {"city", "district", "state", "postalCode", "country"}) {
    AppendJoined(out, ", ", address[part].text());
  }
  return out;
}

Wire ResultOf(Json node, const Json* labels) {
  const Json value = ValueOf(node);
  Wire wire;
  Coded code, value_code;
  AddTerm(node["code"], code);
  if (labels != nullptr) AddOrigin(*labels, code);
  if (value["coding"].exists()) AddTerm(value, value_code);
  wire.Nested(lab::kResultCode, code.wire());
  wire.Text(lab::kResultValue, TextOf(TextOfValue(value)));
  wire.Text(lab::kResultUnit, UnitOf(value));
  wire.Text(lab::kResultReferenceRange, TextOf(TextOfRanges(node["referenceRange"])));
  wire.Text(lab::kResultInterpretation, TextOf(CodesOf(node["interpretation"])));
  wire.Nested(lab::kResultValueCode, value_code.wire());
  for (const Json component : node["component"]) wire.Nested(lab::kResultComponent, ResultOf(component, nullptr));
  return wire;
}

}  // namespace mseal::sources
