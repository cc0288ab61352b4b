// Draws and reads the log's keys, and makes tokens of persons.
#include "audit/log_keys.h"

#include <chrono>

#include "base/writer.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "format/log_keys.h"

namespace mseal::audit {
namespace {

constexpr std::string_view kSignedAs = "medseal log key 1\n";

Bytes KeyMessage(const keys::StoreId& store, const crypto::VerifyKey& key) {
  Bytes message;
  Writer(message).Raw(AsBytes(kSignedAs)).Raw(store).Raw(key);
  return message;
}

}  // namespace

SecretBytes DrawLogKeys(const keys::StoreId& store, const crypto::SigningSeed& founder) {
  const crypto::SigningSeed signer(crypto::RandomKey());
  const auto signature = crypto::Sign(founder, KeyMessage(store, crypto::VerifyKeyOf(signer)));
  return format::WriteLogKeys({crypto::RandomKey(), KeyBytes::CopyOf(signer.Reveal()), signature});
}

Result<LogKeys> ReadLogKeys(ByteView content) {
  MS_ASSIGN(format::LogKeysContent stored, format::ParseLogKeys(content));
  const KeyView key = stored.key.Reveal();  // only to take subkeys from
  LogKeys keys;
  keys.month = crypto::Subkey(key, "ms.logmonth");
  keys.index = crypto::Subkey(key, "ms.logindex");
  keys.place = crypto::Subkey(key, "ms.logplace");
  keys.signer = crypto::SigningSeed(std::move(stored.seed));
  keys.founder_signature = stored.founder_signature;
  return keys;
}

bool IsFoundersLogKey(const keys::StoreId& store, const crypto::VerifyKey& founder, const crypto::VerifyKey& key,
                      ByteView signature) {
  return crypto::Verify(founder, KeyMessage(store, key), signature);
}

ByteArray<16> MonthToken(const LogKeys& keys, std::uint32_t person, std::uint32_t month) {
  Bytes name;
  Writer(name).U32(person).U32(month);
  return crypto::Prf16(keys.month.Reveal(), "ms.logperson", name);
}

std::uint32_t MonthOf(std::uint64_t time_ms) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(time_ms)};
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(time)};
  return static_cast<std::uint32_t>((static_cast<int>(day.year()) - 1970) * 12) + static_cast<unsigned>(day.month()) -
         1;
}

}  // namespace mseal::audit
