// The vector files of keys and people, run through their parsers.
#pragma once

#include <string>

#include "base/bytes.h"
#include "support/vectors.h"

namespace mseal::test {

// The bytes of a case. Layouts that end in many zeros have them counted instead of written down.
Bytes BytesOf(const Case& one);

// The first case of tests/vectors/format/`file`.json.
Case WorkedCase(const std::string& file);

// Every case of the file ends with its code, and what is read is written again unchanged. `layout` as layouts.h names
// it.
void ExpectEveryCaseEndsWithItsCode(const std::string& file, const std::string& layout);

// The page shows the worked example, but for the zeros at its end.
void ExpectPageShows(const std::string& file);

}  // namespace mseal::test
