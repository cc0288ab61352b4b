// Checks, stores and activates a new schema.
#include "vault/load_schema.h"

namespace mseal::vault {
namespace {

bool HoldsAll(const Core& core, const Desk& desk) {
  for (const auto& [number, entry] : core.registry->chain()->classes()) {
    if (!desk.session->Holds(number)) return false;
  }
  return true;
}

}  // namespace

Status CompleteIndexKeys(Core& core, Desk& desk) {
  const auto active = core.schemas.current();
  // The keys of a first schema were made with the store.
  if (core.read_only || active->version == 1 || !HoldsAll(core, desk)) return Status::Ok();
  const auto chain = core.registry->chain();
  MS_ASSIGN(const auto before, LoadActiveSchema(*core.meta, *chain, active->version - 1));
  store::Batch batch;
  MS_TRY(MakeIndexKeys(core.identity, *core.meta, *desk.session, *chain, *active, batch, before->schema.get()));
  if (batch.empty()) return Status::Ok();
  const Status committed = core.Commit(batch);
  return committed.code() == StatusCode::kConflict ? Status::Ok() : committed;  // another login was faster
}

Result<std::uint32_t> LoadSchema(Core& core, Desk& desk, const schema::SchemaText& text) {
  const auto current = core.schemas.current();
  MS_ASSIGN(const auto wanted, schema::Schema::Load(text));
  MS_ASSIGN(auto next, schema::Schema::Succeed(*current->schema, *wanted));
  if (next->Stored() == current->schema->Stored()) return current->version;
  const std::uint32_t version = current->version + 1;
  store::Batch batch;
  core.meta->RequireAbsent(batch, keys::MetaKind::kSchema, keys::MetaIdOf({version}));
  core.meta->Put(batch, keys::MetaKind::kSchema, keys::MetaIdOf({version}), next->Stored());
  MS_TRY(core.registry->LoadSchema(desk.session->identity(), ClassEntriesOf(*next), version,
                                   DigestOfSchema(next->Stored()), batch));
  MS_ASSIGN(auto active, Activate(std::move(next), version, *core.registry->chain()));
  core.schemas.Set(std::move(active));
  MS_TRY(desk.session->TakeUpGrants());
  MS_TRY(CompleteIndexKeys(core, desk));
  MS_TRY(core.anchor->Move());
  return version;
}

}  // namespace mseal::vault
