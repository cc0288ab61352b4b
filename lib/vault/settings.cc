// Stores and reads the settings.
#include "vault/settings.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::vault {
namespace {

constexpr std::uint8_t kSettingsVersion = 1;

}  // namespace

void PutSettings(const keys::MetaTable& meta, const Settings& settings, store::Batch& batch) {
  Bytes content;
  Writer(content)
      .U8(kSettingsVersion)
      .U8(static_cast<std::uint8_t>(settings.suite))
      .U8(settings.bucket_bits)
      .U64(settings.created_ms);
  meta.Put(batch, keys::MetaKind::kSettings, {}, content);
}

Result<Settings> ReadSettings(const keys::MetaTable& meta) {
  MS_ASSIGN(const SecretBytes content, meta.Get(keys::MetaKind::kSettings, {}));
  Reader in(content.Reveal());
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kSettingsVersion) return Status::UnsupportedVersion("settings");
  const std::uint8_t suite = in.U8();
  Settings settings;
  settings.bucket_bits = in.U8();
  settings.created_ms = in.U64();
  if (!in.Done() || settings.bucket_bits > 31) return Status::Corrupt("settings are not well-formed");
  MS_ASSIGN(settings.suite, crypto::SuiteFromNumber(suite));
  return settings;
}

}  // namespace mseal::vault
