// Which generations of each index's key are in use: one, or several while a rotation goes on.
#pragma once

#include <map>
#include <mutex>
#include <shared_mutex>

#include "format/job.h"
#include "keys/meta_table.h"
#include "vault/index_keys.h"

namespace mseal::vault {

// Values are written under the newest and looked for under every one from the oldest.
struct IndexGeneration {
  std::uint32_t oldest = kFirstIndexGeneration;
  std::uint32_t newest = kFirstIndexGeneration;
};

// Any thread may call.
class IndexGenerations {
 public:
  // What the index keys and the rotations in `meta` say. A rotation that found nothing more under older generations has
  // ended their use.
  Status Load(const keys::MetaTable& meta);
  IndexGeneration Of(std::uint32_t index) const;
  // By index; without an entry: the first generation alone.
  std::map<std::uint32_t, IndexGeneration> All() const;

  // Held by a rotation that begins, from before its commit until Begin was called.
  std::unique_lock<std::mutex> Changing() { return std::unique_lock(change_mutex_); }
  void Begin(const IndexKeyName& newest);
  // No header names an older generation any more.
  void Retire(const IndexKeyName& oldest);
  // Waits until a rotation that is beginning is known here.
  void Settle() { const std::lock_guard lock(change_mutex_); }

 private:
  std::mutex change_mutex_;
  mutable std::shared_mutex mutex_;
  std::map<std::uint32_t, IndexGeneration> known_;
};

}  // namespace mseal::vault
