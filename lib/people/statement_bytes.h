// What is signed and what is linked of a statement. FORMAT.md, "Statement".
#pragma once

#include "base/writer.h"
#include "crypto/hash.h"
#include "format/statement.h"

namespace mseal::people {

// The bytes a signature is over: a prefix that no other message of ours begins with, then the statement without its
// signature.
inline Bytes SignedMessage(ByteView covered) {
  constexpr std::string_view kPrefix = "medseal.v1.statement";
  Bytes message;
  Writer(message).Raw(AsBytes(kPrefix)).Raw(covered);
  return message;
}

// What the next statement names this one by: over the signature too.
inline ByteArray<32> DigestOfStatement(ByteView statement) { return crypto::Hash("medseal.v1.stmt", statement); }

}  // namespace mseal::people
