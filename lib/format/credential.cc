// Parses and lays out a credential.
#include "format/credential.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kKeyFileTagVersion = 1;
constexpr std::uint8_t kPasswordTagVersion = 2;
constexpr std::uint8_t kPasswordSaltVersion = 1;

bool AreMarks(std::size_t size) { return size % kPastMarkSize == 0 && size <= kMostPastMarks * kPastMarkSize; }

}  // namespace

Result<Credential> ParseCredential(ByteView bytes) {
  Reader in(bytes);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kCredentialVersion) return Status::UnsupportedVersion("credential");
  Credential out;
  const std::uint8_t kind = in.U8();
  out.kind = static_cast<CredentialKind>(kind);
  if (out.kind == CredentialKind::kPassword) {
    out.memory_kib = in.U32();
    out.passes = in.U32();
    out.salt = in.Fixed<16>();
  } else if (out.kind == CredentialKind::kToken) {
    out.token_key = in.Fixed<16>();
    out.nonce = in.Fixed<12>();
    out.wrapped = in.Take(kTokenWrappedSize);
  } else if (out.kind != CredentialKind::kKeyFile) {
    in.Fail();
  }
  out.sealed = in.Rest();
  const bool whole = in.ok() && out.sealed.size() >= kSealedCredentialSize;
  if (!whole || !AreMarks(out.sealed.size() - kSealedCredentialSize)) return Status::Corrupt("credential");
  return out;
}

Bytes EncodeCredential(const Credential& credential) {
  Bytes bytes;
  Writer out(bytes);
  out.U8(kCredentialVersion).U8(static_cast<std::uint8_t>(credential.kind));
  if (credential.kind == CredentialKind::kPassword)
    out.U32(credential.memory_kib).U32(credential.passes).Raw(credential.salt);
  if (credential.kind == CredentialKind::kToken)
    out.Raw(credential.token_key).Raw(credential.nonce).Raw(credential.wrapped);
  out.Raw(credential.sealed);
  return bytes;
}

Result<CredentialContent> ParseCredentialContent(ByteView content) {
  Reader in(content);
  CredentialContent out;
  out.private_key = in.Take(32);
  out.seed = in.Take(32);
  out.founder_key = in.Take(32);
  out.past = in.Rest();
  if (!in.ok() || !AreMarks(out.past.size())) return Status::Corrupt("content of a credential");
  return out;
}

SecretBytes EncodeCredentialContent(const CredentialContent& content) {
  SecretBytes bytes;
  bytes.Reserve(kCredentialContentSize + content.past.size());
  SecretWriter(bytes).Raw(content.private_key).Raw(content.seed).Raw(content.founder_key).Raw(content.past);
  return bytes;
}

Result<CredentialTag> ParseCredentialTag(ByteView bytes) {
  Reader in(bytes);
  const std::uint8_t version = in.U8();
  const bool of_password = version == kPasswordTagVersion;
  if (in.ok() && version != kKeyFileTagVersion && !of_password) return Status::UnsupportedVersion("credential tag");
  CredentialTag out;
  if (of_password) out.class_key = in.U32();
  out.tag = in.Fixed<32>();
  if (!in.Done() || (of_password && out.class_key == 0)) return Status::Corrupt("credential tag");
  return out;
}

Bytes EncodeCredentialTag(const CredentialTag& tag) {
  Bytes bytes;
  Writer out(bytes);
  out.U8(tag.class_key == 0 ? kKeyFileTagVersion : kPasswordTagVersion);
  if (tag.class_key != 0) out.U32(tag.class_key);
  out.Raw(tag.tag);
  return bytes;
}

Result<PasswordSalt> ParsePasswordSalt(ByteView bytes) {
  Reader in(bytes);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kPasswordSaltVersion) return Status::UnsupportedVersion("password salt");
  PasswordSalt out;
  out.memory_kib = in.U32();
  out.passes = in.U32();
  out.salt = in.Fixed<16>();
  if (!in.Done()) return Status::Corrupt("password salt");
  return out;
}

Bytes EncodePasswordSalt(const PasswordSalt& salt) {
  Bytes bytes;
  Writer(bytes).U8(kPasswordSaltVersion).U32(salt.memory_kib).U32(salt.passes).Raw(salt.salt);
  return bytes;
}

}  // namespace mseal::format
