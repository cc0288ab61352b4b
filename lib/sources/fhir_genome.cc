// HL7's genomics reporting guide: variants are contained Observations whose components carry LOINC codes.
#include "sources/fhir_genome.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "sources/fhir_values.h"

namespace mseal::sources {
namespace {

constexpr std::string_view kLoinc = "http://loinc.org";
constexpr std::string_view kVariantAssessment = "69548-6";
constexpr std::string_view kSignificance = "53037-8";
constexpr std::string_view kGeneticsCategory = "GE";  // of HL7 table 0074

// Panels whose report is about the genome.
constexpr std::array<std::string_view, 8> kGenomicPanels = {"51969-4", "81247-9", "55207-5", "55232-3",
                                                            "51968-6", "53039-4", "53040-2", "81306-3"};

struct Part {
  std::uint32_t field;
  std::string_view loinc;
};
// Components in the order of preference where several give one field.
constexpr std::array<Part, 15> kParts = {{{lab::kVariantGene, "48018-6"},
                                          {lab::kVariantHgvs, "48004-6"},
                                          {lab::kVariantHgvs, "81290-9"},
                                          {lab::kVariantHgvs, "48005-3"},
                                          {lab::kVariantZygosity, "53034-5"},
                                          {lab::kVariantSignificance, kSignificance},
                                          {lab::kVariantChromosome, "48000-4"},
                                          {lab::kVariantChromosome, "48013-7"},
                                          {lab::kVariantPosition, "81254-5"},
                                          {lab::kVariantPosition, "81302-2"},
                                          {lab::kVariantPosition, "81301-4"},
                                          {lab::kVariantReference, "69547-8"},
                                          {lab::kVariantAlternate, "69551-0"},
                                          {lab::kVariantIdentifier, "81252-9"},
                                          {lab::kVariantIdentifier, "81255-8"}}};

SecretBytes TextOfPosition(Json value) {
  SecretBytes out;
  Append(out, value["low"]["value"].text());
  AppendJoined(out, "-", value["high"]["value"].text());
  return out.empty() ? TextOfValue(value) : std::move(out);
}

Json ComponentValue(Json observation, std::string_view loinc) {
  for (const Json component : observation["component"]) {
    if (HasCoding(component["code"], kLoinc, loinc)) return ValueOf(component);
  }
  return {};
}

void AddParts(Json observation, Wire& wire, std::uint32_t& written) {
  for (const Part& part : kParts) {
    if ((written >> part.field & 1) != 0) continue;
    const Json value = ComponentValue(observation, part.loinc);
    if (!value.exists()) continue;
    wire.Text(part.field, TextOf(part.field == lab::kVariantPosition ? TextOfPosition(value) : TextOfValue(value)));
    written |= 1u << part.field;
  }
}

bool IsVariant(Json observation) { return HasCoding(observation["code"], kLoinc, kVariantAssessment); }

// The contained implications by the id of the variant they were derived from ("#id").
class Implications {
 public:
  explicit Implications(Json report) {
    for (const Json contained : report["contained"]) {
      const std::string_view id = contained["id"].text();
      if (IsVariant(contained) && !id.empty()) variants_.insert(id);
    }
    for (const Json contained : report["contained"]) {
      for (const Json source : contained["derivedFrom"]) Add(source["reference"].text(), contained);
    }
  }

  // Its own components, and those of what was derived from it.
  Wire VariantOf(Json observation) const {
    Wire wire;
    std::uint32_t written = 0;
    AddParts(observation, wire, written);
    const auto [begin, end] = by_variant_.equal_range(observation["id"].text());
    for (auto it = begin; it != end; ++it) AddParts(it->second, wire, written);
    return wire;
  }

  // What an implication that names no variant still says.
  bool StandsAlone(Json observation) const {
    if (!ComponentValue(observation, kSignificance).exists()) return false;
    for (const Json source : observation["derivedFrom"]) {
      if (!VariantIn(source["reference"].text()).empty()) return false;
    }
    return true;
  }

 private:
  std::string_view VariantIn(std::string_view reference) const {
    if (!reference.starts_with('#') || !variants_.contains(reference.substr(1))) return {};
    return reference.substr(1);
  }
  void Add(std::string_view reference, Json implication) {
    const std::string_view variant = VariantIn(reference);
    if (!variant.empty()) by_variant_.emplace(variant, implication);
  }

  std::unordered_set<std::string_view> variants_;
  std::unordered_multimap<std::string_view, Json> by_variant_;
};

}  // namespace

bool IsGenomicReport(Json resource) {
  if (resource["resourceType"].text() != "DiagnosticReport") return false;
  for (const Json category : resource["category"]) {
    if (CodeOf(category) == kGeneticsCategory) return true;
  }
  for (const Json contained : resource["contained"]) {
    if (IsVariant(contained)) return true;
  }
  return std::any_of(kGenomicPanels.begin(), kGenomicPanels.end(),
                     [&](std::string_view panel) { return HasCoding(resource["code"], kLoinc, panel); });
}

Wire GenomeOf(Json report) {
  Wire wire;
  Coded code;
  AddTerm(report["code"], code);
  AddOrigin(report, code);
  wire.Nested(lab::kGenomeCode, code.wire());
  wire.Text(lab::kGenomeConclusion, report["conclusion"].text());
  const Implications implications(report);
  for (const Json contained : report["contained"]) {
    if (!IsVariant(contained) && !implications.StandsAlone(contained)) continue;
    wire.Nested(lab::kGenomeVariant, implications.VariantOf(contained));
  }
  return wire;
}

}  // namespace mseal::sources
