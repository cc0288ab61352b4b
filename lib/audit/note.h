// Signed notes (C2SP signed-note): a text and below it the signatures of whoever stands behind it, as one text that
// travels by mail, file or web.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "crypto/sign.h"

namespace mseal::audit {

// Whose signature it is: an Ed25519 key and the name it goes by, without white space and plus signs.
struct NoteKey {
  std::string name;
  crypto::VerifyKey key{};
  // The four bytes that signatures name it by.
  ByteArray<4> Id() const;
};

// Lower case, as the ids in notes are written.
std::string HexText(ByteView bytes);

// "name+id+key", as the specification writes verifier keys.
std::string WriteNoteKey(const NoteKey& key);
Result<NoteKey> ParseNoteKey(std::string_view text);  // Corrupt

// `text` ends with a line feed and has no other control character.
std::string SignNote(std::string_view text, std::string_view name, const crypto::SigningSeed& seed);

struct OpenedNote {
  std::string text;
  std::vector<std::size_t> signers;  // which of the known keys, each once
};

// Takes a note that at least one of `known` signed; signatures by other keys are passed over.
//   Corrupt     it is no note
//   AuthFailed  none of `known` signed it, or a signature in the name of one of them is not by its key
Result<OpenedNote> OpenNote(std::string_view note, std::span<const NoteKey> known);

// One signature line, whosever it is.
struct NoteSignature {
  std::string name;
  ByteArray<4> id{};
  Bytes signature;
};
struct UnprovenNote {
  std::string text;
  std::vector<NoteSignature> signatures;  // at least one
};
// Corrupt: it is no note.
Result<UnprovenNote> ParseNote(std::string_view note);
// Whether a key of a note may have that name.
bool IsNoteName(std::string_view name);

}  // namespace mseal::audit
