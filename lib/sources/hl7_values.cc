// One function a data type; what is missing reads as empty.
#include "sources/hl7_values.h"

#include <algorithm>
#include <array>

#include "sources/attachment.h"
#include "sources/codes.h"

namespace mseal::sources {
namespace {

constexpr std::array<std::string_view, 4> kCodedTypes = {"CE", "CWE", "CNE", "CF"};
constexpr std::array<std::string_view, 4> kTextKinds = {"TEXT", "text", "TX", "FT"};

// A part of an external id, with the delimiters of that form escaped.
void AppendIdPart(SecretBytes& out, std::string_view text) {
  constexpr std::string_view kDelimiters = "|^~&\\", kEscapes = "FSRTE";
  for (const char c : text) {
    const std::size_t at = kDelimiters.find(c);
    if (at == std::string_view::npos) {
      Append(out, c);
    } else {
      for (const char escaped : {'\\', kEscapes[at], '\\'}) Append(out, escaped);
    }
  }
}

// Namespace, universal id and its type, as far as they are there.
void AppendAuthority(SecretBytes& out, std::string_view authority, const Hl7Syntax& syntax) {
  std::size_t gap = 0;
  for (std::size_t i = 1; i <= 3; ++i) {
    const SecretBytes part = syntax.Text(syntax.Subcomponent(authority, i));
    if (!part.empty()) {
      for (; gap > 0; --gap) Append(out, "&");
      AppendIdPart(out, TextOf(part));
    }
    ++gap;
  }
}

void AddCoding(std::string_view element, std::size_t first, const Hl7Syntax& syntax, std::string_view system,
               Coded& coded) {
  const SecretBytes code = syntax.Text(syntax.Component(element, first));
  const SecretBytes display = syntax.Text(syntax.Component(element, first + 1));
  const SecretBytes named = syntax.Text(syntax.Component(element, first + 2));
  coded.Coding(TextOf(CodeSystemOf(named.empty() ? system : TextOf(named))), TextOf(code), TextOf(display));
}

// "<^40" as <40, "^1^:^128" as 1:128.
SecretBytes TextOfStructuredNumber(std::string_view value, const Hl7Syntax& syntax) {
  SecretBytes out;
  for (std::size_t i = 1; i <= 4; ++i) Append(out, TextOf(syntax.Text(syntax.Component(value, i))));
  return out;
}

Hl7Value EncapsulatedValue(std::string_view value, const Hl7Syntax& syntax) {
  const SecretBytes kind = syntax.Text(syntax.Component(value, 2)), subtype = syntax.Text(syntax.Component(value, 3));
  const SecretBytes encoding = syntax.Text(syntax.Component(value, 4));
  SecretBytes data = syntax.Text(syntax.Component(value, 5));
  const bool is_text = std::find(kTextKinds.begin(), kTextKinds.end(), TextOf(kind)) != kTextKinds.end();
  if (is_text && TextOf(encoding) != "Base64") return {std::move(data), true};
  auto decoded = TextOfAttachment(is_text ? "text/plain" : "", TextOf(data));
  if (decoded.ok() && !decoded->empty()) return {std::move(*decoded), true};
  Hl7Value named;
  for (const SecretBytes* part : {&kind, &subtype, &encoding}) AppendJoined(named.text, " ", TextOf(*part));
  return named;
}

Hl7Value OneValue(std::string_view value, std::string_view type, const Hl7Syntax& syntax) {
  if (IsCodedType(type)) return {NameOfCoded(value, syntax)};
  if (type == "SN") return {TextOfStructuredNumber(value, syntax)};
  if (type == "ED") return EncapsulatedValue(value, syntax);
  return {syntax.Text(value), type == "FT" || type == "TX"};
}

}  // namespace

SecretBytes ExternalIdOf(std::string_view cx, const Hl7Syntax& syntax) {
  const SecretBytes id = syntax.Text(syntax.Component(cx, 1));
  SecretBytes out;
  if (id.empty()) return out;
  AppendIdPart(out, TextOf(id));
  Append(out, "^^^");
  AppendAuthority(out, syntax.Component(cx, 4), syntax);
  return out;
}

std::string_view FirstWithId(std::string_view field, const Hl7Syntax& syntax) {
  for (const std::string_view cx : syntax.Repetitions(field)) {
    if (!syntax.Text(syntax.Component(cx, 1)).empty()) return cx;
  }
  return {};
}

SecretBytes AuthorityOf(std::string_view cx, const Hl7Syntax& syntax) {
  const std::string_view authority = syntax.Component(cx, 4);
  const SecretBytes oid = syntax.Text(syntax.Subcomponent(authority, 2));
  if (oid.empty()) return syntax.Text(syntax.Subcomponent(authority, 1));
  SecretBytes out;
  if (TextOf(syntax.Text(syntax.Subcomponent(authority, 3))) == "ISO") Append(out, "urn:oid:");
  Append(out, TextOf(oid));
  return out;
}

void AddCoded(std::string_view element, const Hl7Syntax& syntax, std::string_view system, Coded& coded) {
  AddCoding(element, 1, syntax, system, coded);
  AddCoding(element, 4, syntax, {}, coded);
  coded.Text(TextOf(syntax.Text(syntax.Component(element, 9))));
}

SecretBytes NameOfCoded(std::string_view element, const Hl7Syntax& syntax) {
  for (const std::size_t component : {2, 9, 1, 5, 4}) {
    SecretBytes text = syntax.Text(syntax.Component(element, component));
    if (!text.empty()) return text;
  }
  return {};
}

bool IsCodedType(std::string_view type) {
  return std::find(kCodedTypes.begin(), kCodedTypes.end(), type) != kCodedTypes.end();
}

Hl7Value ValueOf(std::string_view field, std::string_view type, const Hl7Syntax& syntax) {
  Hl7Value all;
  for (const std::string_view repetition : syntax.Repetitions(field)) {
    const Hl7Value one = OneValue(repetition, type, syntax);
    AppendJoined(all.text, one.is_free_text ? "\n" : "; ", TextOf(one.text));
    all.is_free_text |= one.is_free_text && !one.text.empty();
  }
  return all;
}

SecretBytes TextOfAddress(std::string_view xad, const Hl7Syntax& syntax) {
  SecretBytes out;
  for (std::size_t i = 1; i <= 6; ++i) {
    const std::string_view part = syntax.Component(xad, i);
    // The street (SAD): address line, street name, dwelling number. Elsewhere there is one subcomponent.
    for (std::size_t j = 1; j <= 3; ++j) AppendJoined(out, ", ", TextOf(syntax.Text(syntax.Subcomponent(part, j))));
  }
  return out;
}

SecretBytes TextOfPhone(std::string_view xtn, const Hl7Syntax& syntax) {
  for (const std::size_t component : {1, 12, 4}) {  // as one writes it: old form, new form, email
    SecretBytes text = syntax.Text(syntax.Component(xtn, component));
    if (!text.empty()) return text;
  }
  SecretBytes out;
  for (std::size_t i = 5; i <= 8; ++i) AppendJoined(out, " ", TextOf(syntax.Text(syntax.Component(xtn, i))));
  return out;
}

}  // namespace mseal::sources
