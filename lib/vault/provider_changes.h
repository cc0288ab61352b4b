// What is under way with providers, and the following up of what a killed process left of one.
#pragma once

#include <optional>
#include <string>

#include "format/custody.h"
#include "keys/provider_uri.h"
#include "vault/core.h"

namespace mseal::vault {

void PutProviderChange(const Core& core, ByteView instance, const format::ProviderChange& change, store::Batch& batch);
void EndProviderChange(const Core& core, ByteView instance, store::Batch& batch);
Result<std::optional<format::ProviderChange>> ReadProviderChange(const Core& core, ByteView instance);

// Takes away every provider that the vault has moved from, or whose making came to nothing; but not the one that it was
// opened with.
//   KeyUnavailable  one cannot be reached, and may hold an epoch secret still; the message names it
Status SweepProviders(Core& core);

}  // namespace mseal::vault
