// A purpose as BLAKE2b takes it: 16 bytes of personalisation. Of this folder alone.
#pragma once

#include <cstdlib>
#include <string_view>

#include "base/bytes.h"

namespace mseal::crypto {

inline constexpr std::size_t kPersonalSize = 16;

// Shorter purposes are filled up with zero bytes.
inline ByteArray<kPersonalSize> PersonalOf(std::string_view purpose) {
  if (purpose.size() > kPersonalSize) std::abort();  // rule: a purpose is at most 16 bytes
  ByteArray<kPersonalSize> personal{};
  CopyBytes(AsBytes(purpose), personal);
  return personal;
}

}  // namespace mseal::crypto
