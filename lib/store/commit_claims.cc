// Which commits may go on side by side.
#include "store/commit_claims.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace mseal::store {
namespace {

using Kind = Batch::Operation::Kind;

std::size_t HashOf(const Batch::Operation& operation) {
  constexpr std::size_t kSpread = 0x9e3779b97f4a7c15;
  return std::hash<std::string_view>{}(AsText(operation.key)) + kSpread * static_cast<std::size_t>(operation.table);
}

bool IsWrite(Kind kind) { return kind == Kind::kPut || kind == Kind::kDelete; }

}  // namespace

CommitClaims::Claim::Claim(CommitClaims& claims, const Batch& batch) : claims_(claims) {
  for (const Batch::Operation& operation : batch.operations()) {
    (IsWrite(operation.kind) ? written_ : judged_).set(HashOf(operation) % kHashes);
  }
  std::unique_lock lock(claims_.mutex_);
  claims_.claims_.push_back(this);
  ++claims_.waiting_;
  claims_.left_.wait(lock, [this] { return claims_.pauses_ == 0 && claims_.IsFree(*this); });
  --claims_.waiting_;
  ++claims_.let_in_;
}

CommitClaims::Claim::~Claim() {
  const std::lock_guard lock(claims_.mutex_);
  std::erase(claims_.claims_, this);
  --claims_.let_in_;
  if (claims_.waiting_ > 0 || claims_.pauses_ > 0) claims_.left_.notify_all();
}

CommitClaims::Pause::Pause(CommitClaims& claims) : claims_(claims) {
  std::unique_lock lock(claims_.mutex_);
  ++claims_.pauses_;
  claims_.left_.wait(lock, [this] { return claims_.let_in_ == 0; });
}

CommitClaims::Pause::~Pause() {
  const std::lock_guard lock(claims_.mutex_);
  --claims_.pauses_;
  claims_.left_.notify_all();
}

bool CommitClaims::Claim::Meets(const Claim& other) const {
  return (judged_ & other.written_).any() || (written_ & other.judged_).any();
}

bool CommitClaims::IsFree(const Claim& claim) const {
  const auto self = std::find(claims_.begin(), claims_.end(), &claim);
  return std::none_of(claims_.begin(), self, [&](const Claim* earlier) { return claim.Meets(*earlier); });
}

}  // namespace mseal::store
