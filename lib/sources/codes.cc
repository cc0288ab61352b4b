// Tables only.
#include "sources/codes.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sources/message.h"

namespace mseal::sources {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

constexpr std::array<Entry, 24> kCodeSystems = {{{"LN", "http://loinc.org"},
                                                 {"LOINC", "http://loinc.org"},
                                                 {"SCT", "http://snomed.info/sct"},
                                                 {"SNM", "http://snomed.info/sct"},
                                                 {"SNOMED", "http://snomed.info/sct"},
                                                 {"SNOMED-CT", "http://snomed.info/sct"},
                                                 {"UCUM", "http://unitsofmeasure.org"},
                                                 {"I9", "http://hl7.org/fhir/sid/icd-9-cm"},
                                                 {"I9C", "http://hl7.org/fhir/sid/icd-9-cm"},
                                                 {"I9CDX", "http://hl7.org/fhir/sid/icd-9-cm"},
                                                 {"I10", "http://hl7.org/fhir/sid/icd-10"},
                                                 {"ICD10", "http://hl7.org/fhir/sid/icd-10"},
                                                 {"ICD-10", "http://hl7.org/fhir/sid/icd-10"},
                                                 {"CIM10", "http://hl7.org/fhir/sid/icd-10"},
                                                 {"I10C", "http://hl7.org/fhir/sid/icd-10-cm"},
                                                 {"C4", "http://www.ama-assn.org/go/cpt"},
                                                 {"CPT", "http://www.ama-assn.org/go/cpt"},
                                                 {"CVX", "http://hl7.org/fhir/sid/cvx"},
                                                 {"MVX", "http://hl7.org/fhir/sid/mvx"},
                                                 {"NDC", "http://hl7.org/fhir/sid/ndc"},
                                                 {"RXNORM", "http://www.nlm.nih.gov/research/umls/rxnorm"},
                                                 {"ATC", "http://www.whocc.no/atc"},
                                                 {"DCM", "http://dicom.nema.org/resources/ontology/DCM"},
                                                 {"CDCREC", "urn:oid:2.16.840.1.113883.6.238"}}};

constexpr std::array<Entry, 4> kGenders = {{{"M", "male"}, {"F", "female"}, {"O", "other"}, {"U", "unknown"}}};

constexpr std::array<Entry, 9> kStatuses = {{{"F", "final"},
                                             {"P", "preliminary"},
                                             {"R", "preliminary"},
                                             {"S", "preliminary"},
                                             {"I", "registered"},
                                             {"C", "corrected"},
                                             {"X", "cancelled"},
                                             {"D", "entered-in-error"},
                                             {"W", "entered-in-error"}}};

// NIR, NIA (waiting for a NIR), and the two for tests and demonstrations.
constexpr std::array<std::string_view, 4> kNirAuthorities = {"1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.9",
                                                             "1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11"};
constexpr std::array<std::string_view, 3> kNirTypes = {"INS", "INS-NIR", "NIR"};

template <std::size_t N>
std::string_view LookUp(const std::array<Entry, N>& table, std::string_view name) {
  for (const auto& [from, to] : table) {
    if (from == name) return to;
  }
  return name;
}

std::string_view WithoutUrn(std::string_view oid) {
  constexpr std::string_view kUrn = "urn:oid:";
  return oid.starts_with(kUrn) ? oid.substr(kUrn.size()) : oid;
}

}  // namespace

SecretBytes CodeSystemOf(std::string_view name) {
  SecretBytes out;
  const bool is_table =
      name.size() == 7 && name.starts_with("HL7") && name.find_first_not_of("0123456789", 3) == std::string_view::npos;
  if (is_table) Append(out, "http://terminology.hl7.org/CodeSystem/v2-");
  Append(out, is_table ? name.substr(3) : LookUp(kCodeSystems, name));
  return out;
}

std::string_view GenderOf(std::string_view letter) { return LookUp(kGenders, letter); }

std::string_view ResultStatusOf(std::string_view letter) { return LookUp(kStatuses, letter); }

bool IsSsnAuthority(std::string_view system) {
  return system == "http://hl7.org/fhir/sid/us-ssn" || WithoutUrn(system) == "2.16.840.1.113883.4.1";
}

bool IsNirAuthority(std::string_view oid) {
  oid = WithoutUrn(oid);
  return std::find(kNirAuthorities.begin(), kNirAuthorities.end(), oid) != kNirAuthorities.end();
}

bool IsNirType(std::string_view type) { return std::find(kNirTypes.begin(), kNirTypes.end(), type) != kNirTypes.end(); }

}  // namespace mseal::sources
