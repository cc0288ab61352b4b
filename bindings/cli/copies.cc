#include "copies.h"

#include "talk.h"

namespace cli {

std::vector<medseal::ProviderInfo> Registered(std::vector<medseal::ProviderInfo> copies) {
  std::erase_if(copies, [](const medseal::ProviderInfo& copy) { return copy.facts.given_up_ms != 0; });
  return copies;
}

bool AreEnough(const std::vector<medseal::ProviderInfo>& copies) {
  constexpr std::size_t kFewest = 2;
  return Registered(copies).size() >= kFewest;
}

void WarnOfTooFew(const std::vector<medseal::ProviderInfo>& copies) {
  if (!AreEnough(copies)) Warn("one copy is one accident away from none: medseal provider copy add FILE");
}

}  // namespace cli
