// A loaded PKCS#11 module, and the slot whose token a URI means.
#pragma once

#include <p11-kit/pkcs11.h>

#include <functional>
#include <memory>
#include <string>

#include "base/status.h"
#include "keys/pkcs11_uri.h"

namespace mseal::keys {

// Counted by p11-kit: several of one module in a process share its C_Initialize, and the last one dropped finalises it.
class Pkcs11Module {
 public:
  // Takes over what p11-kit loaded. KeyUnavailable: it does not start.
  static Result<std::unique_ptr<Pkcs11Module>> Start(CK_FUNCTION_LIST* functions);
  ~Pkcs11Module();
  Pkcs11Module(const Pkcs11Module&) = delete;
  Pkcs11Module& operator=(const Pkcs11Module&) = delete;

  const CK_FUNCTION_LIST& functions() const { return *functions_; }
  std::string file() const;

 private:
  explicit Pkcs11Module(CK_FUNCTION_LIST* functions) : functions_(functions) {}

  CK_FUNCTION_LIST* functions_;
  bool started_ = false;
};

struct TokenSlot {
  std::unique_ptr<Pkcs11Module> module;
  CK_SLOT_ID slot = 0;
};

// `gate` as Pkcs11Worker's.
//   KeyUnavailable   the module cannot be loaded, or no slot holds the token
//   InvalidArgument  several tokens are meant
Result<TokenSlot> FindToken(const TokenUri& uri, const std::function<bool()>& gate);

}  // namespace mseal::keys
