// Reads, signs and changes the row of sinks.
#include "vault/alert_settings.h"

#include <algorithm>

#include "crypto/sign.h"
#include "vault/entitled.h"
#include "vault/two_persons.h"

namespace mseal::vault {
namespace {

using keys::MetaKind;

Status RequireTwo(const Core& core, const Desk& desk) {
  MS_TRY(core.CheckWritable());
  MS_TRY(RequireEntitled(core, desk));
  if (AreTwo(desk)) return Status::Ok();
  return Status::PermissionDenied("where alerts go takes a second person at the session");
}

// The anchor moves: sinks of before put back are an older store.
Status Store(Core& core, Desk& desk, format::AlertSinks& sinks) {
  const people::Identity& identity = desk.session->identity();
  sinks.person = identity.person.number;
  sinks.second = desk.second_person;
  sinks.signature = crypto::Sign(identity.keys.seed, format::AlertSinksSigned(core.identity.store, sinks));
  store::Batch batch;
  core.meta->Put(batch, MetaKind::kAlertSinks, {}, format::WriteAlertSinks(sinks));
  MS_TRY(core.CommitAs(batch, store::Durability::kPower));
  if (core.alarms != nullptr) core.alarms->delivery().SetSinks(sinks.sinks);
  return core.anchor->Move();
}

}  // namespace

Result<format::AlertSinks> ReadAlertSinks(const Core& core) {
  const auto row = core.meta->Get(MetaKind::kAlertSinks, {});
  if (row.code() == StatusCode::kNotFound) return format::AlertSinks{};
  MS_TRY(row.status());
  MS_ASSIGN(format::AlertSinks sinks, format::ParseAlertSinks(row->Reveal()));
  const auto chain = core.registry->chain();
  const people::Person* const person = chain->FindPerson(sinks.person);
  const Bytes message = format::AlertSinksSigned(core.identity.store, sinks);
  if (person != nullptr && crypto::Verify(person->verify_key, message, sinks.signature)) return sinks;
  return Status::AuthFailed("the sinks of alerts are not signed by a person of this vault");
}

Result<std::uint32_t> AddAlertSink(Core& core, Desk& desk, format::AlertSink sink) {
  MS_TRY(RequireTwo(core, desk));
  MS_TRY(CheckSink(sink));
  MS_ASSIGN(format::AlertSinks sinks, ReadAlertSinks(core));
  if (sinks.sinks.size() >= format::kMostSinks) return Status::ResourceExhausted("there are 16 sinks already");
  for (const format::AlertSink& known : sinks.sinks) {
    if (known.kind == sink.kind && known.words == sink.words) return Status::AlreadyExists("alerts go there already");
  }
  sink.id = sinks.next_id++;
  const std::uint32_t id = sink.id;
  sinks.sinks.push_back(std::move(sink));
  MS_TRY(Store(core, desk, sinks));
  return id;
}

Status RemoveAlertSink(Core& core, Desk& desk, std::uint32_t id) {
  MS_TRY(RequireTwo(core, desk));
  MS_ASSIGN(format::AlertSinks sinks, ReadAlertSinks(core));
  if (std::erase_if(sinks.sinks, [&](const format::AlertSink& sink) { return sink.id == id; }) == 0)
    return Status::NotFound("there is no such sink of alerts");
  return Store(core, desk, sinks);
}

Result<std::vector<format::AlertSink>> ListAlertSinks(const Core& core) {
  MS_ASSIGN(format::AlertSinks sinks, ReadAlertSinks(core));
  return std::move(sinks.sinks);
}

}  // namespace mseal::vault
