// Writes and reads the keys of the log.
#include "format/log_keys.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {
constexpr std::uint8_t kVersion = 1;
}

SecretBytes WriteLogKeys(const LogKeysContent& keys) {
  SecretBytes content;
  SecretWriter(content).U8(kVersion).Raw(keys.key.Reveal()).Raw(keys.seed.Reveal()).Raw(keys.founder_signature);
  return content;
}

Result<LogKeysContent> ParseLogKeys(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("log keys");
  const ByteView key = in.Take(kKeySize);
  const ByteView seed = in.Take(kKeySize);
  LogKeysContent keys;
  keys.founder_signature = in.Fixed<64>();
  if (!in.Done()) return Status::Corrupt("the log's keys are not well-formed");
  CopyBytes(key, keys.key.Fill());
  CopyBytes(seed, keys.seed.Fill());
  return keys;
}

}  // namespace mseal::format
