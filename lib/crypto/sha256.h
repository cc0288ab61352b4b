// SHA-256 (FIPS 180-4), for trees and notes that others verify too (RFC 6962, C2SP): everything of our own is BLAKE2b.
#pragma once

#include <initializer_list>

#include "base/bytes.h"

namespace mseal::crypto {

// Of the pieces, one after the other.
ByteArray<32> Sha256(std::initializer_list<ByteView> pieces);

}  // namespace mseal::crypto
