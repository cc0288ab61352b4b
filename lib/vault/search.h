// From a value to the records that have it, under every generation of the index's key that is in use.
#pragma once

#include <memory>
#include <vector>

#include "vault/core.h"

namespace mseal::vault {

// The key of the field's index, for a session that holds the field's class. Errors as IndexKeys::Load has them.
Result<std::shared_ptr<const IndexKey>> IndexKeyOf(Core& core, Desk& desk, const ActiveSchema& schema,
                                                   const schema::FieldPlan& field, std::uint32_t generation);

// As the index is now. Errors as IndexKeys::Load has them; AuthFailed also for a changed posting.
Result<std::vector<format::Posting>> FindNow(Core& core, Desk& desk, const ActiveSchema& schema,
                                             const schema::FieldPlan& field, ByteView normalised);

// As the index was at one point in time.
struct FoundThen {
  FrozenIndex then;
  std::vector<format::Posting> postings;
};
Result<FoundThen> FindThen(Core& core, Desk& desk, const ActiveSchema& schema, const schema::FieldPlan& field,
                           ByteView normalised);

}  // namespace mseal::vault
