// Restore: old data and a newer bundle become a store again. Erased patients stay erased, revoked persons stay revoked,
// deleted records stay deleted, everybody else opens.
#pragma once

#include <functional>
#include <string>

#include "keys/provider_uri.h"
#include "store/rocks.h"
#include "vault/log_copies.h"
#include "vault/restored_keys.h"

namespace mseal::vault {

enum class RestoreStep : std::uint8_t { kData = 1, kKeys = 2, kIndex = 3, kRecords = 4 };

struct RestoreOptions {
  std::string from;          // a backup place, or a copy of a store's folder that another tool made
  std::uint32_t backup = 0;  // of the place; 0: the newest
  std::string bundle;        // the bundle's folder, or a place that has one; empty: the place's own
  std::string store;         // to be made
  std::string keyring;
  keys::KeyringSecret secret;
  // Off: the provider's anchor stays where it is, and the restored store is only for looking at.
  bool move_anchor = true;
  // Patients, of about so many; false ends the restore with Cancelled.
  std::function<bool(RestoreStep step, std::uint64_t done, std::uint64_t in_all)> on_progress;
  store::RocksEnvironment* environment = nullptr;
  keys::FileIo* file_io = nullptr;
  std::function<void(std::string_view)> crash_point;
};

struct RestoreReport {
  std::uint32_t backup = 0;  // number; 0: a copy
  std::uint64_t bundle = 0;
  std::uint32_t epoch = 0;  // of the bundle
  std::uint64_t bundle_made_ms = 0;
  // The store had gone on when the bundle was made, as its provider knows: erasures, revocations and other changes
  // since then are lost, and whoever was erased then is back.
  bool changes_lost = false;
  std::uint32_t newer_backup = 0;  // of the place, missing or damaged, so that an older one was taken; 0: none
  RestoredPatients patients;
  std::vector<keys::PatientHandle> damaged;  // restored, but not all of their rows open or add up
  std::uint64_t records_deleted = 0;         // once more, as the ledger says
  std::uint64_t statements_lost = 0;         // made after the bundle: who was added, granted or revoked by them
  std::size_t copies_missed = 0;             // of the provider: their anchors name the store of before
  bool anchor_was_lost = false;              // and begins anew
  RestoredLog log = RestoredLog::kMissing;   // of accesses
  std::uint64_t log_entries_lost = 0;        // that were anchored and are in no copy
};

// Makes the store at `options.store` whole or not at all: it gathers in `store`.restoring, which the next restore to
// the same place removes if this one is cut short. Bundle, its parts and the keys it takes are looked at before
// anything is written. The restore ends with the anchor of every copy of the provider at the restored store.
//   KeyUnavailable   the bundle is of an epoch that the provider does not have; the message names it and those at hand
//   AuthFailed       the bundle or the backup is another store's, or was changed
//   Corrupt          a file of the backup is damaged; the message names it
//   NotFound         there is no backup, or no bundle, where they should be
//   AlreadyExists    something is at the store's path;  Locked  another restore to it is under way
//   InvalidArgument  a copy without a bundle; a store inside the place
Status RestoreVault(const RestoreOptions& options, RestoreReport& report);

}  // namespace mseal::vault
