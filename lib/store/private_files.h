// A file system whose new files and folders are for their owner alone.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>

namespace mseal::store {

// RocksDB makes files readable to whom the umask lets; a library must not change the umask of its host. Each new file
// is set to 0600 before its first byte, each new folder to 0700; the folder's 0700 covers the moment before.
std::shared_ptr<rocksdb::FileSystem> MakePrivateFiles(const std::shared_ptr<rocksdb::FileSystem>& below);

}  // namespace mseal::store
