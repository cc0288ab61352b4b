// What is fixed for a store when it is made, as a row of meta.
#pragma once

#include "keys/meta_table.h"
#include "vault/row_codec.h"

namespace mseal::vault {

struct Settings {
  std::uint8_t bucket_bits = 9;  // 512 buckets: a thousand patients each at half a million
  std::uint64_t created_ms = 0;
};

void PutSettings(const keys::MetaTable& meta, const StoreIdentity& identity, const Settings& settings,
                 store::Batch& batch);
// AuthFailed if they are another store's.
Result<Settings> ReadSettings(const keys::MetaTable& meta, const StoreIdentity& identity);

}  // namespace mseal::vault
