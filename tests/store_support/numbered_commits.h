// Commits that are numbered, so that what a store still has after trouble shows which of them it lost.
#pragma once

#include <string>

#include "base/status.h"
#include "store/rows.h"

namespace mseal::store {

// Writes number `n`: a row of its own in two tables and the number of the newest in a third, all in one batch.
Status CommitNumber(Rows& rows, int n, Durability durability, std::size_t value_size = 40);

// The newest number of a store in which every number up to it is there and whole, and none after it: 0 when empty.
//   Corrupt  a number is missing, damaged or half there; the message says which
Result<int> NewestNumber(const Rows& rows);

}  // namespace mseal::store
