// Seals and opens: derive, compare the commitment, run the AEAD.
#include "seal/seal.h"

namespace mseal::seal {
namespace {

// The key is fresh for every salt and label, so the nonce may be fixed.
constexpr crypto::Nonce kZeroNonce{};

crypto::Label LabelOf(const Place& place, Suite suite) {
  return format::EncodeLabel(
      {place.purpose, static_cast<std::uint8_t>(suite), place.class_number, place.generation, place.number});
}

Salt HedgedSalt(KeyView key, const Place& place, ByteView content) {
  return crypto::SaltHedge().AddKey(key).AddContext(place.context).AddPlaintext(content).Finish();
}

Status Refused() { return Status::AuthFailed("sealed value does not authenticate"); }

// The place under the suite that the bytes name. AuthFailed: it is not accepted there.
Result<Place> UnderNamed(const Place& place, std::uint8_t number) {
  const auto suite = crypto::SuiteFromNumber(number);
  if (!suite.ok() || !place.suite.Accepts(*suite)) return Refused();
  return place.Under(*suite);
}

}  // namespace

Digest DigestOf(const format::Context& context) { return crypto::Hash("medseal.v1.ctx", context.bytes()); }

void SealMessage(KeyView key, const Place& place, const Salt& salt, ByteView content, MutableBytes out,
                 Commitment& commitment) {
  const Suite suite = place.suite.newest();
  crypto::MessageKey message_key;
  crypto::Derive(key, salt, place.context, LabelOf(place, suite), message_key);
  commitment = message_key.commitment;
  crypto::AeadSeal(suite, message_key.Reveal(), kZeroNonce, content, out);
}

// The commitment binds the suite: it fits one of them at most, and that one alone is asked.
Status OpenMessage(KeyView key, const Place& place, const Salt& salt, const Commitment& commitment, ByteView message,
                   MutableBytes out) {
  crypto::MessageKey message_key;
  for (const Suite suite : place.suite) {
    crypto::Derive(key, salt, place.context, LabelOf(place, suite), message_key);
    if (!crypto::SameSecret(message_key.commitment, commitment)) continue;
    const Status can = crypto::CheckSuite(suite);
    if (!can.ok()) return Wipe(out), can;
    return crypto::AeadOpen(suite, message_key.Reveal(), kZeroNonce, message, out) ? Status::Ok() : Refused();
  }
  return Wipe(out), Refused();
}

void FillMessage(KeyView key, const Place& place, const Salt& salt, MutableBytes out, Commitment& commitment) {
  crypto::MessageKey message_key;
  crypto::Derive(key, salt, place.context, LabelOf(place, place.suite.newest()), message_key);
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
  format::WriteSealedHead(static_cast<std::uint8_t>(place.suite.newest()), salt, commitment, sealed);
}

Bytes Seal(KeyView key, const Place& place, ByteView content) {
  Bytes out;
  Seal(key, place, content, out);
  return out;
}

Result<SecretBytes> Open(KeyView key, const Place& place, ByteView sealed) {
  MS_ASSIGN(const format::Sealed parsed, format::ParseSealed(sealed));
  MS_ASSIGN(const Place here, UnderNamed(place, parsed.suite));
  SecretBytes content(parsed.message.size() - crypto::kTagSize);
  MS_TRY(OpenMessage(key, here, parsed.salt, parsed.commitment, parsed.message, content.Reveal()));
  return content;
}

bool IsUnder(Suite suite, ByteView sealed) {
  const auto parsed = format::ParseSealed(sealed);
  return parsed.ok() && parsed->suite == static_cast<std::uint8_t>(suite);
}

Bytes WrapKey(KeyView wrapping, const Place& place, KeyView key) { return Seal(wrapping, place, key); }

Result<KeyBytes> UnwrapKey(KeyView wrapping, const Place& place, ByteView sealed) {
  MS_ASSIGN(const format::Sealed parsed, format::ParseSealed(sealed));
  MS_ASSIGN(const Place here, UnderNamed(place, parsed.suite));
  if (parsed.message.size() != kKeySize + crypto::kTagSize) return Refused();
  KeyBytes key;
  MS_TRY(OpenMessage(wrapping, here, parsed.salt, parsed.commitment, parsed.message, key.Fill()));
  return key;
}

}  // namespace mseal::seal
