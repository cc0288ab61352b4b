// Stores and reads posting keys.
#include "vault/posting_keys.h"

#include "base/reader.h"

namespace mseal::vault {

using keys::MetaKind;

void PutPostingKey(const keys::MetaTable& meta, const PostingKey& key, store::Batch& batch) {
  meta.Put(batch, MetaKind::kPostingKey, keys::MetaIdOf({key.generation}), key.key.Reveal());
}

void DeletePostingKey(const keys::MetaTable& meta, std::uint32_t generation, store::Batch& batch) {
  meta.Delete(batch, MetaKind::kPostingKey, keys::MetaIdOf({generation}));
}

Result<std::vector<PostingKey>> ReadPostingKeys(const keys::MetaTable& meta) {
  std::vector<PostingKey> keys;
  MS_TRY(meta.ForEach(MetaKind::kPostingKey, [&](ByteView id, const SecretBytes& content) {
    if (content.size() != kKeySize) return Status::Corrupt("posting key is not well-formed");
    keys.push_back({Reader(id).U32(), KeyBytes::CopyOf(KeyView(content.Reveal().data(), kKeySize))});
    return Status::Ok();
  }));
  if (keys.empty()) return Status::AuthFailed("the posting key is missing");
  return keys;
}

}  // namespace mseal::vault
