// Brings text to one form for comparing: compatibility forms, case, accents and ligatures are evened out.
#pragma once

#include "base/secret_bytes.h"

namespace mseal::schema {

enum class Marks { kKeep, kDrop };

// Appends the folded `text` to `out`, in UTF-8. False, with nothing appended, when `text` is not UTF-8.
bool Fold(ByteView text, Marks marks, SecretBytes& out);

// Whether the character is a letter or a digit; all else parts words.
bool IsWordCharacter(char32_t character);

// The character at `at`, which is moved behind it. `text` is UTF-8.
char32_t NextCharacter(ByteView text, std::size_t& at);

// What Fold depends on beside this code.
std::uint32_t FoldVersion();

}  // namespace mseal::schema
