// The epoch secrets that are open in this process: one, and two while the epoch changes.
#pragma once

#include <memory>
#include <shared_mutex>
#include <vector>

#include "keys/provider.h"

namespace mseal::keys {

struct Epoch {
  std::uint32_t number = 0;
  EpochSecret secret;
};

// Any thread may call.
class Epochs {
 public:
  explicit Epochs(Epoch first) { Add(std::move(first)); }

  // What is sealed from now on is sealed under this.
  std::shared_ptr<const Epoch> newest() const;
  std::shared_ptr<const Epoch> Find(std::uint32_t number) const;  // null: not open
  std::vector<std::shared_ptr<const Epoch>> all() const;          // the newest first

  // A newer one than all that are open.
  void Add(Epoch epoch);
  // Lets go of all but the newest; the secrets are wiped when nobody uses them any more.
  void KeepNewest();

 private:
  mutable std::shared_mutex mutex_;
  std::vector<std::shared_ptr<const Epoch>> open_;  // the newest first
};

}  // namespace mseal::keys
