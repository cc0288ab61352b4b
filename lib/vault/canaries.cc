// Plants, remembers and rotates canaries.
#include "vault/canaries.h"

#include <algorithm>
#include <map>

#include "base/clock.h"
#include "crypto/random.h"
#include "format/canary_row.h"
#include "vault/canary_people.h"
#include "vault/entitled.h"
#include "vault/erase.h"
#include "vault/erasures.h"
#include "vault/patient_change.h"
#include "vault/patient_rows.h"
#include "vault/patients.h"
#include "vault/read.h"

namespace mseal::vault {
namespace {

using keys::MetaKind;

constexpr std::size_t kSamples = 16;
constexpr int kAttempts = 32;
constexpr std::string_view kWithoutSample = "10000000";  // a store without patients of its own
constexpr std::string_view kWhyErased = "superseded";

// How ids of this store look: of patients, and of records by type.
struct Shapes {
  std::vector<std::string> patients;
  std::map<std::string, std::vector<std::string>> records;
};

std::string Draw(const std::vector<std::string>& samples) {
  if (samples.empty()) return ShapedLike(kWithoutSample);
  return ShapedLike(samples[crypto::PooledBelow(static_cast<std::uint32_t>(samples.size()))]);
}

// The external ids in a directory message: a field 1 each.
std::string FirstId(ByteView message) {
  std::size_t at = 1, size = 0;
  unsigned shift = 0;
  while (at < message.size() && shift < 21) {
    const std::uint8_t byte = message[at++];
    size |= static_cast<std::size_t>(byte & 0x7f) << shift;
    shift += 7;
    if (byte < 0x80) break;
  }
  return at + size <= message.size() ? std::string(AsText(message.subspan(at, size))) : std::string();
}

Status TakeShapes(Core& core, Desk& desk, const keys::PatientHandle& patient, Shapes& shapes) {
  const auto keys = LoadPatient(core, patient);
  if (!keys.ok()) return Status::Ok();  // went since
  const auto at = core.rows->Freeze();
  MS_ASSIGN(const PatientRows rows, CollectPatient(core, **keys, *at));
  for (const OpenedRow& row : rows.live) {
    if (row.header.type != schema::kDirectoryType) {
      shapes.records[row.header.type].emplace_back(AsText(row.header.record_id.Reveal()));
      continue;
    }
    MS_ASSIGN(const auto directory, RecordReader(core, desk).Read(row.place.handle(), {}));
    const std::string id = FirstId(directory->message.Reveal());
    if (!id.empty()) shapes.patients.push_back(id);
  }
  return Status::Ok();
}

// Of a few patients from a random place on. Opening their external ids goes on record as any read does.
Result<Shapes> LookAtShapes(Core& core, Desk& desk) {
  std::vector<keys::PatientHandle> some;
  const keys::PatientHandle from = DrawPatientHandle();
  for (const ByteView begin : {ByteView(from), ByteView()}) {
    const auto cursor = core.rows->Scan(store::Table::kHeads, begin, {}, nullptr);
    for (; cursor->Valid() && some.size() < kSamples; cursor->Next()) {
      keys::PatientHandle patient{};
      if (cursor->key().size() != patient.size()) continue;
      CopyBytes(cursor->key(), patient);
      if (!core.IsPlanted(patient)) some.push_back(patient);
    }
    MS_TRY(cursor->status());
  }
  Shapes shapes;
  for (const keys::PatientHandle& patient : some) MS_TRY(TakeShapes(core, desk, patient, shapes));
  return shapes;
}

Result<format::Canaries> ReadRow(const Core& core) {
  const auto row = core.meta->Get(MetaKind::kCanaries, {});
  if (row.ok()) return format::ParseCanaries(row->Reveal());
  if (row.code() != StatusCode::kNotFound) return row.status();
  format::Canaries fresh;
  fresh.seed = crypto::RandomKey();
  return fresh;
}

Status WriteRow(Core& core, const format::Canaries& canaries, const std::vector<keys::PatientHandle>& former = {}) {
  store::Batch batch;
  for (const keys::PatientHandle& patient : former)
    core.meta->Put(batch, MetaKind::kFormerCanary, patient, format::WriteFormerCanary(NowMs()));
  core.meta->Put(batch, MetaKind::kCanaries, {}, format::WriteCanaries(canaries).Reveal());
  MS_TRY(core.CommitAs(batch, store::Durability::kPower));
  return core.anchor->Move();
}

// What one is made of, as messages.
struct Made {
  std::string type;
  std::string record_id;
  SecretBytes message;
};
Result<std::vector<Made>> Make(const Core& core, KeyView seed, std::uint64_t number, const Shapes& shapes) {
  const auto schema = core.schemas.current();
  const auto today = std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(NowMs())));
  std::vector<Made> made;
  for (const MadeRecord& record : MakePatient(seed, number, today)) {
    const schema::TypePlan* type = schema->schema->FindType(record.type);
    if (type == nullptr) return Status::InvalidArgument("canaries need the laboratory's types Patient and LabResult");
    auto message = schema->schema->FromJson(*type, record.json.Reveal());
    if (!message.ok()) return Status::InvalidArgument("the schema's Patient or LabResult is not the laboratory's");
    const auto samples = shapes.records.find(record.type);
    made.push_back(
        {record.type, Draw(samples == shapes.records.end() ? shapes.patients : samples->second), std::move(*message)});
  }
  return made;
}

Status PlantOnce(Core& core, Desk& desk, const keys::PatientHandle& patient, const std::vector<Made>& records,
                 std::string_view external_id) {
  const auto admitted = std::shared_lock(core.new_patients);
  const std::lock_guard lock(core.locks.Of(patient));
  MS_ASSIGN(const auto change, PatientChange::Create(core, desk, patient));
  MS_TRY(PutDirectory(*change, AsBytes(external_id)));
  for (const Made& record : records) {
    PutRequest request;
    request.type = record.type;
    request.record_id = AsBytes(record.record_id);
    request.message = record.message.Reveal();
    MS_TRY(change->Put(request).status());
  }
  return change->Commit();
}

// An id that somebody has is drawn anew, and longer when ids of that shape run out.
Status Plant(Core& core, Desk& desk, const keys::PatientHandle& patient, const std::vector<Made>& records,
             const Shapes& shapes) {
  Status planted = Status::Ok();
  std::string longer;
  for (int i = 0; i < kAttempts; ++i) {
    if (i >= kAttempts / 2) longer += static_cast<char>('0' + crypto::PooledBelow(10));
    planted = PlantOnce(core, desk, patient, records, Draw(shapes.patients) + longer);
    if (planted.code() != StatusCode::kAlreadyExists && planted.code() != StatusCode::kConflict) return planted;
  }
  return planted;
}

// Remembered first: one that is planted and not remembered would be taken for a real patient for ever.
Status PlantMore(Core& core, Desk& desk, std::uint32_t count, format::Canaries& canaries) {
  if (count == 0 || canaries.patients.size() + count > format::kMostCanaries)
    return Status::InvalidArgument("from 1 to 4096 canaries in all");
  MS_ASSIGN(const Shapes shapes, LookAtShapes(core, desk));
  std::vector<std::vector<Made>> all;
  const std::size_t before = canaries.patients.size();
  for (std::uint32_t i = 0; i < count; ++i) {
    MS_ASSIGN(auto made, Make(core, canaries.seed.Reveal(), canaries.next_number++, shapes));
    all.push_back(std::move(made));
    canaries.patients.push_back(DrawPatientHandle());
  }
  MS_TRY(WriteRow(core, canaries));
  for (std::uint32_t i = 0; i < count; ++i) MS_TRY(Plant(core, desk, canaries.patients[before + i], all[i], shapes));
  return Status::Ok();
}

void Watch(Core& core, const std::vector<keys::PatientHandle>& patients) {
  if (core.alarms != nullptr) core.alarms->planted().Set(patients);
}

}  // namespace

std::string ShapedLike(std::string_view sample) {
  std::string drawn(sample);
  for (char& c : drawn) {
    if (c >= '1' && c <= '9') c = static_cast<char>('1' + crypto::PooledBelow(9));
    if (c >= 'a' && c <= 'z') c = static_cast<char>('a' + crypto::PooledBelow(26));
    if (c >= 'A' && c <= 'Z') c = static_cast<char>('A' + crypto::PooledBelow(26));
  }
  return drawn;
}

Status PlantCanaries(Core& core, Desk& desk, std::uint32_t count) {
  MS_TRY(core.CheckWritable());
  MS_TRY(RequireEntitled(core, desk));
  const std::lock_guard lock(core.canary_mutex);
  MS_ASSIGN(format::Canaries canaries, ReadRow(core));
  const Status planted = PlantMore(core, desk, count, canaries);
  Watch(core, canaries.patients);
  return planted;
}

Status RotateCanaries(Session& session, std::uint32_t& job) {
  job = 0;
  std::vector<keys::PatientHandle> old;
  {
    MS_ASSIGN(Call call, session.Enter());
    Core& core = call.core();
    MS_TRY(core.CheckWritable());
    MS_TRY(RequireEntitled(core, call.desk()));
    const std::lock_guard lock(core.canary_mutex);
    MS_ASSIGN(format::Canaries canaries, ReadRow(core));
    old = canaries.patients;
    if (old.empty()) return Status::Ok();
    MS_TRY(PlantMore(core, call.desk(), static_cast<std::uint32_t>(old.size()), canaries));
    Watch(core, {canaries.patients.begin() + static_cast<std::ptrdiff_t>(old.size()), canaries.patients.end()});
  }
  for (const keys::PatientHandle& patient : old) {
    Erased erased;
    const Status gone = ErasePatient(session, {{}, &patient}, kWhyErased, erased);
    if (!gone.ok() && gone.code() != StatusCode::kNotFound) return gone;
    if (erased.job != 0) job = erased.job;
  }
  MS_ASSIGN(Call call, session.Enter());
  const std::lock_guard lock(call.core().canary_mutex);
  MS_ASSIGN(format::Canaries canaries, ReadRow(call.core()));
  std::erase_if(canaries.patients,
                [&](const auto& patient) { return std::find(old.begin(), old.end(), patient) != old.end(); });
  MS_TRY(WriteRow(call.core(), canaries, old));
  MS_ASSIGN(const auto former, ReadFormerCanaries(call.core()));
  if (call.core().alarms != nullptr) call.core().alarms->former().Set(former);
  return Status::Ok();
}

Result<std::vector<keys::PatientHandle>> ReadFormerCanaries(const Core& core) {
  std::vector<keys::PatientHandle> former;
  const auto take = [&](ByteView id, const SecretBytes& content) {
    CopyBytes(id, former.emplace_back());
    return format::ParseFormerCanary(content.Reveal()).status();
  };
  MS_TRY(core.meta->ForEach(MetaKind::kFormerCanary, take));
  return former;
}

Result<std::vector<keys::PatientHandle>> ListCanaries(Core& core, Desk& desk) {
  MS_TRY(RequireEntitled(core, desk));
  const std::lock_guard lock(core.canary_mutex);
  MS_ASSIGN(const format::Canaries canaries, ReadRow(core));
  std::vector<keys::PatientHandle> there;
  for (const keys::PatientHandle& patient : canaries.patients) {
    if (LoadPatient(core, patient).ok()) there.push_back(patient);
  }
  return there;
}

}  // namespace mseal::vault
