// Passes over patients and counts what opens.
#include "vault/held_exposure.h"

#include <algorithm>
#include <filesystem>
#include <limits>

#include "format/backup_facts.h"
#include "format/keys_of_rows.h"
#include "store/backup_place.h"
#include "store/rocks.h"
#include "vault/backup_places.h"
#include "vault/bundle.h"
#include "vault/log_queries.h"
#include "vault/patient_rows.h"
#include "vault/restored_keys.h"
#include "vault/scratch.h"
#include "vault/store_files.h"

namespace mseal::vault {
namespace {

using format::GroupState;
using keys::PatientKeys;
using people::ClassNumber;
using store::Table;

std::uint16_t BitOf(ClassNumber number) { return static_cast<std::uint16_t>(1u << number); }

// A pass over the key rows of a store: the vault's own, or one that was copied, which has no more than rows and keys.
class Pass {
 public:
  Pass(const Core& rows, Core& core, Desk& desk, const VisitHeld& visit, HeldSummary& summary)
      : from_(rows), core_(core), desk_(desk), visit_(visit), summary_(summary) {}

  // Which classes are asked of; of values that were not written before then it cannot be said.
  struct Wanted {
    std::uint16_t classes = 0;
    std::uint64_t before_ms = std::numeric_limits<std::uint64_t>::max();
  };
  using Look = std::function<Wanted(const PatientKeys&)>;
  Status Run(const Look& look) {
    const auto at = from_.rows->Freeze();
    const Bytes prefix = format::KeyRowPrefix();
    const auto cursor = from_.rows->Scan(Table::kKeys, prefix, format::AfterPrefix(prefix), at.get());
    keys::PatientHandle last{};
    for (bool first = true; cursor->Valid(); cursor->Next(), first = false) {
      MS_ASSIGN(const format::KeyRowPlace place, format::ParseKeyRowKey(cursor->key()));
      if (!first && place.patient == last) continue;  // while the epoch changes there are two
      last = place.patient;
      MS_TRY(LookAtRow(place.patient, *at, look));
    }
    return cursor->status();
  }

 private:
  // Whose rows were changed open for nobody: they are told of by number, and the others still looked at.
  Status LookAtRow(const keys::PatientHandle& patient, const store::Snapshot& at, const Look& look) {
    const auto keys = from_.patients->Read(patient, &at);
    const Status looked = keys.ok() ? LookAt(*keys, at, look) : keys.status();
    if (looked.code() == StatusCode::kNotFound) return Status::Ok();  // gone since
    if (!IsDamage(looked.code())) return looked;
    summary_.unreadable += core_.IsPlanted(patient) ? 0 : 1;
    return Status::Ok();
  }

  Status LookAt(const PatientKeys& keys, const store::Snapshot& at, const Look& look) {
    HeldPatient held;
    held.patient = keys.handle;
    const Wanted wanted = look(keys);
    if (wanted.classes != 0) MS_TRY(Count(keys, at, wanted, held));
    if (held.classes == 0 && held.not_assessed == 0) return Status::Ok();
    Add(held);
    return visit_(held);
  }

  void Add(const HeldPatient& held) {
    if (core_.IsPlanted(held.patient)) return ++summary_.canaries, void();
    ++summary_.patients;
    summary_.records += held.records;
    summary_.fields += held.fields;
    summary_.not_assessed += held.not_assessed != 0 ? 1 : 0;
  }

  Status Count(const PatientKeys& keys, const store::Snapshot& at, const Wanted& wanted, HeldPatient& held) {
    MS_ASSIGN(const PatientRows rows, CollectPatient(from_, keys, at));
    if (!WasThere(rows, wanted.before_ms)) return Status::Ok();
    const auto opened = desk_.session->DataKeys(keys);
    for (const auto* list : {&rows.live, &rows.history}) {
      for (const OpenedRow& row : *list) MS_TRY(CountRow(row, *opened, wanted, held));
    }
    return Status::Ok();
  }

  // The directory's record is of when the patient was first written to.
  static bool WasThere(const PatientRows& rows, std::uint64_t before_ms) {
    return std::any_of(rows.live.begin(), rows.live.end(),
                       [&](const OpenedRow& row) { return row.header.written_ms < before_ms; });
  }

  Status CountRow(const OpenedRow& row, const people::OpenedDataKeys& opened, const Wanted& wanted, HeldPatient& held) {
    bool touched = false;
    for (const format::HeaderGroup& group : row.header.groups) {
      if (group.state != GroupState::kSealed || (wanted.classes & BitOf(group.class_number)) == 0) continue;
      touched = true;
      const bool asked = row.header.written_ms < wanted.before_ms;
      const keys::DataKey* const key = asked ? KeyOf(opened, group) : nullptr;
      if (key == nullptr)
        held.not_assessed |= BitOf(group.class_number);
      else
        MS_TRY(CountGroup(row, group, *key, held));
    }
    if (!touched) return Status::Ok();
    ++held.records;
    held.last_ms = std::max(held.last_ms, row.header.written_ms);
    held.first_ms = held.first_ms == 0 ? row.header.written_ms : std::min(held.first_ms, row.header.written_ms);
    return Status::Ok();
  }

  // Null where the session may not read the class, or has no key for it.
  const keys::DataKey* KeyOf(const people::OpenedDataKeys& opened, const format::HeaderGroup& group) const {
    if (desk_.session->SightOf(group.class_number) != people::Sight::kWhole) return nullptr;
    const auto& pair = opened.classes[group.class_number];
    if (pair.current.has_value() && pair.generation == group.generation) return &*pair.current;
    return pair.previous.has_value() && pair.previous_generation == group.generation ? &*pair.previous : nullptr;
  }

  Status CountGroup(const OpenedRow& row, const format::HeaderGroup& group, const keys::DataKey& key,
                    HeldPatient& held) const {
    SecretBytes content;
    MS_TRY(OpenGroup(from_.identity, row, group, key, content));
    format::GroupReader reader(content.Reveal());
    format::GroupEntry entry;
    while (reader.Next(entry)) {
      ++held.fields;
      held.classes |= BitOf(group.class_number);
    }
    return reader.Finish();
  }

  const Core& from_;
  Core& core_;
  Desk& desk_;
  const VisitHeld& visit_;
  HeldSummary& summary_;
};

// ---- a backup

struct Found {
  Place place;
  std::unique_ptr<store::BackupPlace> data;
  std::uint32_t number = 0;
};

Result<bool> FindIn(const Core& core, const Place& place, std::uint32_t number, Found& found) {
  MS_TRY(CheckReachable(core, place));
  MS_ASSIGN(auto data, store::BackupPlace::Open(place.data(), {}));
  MS_ASSIGN(const store::BackupList list, data->List());
  for (const store::Backup& backup : list.usable) {
    if (number != 0 && backup.number != number) continue;
    MS_ASSIGN(const format::BackupFacts facts, format::ParseBackupFacts(backup.metadata));
    if (facts.store != core.identity.store) return Status::AuthFailed("the backup is another store's");
    found.number = backup.number;
  }
  found.place = place;
  found.data = std::move(data);
  return found.number != 0;
}

Result<Found> FindBackup(const Core& core, const std::string& path, std::uint32_t number) {
  const std::string full = path.empty() ? path : std::filesystem::absolute(path).lexically_normal().string();
  std::vector<Place> places;
  MS_TRY(ForEachPlace(core, [&](const Place& place) {
    const bool ours = place.facts.kind == format::PlaceKind::kBackups;
    if (ours && (full.empty() || place.facts.path == full)) places.push_back(place);
    return Status::Ok();
  }));
  Status missed = Status::NotFound("no registered place has such a backup: medseal backup list");
  for (const Place& place : places) {
    Found found;
    const auto there = FindIn(core, place, number, found);
    if (there.ok() && *there) return found;
    if (!there.ok()) missed = there.status();
  }
  return missed;
}

// The erased and the unreadable are left out of the copy; canaries among them are still none to be counted.
std::uint64_t CountReal(const Core& core, const std::vector<keys::PatientHandle>& patients) {
  std::uint64_t count = 0;
  for (const keys::PatientHandle& patient : patients) count += core.WasPlanted(patient) ? 0 : 1;
  return count;
}

}  // namespace

Status ExposureOfBackup(Core& core, Desk& desk, const std::string& place, std::uint32_t number, const VisitHeld& visit,
                        HeldSummary& summary) {
  MS_TRY(RecordQuestion(core, desk, "exposure of a backup"));
  MS_ASSIGN(const Found found, FindBackup(core, place, number));
  Scratch scratch;
  MS_TRY(scratch.Make({}));
  MS_TRY(found.data->RestoreTo(found.number, scratch.store()));
  Core copy;
  copy.identity.store = core.identity.store;
  MS_ASSIGN(copy.rows, store::OpenRocks(scratch.store(), {}));
  MS_ASSIGN(const OpenedBundle bundle,
            OpenedBundle::Open(found.place.bundle(), core.identity.store, core.identity.suite, *core.epochs));
  RestoredPatients restored;
  MS_TRY(RestoreKeys(*copy.rows, bundle, copy.identity, copy.suites, *core.epochs, restored));
  copy.buckets = std::make_unique<keys::Buckets>(*copy.rows, copy.identity.store, copy.identity.suite, *core.epochs,
                                                 bundle.list().bucket_bits);
  copy.patients = std::make_unique<keys::PatientKeyTable>(*copy.rows, copy.identity.store, copy.identity.suite,
                                                          *copy.buckets, /*cached_patients=*/1);
  summary.backup = found.number;
  summary.erased = CountReal(core, restored.erased);
  summary.unreadable = CountReal(core, restored.unreadable);
  return Pass(copy, core, desk, visit, summary).Run([](const PatientKeys&) { return Pass::Wanted{.classes = 0xffff}; });
}

Status ExposureOfKey(Core& core, Desk& desk, std::string_view class_name, std::uint32_t version, const VisitHeld& visit,
                     HeldSummary& summary) {
  MS_TRY(RecordQuestion(core, desk, "exposure of a key of " + std::string(class_name)));
  const auto chain = core.registry->chain();
  const auto number = chain->FindClass(class_name);
  if (!number.has_value() || chain->FindClassKey(*number, version) == nullptr)
    return Status::NotFound("there is no such class, or its key has no such version");
  const people::ClassKeyEntry* const next = chain->FindClassKey(*number, version + 1);
  return Pass(core, core, desk, visit, summary).Run([&](const PatientKeys& keys) {
    Pass::Wanted wanted;
    const format::Slot& slot = keys.row.slots[*number];
    if (slot.state == format::SlotState::kUnused || slot.class_key_version < version) return wanted;
    wanted.classes = BitOf(*number);
    if (slot.class_key_version > version && next != nullptr) wanted.before_ms = next->made_ms;
    return wanted;
  });
}

}  // namespace mseal::vault
