// Reads and writes the text of a share word by word.
#include "format/share.h"

#include <algorithm>

#include "base/writer.h"
#include "format/statement.h"

namespace mseal::format {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool SameWord(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return Lower(x) == Lower(y); });
}

// -1: not a digit.
int HexDigit(char c) {
  const char lower = Lower(c);
  if (lower >= '0' && lower <= '9') return lower - '0';
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Takes words from a text; remembers its first failure.
class Words {
 public:
  explicit Words(ByteView text) : rest_(AsText(text)) {}

  bool ok() const { return ok_; }
  bool Done() { return Next().empty() && ok_; }

  std::string_view Next() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size()));
    const std::string_view word = rest_.substr(0, rest_.find_first_of(kBlanks));
    rest_.remove_prefix(word.size());
    return word;
  }
  Words& Expect(std::string_view word) {
    if (!SameWord(Next(), word)) ok_ = false;
    return *this;
  }
  // From 1 to `most`, in decimal digits, the first of them not 0.
  std::uint32_t Number(std::uint32_t most) {
    const std::string_view word = Next();
    std::uint64_t value = 0;
    for (const char c : word) {
      if (c < '0' || c > '9' || value > most || word.front() == '0') return ok_ = false, 0;
      value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (value < 1 || value > most) return ok_ = false, 0;
    return static_cast<std::uint32_t>(value);
  }
  // As many hex digits as fill `out`, in groups of any size.
  Words& Hex(MutableBytes out) {
    for (std::size_t digits = 0; ok_ && digits < 2 * out.size();) {
      const std::string_view word = Next();
      ok_ = !word.empty() && word.size() <= 2 * out.size() - digits;
      for (std::size_t i = 0; ok_ && i < word.size(); ++i, ++digits) {
        const int digit = HexDigit(word[i]);
        ok_ = digit >= 0;
        out[digits / 2] = static_cast<std::uint8_t>(out[digits / 2] << 4 | (digit & 0xf));
      }
    }
    return *this;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// `bytes` in groups of `group` bytes, eight groups a line.
void AppendHex(SecretBytes& out, ByteView bytes, std::size_t group) {
  static constexpr char kDigits[] = "0123456789abcdef";
  static constexpr std::string_view kNextLine = "\n           ";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0 && i % (8 * group) == 0) {
      out.Append(AsBytes(kNextLine));
    } else if (i > 0 && i % group == 0) {
      out.Append(AsBytes(" "));
    }
    const char digits[] = {kDigits[bytes[i] >> 4], kDigits[bytes[i] & 0xf]};
    out.Append(AsBytes({digits, 2}));
  }
}

}  // namespace

Result<ShareText> ParseShareText(ByteView text) {
  const Status damaged = Status::Corrupt("text of a share");
  if (text.size() > kLongestShareText) return damaged;
  Words in(text);
  in.Expect("medseal").Expect("recovery").Expect("share,").Expect("version");
  if (!in.ok()) return damaged;
  if (in.Next() != "1") return Status::UnsupportedVersion("share");
  ShareText out;
  Share& share = out.share;
  in.Expect("store").Hex(share.store);
  share.set = in.Expect("set").Number(UINT32_MAX);
  share.number = static_cast<std::uint8_t>(in.Expect("share").Number(kMostShares));
  share.count = static_cast<std::uint8_t>(in.Expect("of").Number(kMostShares));
  share.threshold = static_cast<std::uint8_t>(in.Expect("threshold").Number(kMostShares));
  in.Expect("key").Hex(share.bytes.Fill()).Expect("checksum").Hex(out.checksum);
  const bool sensible =
      share.number <= share.count && share.threshold >= kFewestNeeded && share.threshold <= share.count;
  if (!in.Done() || !sensible) return damaged;
  return out;
}

SecretBytes WriteShareText(const Share& share, const ShareChecksum& checksum) {
  SecretBytes out;
  out.Reserve(kLongestShareText);
  const auto say = [&out](const std::string& words) { out.Append(AsBytes(words)); };
  say("medseal recovery share, version " + std::to_string(kShareVersion) + "\nstore      ");
  AppendHex(out, share.store, 4);
  say("\nset        " + std::to_string(share.set));
  say("\nshare      " + std::to_string(share.number) + " of " + std::to_string(share.count));
  say("\nthreshold  " + std::to_string(share.threshold) + "\nkey        ");
  AppendHex(out, share.bytes.Reveal(), 2);
  say("\nchecksum   ");
  AppendHex(out, checksum, 2);
  say("\n");
  return out;
}

SecretBytes EncodeShare(const Share& share) {
  SecretBytes out;
  out.Reserve(1 + 16 + 4 + 3 + kKeySize);
  SecretWriter(out).U8(kShareVersion).Raw(share.store).U32(share.set);
  SecretWriter(out).U8(share.number).U8(share.count).U8(share.threshold).Raw(share.bytes.Reveal());
  return out;
}

}  // namespace mseal::format
