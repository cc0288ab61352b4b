// A folder of backups of a store. Backups share the files that did not change between them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "store/rows.h"

namespace mseal::store {

struct RocksEnvironment;

struct BackupPlaceOptions {
  bool create = false;                      // make the place where there is none
  RocksEnvironment* environment = nullptr;  // borrowed; the real file system when null
};

struct Backup {
  std::uint32_t number = 0;  // grows with each backup of a place
  std::int64_t time = 0;     // when it was made, in seconds since 1970
  std::uint64_t bytes = 0;   // of all its files, with those that it shares
  std::uint32_t files = 0;
  Bytes metadata;  // as given to Create
};

struct BackupList {
  std::vector<Backup> usable;  // oldest first: their files are all there; Verify says whether they are whole
  std::vector<std::uint32_t>
      damaged;  // a file is missing or the description does not parse; what is left of it may be removed

  std::uint32_t newest() const;  // number, of both; 0: there are none
};

// Nothing is kept open between calls: the medium may come and go. Any thread may call. Those that read (List, Verify,
// RestoreTo) write nothing to the place, which may be a read-only medium. Those that write take the place's lock:
//   Locked             another, also in another process, is writing to the place; try again
// All of them answer:
//   NotFound           this is no backup place (any more), or it has no backup of that number
//   Corrupt            a file of a backup is damaged or gone; the message names it
//   ResourceExhausted  a disk is full
//   IoError            a medium failed
// Whatever was not reported as made is removed by a later call that writes; earlier backups are not touched by it.
class BackupPlace {
 public:
  //   AlreadyExists  `create` is on and the folder holds something else
  static Result<std::unique_ptr<BackupPlace>> Open(const std::string& path, const BackupPlaceOptions& options);
  ~BackupPlace();
  BackupPlace(const BackupPlace&) = delete;
  BackupPlace& operator=(const BackupPlace&) = delete;

  // Copies what the place has not yet of the state after some commit during the call, while readers and writers go on;
  // synced when it returns. `on_progress` is told the bytes copied so far, about once a megabyte, by another thread;
  // false ends it with Cancelled. Files that the place has already are not read again: see Verify.
  //   Locked       a purge, a standstill or another backup of `rows` is under way; try again
  //   Unsupported  `rows` is of another engine, or open for reading only
  Result<Backup> Create(Rows& rows, ByteView metadata,
                        const std::function<bool(std::uint64_t bytes)>& on_progress = nullptr);

  Result<BackupList> List() const;

  // Reads every file of the backup and compares its checksum.
  Status Verify(std::uint32_t number) const;

  // Removes backups, and the files that no other one shares.
  Status PruneToNewest(std::size_t count);
  // Damaged ones too. Stops at the first that is not there (NotFound); those before it are gone.
  Status Prune(const std::vector<std::uint32_t>& numbers);

  // Writes the store of that backup into `folder`, which is empty or not there yet. Checksums are compared on the way.
  // The files gather in `folder`.restoring, which takes its name when it is whole and synced: a restore that was cut
  // short leaves no half store, and the next one removes what it left.
  //   AlreadyExists  there is something in `folder`
  Status RestoreTo(std::uint32_t number, const std::string& folder) const;

 private:
  struct Files;  // how the place is reached
  explicit BackupPlace(std::unique_ptr<Files> files);

  std::unique_ptr<Files> files_;
};

}  // namespace mseal::store
