// Backups of an opened vault in its registered places: made, listed, checked and pruned, and the store held still for
// other tools to copy. Nobody has to be logged in.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "format/backup_facts.h"
#include "store/backup_place.h"
#include "vault/backup_places.h"

namespace mseal::vault {

struct BackupMade {
  Place place;
  Status status = Status::Ok();  // why there is no backup, or no new bundle
  store::Backup backup;          // number 0: there is none
  std::uint64_t bundle = 0;      // number of the place's new bundle; 0: there is none
};

// Makes a backup in every registered place of our own kind, or in the one at `path`, then renews the bundles of all
// places, so that any newest bundle serves it. `out` has an entry for each place that was tried.
//   NotFound        no such place is registered
//   KeyUnavailable  a place cannot be reached; the others have their backup
//   Conflict        the epoch is changing: finish that first
//   Locked, Cancelled, ResourceExhausted  as store::BackupPlace::Create
Status CreateBackups(Core& core, const std::string& path, const std::function<bool(std::uint64_t bytes)>& on_progress,
                     std::vector<BackupMade>& out);

// A place as it is found.
struct PlaceView {
  struct Entry {
    store::Backup backup;
    Status known = Status::Ok();  // what it says of itself: Corrupt, or AuthFailed for another store's
    format::BackupFacts facts;
    bool own_keys = false;  // the provider has the epoch that its own keys are under: it opens without a bundle's
  };
  Place place;
  Status reached = Status::Ok();
  // The bundle: KeyUnavailable when the provider lacks its epoch, and every other failure to open it.
  Status bundle = Status::Ok();
  std::uint64_t bundle_number = 0;
  std::uint32_t bundle_epoch = 0;
  std::uint64_t bundle_made_ms = 0;
  std::vector<Entry> backups;          // oldest first
  std::vector<std::uint32_t> damaged;  // numbers of backups that lack a file
};
// All registered places, or the one at `path`. NotFound.
Status ListBackups(Core& core, const std::string& path, std::vector<PlaceView>& out);

// Reads every file of every backup, or of number `number` alone, and every part of the bundle, in all places or in the
// one at `path`. `on_checked` is told each outcome; number 0 is the bundle. Answers the first failure, at the end.
Status VerifyBackups(Core& core, const std::string& path, std::uint32_t number,
                     const std::function<void(const Place&, std::uint32_t number, const Status&)>& on_checked);

struct PruneRule {
  std::size_t keep = 0;           // so many of the newest; 0: as many as the age leaves
  std::uint64_t made_before = 0;  // those made before this, in seconds since 1970, but never the newest; 0: none by age
};
// Removes backups of the place at `path`, and what no other one needs of their files.
//   NotFound         no such place is registered
//   InvalidArgument  the rule would keep everything, or says both
Status PruneBackups(Core& core, const std::string& path, const PruneRule& rule, std::size_t& removed);

// Runs `work` while the store's files stand still, then renews the bundles. Commits wait meanwhile, so the time is
// bounded: after `longest` the store goes on, `intact` says no, and what was copied is no copy.
//   Locked  a purge or a backup is under way
Status HoldForCopy(Core& core, std::chrono::milliseconds longest, const std::function<void()>& work, bool& intact);

}  // namespace mseal::vault
