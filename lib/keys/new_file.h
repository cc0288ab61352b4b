// A file that appears under its name whole or not at all, and takes nobody's place.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/status.h"
#include "keys/file_io.h"

namespace mseal::keys {

// Stands in the name of one that has not its own yet, behind it.
inline constexpr std::string_view kUnfinishedMark = ".new-";

// Until Keep, dropping it removes what it made.
class NewFile {
 public:
  NewFile(FileIo& io, std::string path) : io_(io), path_(std::move(path)) {}
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();

  Status Write(ByteView content);  // beside the final name, synced
  Status Publish();                // AlreadyExists: something has the name
  void Keep() { made_.clear(); }

 private:
  FileIo& io_;
  std::string path_;
  std::string made_;  // where it lies now; empty: nothing to remove
};

// Puts the names in the folder of `path` on the medium.
Status SyncFolderOf(FileIo& io, const std::string& path);

}  // namespace mseal::keys
