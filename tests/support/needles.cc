// Needles: an eight-byte window of each pattern is looked up at every offset, then the whole pattern is compared.
#include "support/needles.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

namespace mseal::test {
namespace {

constexpr std::size_t kFilterBits = 23;  // a 1 MiB filter: 200 000 patterns set 2 % of it
constexpr std::string_view kStandardAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::uint64_t WindowAt(const char* place) {
  std::uint64_t window;
  std::memcpy(&window, place, sizeof window);
  return window;
}

std::size_t FilterBit(std::uint64_t window) { return (window * 0x9E3779B97F4A7C15u) >> (64 - kFilterBits); }

std::string Hex(std::string_view bytes, std::string_view digits) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    out += {digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

// The base64 characters that `bytes` alone decide when `skipped` bytes stand before them in their group of three.
std::string InnerBase64(std::string_view bytes, std::size_t skipped, std::string_view alphabet) {
  const auto bit = [&](std::size_t index) {
    const std::size_t own = index - 8 * skipped;
    return static_cast<std::uint8_t>(bytes[own / 8]) >> (7 - own % 8) & 1;
  };
  std::string out;
  for (std::size_t start = (8 * skipped + 5) / 6 * 6; start + 6 <= 8 * (skipped + bytes.size()); start += 6) {
    int sextet = 0;
    for (std::size_t i = 0; i < 6; ++i) sextet = sextet << 1 | bit(start + i);
    out += alphabet[static_cast<std::size_t>(sextet)];
  }
  return out;
}

// Takes one character of well-formed UTF-8 off the front of `text`.
std::optional<char32_t> TakeUtf8(std::string_view& text) {
  const auto lead = static_cast<std::uint8_t>(text.front());
  const std::size_t size = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
  if (size == 0 || size > text.size()) return std::nullopt;
  char32_t point = size == 1 ? lead : lead & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<std::uint8_t>(text[i]);
    if (next >> 6 != 2) return std::nullopt;
    point = point << 6 | (next & 63u);
  }
  text.remove_prefix(size);
  return point <= 0x10FFFF ? std::optional(point) : std::nullopt;
}

std::u32string CharactersOf(std::string_view needle) {
  std::u32string out;
  for (std::string_view rest = needle; !rest.empty();) {
    const std::optional<char32_t> point = TakeUtf8(rest);
    if (!point) {
      const ByteView latin1 = AsBytes(needle);
      return {latin1.begin(), latin1.end()};
    }
    out += *point;
  }
  return out;
}

std::u16string Utf16(std::u32string_view characters) {
  std::u16string out;
  for (const char32_t point : characters) {
    if (point < 0x10000) {
      out += static_cast<char16_t>(point);
    } else {
      out += {static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10)),
              static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF))};
    }
  }
  return out;
}

std::string UnitBytes(std::u16string_view units, bool big_endian) {
  std::string out;
  for (const char16_t unit : units) {
    const char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xFF);
    out += big_endian ? std::string{high, low} : std::string{low, high};
  }
  return out;
}

// A whole file, readable while this lives.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat about {};
    if (file < 0 || ::fstat(file, &about) != 0) Fail(path, file);
    size_ = static_cast<std::size_t>(about.st_size);
    if (size_ > 0) place_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
    if (place_ == MAP_FAILED) Fail(path, file);
    ::close(file);
  }
  ~MappedFile() {
    if (size_ > 0) ::munmap(place_, size_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  ByteView bytes() const { return {static_cast<const std::uint8_t*>(place_), size_}; }

 private:
  [[noreturn]] static void Fail(const std::filesystem::path& path, int file) {
    const int cause = errno;
    if (file >= 0) ::close(file);
    throw std::system_error(cause, std::generic_category(), path.string());
  }

  void* place_ = nullptr;
  std::size_t size_ = 0;
};

void AppendHits(std::vector<NeedleHit> found, const std::filesystem::path& file, bool in_path,
                std::vector<NeedleHit>& hits) {
  for (NeedleHit& hit : found) {
    hit.file = file;
    hit.in_path = in_path;
    hits.push_back(std::move(hit));
  }
}

}  // namespace

std::string_view FormName(NeedleForm form) {
  constexpr std::string_view kNames[] = {"raw", "base64", "hex", "HEX", "UTF-16LE", "UTF-16BE"};
  return kNames[static_cast<std::size_t>(form)];
}

std::ostream& operator<<(std::ostream& out, const NeedleHit& hit) {
  return out << "needle " << hit.needle << " as " << FormName(hit.form) << (hit.in_path ? " in the name of " : " in ")
             << hit.file.string() << " at " << hit.offset;
}

Needles::Needles() : filter_((std::size_t{1} << kFilterBits) / 64) {}

bool Needles::Add(ByteView needle) {
  if (needle.size() < kShortest) return false;
  const std::string_view bytes = AsText(needle);
  AddPattern(std::string(bytes), NeedleForm::kRaw);
  for (std::size_t skipped = 0; skipped < 3; ++skipped) {
    const std::string standard = InnerBase64(bytes, skipped, kStandardAlphabet);
    const std::string url = InnerBase64(bytes, skipped, kUrlAlphabet);
    AddPattern(standard, NeedleForm::kBase64);
    if (url != standard) AddPattern(url, NeedleForm::kBase64);
  }
  AddPattern(Hex(bytes, "0123456789abcdef"), NeedleForm::kHexLower);
  AddPattern(Hex(bytes, "0123456789ABCDEF"), NeedleForm::kHexUpper);
  const std::u16string units = Utf16(CharactersOf(bytes));
  AddPattern(UnitBytes(units, false), NeedleForm::kUtf16Le);
  AddPattern(UnitBytes(units, true), NeedleForm::kUtf16Be);
  ++count_;
  return true;
}

void Needles::AddPattern(std::string bytes, NeedleForm form) {
  if (bytes.size() < kShortest) return;
  const std::size_t anchor = RarestWindow(bytes);
  const std::uint64_t window = WindowAt(bytes.data() + anchor);
  filter_[FilterBit(window) / 64] |= std::uint64_t{1} << FilterBit(window) % 64;
  by_window_[window].push_back(patterns_.size());
  patterns_.push_back({std::move(bytes), anchor, count_, form});
}

// Needles often begin alike ("urn:uuid:"); text full of that beginning must not compare with each of them.
std::size_t Needles::RarestWindow(std::string_view bytes) const {
  std::size_t rarest = 0, fewest = SIZE_MAX;
  for (std::size_t start = 0; start + kShortest <= bytes.size() && fewest > 0; ++start) {
    const auto found = by_window_.find(WindowAt(bytes.data() + start));
    const std::size_t sharing = found == by_window_.end() ? 0 : found->second.size();
    if (sharing < fewest) rarest = start, fewest = sharing;
  }
  return rarest;
}

bool Needles::MayBeWindow(std::uint64_t window) const {
  return (filter_[FilterBit(window) / 64] >> FilterBit(window) % 64 & 1) != 0;
}

std::vector<NeedleHit> Needles::SearchBytes(ByteView bytes) const {
  const std::string_view text = AsText(bytes);
  std::vector<NeedleHit> hits;
  std::vector<bool> seen(patterns_.size());
  for (std::size_t at = 0; at + kShortest <= text.size(); ++at) {
    const std::uint64_t window = WindowAt(text.data() + at);
    if (!MayBeWindow(window)) continue;
    const auto found = by_window_.find(window);
    if (found == by_window_.end()) continue;
    for (const std::size_t index : found->second) {
      const Pattern& pattern = patterns_[index];
      if (seen[index] || at < pattern.anchor || !text.substr(at - pattern.anchor).starts_with(pattern.bytes)) continue;
      seen[index] = true;
      hits.push_back({{}, false, at - pattern.anchor, pattern.needle, pattern.form});
    }
  }
  return hits;
}

std::vector<NeedleHit> Needles::SearchTree(const std::filesystem::path& directory) const {
  std::vector<NeedleHit> hits;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    const std::string name = entry.path().lexically_relative(directory).string();
    AppendHits(SearchBytes(AsBytes(name)), entry.path(), true, hits);
    if (entry.symlink_status().type() != std::filesystem::file_type::regular) continue;
    AppendHits(SearchBytes(MappedFile(entry.path()).bytes()), entry.path(), false, hits);
  }
  return hits;
}

}  // namespace mseal::test
