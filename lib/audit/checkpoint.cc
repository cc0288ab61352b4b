// Writes and reads checkpoints.
#include "audit/checkpoint.h"

#include <algorithm>
#include <charconv>

#include "audit/note.h"
#include "crypto/base64.h"

namespace mseal::audit {
namespace {

// The next line without its line feed; nothing when no line is left that ends.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == text.npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

// Decimal, without a sign or leading zeros.
bool ParseSize(std::string_view text, std::uint64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && (text.size() == 1 || text.front() != '0');
}

bool ParseRoot(std::string_view text, TreeHash& out) {
  const auto bytes = crypto::FromBase64(text);
  if (!bytes || bytes->size() != out.size()) return false;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return true;
}

}  // namespace

std::string LogOrigin(const ByteArray<16>& store) { return "medseal.log/" + HexText(store); }
std::string CheckpointPath(const std::string& folder) { return folder + "/checkpoint"; }

std::string WriteCheckpoint(const Checkpoint& checkpoint) {
  std::string text =
      checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" + crypto::ToBase64(checkpoint.root) + "\n";
  for (const std::string& line : checkpoint.extensions) text += line + "\n";
  return text;
}

Result<Checkpoint> ParseCheckpoint(std::string_view text) {
  const auto origin = TakeLine(text), size = TakeLine(text), root = TakeLine(text);
  Checkpoint out;
  bool ok = origin && !origin->empty() && size && ParseSize(*size, out.size) && root && ParseRoot(*root, out.root);
  while (ok && !text.empty()) {
    const auto line = TakeLine(text);
    ok = line && !line->empty();
    if (ok) out.extensions.emplace_back(*line);
  }
  if (!ok) return Status::Corrupt("this is no checkpoint");
  out.origin = *origin;
  return out;
}

}  // namespace mseal::audit
