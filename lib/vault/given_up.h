// Copies of the provider that are given up unread, so that epochs change without them: what is remembered of each, and
// the destroying of one that comes back.
#pragma once

#include <string>
#include <vector>

#include "format/custody.h"
#include "vault/core.h"

namespace mseal::vault {

struct GivenUp {
  ByteArray<16> instance{};
  format::GivenUpCopy copy;
};
Result<std::vector<GivenUp>> ReadGivenUp(const Core& core);

// Gives up the registered copy at this place, which does not answer. Epoch changes no longer wait for it; no erasure of
// a patient whose copies of before its secrets may open is certified as complete, until it has come back.
//   PermissionDenied  it takes two persons, and one who is entitled
//   InvalidArgument   it is the one that the vault was opened with
//   NotFound          no copy is registered there
//   Conflict          it answers
Status ForgetProviderCopy(Core& core, Desk& desk, const std::string& uri);

// Where those are that are looked for. Each look at a token gives it the PIN of then, and a token that has another now
// locks after some: that is not done unasked.
enum class GivenUpOn { kFile, kAny };

// Destroys every one that has come back, with all its secrets; but not the one that the vault was opened with.
//   KeyUnavailable  one answers and cannot be destroyed; the message names it
Status SweepGivenUp(Core& core, GivenUpOn on);

// The vault was opened with a copy that was given up: the secrets it has of epochs that ended are destroyed, and
// `batch` forgets that it was given up.
Status TakeBack(Core& core, store::Batch& batch);

}  // namespace mseal::vault
