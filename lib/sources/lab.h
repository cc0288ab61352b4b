// What lab.proto's messages inside records look like.
#pragma once

#include <cstdint>
#include <string_view>

#include "sources/message.h"

namespace mseal::sources {

// Field numbers of lab.proto's messages inside records. Top-level fields are looked up by name instead.
namespace lab {
inline constexpr std::uint32_t kCodingSystem = 1, kCodingCode = 2, kCodingDisplay = 3;
inline constexpr std::uint32_t kCodedCoding = 1, kCodedText = 2, kCodedLabel = 3, kCodedSegment = 4;
inline constexpr std::uint32_t kIdentifierSystem = 1, kIdentifierValue = 2, kIdentifierKind = 3;
inline constexpr std::uint32_t kResultCode = 1, kResultValue = 2, kResultUnit = 3, kResultReferenceRange = 4,
                               kResultInterpretation = 5, kResultValueCode = 6, kResultComponent = 7;
inline constexpr std::uint32_t kGenomeCode = 1, kGenomeConclusion = 2, kGenomeVariant = 3;
inline constexpr std::uint32_t kVariantGene = 1, kVariantHgvs = 2, kVariantZygosity = 3, kVariantSignificance = 4,
                               kVariantChromosome = 5, kVariantPosition = 6, kVariantReference = 7,
                               kVariantAlternate = 8, kVariantIdentifier = 9;
}  // namespace lab

// A Coded message, grown part by part. Empty parts are left out.
class Coded {
 public:
  Coded& Coding(std::string_view system, std::string_view code, std::string_view display);
  // The first is the message's text; further ones become codings that have only a display, so that the rules see them.
  Coded& Text(std::string_view text);
  // A confidentiality label as the rules read it: CODE or SYSTEM|CODE.
  Coded& Label(std::string_view system, std::string_view code);
  // The segment or resource type it comes from.
  Coded& Segment(std::string_view name);

  const Wire& wire() const { return wire_; }

 private:
  Wire wire_;
  bool has_text_ = false;
};

}  // namespace mseal::sources
