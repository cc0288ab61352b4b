// The bundle: everything a restore needs besides old data. Kept whole in every backup place, renewed after each change
// of epoch, and read back from there before an old epoch dies.
#pragma once

#include <vector>

#include "format/bundle.h"
#include "format/erasure.h"
#include "vault/core.h"

namespace mseal::vault {

// A bundle is of one epoch: Conflict while the epoch changes and part of the keys are under the next one already.
Status CheckSettled(const Core& core);

// Brings the bundle of each registered place up to date and opens it from there. `places` says what was reached: one
// entry a place, with the bundle's number or 0. core.job_mutex is held. Conflict as CheckSettled.
// `missed`, if given, says of each that was not reached why.
Status RenewBundles(Core& core, std::vector<format::EpochEnd::Place>& places, std::string* missed = nullptr);
// Writes a bundle into a folder that is no registered place, for carrying away. InvalidArgument: it is not empty.
// Conflict as CheckSettled.
Status WriteBundleTo(Core& core, const std::string& folder);

// A bundle that was read and authenticated: the newest of its folder.
class OpenedBundle {
 public:
  // `epochs`: those that the provider has.
  //   NotFound        there is none
  //   KeyUnavailable  the newest is of an epoch that the provider does not have; the message names that one and those
  //                   at hand
  //   AuthFailed, Corrupt  the newest was changed
  static Result<OpenedBundle> Open(const std::string& folder, const keys::StoreId& store, seal::SuiteSet suite,
                                   const keys::Epochs& epochs);

  const format::BundleList& list() const { return sealed_.list; }
  // The key rows of one part; `bytes` holds what they borrow. AuthFailed: it is not the part that the list names.
  Result<std::vector<format::BundleRow>> ReadPart(const format::BundlePart& part, Bytes& bytes) const;
  // Every part is there and as it was.
  Status CheckParts() const;

 private:
  std::string folder_;
  Bytes bytes_;
  format::SealedBundleList sealed_;  // borrows bytes_
};

}  // namespace mseal::vault
