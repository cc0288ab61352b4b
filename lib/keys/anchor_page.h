// An anchor sealed under the anchor key, as the pages of a file and the objects of a token hold it. FORMAT.md,
// "Anchor".
#pragma once

#include "format/anchor.h"
#include "keys/keyring_slots.h"
#include "keys/provider.h"

namespace mseal::keys {

format::AnchorContent AnchorContentOf(const Anchor& anchor, std::uint64_t counter);
Anchor AnchorOf(const format::AnchorContent& content);

Bytes SealAnchor(const AnchorKey& key, const KeyringBinding& binding, const format::AnchorContent& content);
//   AuthFailed, Corrupt, UnsupportedVersion  it was changed, or is another provider's
Result<format::AnchorContent> OpenAnchor(const AnchorKey& key, const KeyringBinding& binding, ByteView sealed);

}  // namespace mseal::keys
