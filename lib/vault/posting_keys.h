// X_m: the key of posting rows' keys and values. There are two while a re-epoch builds the postings anew.
#pragma once

#include <vector>

#include "keys/meta_table.h"

namespace mseal::vault {

struct PostingKey {
  std::uint32_t generation = 1;
  KeyBytes key;
};

void PutPostingKey(const keys::MetaTable& meta, const PostingKey& key, store::Batch& batch);
void DeletePostingKey(const keys::MetaTable& meta, std::uint32_t generation, store::Batch& batch);
// Ascending. AuthFailed: there is none.
Result<std::vector<PostingKey>> ReadPostingKeys(const keys::MetaTable& meta);

}  // namespace mseal::vault
