// Parses and lays out a credential.
#include "format/credential.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {

Result<Credential> ParseCredential(ByteView bytes) {
  Reader in(bytes);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kCredentialVersion) return Status::UnsupportedVersion("credential");
  Credential out;
  out.memory_kib = in.U32();
  out.passes = in.U32();
  out.salt = in.Fixed<16>();
  out.sealed = in.Take(kCredentialContentSize + kSealedOverhead);
  if (!in.Done()) return Status::Corrupt("credential");
  return out;
}

Bytes EncodeCredential(const Credential& credential) {
  Bytes bytes;
  Writer out(bytes);
  out.U8(kCredentialVersion).U32(credential.memory_kib).U32(credential.passes);
  out.Raw(credential.salt).Raw(credential.sealed);
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

}  // namespace mseal::format
