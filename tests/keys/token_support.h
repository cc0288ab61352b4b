// A provider on a token of a test's own: made, opened, damaged, with a shim before the token.
#pragma once

#include <gtest/gtest.h>

#include "format/token.h"
#include "keyring_support.h"
#include "keys/pkcs11_session.h"
#include "keys/pkcs11_token.h"
#include "keys_support/soft_token.h"
#include "keys_support/token_shim.h"

namespace mseal::keys {

// Epoch 7 with a secret of 0x11 bytes, under the name "clinic".
class TokenTest : public testing::Test {
 protected:
  static constexpr StoreId kStore = {1, 2, 3};
  static constexpr std::uint32_t kEpoch = 7;

  ~TokenTest() override {
    shim_.FailNever();
    shim_.Release();
    shim_.GiveKeysAway(false);
  }

  static TokenUri Uri(const std::string& object = "clinic", const std::string& token = "medseal") {
    return *TokenUri::Parse("pkcs11:token=" + token + ";object=" + object + "?module-path=" MEDSEAL_TOKEN_SHIM);
  }
  static KeyringSecret Pin(std::string_view pin = "1234") { return Passphrase(pin); }

  Result<std::unique_ptr<KeyProvider>> Create(const std::string& object = "clinic") {
    return CreateOnToken(Uri(object), Pin(), kStore, crypto::Suite::kChaCha20Poly1305, kEpoch, first_, options_);
  }
  Result<std::unique_ptr<KeyProvider>> Open(const std::string& object = "clinic") {
    return OpenOnToken(Uri(object), Pin(), options_);
  }
  // A provider that must be there for the test to go on.
  std::unique_ptr<KeyProvider> Created(const std::string& object = "clinic") { return Sure(Create(object)); }
  std::unique_ptr<KeyProvider> Opened(const std::string& object = "clinic") { return Sure(Open(object)); }
  template <typename T>
  static T Sure(Result<T> result) {
    EXPECT_TRUE(result.ok()) << result.status().message();
    if (!result.ok()) std::abort();
    return std::move(*result);
  }

  // What somebody with the PIN and other software may do.
  static std::unique_ptr<Pkcs11Session> Intruder() {
    return Sure(Pkcs11Session::Open(Uri(), AsBytes("1234"), [] { return true; }));
  }
  static std::size_t CountKeys() { return Sure(Intruder()->FindKeys()).size(); }
  static std::size_t CountData() {
    const auto session = Intruder();
    std::size_t count = 0;
    for (const auto kind : {format::kTokenHeaderKind, format::kTokenEpochKind, format::kTokenAnchorKind})
      count += Sure(session->FindData(kind)).size();
    return count;
  }
  // The one object of this kind and label.
  static TokenObject Find(Pkcs11Session& session, std::string_view kind, std::string_view label) {
    const auto found = Sure(session.FindData(kind, label));
    EXPECT_EQ(found.size(), 1u) << label;
    return found.at(0);
  }

  // Takes the place of an object.
  static void Rewrite(Pkcs11Session& session, std::string_view kind, const std::string& label, const Bytes& value) {
    EXPECT_TRUE(session.Destroy(Find(session, kind, label)).ok());
    Sure(session.CreateData(kind, label, value));
  }
  static Bytes Value(Pkcs11Session& session, std::string_view kind, const std::string& label) {
    return Sure(session.ReadValue(Find(session, kind, label)));
  }

  SoftToken token_;
  ShimControls& shim_ = ControlsOfShim(MEDSEAL_TOKEN_SHIM);
  EpochSecret first_ = SecretOf(0x11);
  TokenOptions options_;
};

}  // namespace mseal::keys
