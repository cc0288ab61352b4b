// Which token, and which name on it, a pkcs11: URI (RFC 7512) means.
#pragma once

#include <memory>
#include <string>

#include "base/status.h"

struct p11_kit_uri;

namespace mseal::keys {

class TokenUri {
 public:
  // Takes what names a token (token, serial, manufacturer, model), `object`, and module-path in the query.
  //   InvalidArgument  it does not parse; token or object is missing; it has anything else in it, a PIN above all, or a
  //                    module that is no absolute path
  static Result<TokenUri> Parse(const std::string& text);
  // The same of a token alone, without `object`.
  static Result<TokenUri> ParseToken(const std::string& text);

  const std::string& object() const { return object_; }  // empty: a token alone
  const std::string& module_path() const { return module_path_; }  // empty: among those that p11-kit knows
  // For p11-kit's comparison with what a slot holds.
  const p11_kit_uri* token() const { return uri_.get(); }

 private:
  explicit TokenUri(std::shared_ptr<p11_kit_uri> uri) : uri_(std::move(uri)) {}
  static Result<TokenUri> ParseAny(const std::string& text);

  std::shared_ptr<p11_kit_uri> uri_;
  std::string object_;
  std::string module_path_;
};

}  // namespace mseal::keys
