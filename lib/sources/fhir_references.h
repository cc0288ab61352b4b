// Finds the patient that a FHIR resource belongs to.
#pragma once

#include <string_view>
#include <unordered_map>

#include "base/secret_bytes.h"
#include "base/status.h"
#include "sources/json.h"

namespace mseal::sources {

// Knows the entries of one Bundle, by views into it; empty for a resource on its own.
class FhirReferences {
 public:
  void AddEntry(std::string_view full_url, Json resource);

  // The external id of the patient that `resource` is or is about, kNoPatient where it is about none.
  //   NotFound         it names a patient, but not in a way that can be resolved here
  //   InvalidArgument  the id is missing, or holds what no id holds
  Result<std::string_view> PatientOf(std::string_view full_url, Json resource) const;

 private:
  // What a reference leads to: a patient with this id, or `known` and no id for something else.
  struct Target {
    std::string_view patient;
    bool known = false;
  };
  Target Follow(Json reference) const;
  Target FollowUrl(std::string_view url) const;
  Target FollowIdentifier(std::string_view system, std::string_view value) const;
  Result<std::string_view> Named(Json resource) const;
  std::string_view Listed(Json resource) const;

  std::unordered_map<std::string_view, Target> by_url_;
  using Identifier = std::pair<std::string_view, std::string_view>;  // system and value
  struct HashIdentifier {
    std::size_t operator()(const Identifier& identifier) const {
      const std::hash<std::string_view> hash;
      return hash(identifier.first) * 31 + hash(identifier.second);
    }
  };
  std::unordered_map<Identifier, Target, HashIdentifier> by_identifier_;
};

}  // namespace mseal::sources
