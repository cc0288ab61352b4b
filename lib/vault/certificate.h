// The certificate of an erasure: JSON that says what was destroyed and what was seen of it, signed, verifiable by
// anybody without the vault. FORMAT.md, "Certificate".
#pragma once

#include <optional>
#include <string>

#include "crypto/sign.h"
#include "vault/core.h"

namespace mseal::vault {

// Draws the key that signs certificates and lets the founder sign it, into `batch`.
void MakeCertificateKey(const keys::MetaTable& meta, const keys::StoreId& store, const crypto::SigningSeed& founder,
                        store::Batch& batch);

// Of a patient who was erased, as things stand now: it never says more than was observed.
//   NotFound  the patient was not erased
Result<std::string> MakeCertificate(const Core& core, const keys::PatientHandle& patient);

// The erasure with this certificate number. NotFound.
Result<keys::PatientHandle> FindErasure(const Core& core, const ByteArray<16>& certificate);

struct CertificateFacts {
  bool dead = false;                // else withdrawn only
  bool complete = false;            // dead, purged, and every place reached
  crypto::VerifyKey founder_key{};  // to be compared with the one that the laboratory's papers name
};

// `founder`: the key that has to stand behind it; without, the one that the certificate names is taken and reported.
//   Corrupt             it is no certificate
//   UnsupportedVersion  it was made by a later medseal
//   AuthFailed          a byte was changed, or another founder stands behind it
Result<CertificateFacts> VerifyCertificate(std::string_view text, const std::optional<crypto::VerifyKey>& founder);

}  // namespace mseal::vault
