// Who is logged in to a token in this process: PKCS#11 logs in a process, not a session, and looks at no PIN after the
// first.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/bytes.h"

namespace mseal::keys {

// One per module and slot, shared by the sessions on it. `mutex` is held while sessions of it are opened, logged in and
// closed.
class TokenLogin {
 public:
  // That of this module's file and slot number.
  static std::shared_ptr<TokenLogin> For(const std::string& module_file, unsigned long slot);

  std::mutex mutex;

  // The token has taken this PIN.
  void Remember(ByteView pin);
  // Whether the token took this PIN and no other. True as well when somebody else in this process logged in, outside of
  // this library: who may do that has the token's objects anyway.
  bool Agrees(ByteView pin) const;
  // Whether the token took a PIN from this library, so that Agrees compares.
  bool Knows() const;

 private:
  std::optional<ByteArray<32>> taken_;  // keyed hash of the PIN
};

}  // namespace mseal::keys
