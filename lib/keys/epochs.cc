// Holds epoch secrets.
#include "keys/epochs.h"

#include <mutex>

namespace mseal::keys {

std::shared_ptr<const Epoch> Epochs::newest() const {
  const std::shared_lock lock(mutex_);
  return open_.front();
}

std::shared_ptr<const Epoch> Epochs::Find(std::uint32_t number) const {
  const std::shared_lock lock(mutex_);
  for (const auto& epoch : open_) {
    if (epoch->number == number) return epoch;
  }
  return nullptr;
}

std::vector<std::shared_ptr<const Epoch>> Epochs::all() const {
  const std::shared_lock lock(mutex_);
  return open_;
}

void Epochs::Add(Epoch epoch) {
  auto added = std::make_shared<const Epoch>(std::move(epoch));
  const std::unique_lock lock(mutex_);
  open_.insert(open_.begin(), std::move(added));
}

void Epochs::KeepNewest() {
  const std::unique_lock lock(mutex_);
  open_.resize(1);
}

}  // namespace mseal::keys
