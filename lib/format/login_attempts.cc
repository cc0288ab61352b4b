// Parses and lays out what is kept of failed logins.
#include "format/login_attempts.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kLoginAttemptsVersion = 1;
constexpr std::uint8_t kLoginKeyVersion = 1;

}  // namespace

Result<LoginAttempts> ParseLoginAttempts(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kLoginAttemptsVersion) return Status::UnsupportedVersion("login attempts");
  LoginAttempts out;
  out.name = in.Fixed<16>();
  out.failures = in.U32();
  out.newest_ms = in.U64();
  if (!in.Done() || out.failures == 0) return Status::Corrupt("login attempts are not well-formed");
  return out;
}

Bytes EncodeLoginAttempts(const LoginAttempts& attempts) {
  Bytes content;
  Writer(content).U8(kLoginAttemptsVersion).Raw(attempts.name).U32(attempts.failures).U64(attempts.newest_ms);
  return content;
}

Result<KeyBytes> ParseLoginKey(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kLoginKeyVersion) return Status::UnsupportedVersion("login key");
  const ByteView key = in.Take(kKeySize);
  if (!in.Done()) return Status::Corrupt("login key is not well-formed");
  return KeyBytes::CopyOf(KeyView(key.data(), kKeySize));
}

SecretBytes EncodeLoginKey(KeyView key) {
  SecretBytes content;
  content.Reserve(1 + kKeySize);
  SecretWriter(content).U8(kLoginKeyVersion).Raw(key);
  return content;
}

}  // namespace mseal::format
