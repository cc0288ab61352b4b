// References come relative, absolute, as urn of a Bundle entry, as a search, or as an identifier alone.
#include "sources/fhir_references.h"

#include <algorithm>
#include <array>

#include "sources/source.h"

namespace mseal::sources {
namespace {

constexpr std::string_view kUuid = "urn:uuid:";
constexpr std::size_t kLongestId = 256;

// The elements that name the patient of a resource, over all resource types of R4.
constexpr std::array<std::string_view, 6> kSubjects = {"subject",    "patient", "beneficiary",
                                                       "individual", "for",     "candidate"};
// Lists of references among which the patient may stand: {list, the element inside, if any}.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kLists = {
    {{"target", ""}, {"participant", "actor"}, {"link", "target"}}};

// The id behind the last "Patient/" that begins a path step; empty when there is none.
std::string_view IdInPath(std::string_view url) {
  constexpr std::string_view kStep = "Patient/";
  const std::size_t at = url.rfind(kStep);
  if (at == std::string_view::npos || (at > 0 && url[at - 1] != '/')) return {};
  const std::string_view rest = url.substr(at + kStep.size());
  return rest.substr(0, rest.find_first_of("/?#|"));
}

bool MayBeId(std::string_view id) {
  const auto odd = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '^' || c == '(' || c == 0x7f; };
  return !id.empty() && id.size() <= kLongestId && std::none_of(id.begin(), id.end(), odd);
}

std::string_view IdOfPatient(std::string_view full_url, Json patient) {
  const std::string_view id = patient["id"].text();
  if (!id.empty()) return id;
  return full_url.starts_with(kUuid) ? full_url.substr(kUuid.size()) : IdInPath(full_url);
}

}  // namespace

void FhirReferences::AddEntry(std::string_view full_url, Json resource) {
  Target target{{}, true};
  if (resource["resourceType"].text() == "Patient") {
    target.patient = IdOfPatient(full_url, resource);
    for (const Json identifier : resource["identifier"]) {
      const Identifier key(identifier["system"].text(), identifier["value"].text());
      const auto [known, is_new] = by_identifier_.emplace(key, target);
      if (!is_new && known->second.patient != target.patient)
        known->second = {};  // two have it: neither is meant surely
    }
  }
  if (!full_url.empty()) by_url_.emplace(full_url, target);
}

FhirReferences::Target FhirReferences::FollowIdentifier(std::string_view system, std::string_view value) const {
  const auto found = by_identifier_.find({system, value});
  return found == by_identifier_.end() ? Target() : found->second;
}

FhirReferences::Target FhirReferences::FollowUrl(std::string_view url) const {
  if (const auto entry = by_url_.find(url); entry != by_url_.end()) return entry->second;
  constexpr std::string_view kSearch = "Patient?identifier=";
  if (const std::size_t at = url.find(kSearch); at != std::string_view::npos) {
    const std::string_view token = url.substr(at + kSearch.size());
    const std::size_t bar = token.find('|');
    return bar == std::string_view::npos ? Target() : FollowIdentifier(token.substr(0, bar), token.substr(bar + 1));
  }
  if (const std::string_view id = IdInPath(url); !id.empty()) return {id, true};
  // A patient whose own entry is in another file: there its id is the urn's, or its entry has none.
  if (url.starts_with(kUuid)) return {url.substr(kUuid.size()), true};
  return {{}, !url.starts_with('#') && !url.starts_with("Patient?") && url.find('/') != std::string_view::npos};
}

FhirReferences::Target FhirReferences::Follow(Json reference) const {
  const std::string_view url = reference["reference"].text();
  if (!url.empty()) return FollowUrl(url);
  const Json identifier = reference["identifier"];
  return FollowIdentifier(identifier["system"].text(), identifier["value"].text());
}

// A patient in a list of references to many things counts only when it is surely one.
std::string_view FhirReferences::Listed(Json resource) const {
  for (const auto& [list, inside] : kLists) {
    for (const Json element : resource[list]) {
      const std::string_view url = (inside.empty() ? element : element[inside])["reference"].text();
      const auto entry = by_url_.find(url);
      const std::string_view id = entry != by_url_.end() ? entry->second.patient : IdInPath(url);
      if (!id.empty()) return id;
    }
  }
  return {};
}

Result<std::string_view> FhirReferences::Named(Json resource) const {
  bool unresolved = false;
  for (const std::string_view subject : kSubjects) {
    const Json reference = resource[subject].First();
    if (!reference.IsObject()) continue;
    const Target target = Follow(reference);
    if (!target.patient.empty()) return target.patient;
    unresolved |= !target.known;
  }
  if (unresolved) return Status::NotFound("the patient it names cannot be resolved");
  const std::string_view listed = Listed(resource);
  return listed.empty() ? kNoPatient : listed;
}

Result<std::string_view> FhirReferences::PatientOf(std::string_view full_url, Json resource) const {
  std::string_view id = IdOfPatient(full_url, resource);
  if (resource["resourceType"].text() != "Patient") {
    MS_ASSIGN(id, Named(resource));
    if (id == kNoPatient) return id;
  }
  if (!MayBeId(id)) return Status::InvalidArgument("the patient's id is missing or malformed");
  return id;
}

}  // namespace mseal::sources
