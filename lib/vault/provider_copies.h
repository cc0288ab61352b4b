// The copies of the key provider: the one the vault was opened with and every other that was registered. An epoch
// secret is written to all of them, and is dead only when all have destroyed it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "format/custody.h"
#include "format/erasure.h"
#include "keys/provider_uri.h"
#include "vault/core.h"

namespace mseal::vault {

// One at a time works on a vault: core.job_mutex is held. Borrows the core.
class ProviderCopies {
 public:
  explicit ProviderCopies(Core& core) : core_(core) {}

  // Opens every registered copy.
  //   KeyUnavailable  one cannot be reached or opened; the message names it
  Status OpenAll();

  // The secret of an epoch: drawn, unless the core or a copy has it already, and in all of them afterwards, read back.
  Result<keys::EpochSecret> WriteEverywhere(std::uint32_t epoch);
  // Ok when none has it any more, nor that of an epoch before.
  Status DestroyEverywhere(std::uint32_t epoch);
  Status MoveAnchors(const keys::Anchor& anchor);
  std::vector<format::EpochEnd::Copy> Facts() const;
  // Tries to open the bucket key that an erasure kept as it was stored, with every secret that any copy has.
  bool Opens(const format::Erasure& erasure, std::uint8_t bucket_bits) const;

 private:
  struct Copy {
    std::string uri;
    keys::KeyProvider* provider = nullptr;
    std::unique_ptr<keys::KeyProvider> owned;  // null: the core's own
  };
  Result<keys::EpochSecret> KnownOrDrawn(std::uint32_t epoch) const;
  Status WriteTo(const Copy& copy, std::uint32_t epoch, const keys::EpochSecret& secret);

  Core& core_;
  std::vector<Copy> copies_;
};

// Remembers how and where the provider was opened, if that is news: whoever opens the vault with another copy reaches
// this one too. One that the vault has moved from is not remembered.
//   KeyUnavailable  its making was interrupted, and it is to be taken away
Status RegisterProvider(Core& core);
// The row of a copy as it is opened now, and no other.
void PutProviderCopy(const Core& core, const keys::KeyProvider& provider, const std::string& uri, store::Batch& batch);

// The same from whatever folder the vault is opened.
Result<std::string> FullUri(const std::string& uri);
struct RegisteredCopy {
  ByteArray<16> instance{};
  format::ProviderCopy copy;
};
// All but the one that the vault was opened with.
Result<std::vector<RegisteredCopy>> OtherCopies(const Core& core);
// As it is remembered or, when a change of its root was interrupted, as that meant it to be. Errors as
// keys::OpenProvider.
//   AuthFailed  another provider lies there
Result<std::unique_ptr<keys::KeyProvider>> OpenRegistered(const Core& core, const RegisteredCopy& registered);
// Conflict: the epoch is changing.
Status CheckEpochIsSettled(const Core& core);

// Makes one more copy of the provider and registers it; core.job_mutex is held. `uri` is a full one. What is left when
// the process is killed is taken away at the next opening.
//   AlreadyExists  something is there;  InvalidArgument  it lies inside the store
//   Conflict       the epoch is changing: finish that first
Result<std::unique_ptr<keys::KeyProvider>> MakeProviderCopy(Core& core, const std::string& store,
                                                            const std::string& uri, const keys::KeyringSecret& secret,
                                                            const crypto::Argon2Cost& cost);
// The same for a copy that nobody works with.
Status AddProviderCopy(Core& core, const std::string& store, const std::string& uri, const keys::KeyringSecret& secret,
                       const crypto::Argon2Cost& cost);

// Moves the anchor of every copy but the one that the vault was opened with. Gives the number of copies that were not
// reached: their anchors name what the store was before a restore.
Result<std::size_t> MoveAnchorsOfOthers(Core& core, const keys::Anchor& anchor);

struct ProviderFacts {
  std::string uri;
  bool own = false;  // the one the vault was opened with
  Status reached = Status::Ok();
  keys::Assurance assurance = keys::Assurance::kUnlinked;
  std::vector<std::uint32_t> epochs;
  bool damaged = false;
  std::uint64_t given_up_ms = 0;   // 0: it is registered; else `epochs`: the first and last that it may hold
  std::uint64_t destroyed_ms = 0;  // of one given up: it came back, and was destroyed
};
// Opens each and looks; those given up come last. One that has come back is destroyed.
//   KeyUnavailable  one has come back and cannot be destroyed
Status ListProviderCopies(Core& core, std::vector<ProviderFacts>& out);

}  // namespace mseal::vault
