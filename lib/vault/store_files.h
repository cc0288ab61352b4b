// The files around the database: the store's folder, its lock, where the keyring may not be.
#pragma once

#include <string>

#include "base/status.h"

namespace mseal::vault {

// The database's own folder inside a store's.
std::string RowsFolder(const std::string& store);
//   NoVault  there is none
//   IoError  it cannot be looked into
Status CheckVaultAt(const std::string& store);

// Holds the store's lock file until dropped: an advisory lock of the open file, which two databases in one process and
// two copies of a database library in one program respect alike.
class StoreLock {
 public:
  // Locked: somebody has it.
  static Result<StoreLock> Take(const std::string& store);
  // Whether somebody has it; does not take it. IoError.
  static Result<bool> IsTaken(const std::string& store);
  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&& other) noexcept;
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;
  ~StoreLock();

 private:
  explicit StoreLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

bool IsInside(const std::string& path, const std::string& folder);
bool OnSameDevice(const std::string& a, const std::string& b);
// Makes the name of `path` in its folder survive the loss of power.
Status SyncFolderOf(const std::string& path);

}  // namespace mseal::vault
