// Tells records apart that came without an id, or with one that others use too, by what they say.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mseal::sources {

// FNV-1a in 64 bits: the same content has the same mark at every import. It keeps different messages of one patient
// from falling on one record by accident; it is no defence against a forger, who could as well send the first one's id,
// and whose record would stand in the history beside the one it replaced.
class ContentMark {
 public:
  ContentMark& Add(std::string_view content) {
    for (const char c : content) mark_ = (mark_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return *this;
  }

  // Sixteen hex digits.
  std::array<char, 16> Hex() const {
    std::array<char, 16> hex;
    for (std::size_t i = 0; i < hex.size(); ++i) hex[i] = "0123456789abcdef"[mark_ >> (60 - 4 * i) & 15];
    return hex;
  }

 private:
  std::uint64_t mark_ = 0xcbf29ce484222325;
};

}  // namespace mseal::sources
