// Seals and opens: derive, compare the commitment, run the AEAD.
#include "seal/seal.h"

namespace mseal::seal {
namespace {

// The key is fresh for every salt and label, so the nonce may be fixed.
constexpr crypto::Nonce kZeroNonce{};

crypto::Label LabelOf(const Place& place) {
  return format::EncodeLabel(
      {place.purpose, static_cast<std::uint8_t>(place.suite), place.class_number, place.generation, place.number});
}

Salt HedgedSalt(KeyView key, const Place& place, ByteView content) {
  return crypto::SaltHedge().AddKey(key).AddContext(place.context).AddPlaintext(content).Finish();
}

Status Refused() { return Status::AuthFailed("sealed value does not authenticate"); }

}  // namespace

Digest DigestOf(const format::Context& context) { return crypto::Hash("medseal.v1.ctx", context.bytes()); }

void SealMessage(KeyView key, const Place& place, const Salt& salt, ByteView content, MutableBytes out,
                 Commitment& commitment) {
  crypto::MessageKey message_key;
  crypto::Derive(key, salt, place.context, LabelOf(place), message_key);
  commitment = message_key.commitment;
  crypto::AeadSeal(place.suite, message_key.Reveal(), kZeroNonce, content, out);
}

Status OpenMessage(KeyView key, const Place& place, const Salt& salt, const Commitment& commitment, ByteView message,
                   MutableBytes out) {
  crypto::MessageKey message_key;
  crypto::Derive(key, salt, place.context, LabelOf(place), message_key);
  if (!crypto::SameSecret(message_key.commitment, commitment)) return Wipe(out), Refused();
  if (!crypto::AeadOpen(place.suite, message_key.Reveal(), kZeroNonce, message, out)) return Refused();
  return Status::Ok();
}

void FillMessage(KeyView key, const Place& place, const Salt& salt, MutableBytes out, Commitment& commitment) {
  crypto::MessageKey message_key;
  crypto::Derive(key, salt, place.context, LabelOf(place), message_key);
  commitment = message_key.commitment;
  crypto::Keystream(message_key.Reveal(), out);
}

void Seal(KeyView key, const Place& place, ByteView content, Bytes& out) {
  const std::size_t start = out.size();
  out.resize(start + content.size() + format::kSealedOverhead);
  const MutableBytes sealed = MutableBytes(out).subspan(start);
  const Salt salt = HedgedSalt(key, place, content);
  Commitment commitment;
  SealMessage(key, place, salt, content, sealed.subspan(format::kSealedHead), commitment);
  format::WriteSealedHead(static_cast<std::uint8_t>(place.suite), salt, commitment, sealed);
}

Bytes Seal(KeyView key, const Place& place, ByteView content) {
  Bytes out;
  Seal(key, place, content, out);
  return out;
}

Result<SecretBytes> Open(KeyView key, const Place& place, ByteView sealed) {
  MS_ASSIGN(const format::Sealed parsed, format::ParseSealed(sealed));
  if (parsed.suite != static_cast<std::uint8_t>(place.suite)) return Refused();
  SecretBytes content(parsed.message.size() - crypto::kTagSize);
  MS_TRY(OpenMessage(key, place, parsed.salt, parsed.commitment, parsed.message, content.Reveal()));
  return content;
}

Bytes WrapKey(KeyView wrapping, const Place& place, KeyView key) { return Seal(wrapping, place, key); }

Result<KeyBytes> UnwrapKey(KeyView wrapping, const Place& place, ByteView sealed) {
  MS_ASSIGN(const format::Sealed parsed, format::ParseSealed(sealed));
  if (parsed.suite != static_cast<std::uint8_t>(place.suite)) return Refused();
  if (parsed.message.size() != kKeySize + crypto::kTagSize) return Refused();
  KeyBytes key;
  MS_TRY(OpenMessage(wrapping, place, parsed.salt, parsed.commitment, parsed.message, key.Fill()));
  return key;
}

}  // namespace mseal::seal
