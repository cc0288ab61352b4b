// How one HL7 v2 message writes things down: its delimiters, escape sequences and encoding.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/secret_bytes.h"
#include "base/status.h"
#include "sources/attachment.h"

namespace mseal::sources {

struct Hl7Segment {
  std::string_view text;  // without its line end; borrowed
  std::uint64_t line = 0;

  std::string_view name() const { return text.substr(0, 3); }
};

// "MSH" behind which a delimiter stands; likewise FHS, BHS, BTS and FTS.
bool IsHl7Header(std::string_view line, std::string_view name);

class Hl7Syntax {
 public:
  // Of the message that `header` (MSH) begins. `whole`, all of the message, decides the encoding where MSH-18 does not;
  // `is_utf8` says that its file does.
  //   Corrupt  MSH-1 or MSH-2 is missing
  static Result<Hl7Syntax> Of(const Hl7Segment& header, std::string_view whole, bool is_utf8);

  // A name, and a delimiter or nothing behind it.
  bool IsSegment(std::string_view line) const;

  // Fields, components and subcomponents count from 1, as in the standard; what is not there is empty.
  std::string_view Field(const Hl7Segment& segment, std::size_t number) const;
  std::vector<std::string_view> Repetitions(std::string_view field) const;  // those that are not empty
  std::string_view Component(std::string_view repetition, std::size_t number) const;
  std::string_view Subcomponent(std::string_view component, std::size_t number) const;

  // Escapes resolved, in UTF-8, without the blanks and delimiters that end it. Empty for "" (HL7's null), and when the
  // bytes are not in the message's encoding: then status() says so from there on.
  SecretBytes Text(std::string_view part) const;
  SecretBytes Text(const Hl7Segment& segment, std::size_t field, std::size_t component = 1) const;

  // The first failure of Text since the last call.
  Status TakeStatus() const;

 private:
  void Unescape(std::string_view part, SecretBytes& out) const;
  bool AppendEscape(std::string_view sequence, SecretBytes& out) const;

  char field_ = '|', component_ = 0, repetition_ = 0, escape_ = 0, subcomponent_ = 0;  // 0: the message has none
  bool known_encoding_ = true;
  Charset charset_ = Charset::kUtf8;
  mutable Status status_;
};

}  // namespace mseal::sources
