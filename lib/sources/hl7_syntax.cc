// HL7 v2 chapter 2: encoding characters and escape sequences.
#include "sources/hl7_syntax.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/utf8.h"
#include "schema/wire.h"
#include "sources/message.h"

namespace mseal::sources {
namespace {

// Blanks or lines that one formatting command may ask for; more is an attack on memory.
constexpr std::size_t kMaxRepeat = 16;

bool IsDelimiter(char c) {
  return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z');
}

bool IsNameCharacter(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

std::string_view Part(std::string_view text, char delimiter, std::size_t number) {
  if (delimiter == 0) return number == 1 ? text : std::string_view();
  for (; number > 1; --number) {
    const std::size_t at = text.find(delimiter);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + 1);
  }
  return text.substr(0, text.find(delimiter));
}

int Nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool AppendHex(std::string_view digits, SecretBytes& out) {
  if (digits.empty() || digits.size() % 2 != 0) return false;
  const auto is_hex = [](char c) { return Nibble(c) >= 0; };
  if (!std::all_of(digits.begin(), digits.end(), is_hex)) return false;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    Append(out, static_cast<char>(Nibble(digits[i]) << 4 | Nibble(digits[i + 1])));
  }
  return true;
}

// The number behind a formatting command such as ".sp3"; 1 when there is none.
std::size_t CountOf(std::string_view digits) {
  std::size_t count = 0;
  for (const char c : digits) {
    if (c >= '0' && c <= '9') count = std::min(count * 10 + static_cast<std::size_t>(c - '0'), kMaxRepeat);
  }
  return count == 0 ? 1 : count;
}

// Formatting commands of FT: those that part lines or words become line ends and blanks, the others nothing.
bool AppendFormat(std::string_view command, SecretBytes& out) {
  if (command == ".br" || command == ".ce") return Append(out, '\n'), true;
  const std::string_view name = command.substr(0, 3), count = command.substr(std::min<std::size_t>(3, command.size()));
  for (std::size_t i = 0; i < CountOf(count); ++i) {
    if (name == ".sp") Append(out, '\n');
    if (name == ".sk") Append(out, ' ');
  }
  return name == ".sp" || name == ".sk" || name == ".in" || name == ".ti" || name == ".fi" || name == ".nf";
}

// Drops characters that stand twice: senders that escape the backslash write ^~\\&.
std::string Distinct(std::string_view characters) {
  std::string distinct;
  for (const char c : characters) {
    if (distinct.find(c) == std::string::npos) distinct += c;
  }
  return distinct;
}

}  // namespace

bool IsHl7Header(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line.starts_with(name) && IsDelimiter(line[name.size()]);
}

Result<Hl7Syntax> Hl7Syntax::Of(const Hl7Segment& header, std::string_view whole, bool is_utf8) {
  Hl7Syntax syntax;
  if (header.text.size() < 5) return Status::Corrupt("MSH without delimiters");
  syntax.field_ = header.text[3];
  std::string characters = Distinct(Part(header.text.substr(4), syntax.field_, 1));
  if (characters.empty() || !std::all_of(characters.begin(), characters.end(), IsDelimiter)) {
    return Status::Corrupt("MSH without delimiters");
  }
  characters.resize(4);
  syntax.component_ = characters[0], syntax.repetition_ = characters[1];
  syntax.escape_ = characters[2], syntax.subcomponent_ = characters[3];

  const std::string_view name = Part(syntax.Field(header, 18), syntax.repetition_, 1);
  if (is_utf8 || name == "UNICODE UTF-8" || name == "UTF-8" || name == "UNICODE") return syntax;
  if (name == "8859/15") return syntax.charset_ = Charset::kLatin9, syntax;
  const bool undecided = name.empty() || name == "ASCII";
  if (name == "8859/1" || (undecided && !IsUtf8(AsBytes(whole)))) syntax.charset_ = Charset::kLatin1;
  syntax.known_encoding_ = undecided || name == "8859/1";
  return syntax;
}

bool Hl7Syntax::IsSegment(std::string_view line) const {
  return line.size() >= 3 && line[0] >= 'A' && line[0] <= 'Z' && IsNameCharacter(line[1]) && IsNameCharacter(line[2]) &&
         (line.size() == 3 || line[3] == field_);
}

std::string_view Hl7Syntax::Field(const Hl7Segment& segment, std::size_t number) const {
  const bool is_header = segment.name() == "MSH";
  if (is_header && number == 1) return segment.text.substr(3, 1);
  return Part(segment.text, field_, is_header ? number : number + 1);
}

std::vector<std::string_view> Hl7Syntax::Repetitions(std::string_view field) const {
  std::vector<std::string_view> repetitions;
  while (!field.empty()) {
    const std::size_t at = repetition_ == 0 ? std::string_view::npos : field.find(repetition_);
    if (at != 0) repetitions.push_back(field.substr(0, at));
    field.remove_prefix(at == std::string_view::npos ? field.size() : at + 1);
  }
  return repetitions;
}

std::string_view Hl7Syntax::Component(std::string_view repetition, std::size_t number) const {
  return Part(repetition, component_, number);
}

std::string_view Hl7Syntax::Subcomponent(std::string_view component, std::size_t number) const {
  return Part(component, subcomponent_, number);
}

// False for what is no escape sequence and stands for itself.
bool Hl7Syntax::AppendEscape(std::string_view sequence, SecretBytes& out) const {
  if (sequence == "F") return Append(out, field_), true;
  if (sequence == "S" && component_ != 0) return Append(out, component_), true;
  if (sequence == "R" && repetition_ != 0) return Append(out, repetition_), true;
  if (sequence == "T" && subcomponent_ != 0) return Append(out, subcomponent_), true;
  if (sequence == "E") return Append(out, escape_), true;
  if (sequence == "H" || sequence == "N") return true;  // highlighting on and off
  if (sequence.starts_with('X')) return AppendHex(sequence.substr(1), out);
  return sequence.starts_with('.') && AppendFormat(sequence, out);
}

void Hl7Syntax::Unescape(std::string_view part, SecretBytes& out) const {
  while (!part.empty()) {
    const std::size_t begin = escape_ == 0 ? std::string_view::npos : part.find(escape_);
    Append(out, part.substr(0, begin));
    if (begin == std::string_view::npos) return;
    part.remove_prefix(begin);
    const std::size_t end = part.find(escape_, 1);
    const bool resolved = end != std::string_view::npos && AppendEscape(part.substr(1, end - 1), out);
    if (!resolved) Append(out, escape_);
    part.remove_prefix(resolved ? end + 1 : 1);
  }
}

SecretBytes Hl7Syntax::Text(std::string_view part) const {
  const auto ends_it = [&](char c) { return c == ' ' || (c != 0 && (c == component_ || c == subcomponent_)); };
  while (!part.empty() && ends_it(part.back())) part.remove_suffix(1);
  while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
  if (part == "\"\"") return {};
  SecretBytes raw;
  raw.Reserve(part.size());
  Unescape(part, raw);
  const auto is_ascii = [](std::uint8_t byte) { return byte < 0x80; };
  if (std::all_of(raw.Reveal().begin(), raw.Reveal().end(), is_ascii)) return raw;
  auto text = known_encoding_ ? ToUtf8(TextOf(raw), charset_)
                              : Result<SecretBytes>(Status::Unsupported("MSH-18 names an encoding that is not known"));
  if (text.ok()) return std::move(*text);
  if (status_.ok()) status_ = text.status();
  return {};
}

SecretBytes Hl7Syntax::Text(const Hl7Segment& segment, std::size_t field, std::size_t component) const {
  return Text(Component(Part(Field(segment, field), repetition_, 1), component));
}

Status Hl7Syntax::TakeStatus() const { return std::exchange(status_, Status::Ok()); }

}  // namespace mseal::sources
