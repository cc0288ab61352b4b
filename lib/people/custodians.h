// The custodians: a key that nobody keeps, in shares of which some give it back, and the founder's private keys sealed
// to it. FORMAT.md, "Recovery" and "Share".
#pragma once

#include <string_view>
#include <vector>

#include "crypto/shares.h"
#include "people/chain.h"
#include "people/credential.h"

namespace mseal::people {

// A set as it is born. The private key to its public key is gone by then.
struct NewCustodians {
  Custodians custodians;            // for the chain
  std::vector<SecretBytes> shares;  // their texts, of share 1 first
};
//   InvalidArgument    threshold below 2 or above the count, more than 16 shares
//   ResourceExhausted  the memory could not be had
Result<NewCustodians> DrawCustodians(const keys::StoreId& store, const crypto::VerifyKey& founder_key,
                                     std::uint32_t set, std::uint8_t threshold, std::uint8_t count);

// The founder's private keys to the custodians, whose public key comes from the chain and from nowhere else.
//   AuthFailed  the public key is of small order (a chain names none)
Result<Bytes> SealRecovery(const keys::StoreId& store, seal::SuiteSet suite, const Custodians& custodians,
                           const PrivateKeys& founder);
// Whoever opens one compares the keys with the chain before any use: anybody can seal to a public key.
//   AuthFailed          changed, moved, of another set, or for another key
//   Corrupt             it does not parse
//   UnsupportedVersion  it was made by a later medseal
Result<PrivateKeys> OpenRecovery(const keys::StoreId& store, seal::SuiteSet suite, std::uint32_t set,
                                 const crypto::PrivateKey& custodians_key, ByteView recovery);

// What is wrong with a share. The numbers are part of the C API and never change.
enum class ShareFault : std::uint8_t {
  kNone = 0,
  kDamaged = 1,       // no such text, or its checksum does not fit
  kLaterVersion = 2,  // made by a later medseal
  kOtherStore = 3,
  kOtherSet = 4,  // than the chain's newest
  kChanged = 5,   // its checksum fits, the digest that the founder signed does not
  kDoubled = 6,   // the same share was given before
};
std::string_view Explain(ShareFault fault);  // a sentence for a person

// The shares that were brought together, each judged by itself. For one thread.
class BroughtShares {
 public:
  BroughtShares(const keys::StoreId& store, const Custodians& custodians) : store_(store), custodians_(custodians) {}

  // Keeps the share if nothing is wrong with it.
  ShareFault Add(ByteView text);

  const Custodians& custodians() const { return custodians_; }
  std::uint8_t good() const { return static_cast<std::uint8_t>(shares_.size()); }

  // The custodians' private key, of the chain that hangs on `founder_key`.
  //   InvalidArgument  too few good shares; the message says how many are missing
  //   AuthFailed       they do not give the key that the chain names
  Result<crypto::PrivateKey> Join(const crypto::VerifyKey& founder_key) const;

 private:
  ShareFault Judge(ByteView text, crypto::KeyShare& share) const;

  keys::StoreId store_;
  Custodians custodians_;
  std::vector<crypto::KeyShare> shares_;
};

}  // namespace mseal::people
