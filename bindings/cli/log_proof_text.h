// Proofs of the log as one JSON object, which travels and is checked elsewhere.
#pragma once

#include <string>
#include <string_view>

#include "status.h"

namespace cli {

// `kind`: inclusion or consistency.
std::string ProofJson(std::string_view kind, const medseal::AuditProof& proof);
// Corrupt: it is no proof of that kind.
Result<medseal::AuditProof> ParseProof(std::string_view kind, std::string_view json);

void WriteCheckpoint(const medseal::Buffer& note, bool json);
std::string HexText(medseal::ByteView bytes);

// What is no secret, from a file: a checkpoint, a proof.
Result<std::string> ReadText(const std::string& path);
// A verifier key: as it is, or the first line of @FILE.
Result<std::string> ReadVerifierKey(const std::string& argument);

}  // namespace cli
