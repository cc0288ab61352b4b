// Keeps a keyed hash of the PIN that was taken.
#include "keys/pkcs11_login.h"

#include <map>
#include <utility>

#include "crypto/hash.h"
#include "crypto/random.h"

namespace mseal::keys {
namespace {

ByteArray<32> HashOf(ByteView pin) {
  static const KeyBytes* const key = new KeyBytes(crypto::RandomKey());  // of this process; outlives static objects
  return crypto::Prf32(key->Reveal(), "medseal.v1.pin", pin);
}

}  // namespace

std::shared_ptr<TokenLogin> TokenLogin::For(const std::string& module_file, unsigned long slot) {
  static std::mutex guard;
  static std::map<std::pair<std::string, unsigned long>, std::weak_ptr<TokenLogin>> known;
  std::lock_guard lock(guard);
  std::weak_ptr<TokenLogin>& place = known[{module_file, slot}];
  std::shared_ptr<TokenLogin> login = place.lock();
  if (login == nullptr) place = login = std::make_shared<TokenLogin>();
  return login;
}

void TokenLogin::Remember(ByteView pin) { taken_ = HashOf(pin); }

bool TokenLogin::Knows() const { return taken_.has_value(); }

bool TokenLogin::Agrees(ByteView pin) const { return !taken_.has_value() || crypto::SameSecret(*taken_, HashOf(pin)); }

}  // namespace mseal::keys
