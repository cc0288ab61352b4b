// Looks in one generation after the other.
#include "vault/search.h"

#include <functional>

namespace mseal::vault {
namespace {

using format::HeaderPosting;
using format::Posting;
using Look = std::function<Result<std::vector<Posting>>(const HeaderPosting&)>;

// The oldest first, and which is the newest is asked after each: a rotation that begins meanwhile takes postings on
// into a generation that is looked at later.
Result<std::vector<Posting>> FindFrom(std::uint32_t oldest, Core& core, Desk& desk, const ActiveSchema& schema,
                                      const schema::FieldPlan& field, ByteView normalised, const Look& look) {
  std::vector<Posting> all;
  for (std::uint32_t generation = oldest; generation <= core.generations.Of(field.index_id).newest; ++generation) {
    MS_ASSIGN(const auto key, IndexKeyOf(core, desk, schema, field, generation));
    MS_ASSIGN(const auto found, look({field.index_id, generation, InnerToken(*key, normalised)}));
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

}  // namespace

Result<std::shared_ptr<const IndexKey>> IndexKeyOf(Core& core, Desk& desk, const ActiveSchema& schema,
                                                   const schema::FieldPlan& field, std::uint32_t generation) {
  return desk.index_keys.Load(core.identity, *core.meta, *desk.session, {field.index_id, generation},
                              schema.NumberOf(field.class_index));
}

Result<std::vector<Posting>> FindNow(Core& core, Desk& desk, const ActiveSchema& schema, const schema::FieldPlan& field,
                                     ByteView normalised) {
  return FindFrom(core.generations.Of(field.index_id).oldest, core, desk, schema, field, normalised,
                  [&](const HeaderPosting& name) { return core.postings->Find(*core.rows, name); });
}

Result<FoundThen> FindThen(Core& core, Desk& desk, const ActiveSchema& schema, const schema::FieldPlan& field,
                           ByteView normalised) {
  // Before the point in time: an older generation that goes out of use after it still counts.
  const std::uint32_t oldest = core.generations.Of(field.index_id).oldest;
  FoundThen found{core.postings->Freeze(*core.rows), {}};
  MS_ASSIGN(found.postings, FindFrom(oldest, core, desk, schema, field, normalised, [&](const HeaderPosting& name) {
              return core.postings->Find(*core.rows, name, found.then);
            }));
  return found;
}

}  // namespace mseal::vault
