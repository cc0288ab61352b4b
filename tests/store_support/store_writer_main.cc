// Writes numbered commits to a store until it is killed, and says each number once it is acknowledged:
// store_writer FOLDER process|power [purge|PLACE]
// With the last word it purges, or makes backups in that place, all the while.
#include <unistd.h>

#include <string>
#include <string_view>
#include <thread>

#include "store/backup_place.h"
#include "store/rocks.h"
#include "store_support/numbered_commits.h"

namespace {

using namespace mseal::store;
using mseal::Status;

int WriteForever(Rows& rows, Durability durability) {
  auto newest = NewestNumber(rows);
  if (!newest.ok()) return 3;
  for (int n = *newest + 1;; ++n) {
    if (!CommitNumber(rows, n, durability, 200).ok()) return 4;
    const std::string line = std::to_string(n) + "\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) return 5;
  }
}

void PurgeForever(Rows& rows) {
  PurgeOptions options;
  options.ranges = {{Table::kMeta, {'a'}, {'b'}}};
  for (;;) {
    PurgeReport report;
    const Status purged = rows.Purge(options, report);
    if (!purged.ok() || !report.complete) ::_exit(6);
  }
}

void BackUpForever(Rows& rows, const std::string& path) {
  auto place = BackupPlace::Open(path, {});
  for (;;) {
    if (!place.ok() || !(*place)->Create(rows, {}).ok() || !(*place)->PruneToNewest(3).ok()) ::_exit(7);
  }
}

void StartUpkeep(Rows& rows, const std::string& what) {
  if (what == "purge") {
    std::thread(PurgeForever, std::ref(rows)).detach();
  } else {
    std::thread(BackUpForever, std::ref(rows), what).detach();
  }
}

}  // namespace

int main(int count, char** words) {
  if (count != 3 && count != 4) return 2;
  RocksOptions options;
  options.write_buffer_bytes = 1 << 20;  // small, so that the killing meets flushes and compactions
  auto rows = OpenRocks(words[1], options);
  if (!rows.ok()) return 2;
  if (count == 4) StartUpkeep(**rows, words[3]);
  return WriteForever(**rows, words[2] == std::string_view("power") ? Durability::kPower : Durability::kProcess);
}
