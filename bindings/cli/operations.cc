#include "operations.h"

#include <algorithm>
#include <array>

namespace cli {
namespace {

struct Word {
  std::string_view text;
  std::uint32_t bit;
};
constexpr std::array kWords = {Word{"read", MEDSEAL_OP_READ},
                               Word{"read_masked", MEDSEAL_OP_READ_MASKED},
                               Word{"write", MEDSEAL_OP_WRITE},
                               Word{"search", MEDSEAL_OP_SEARCH},
                               Word{"export", MEDSEAL_OP_EXPORT},
                               Word{"administer", MEDSEAL_OP_ADMINISTER},
                               Word{"erase", MEDSEAL_OP_ERASE},
                               Word{"audit", MEDSEAL_OP_AUDIT},
                               Word{"break_glass", MEDSEAL_OP_BREAK_GLASS}};

}  // namespace

Result<std::uint32_t> ParseOperations(const std::vector<std::string>& words) {
  std::uint32_t operations = 0;
  for (const std::string& word : words) {
    const auto* const found =
        std::find_if(kWords.begin(), kWords.end(), [&](const Word& one) { return one.text == word; });
    if (found == kWords.end())
      return InvalidArgument("an operation is one of " + OperationText(~std::uint32_t{0}) + "; several with commas");
    operations |= found->bit;
  }
  return operations;
}

std::vector<std::string_view> OperationWords(std::uint32_t operations) {
  std::vector<std::string_view> words;
  for (const Word& word : kWords) {
    if ((operations & word.bit) != 0) words.push_back(word.text);
  }
  return words;
}

std::string OperationText(std::uint32_t operations) {
  std::string text;
  for (const std::string_view word : OperationWords(operations)) text.append(text.empty() ? "" : ", ").append(word);
  return text.empty() ? "nothing" : text;
}

}  // namespace cli
