// A folder that is there whole or not at all.
#pragma once

#include <rocksdb/env.h>

#include <string>

#include "base/status.h"

namespace mseal::store {

// Files are gathered in a folder beside it, which takes its name at the end and is removed when that was not reached.
class RestoredFolder {
 public:
  RestoredFolder(rocksdb::Env& env, const std::string& folder);
  ~RestoredFolder();
  RestoredFolder(const RestoredFolder&) = delete;
  RestoredFolder& operator=(const RestoredFolder&) = delete;

  // Makes the folder beside it anew.
  //   AlreadyExists  there is something in the folder
  Status Begin();
  const std::string& beside() const { return beside_; }
  // The files are synced; their names are by this.
  Status Finish();

 private:
  Status Clear();
  Status SyncNames(const std::string& folder);

  rocksdb::Env& env_;
  const std::string folder_;
  const std::string beside_;
  bool begun_ = false;
};

}  // namespace mseal::store
