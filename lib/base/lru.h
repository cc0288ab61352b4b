// A bounded map from keys to shared immutable values that forgets what was not used for longest. Split into shards with
// a lock each, so that threads seldom meet.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace mseal {

// What a cache did since it was made, and what it holds.
struct CacheCounts {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t entries = 0;
};

template <typename K, typename V, typename Hash>
class ShardedLru {
 public:
  using Value = std::shared_ptr<const V>;

  explicit ShardedLru(std::size_t capacity) : capacity_per_shard_(capacity / kShards + 1) {}

  // Null when it is not here.
  Value Find(const K& key) {
    Shard& shard = ShardOf(key);
    std::lock_guard lock(shard.mutex);
    const auto found = shard.places.find(key);
    if (found == shard.places.end()) return ++shard.misses, nullptr;
    ++shard.hits;
    shard.order.splice(shard.order.begin(), shard.order, found->second);
    return found->second->second;
  }

  void Insert(const K& key, Value value) {
    Shard& shard = ShardOf(key);
    std::lock_guard lock(shard.mutex);
    const auto found = shard.places.find(key);
    if (found != shard.places.end()) {
      found->second->second = std::move(value);
      return;
    }
    shard.order.emplace_front(key, std::move(value));
    shard.places[key] = shard.order.begin();
    if (shard.order.size() > capacity_per_shard_) {
      shard.places.erase(shard.order.back().first);
      shard.order.pop_back();
    }
  }

  void Erase(const K& key) {
    Shard& shard = ShardOf(key);
    std::lock_guard lock(shard.mutex);
    const auto found = shard.places.find(key);
    if (found == shard.places.end()) return;
    shard.order.erase(found->second);
    shard.places.erase(found);
  }

  void Clear() {
    for (Shard& shard : shards_) {
      std::lock_guard lock(shard.mutex);
      shard.places.clear();
      shard.order.clear();
    }
  }

  CacheCounts Counts() {
    CacheCounts sum;
    for (Shard& shard : shards_) {
      std::lock_guard lock(shard.mutex);
      sum.hits += shard.hits;
      sum.misses += shard.misses;
      sum.entries += shard.places.size();
    }
    return sum;
  }

 private:
  static constexpr std::size_t kShards = 16;
  struct alignas(64) Shard {
    std::mutex mutex;
    std::list<std::pair<K, Value>> order;  // most recently used first
    std::unordered_map<K, typename std::list<std::pair<K, Value>>::iterator, Hash> places;
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
  };

  Shard& ShardOf(const K& key) { return shards_[(Hash()(key) >> 7) % kShards]; }

  std::size_t capacity_per_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace mseal
