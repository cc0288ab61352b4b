// Stores what a person logs in with, and refuses what serves another person already.
#include "crypto/hash.h"
#include "people/registry.h"

namespace mseal::people {

using keys::MetaKind;

Status Registry::CheckOwnCredential(const ByteArray<32>& tag) const {
  return meta_.ForEach(MetaKind::kCredentialTag, [&](ByteView, const SecretBytes& content) -> Status {
    MS_ASSIGN(const ByteArray<32> known, format::ParseCredentialTag(content.Reveal()));
    if (!crypto::SameSecret(known, tag)) return Status::Ok();
    return Status::AlreadyExists("somebody logs in with this key file: every person has a credential of their own");
  });
}

// The caller holds the change of the chain, so that no two persons come to one credential at a time.
Status Registry::PutCredential(store::Batch& batch, PersonNumber person, const PrivateKeys& keys,
                               const LoginSecret& secret, const crypto::Argon2Cost& cost) const {
  const Bytes id = keys::MetaIdOf({person});
  MS_ASSIGN(const Bytes credential, SealCredential(store_, suite_, person, keys, secret, cost));
  meta_.Put(batch, MetaKind::kCredential, id, credential);
  if (secret.kind == CredentialKind::kPassword) return meta_.Delete(batch, MetaKind::kCredentialTag, id), Status::Ok();
  MS_ASSIGN(const ByteArray<32> tag, TagOfKeyFile(store_, secret.bytes));
  MS_TRY(CheckOwnCredential(tag));
  meta_.Put(batch, MetaKind::kCredentialTag, id, format::EncodeCredentialTag(tag));
  return Status::Ok();
}

}  // namespace mseal::people
