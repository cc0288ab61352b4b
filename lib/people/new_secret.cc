// Tags and marks of passwords.
#include "people/new_secret.h"

#include <algorithm>

#include "crypto/hash.h"

namespace mseal::people {

Result<KeyBytes> StretchForComparing(const format::PasswordSalt& salt, ByteView password) {
  const crypto::Argon2Cost cost{salt.memory_kib, salt.passes};
  if (!crypto::CheckCost(cost).ok()) return Status::Corrupt("the cost of comparing passwords is out of range");
  return crypto::KeyFromPassword(password, salt.salt, cost);
}

ByteArray<32> TagOfPassword(KeyView class_key, KeyView stretched) {
  return crypto::Prf32(class_key, "medseal.v1.pwtag", stretched);
}

ByteArray<32> MarkOfPassword(const keys::StoreId& store, KeyView stretched) {
  return crypto::Prf32(stretched, "medseal.v1.past", store);
}

bool HasMark(ByteView past, const ByteArray<32>& mark) {
  bool found = false;
  for (; past.size() >= mark.size(); past = past.subspan(mark.size()))
    found = crypto::SameSecret(past.first(mark.size()), mark) || found;
  return found;
}

SecretBytes WithMark(ByteView past, const ByteArray<32>& mark, std::uint64_t most) {
  SecretBytes marks = SecretBytes::CopyOf(mark);
  const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(most, format::kMostPastMarks)) * mark.size();
  marks.Append(past);
  if (marks.size() > room) marks.Resize(std::max(room, mark.size()));
  return marks;
}

}  // namespace mseal::people
