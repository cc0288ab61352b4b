// Where RocksDB's warnings go.
#pragma once

#include <rocksdb/env.h>

#include <memory>
#include <string>

namespace mseal::store {

// Warnings and errors as lines of the file LOG in `folder`, which is made with the first of them, for its owner alone,
// and begins anew when it is full. A line that cannot be written is lost and nothing else: RocksDB's own log ends the
// process at the next line after a disk was full.
std::shared_ptr<rocksdb::Logger> MakeWarningLog(const std::string& folder);

}  // namespace mseal::store
