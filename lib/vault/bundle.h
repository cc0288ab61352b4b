// The bundle: everything a restore needs besides old data. Kept whole in every backup place, renewed after each change
// of epoch, and read back from there before an old epoch dies.
#pragma once

#include <vector>

#include "format/bundle.h"
#include "format/erasure.h"
#include "vault/core.h"

namespace mseal::vault {

// Brings the bundle of each registered place up to date and opens it from there. `places` says what was reached: one
// entry a place, with the bundle's number or 0.
Status RenewBundles(Core& core, std::vector<format::EpochEnd::Place>& places);
// Writes a bundle into a folder that is no registered place, for carrying away. InvalidArgument: it is not empty.
Status WriteBundleTo(Core& core, const std::string& folder);

// A bundle that was read and authenticated: the newest of its folder.
class OpenedBundle {
 public:
  // `epochs`: those that the provider has.
  //   NotFound        there is none
  //   KeyUnavailable  there are some, all of epochs that the provider does not have
  //   AuthFailed, Corrupt  the newest was changed
  static Result<OpenedBundle> Open(const std::string& folder, const keys::StoreId& store, crypto::Suite suite,
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
