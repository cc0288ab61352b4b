// The copies of the keyring that count.
#pragma once

#include <vector>

#include "work.h"

namespace cli {

// Those that are registered: what was given up counts for nothing.
std::vector<medseal::ProviderInfo> Registered(std::vector<medseal::ProviderInfo> copies);
// Whether there are as many as there have to be.
bool AreEnough(const std::vector<medseal::ProviderInfo>& copies);
void WarnOfTooFew(const std::vector<medseal::ProviderInfo>& copies);

}  // namespace cli
