// Looks for many byte strings at once, in every form in which a careless writer could have left them in a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"

namespace mseal::test {

// UTF-16 reads the needle as UTF-8 where it is that, as Latin-1 elsewhere. Base64 is searched in its three alignments
// and both alphabets; hex in lower and in upper case.
enum class NeedleForm : std::uint8_t { kRaw, kBase64, kHexLower, kHexUpper, kUtf16Le, kUtf16Be };
std::string_view FormName(NeedleForm form);

struct NeedleHit {
  std::filesystem::path file;  // empty for bytes in memory
  bool in_path = false;        // found in the file's name below the searched directory, not in its content
  std::uint64_t offset = 0;
  std::size_t needle = 0;  // as Add() numbered it
  NeedleForm form = NeedleForm::kRaw;
};
std::ostream& operator<<(std::ostream& out, const NeedleHit& hit);

// Add every needle, then search. Memory: about 1 KiB a needle. Searching is const and may run on many threads.
class Needles {
 public:
  // Shorter runs turn up by chance.
  static constexpr std::size_t kShortest = 8;

  Needles();

  // Numbers the needle from 0. False, and no number, for one that is shorter than kShortest. A single form that is
  // shorter than kShortest (UTF-16 of three Chinese characters) is not searched.
  [[nodiscard]] bool Add(ByteView needle);
  [[nodiscard]] bool Add(std::string_view needle) { return Add(AsBytes(needle)); }
  std::size_t size() const { return count_; }

  // The first place of each needle and form in `bytes`.
  std::vector<NeedleHit> SearchBytes(ByteView bytes) const;
  // The same for each file below `directory`, and for the files' and directories' names; links are not followed.
  // Throws std::system_error for what cannot be read: a file that was not searched is not clean.
  std::vector<NeedleHit> SearchTree(const std::filesystem::path& directory) const;

 private:
  // One form of one needle, found by an eight-byte window of it that few other patterns share.
  struct Pattern {
    std::string bytes;
    std::size_t anchor;  // where in `bytes` the window starts
    std::size_t needle;
    NeedleForm form;
  };

  void AddPattern(std::string bytes, NeedleForm form);
  std::size_t RarestWindow(std::string_view bytes) const;
  bool MayBeWindow(std::uint64_t window) const;

  std::size_t count_ = 0;
  std::vector<Pattern> patterns_;
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> by_window_;
  std::vector<std::uint64_t> filter_;  // one bit a hash of a window: keeps nearly every place away from the map
};

}  // namespace mseal::test
