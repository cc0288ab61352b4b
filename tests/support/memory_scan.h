// Looks through this process's own memory for bytes that should be gone.
#pragma once

#include "base/bytes.h"

namespace mseal::test {

// Bytes to look for, kept inverted so that the needle itself is not found.
class Needle {
 public:
  // Wipes `bytes`, after taking them.
  static Needle TakenFrom(MutableBytes bytes);
  std::size_t size() const { return inverted_.size(); }
  std::uint8_t first() const { return static_cast<std::uint8_t>(~inverted_.front()); }
  bool At(const std::uint8_t* place) const;

 private:
  Bytes inverted_;
};

// How often the needle (at least 16 bytes) stands in this process's readable memory. Mappings above 1 GiB are left
// out: they are a sanitizer's shadow. What other threads hold while this runs may be missed.
std::size_t CountInMemory(const Needle& needle);

}  // namespace mseal::test
