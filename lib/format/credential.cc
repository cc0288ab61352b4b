// Parses and lays out a credential.
#include "format/credential.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kCredentialTagVersion = 1;

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
  } else if (out.kind != CredentialKind::kKeyFile) {
    in.Fail();
  }
  out.sealed = in.Take(kSealedCredentialSize);
  if (!in.Done()) return Status::Corrupt("credential");
  return out;
}

Bytes EncodeCredential(const Credential& credential) {
  Bytes bytes;
  Writer out(bytes);
  out.U8(kCredentialVersion).U8(static_cast<std::uint8_t>(credential.kind));
  if (credential.kind == CredentialKind::kPassword)
    out.U32(credential.memory_kib).U32(credential.passes).Raw(credential.salt);
  out.Raw(credential.sealed);
  return bytes;
}

Result<CredentialContent> ParseCredentialContent(ByteView content) {
  Reader in(content);
  CredentialContent out;
  out.private_key = in.Take(32);
  out.seed = in.Take(32);
  out.founder_key = in.Take(32);
  if (!in.Done()) return Status::Corrupt("content of a credential");
  return out;
}

SecretBytes EncodeCredentialContent(const CredentialContent& content) {
  SecretBytes bytes;
  bytes.Reserve(kCredentialContentSize);
  SecretWriter(bytes).Raw(content.private_key).Raw(content.seed).Raw(content.founder_key);
  return bytes;
}

Result<ByteArray<32>> ParseCredentialTag(ByteView bytes) {
  Reader in(bytes);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kCredentialTagVersion) return Status::UnsupportedVersion("credential tag");
  const auto tag = in.Fixed<32>();
  if (!in.Done()) return Status::Corrupt("credential tag");
  return tag;
}

Bytes EncodeCredentialTag(const ByteArray<32>& tag) {
  Bytes bytes;
  Writer(bytes).U8(kCredentialTagVersion).Raw(tag);
  return bytes;
}

}  // namespace mseal::format
