// One user's session on a token: finds, reads, makes and destroys objects, encrypts and decrypts. What a token answers
// becomes a Status here.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret_bytes.h"
#include "base/status.h"
#include "keys/pkcs11_uri.h"

namespace mseal::keys {

using TokenObject = unsigned long;  // until the session ends
using TokenNonce = ByteArray<12>;

// For one thread. Unless a call says otherwise:
//   KeyUnavailable     the token, the session or the object is gone, or the gate closed
//   Unsupported        the token cannot do what is needed of it
//   ResourceExhausted  it has no room
//   IoError            it failed in another way
// After any of them the session counts as lost: what state the token left it in is not known.
class Pkcs11Session {
 public:
  // Logs in once. `gate` is asked before each call to the token.
  //   WrongSecret      the token takes another PIN, or none any more: the message says which
  //   InvalidArgument  several tokens are meant
  static Result<std::unique_ptr<Pkcs11Session>> Open(const TokenUri& uri, ByteView pin, std::function<bool()> gate);
  ~Pkcs11Session();
  Pkcs11Session(const Pkcs11Session&) = delete;
  Pkcs11Session& operator=(const Pkcs11Session&) = delete;

  bool lost() const;
  // False: somebody else in this process had logged in, so that the token looked at no PIN and none could be compared.
  bool pin_was_judged() const;
  // By which one token is told from another: a hash of maker, model and serial number.
  Result<ByteArray<32>> Identity();

  Result<std::vector<TokenObject>> FindData(std::string_view kind);
  Result<std::vector<TokenObject>> FindData(std::string_view kind, std::string_view label);
  Result<std::vector<TokenObject>> FindAnything(std::string_view label);
  Result<std::vector<TokenObject>> FindKeys();  // AES keys
  Result<std::vector<TokenObject>> FindKeys(ByteView id);

  // Empty: it has none, keeps it to itself, or has one that is longer than any of ours.
  Result<Bytes> ReadValue(TokenObject object);
  Result<Bytes> ReadId(TokenObject key);
  // True when the token made this key and gives it away in no form.
  Result<bool> StaysInside(TokenObject key);

  Result<TokenObject> CreateData(std::string_view kind, std::string_view label, ByteView value);
  // An AES-256 key that the token keeps.
  Result<TokenObject> GenerateKey(std::string_view label, ByteView id);
  Status Destroy(TokenObject object);

  // AES-GCM with a 16-byte tag behind the ciphertext.
  Result<Bytes> Encrypt(TokenObject key, const TokenNonce& nonce, ByteView associated, ByteView content);
  // AuthFailed: changed, or another key's. The session is not lost by it.
  Result<SecretBytes> Decrypt(TokenObject key, const TokenNonce& nonce, ByteView associated, ByteView message);

 private:
  struct Parts;
  explicit Pkcs11Session(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace mseal::keys
