// Writes and opens signed notes.
#include "audit/note.h"

#include <algorithm>

#include "base/utf8.h"
#include "crypto/base64.h"
#include "crypto/sha256.h"

namespace mseal::audit {
namespace {

constexpr std::uint8_t kEd25519 = 1;
constexpr std::string_view kDash = "\xe2\x80\x94 ";  // an em dash and a space
constexpr std::size_t kMostSignatures = 100;
constexpr std::size_t kLongestNote = 1'000'000;

bool IsNoteText(std::string_view text) {
  const auto bad = [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\n'; };
  return IsUtf8(AsBytes(text)) && std::none_of(text.begin(), text.end(), bad);
}

// Of one line, without its line feed.
Result<NoteSignature> ParseSignature(std::string_view line) {
  const Status corrupt = Status::Corrupt("a signature line of the note is not well-formed");
  if (!line.starts_with(kDash)) return corrupt;
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == line.npos || !IsNoteName(line.substr(0, space))) return corrupt;
  const auto bytes = crypto::FromBase64(line.substr(space + 1));
  if (!bytes || bytes->size() <= 4) return corrupt;
  NoteSignature out{std::string(line.substr(0, space)), {}, Bytes(bytes->begin() + 4, bytes->end())};
  std::copy_n(bytes->begin(), 4, out.id.begin());
  return out;
}

Result<std::vector<NoteSignature>> ParseSignatures(std::string_view lines) {
  std::vector<NoteSignature> out;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    if (end == lines.npos || out.size() == kMostSignatures) return Status::Corrupt("the note's end is not well-formed");
    MS_ASSIGN(NoteSignature one, ParseSignature(lines.substr(0, end)));
    out.push_back(std::move(one));
    lines.remove_prefix(end + 1);
  }
  return out;
}

// Where the signatures begin, behind the text and an empty line.
Result<std::size_t> SplitOf(std::string_view note) {
  const std::size_t split = note.rfind("\n\n");
  if (note.size() > kLongestNote || split == note.npos || !IsNoteText(note))
    return Status::Corrupt("this is no signed note");
  return split + 1;
}

}  // namespace

bool IsNoteName(std::string_view name) {
  const auto bad = [](char c) { return c == '+' || static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; };
  return !name.empty() && IsUtf8(AsBytes(name)) && std::none_of(name.begin(), name.end(), bad);
}

std::string HexText(ByteView bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) text += {kDigits[byte >> 4], kDigits[byte & 15]};
  return text;
}

ByteArray<4> NoteKey::Id() const {
  const std::string line = name + "\n" + static_cast<char>(kEd25519);
  const auto hash = crypto::Sha256({AsBytes(line), key});
  ByteArray<4> id;
  std::copy_n(hash.begin(), id.size(), id.begin());
  return id;
}

std::string WriteNoteKey(const NoteKey& key) {
  Bytes typed{kEd25519};
  typed.insert(typed.end(), key.key.begin(), key.key.end());
  return key.name + "+" + HexText(key.Id()) + "+" + crypto::ToBase64(typed);
}

Result<NoteKey> ParseNoteKey(std::string_view text) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == text.npos ? first : text.find('+', first + 1);
  const Status corrupt = Status::Corrupt("this is no verifier key of a note");
  if (second == text.npos) return corrupt;
  const auto typed = crypto::FromBase64(text.substr(second + 1));
  NoteKey key{std::string(text.substr(0, first)), {}};
  if (!IsNoteName(key.name) || !typed || typed->size() != 1 + key.key.size() || typed->front() != kEd25519)
    return corrupt;
  std::copy(typed->begin() + 1, typed->end(), key.key.begin());
  if (HexText(key.Id()) != text.substr(first + 1, second - first - 1)) return corrupt;
  return key;
}

std::string SignNote(std::string_view text, std::string_view name, const crypto::SigningSeed& seed) {
  const NoteKey key{std::string(name), crypto::VerifyKeyOf(seed)};
  const auto id = key.Id();
  const crypto::Signature signature = crypto::Sign(seed, AsBytes(text));
  Bytes both(id.begin(), id.end());
  both.insert(both.end(), signature.begin(), signature.end());
  return std::string(text) + "\n" + std::string(kDash) + key.name + " " + crypto::ToBase64(both) + "\n";
}

Result<OpenedNote> OpenNote(std::string_view note, std::span<const NoteKey> known) {
  MS_ASSIGN(const std::size_t split, SplitOf(note));
  OpenedNote out;
  out.text = note.substr(0, split);
  MS_ASSIGN(const auto signatures, ParseSignatures(note.substr(split + 1)));
  for (const NoteSignature& signature : signatures) {
    const auto key = std::find_if(known.begin(), known.end(), [&](const NoteKey& one) {
      return one.name == signature.name && one.Id() == signature.id;
    });
    if (key == known.end()) continue;
    if (!crypto::Verify(key->key, AsBytes(out.text), signature.signature))
      return Status::AuthFailed("a signature of the note does not fit its text");
    const auto signer = static_cast<std::size_t>(key - known.begin());
    if (std::find(out.signers.begin(), out.signers.end(), signer) == out.signers.end()) out.signers.push_back(signer);
  }
  if (out.signers.empty()) return Status::AuthFailed("nobody known signed the note");
  return out;
}

Result<UnprovenNote> ParseNote(std::string_view note) {
  MS_ASSIGN(const std::size_t split, SplitOf(note));
  UnprovenNote out{std::string(note.substr(0, split)), {}};
  MS_ASSIGN(out.signatures, ParseSignatures(note.substr(split + 1)));
  if (out.signatures.empty()) return Status::Corrupt("nobody signed the note");
  return out;
}

}  // namespace mseal::audit
