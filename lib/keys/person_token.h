// A person's token: keys on it that never leave it and decrypt what opens the person's credential. FORMAT.md,
// "Person token".
#pragma once

#include <memory>
#include <string>

#include "base/secret_bytes.h"
#include "base/status.h"
#include "format/token.h"
#include "keys/ids.h"
#include "keys/pkcs11_token.h"

namespace mseal::keys {

using format::PersonKeyId;
using PersonTokenNonce = ByteArray<format::kTokenNonceSize>;

// Unlocked by its PIN, once that was tried, for as long as it lives. One thread at a time. Besides what is said there,
// every call answers KeyUnavailable when the token is gone, does not answer or was not unlocked, and Forked in a child
// of the process that opened it.
class PersonToken {
 public:
  // Asks nothing of the token yet. `uri`: pkcs11:token=NAME, or another part that names a token.
  //   InvalidArgument  it does not parse or names an object; the PIN is empty
  static Result<std::unique_ptr<PersonToken>> At(const std::string& uri, ByteView pin,
                                                 const TokenOptions& options = {});
  // Tries the PIN, once: asked again, this answers as before.
  //   WrongSecret      the token takes another PIN
  //   KeyUnavailable   the module or the token is not there; or somebody else in this process is logged in to it, since
  //                    the token then takes any PIN
  //   InvalidArgument  several tokens are meant
  Status Unlock();
  // Both.
  static Result<std::unique_ptr<PersonToken>> Open(const std::string& uri, ByteView pin,
                                                   const TokenOptions& options = {});
  ~PersonToken();
  PersonToken(const PersonToken&) = delete;
  PersonToken& operator=(const PersonToken&) = delete;

  // By which one token that was unlocked is told from another: a hash of its maker, model and serial number.
  const ByteArray<32>& identity() const;

  // An AES-256 key that stays on the token. It is destroyed with this object unless KeepKey was called.
  //   InvalidArgument    a vault's keyring is on the token: who opens that vault knows its PIN
  //   Unsupported        the token cannot do AES-256-GCM with a key that it keeps;  ResourceExhausted  it has no room
  Result<PersonKeyId> MakeKey(const StoreId& store);
  // Destroys every other key of that store: the one that was there until now, and what interrupted calls left.
  Status KeepKey();
  // Every key of the store.
  Status DestroyKeys(const StoreId& store);

  // AES-256-GCM; the tag is behind the ciphertext.
  //   NotFound    the token has no such key
  //   AuthFailed  the message was changed, or is of another key, nonce or associated data
  Result<Bytes> Encrypt(const PersonKeyId& id, const PersonTokenNonce& nonce, ByteView associated, ByteView content);
  Result<SecretBytes> Decrypt(const PersonKeyId& id, const PersonTokenNonce& nonce, ByteView associated,
                              ByteView message);

 private:
  struct Parts;
  explicit PersonToken(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace mseal::keys
