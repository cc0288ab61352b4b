// Lays out a label: magic, purpose, suite, class, generation, number, zeros.
#include "format/label.h"

namespace mseal::format {

ByteArray<40> EncodeLabel(const LabelParts& parts) {
  ByteArray<40> label = {'m',
                         'e',
                         'd',
                         's',
                         'e',
                         'a',
                         'l',
                         '1',
                         static_cast<std::uint8_t>(parts.purpose),
                         parts.suite,
                         parts.class_number};
  for (std::size_t i = 0; i < 4; ++i) label[12 + i] = static_cast<std::uint8_t>(parts.generation >> (24 - 8 * i));
  for (std::size_t i = 0; i < 8; ++i) label[16 + i] = static_cast<std::uint8_t>(parts.number >> (56 - 8 * i));
  return label;
}

}  // namespace mseal::format
