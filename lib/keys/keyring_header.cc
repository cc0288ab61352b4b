// Makes and checks the header of a keyring file. FORMAT.md, "Keyring file".
#include "keys/keyring_header.h"

#include "crypto/hash.h"

namespace mseal::keys {
namespace {

ByteArray<32> ChecksumOf(ByteView covered) { return crypto::Hash("medseal.v1.kring", covered); }

format::KeyringHeader Laid(const KeyringHeader& header, ByteView key_check) {
  return {static_cast<format::KeyringKind>(header.kind),
          static_cast<std::uint8_t>(header.binding.suite),
          header.cost.memory_kib,
          header.cost.passes,
          header.salt,
          header.binding.store,
          header.binding.instance,
          key_check};
}

Status CheckStoredCost(const KeyringHeader& header) {
  if (header.kind == KeyringSecret::Kind::kKeyFile || crypto::CheckCost(header.cost).ok()) return Status::Ok();
  return Status::Corrupt("the cost of a keyring is out of range");
}

}  // namespace

Status CheckSecret(const KeyringSecret& secret) {
  if (secret.bytes.empty()) return Status::InvalidArgument("the keyring's secret is empty");
  if (secret.kind == KeyringSecret::Kind::kPassphrase || secret.bytes.size() == kKeySize) return Status::Ok();
  return Status::InvalidArgument("a key file is 32 bytes");
}

Result<KeyBytes> KeyOfSecret(const KeyringSecret& secret, const KeyringHeader& header) {
  MS_TRY(CheckSecret(secret));
  if (secret.kind == KeyringSecret::Kind::kPassphrase) {
    return crypto::KeyFromPassword(secret.bytes.Reveal(), header.salt, header.cost);
  }
  MS_ASSIGN(const KeyView key_file, crypto::KeyFromBytes(secret.bytes.Reveal()));
  if (secret.kind == KeyringSecret::Kind::kDerived) return KeyBytes::CopyOf(key_file);
  KeyBytes key;
  crypto::Hasher("medseal.v1.kfile", key_file, kKeySize).Add(header.salt).Finish(key.Fill());
  return key;
}

Bytes SealKeyringHeader(KeyView key, const KeyringHeader& header) {
  const Bytes key_check = seal::Seal(key, KeyringPlace(header.binding, format::kKeyCheckNumber), {});
  const Bytes covered = format::EncodeKeyringHeader(Laid(header, key_check));
  return format::FinishKeyringHeader(covered, ChecksumOf(covered));
}

Result<KeyringHeader> ReadKeyringHeader(const File& file) {
  MS_ASSIGN(const FileFacts facts, file.Look());
  if (facts.size > format::kKeyringSize) return Status::Corrupt("bytes after the end of a keyring");
  Bytes page(format::kKeyringPage);
  MS_TRY(file.ReadAt(0, page));
  MS_ASSIGN(const format::KeyringHeaderPage parsed, format::ParseKeyringHeader(page));
  if (!SameBytes(ChecksumOf(parsed.covered), parsed.checksum)) return Status::Corrupt("keyring header");
  const format::KeyringHeader& laid = parsed.header;
  MS_ASSIGN(const crypto::Suite suite, crypto::SuiteFromNumber(laid.suite));
  KeyringHeader header{static_cast<KeyringSecret::Kind>(laid.kind),
                       {laid.store, laid.instance, suite},
                       {laid.memory_kib, laid.passes},
                       laid.salt,
                       Bytes(laid.key_check.begin(), laid.key_check.end())};
  MS_TRY(CheckStoredCost(header));
  return header;
}

Status CheckKey(KeyView key, const KeyringHeader& header) {
  const auto opened = seal::Open(key, KeyringPlace(header.binding, format::kKeyCheckNumber), header.key_check);
  if (opened.code() != StatusCode::kAuthFailed) return opened.status();
  return Status::WrongSecret("the keyring opens with another passphrase or key file");
}

}  // namespace mseal::keys
