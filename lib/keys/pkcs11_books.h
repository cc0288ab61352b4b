// What a provider on a token knows and holds, for the one thread that talks to the token.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "keys/pkcs11_anchor.h"
#include "keys/pkcs11_epochs.h"
#include "keys/pkcs11_session.h"
#include "keys/pkcs11_uri.h"

namespace mseal::keys {

// All calls but Seen are the worker's. They answer as KeyProvider, Pkcs11Session and pkcs11_token.h say.
class Pkcs11Books {
 public:
  Pkcs11Books(TokenUri uri, SecretBytes pin, std::function<bool()> gate)
      : uri_(std::move(uri)), pin_(std::move(pin)), gate_(std::move(gate)) {}

  Status Create(const KeyringBinding& binding, std::uint32_t epoch, const EpochSecret& first);
  Status Open();  // later calls do so themselves when the session was lost
  void Close() { session_.reset(); }
  Status Remove(const ByteArray<16>& instance);  // half of it too

  Result<EpochSecret> OpenEpoch(std::uint32_t epoch);
  Status Write(std::uint32_t epoch, const EpochSecret& secret);
  Status Destroy(std::uint32_t epoch);
  Status Rekey();
  Result<std::optional<Anchor>> ReadAnchor();
  Status MoveAnchor(const Anchor& anchor);
  Status ReplaceLostAnchor(const Anchor& anchor);

  const KeyringBinding& binding() const { return *binding_; }  // fixed once Create or Open succeeded

  struct Sight {
    std::vector<std::uint32_t> epochs;
    bool damaged = false;
  };
  // As last seen. Any thread.
  Sight Seen() const;

 private:
  Status Connect();
  Result<KeyringBinding> ReadHeader();
  Status CheckFree(std::uint32_t epoch);
  Status MakeObjects(std::uint32_t epoch, const EpochSecret& first);
  Status DestroyObjects();
  Status RemoveHalf(const ByteArray<16>& instance);
  void Bind(const KeyringBinding& binding);
  Status Ready();
  Status Explain(Status status);
  void Look();

  TokenUri uri_;
  SecretBytes pin_;  // kept to log in anew; given up once it is refused
  std::function<bool()> gate_;
  std::unique_ptr<Pkcs11Session> session_;
  std::optional<KeyringBinding> binding_;
  std::optional<Pkcs11Epochs> epochs_;
  std::optional<Pkcs11Anchor> anchor_;
  mutable std::mutex seen_mutex_;
  Sight seen_;
};

}  // namespace mseal::keys
