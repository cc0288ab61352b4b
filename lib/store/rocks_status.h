// How RocksDB's outcomes read in ours; the one place that knows both.
#pragma once

#include <rocksdb/status.h>

#include <string_view>

#include "base/status.h"

namespace mseal::store {

// `doing` says to a person what was under way. RocksDB's own text is passed on for failures of the medium alone (it
// names files); the text of a corruption may hold keys.
Status FromRocks(const rocksdb::Status& status, std::string_view doing);

}  // namespace mseal::store
