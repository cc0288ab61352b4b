// What is fixed for a store when it is made, as a row of meta.
#pragma once

#include "keys/meta_table.h"
#include "vault/row_codec.h"

namespace mseal::vault {

struct Settings {
  crypto::Suite suite = crypto::Suite::kChaCha20Poly1305;  // that the store was founded under
  std::uint8_t bucket_bits = 9;                            // 512 buckets: a thousand patients each at half a million
  std::uint64_t created_ms = 0;
};

void PutSettings(const keys::MetaTable& meta, const Settings& settings, store::Batch& batch);
Result<Settings> ReadSettings(const keys::MetaTable& meta);

}  // namespace mseal::vault
