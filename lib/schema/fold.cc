// Folding with ICU's C interface, in buffers of ours: ICU's string class would leave plaintext behind.
#include "schema/fold.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>
#include <unicode/uversion.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "schema/wire.h"

namespace mseal::schema {
namespace {

// UTF-16 text that is wiped when dropped.
class Utf16 {
 public:
  explicit Utf16(std::size_t capacity) : text_(capacity) {}
  ~Utf16() { Wipe({reinterpret_cast<std::uint8_t*>(text_.data()), text_.size() * sizeof(UChar)}); }
  Utf16(const Utf16&) = delete;
  Utf16& operator=(const Utf16&) = delete;

  UChar* data() { return text_.data(); }
  std::int32_t capacity() const { return static_cast<std::int32_t>(text_.size()); }
  std::int32_t size = 0;

 private:
  std::vector<UChar> text_;
};

// NFKC_Casefold makes at most 18 units of one; NFD four.
constexpr std::size_t kMostGrowth = 18;
constexpr std::size_t kSlice = 4096;

// Letters that Unicode does not decompose but that people write either way.
constexpr std::pair<char32_t, std::string_view> kSpelled[] = {
    {U'œ', "oe"}, {U'æ', "ae"}, {U'ø', "o"}, {U'đ', "d"}, {U'ð', "d"}, {U'þ', "th"},
    {U'ł', "l"},  {U'ħ', "h"},  {U'ı', "i"}, {U'ŧ', "t"}, {U'ŋ', "n"}, {U'ſ', "s"},
};

std::string_view Spelled(char32_t character) {
  const auto* at = std::ranges::find(kSpelled, character, [](const auto& entry) { return entry.first; });
  return at != std::end(kSpelled) ? at->second : std::string_view();
}

bool IsMark(char32_t character) {
  return U_GET_GC_MASK(static_cast<UChar32>(character)) & (U_GC_MN_MASK | U_GC_ME_MASK);
}

void AppendCharacter(char32_t character, Marks marks, SecretBytes& out) {
  if (marks == Marks::kDrop && IsMark(character)) return;
  const std::string_view spelled = marks == Marks::kDrop ? Spelled(character) : std::string_view();
  if (!spelled.empty()) return out.Append(AsBytes(spelled));
  ByteArray<4> utf8;
  const WipeOnExit wipe(utf8);
  std::size_t size = 0;
  U8_APPEND_UNSAFE(utf8.data(), size, static_cast<UChar32>(character));
  out.Append({utf8.data(), size});
}

bool Normalize(const UNormalizer2* form, Utf16& from, Utf16& to) {
  UErrorCode error = U_ZERO_ERROR;
  to.size = unorm2_normalize(form, from.data(), from.size, to.data(), to.capacity(), &error);
  return U_SUCCESS(error);
}

// A slice that begins and ends between characters that do not combine across, so that slices fold apart.
bool FoldSlice(ByteView slice, Marks marks, SecretBytes& out) {
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* casefold = unorm2_getNFKCCasefoldInstance(&error);
  const UNormalizer2* decompose = unorm2_getNFDInstance(&error);
  Utf16 units(slice.size() + 1);
  u_strFromUTF8(units.data(), units.capacity(), &units.size, reinterpret_cast<const char*>(slice.data()),
                static_cast<std::int32_t>(slice.size()), &error);
  Utf16 folded(slice.size() * kMostGrowth + 1);
  if (U_FAILURE(error) || !Normalize(casefold, units, folded)) return false;
  Utf16 apart(static_cast<std::size_t>(folded.size) * 4 + 1);
  Utf16& text = marks == Marks::kDrop ? apart : folded;
  if (marks == Marks::kDrop && !Normalize(decompose, folded, apart)) return false;
  for (std::int32_t at = 0; at < text.size;) {
    UChar32 character;
    U16_NEXT(text.data(), at, text.size, character);
    AppendCharacter(static_cast<char32_t>(character), marks, out);
  }
  return true;
}

bool IsAscii(std::uint8_t byte) { return byte < 0x80; }

void FoldAscii(ByteView text, SecretBytes& out) {
  const std::size_t old_size = out.size();
  out.Append(text);
  for (std::uint8_t& byte : out.Reveal().subspan(old_size)) {
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<std::uint8_t>(byte + ('a' - 'A'));
  }
}

// Where a slice may end: before an ASCII character, since none of those combines with what stands before it.
std::size_t SliceSize(ByteView rest) {
  if (rest.size() <= kSlice) return rest.size();
  std::size_t size = kSlice;
  while (size < rest.size() && !IsAscii(rest[size])) ++size;
  return size;
}

}  // namespace

bool Fold(ByteView text, Marks marks, SecretBytes& out) {
  if (std::ranges::all_of(text, IsAscii)) return FoldAscii(text, out), true;
  if (!IsUtf8(text) || text.size() > std::numeric_limits<std::int32_t>::max() / (4 * kMostGrowth)) return false;
  const std::size_t old_size = out.size();
  while (!text.empty()) {
    const std::size_t size = SliceSize(text);
    if (!FoldSlice(text.first(size), marks, out)) return out.Resize(old_size), false;
    text = text.subspan(size);
  }
  return true;
}

bool IsWordCharacter(char32_t character) {
  if (character < 0x80) {
    return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') ||
           (character >= 'A' && character <= 'Z');
  }
  const bool modifier_apostrophe =
      character >= 0x2b9 && character <= 0x2bf;  // letters to Unicode, apostrophes to people
  return !modifier_apostrophe &&
         (U_GET_GC_MASK(static_cast<UChar32>(character)) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK));
}

char32_t NextCharacter(ByteView text, std::size_t& at) {
  UChar32 character;
  U8_NEXT_UNSAFE(text.data(), at, character);
  return static_cast<char32_t>(character);
}

std::uint32_t FoldVersion() {
  UVersionInfo version;
  u_getVersion(version);
  return static_cast<std::uint32_t>(version[0]) << 8 | version[1];
}

}  // namespace mseal::schema
