// Puts Coded messages together.
#include "sources/lab.h"

namespace mseal::sources {

Coded& Coded::Coding(std::string_view system, std::string_view code, std::string_view display) {
  Wire coding;
  coding.Text(lab::kCodingSystem, system).Text(lab::kCodingCode, code).Text(lab::kCodingDisplay, display);
  if (!code.empty() || !display.empty()) wire_.Nested(lab::kCodedCoding, coding);
  return *this;
}

Coded& Coded::Text(std::string_view text) {
  if (text.empty()) return *this;
  if (has_text_) return Coding({}, {}, text);
  has_text_ = true;
  wire_.Text(lab::kCodedText, text);
  return *this;
}

Coded& Coded::Label(std::string_view system, std::string_view code) {
  if (code.empty()) return *this;
  SecretBytes label;
  Append(label, system);
  AppendJoined(label, "|", code);
  wire_.Text(lab::kCodedLabel, TextOf(label));
  return *this;
}

Coded& Coded::Segment(std::string_view name) {
  wire_.Text(lab::kCodedSegment, name);
  return *this;
}

}  // namespace mseal::sources
