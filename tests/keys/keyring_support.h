// A keyring of a test's own: made, opened, damaged.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "crypto/random.h"
#include "keys/keyring_file.h"
#include "store_support/temp_folder.h"

namespace mseal::keys {

inline Bytes ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// In place: what has the file open sees it.
inline void WriteFile(const std::string& path, ByteView bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << AsText(bytes);
}

// One bit of a file the other way round for as long as this lives. In place, since rewriting whole files by the hundred
// thousand takes minutes.
class FlippedBit {
 public:
  FlippedBit(const std::string& path, std::size_t bit)
      : file_(path, std::ios::binary | std::ios::in | std::ios::out), bit_(bit) {
    Flip();
  }
  ~FlippedBit() { Flip(); }
  FlippedBit(const FlippedBit&) = delete;
  FlippedBit& operator=(const FlippedBit&) = delete;

 private:
  void Flip() {
    const auto place = static_cast<std::streamoff>(bit_ / 8);
    const int byte = file_.seekg(place).get();
    file_.seekp(place).put(static_cast<char>(byte ^ 1 << bit_ % 8)).flush();
    EXPECT_TRUE(file_.good());
  }

  std::fstream file_;
  std::size_t bit_;
};

inline KeyringSecret Passphrase(std::string_view text) {
  return {KeyringSecret::Kind::kPassphrase, SecretBytes::CopyOf(AsBytes(text))};
}

inline KeyringSecret KeyFile(std::uint8_t fill) {
  KeyringSecret secret{KeyringSecret::Kind::kKeyFile, SecretBytes(32)};
  std::ranges::fill(secret.bytes.Reveal(), fill);
  return secret;
}

inline EpochSecret SecretOf(std::uint8_t fill) {
  EpochSecret secret;
  std::ranges::fill(secret.Fill(), fill);
  return secret;
}

inline bool Holds(const KeyProvider& provider, std::uint32_t epoch, const EpochSecret& secret) {
  const auto opened = provider.Open(epoch);
  return opened.ok() && SameBytes(opened->Reveal(), secret.Reveal());
}

// Epoch 7 with a secret of 0x11 bytes, under a key file (which costs no password work) unless a test asks for more.
class KeyringTest : public testing::Test {
 protected:
  static constexpr StoreId kStore = {1, 2, 3};
  static constexpr std::uint32_t kEpoch = 7;

  Result<std::unique_ptr<KeyProvider>> Create(const KeyringSecret& secret = KeyFile(0xaa), FileIo* io = nullptr) {
    KeyringOptions options;
    options.cost = crypto::kArgon2Floor;
    return CreateKeyring(path(), secret, kStore, crypto::Suite::kChaCha20Poly1305, kEpoch, first_, options, io);
  }
  Result<std::unique_ptr<KeyProvider>> Open(const KeyringSecret& secret = KeyFile(0xaa), FileIo* io = nullptr) {
    return OpenKeyring(path(), secret, io);
  }
  // A provider that must be there for the test to go on.
  std::unique_ptr<KeyProvider> Created() { return Sure(Create()); }
  std::unique_ptr<KeyProvider> Opened() { return Sure(Open()); }
  static std::unique_ptr<KeyProvider> Sure(Result<std::unique_ptr<KeyProvider>> provider) {
    EXPECT_TRUE(provider.ok()) << provider.status().message();
    if (!provider.ok()) std::abort();
    return std::move(*provider);
  }

  void Damage(const std::string& path, std::size_t offset, std::uint8_t mask = 1) {
    Bytes bytes = ReadFile(path);
    bytes.at(offset) ^= mask;
    WriteFile(path, bytes);
  }
  std::size_t FilesInFolder() const {
    const std::filesystem::directory_iterator files(folder_.path());
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
  }

  std::string path() const { return (folder_.path() / "keyring").string(); }
  std::string anchor_path() const { return path() + ".anchor"; }

  store::TempFolder folder_;
  EpochSecret first_ = SecretOf(0x11);
};

}  // namespace mseal::keys
