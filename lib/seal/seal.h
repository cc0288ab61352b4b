// The one construct for everything that is sealed: context and label go into the key, the key commits to itself, and
// the AEAD runs under that key once. FORMAT.md, "Seal". Nothing here keeps a key or touches a disk.
#pragma once

#include "base/bytes.h"
#include "base/secret_bytes.h"
#include "base/status.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/kdf.h"
#include "crypto/random.h"
#include "format/context.h"
#include "format/label.h"
#include "format/sealed.h"
#include "seal/suites.h"

namespace mseal::seal {

using crypto::Commitment;
using crypto::Digest;
using crypto::Salt;

// Where a sealed value belongs: opening it anywhere else fails. It is sealed under the newest of the suites; whatever
// tells its suite by a byte or, as a commitment binds it, by that alone, opens under each of them.
struct Place {
  format::Purpose purpose;
  SuiteSet suite;
  Digest context;
  std::uint8_t class_number = format::kNoClass;
  std::uint32_t generation = 0;
  std::uint64_t number = 0;

  // The same under one suite alone.
  Place Under(Suite only) const {
    Place place = *this;
    place.suite = only;
    return place;
  }
};

Digest DigestOf(const format::Context& context);

// Sealing in parts, for rows that keep salt and commitment in a header. `out` is 16 bytes longer than `content`. One
// key, place and salt seal one content only.
void SealMessage(KeyView key, const Place& place, const Salt& salt, ByteView content, MutableBytes out,
                 Commitment& commitment);

//   AuthFailed        changed, cut, moved, or sealed under another key or suite; `out` is then zero
//   SuiteUnavailable  sealed under a suite that this machine cannot do
Status OpenMessage(KeyView key, const Place& place, const Salt& salt, const Commitment& commitment, ByteView message,
                   MutableBytes out);

// Key stream in the place of a message, and the commitment that goes with it: what a void group and row padding are
// made of.
void FillMessage(KeyView key, const Place& place, const Salt& salt, MutableBytes out, Commitment& commitment);

// A sealed value of its own, with a salt hedged over key, context and content. Appended to `out`.
void Seal(KeyView key, const Place& place, ByteView content, Bytes& out);
Bytes Seal(KeyView key, const Place& place, ByteView content);

//   UnsupportedVersion, Corrupt  the bytes do not parse
//   AuthFailed                   they parse but do not belong here, the number of a suite not accepted included
//   SuiteUnavailable             sealed under a suite that this machine cannot do
Result<SecretBytes> Open(KeyView key, const Place& place, ByteView sealed);

// The same for a 32-byte key. A content of any other size is AuthFailed.
Bytes WrapKey(KeyView wrapping, const Place& place, KeyView key);
Result<KeyBytes> UnwrapKey(KeyView wrapping, const Place& place, ByteView sealed);

// Whether the bytes of a sealed value say that it lies under the suite: it opens under no other.
bool IsUnder(Suite suite, ByteView sealed);

}  // namespace mseal::seal
