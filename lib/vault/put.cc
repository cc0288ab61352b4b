// Groups items by patient, takes the locks and retries what lost a race for a place in the index.
#include "vault/put.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace mseal::vault {
namespace {

constexpr int kAttempts = 64;
constexpr std::size_t kLongestRecordId = 1024;

Status CheckItem(const PutItem& item) {
  const std::size_t size = item.request.record_id.size();
  if (size == 0 || size > kLongestRecordId) return Status::InvalidArgument("a record's id has 1 to 1024 bytes");
  if (item.request.type == schema::kDirectoryType)
    return Status::InvalidArgument("the directory is written with its patient only");
  return Status::Ok();
}

bool SamePatient(const PatientName& a, const PatientName& b) {
  if ((a.handle == nullptr) != (b.handle == nullptr)) return false;
  return a.handle != nullptr ? *a.handle == *b.handle : SameBytes(a.external_id, b.external_id);
}

// The items of one patient, by their positions.
using Positions = std::vector<std::size_t>;

std::vector<Positions> GroupByPatient(std::span<const PutItem> items) {
  std::vector<Positions> groups;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const Positions& group) {
      return SamePatient(items[group.front()].patient, items[i].patient);
    });
    if (same == groups.end())
      groups.push_back({i});
    else
      same->push_back(i);
  }
  return groups;
}

// One try for one patient. `faster`: it failed because another writer took a place first, and another try may not.
Status TryPatient(Core& core, Desk& desk, std::span<const PutItem> items, const Positions& positions,
                  std::vector<PutAnswer>& answers, bool& faster) {
  const PatientName& name = items[positions.front()].patient;
  auto known = FindPatient(core, desk, name);
  const bool fresh = known.code() == StatusCode::kNotFound && name.handle == nullptr;
  if (!known.ok() && !fresh) return known.status();
  const auto admitted = fresh ? std::shared_lock(core.new_patients) : std::shared_lock<Gate>();
  const keys::PatientHandle patient = fresh ? DrawPatientHandle() : *known;
  std::lock_guard lock(core.locks.Of(patient));
  auto change = fresh ? PatientChange::Create(core, desk, patient) : PatientChange::Open(core, desk, patient);
  MS_TRY(change.status());
  if (fresh) {
    const Status named = PutDirectory(**change, name.external_id);
    // Another writer made the patient since the look above: the next try finds it.
    faster = named.code() == StatusCode::kAlreadyExists;
    MS_TRY(named);
  }
  for (const std::size_t position : positions) {
    auto outcome = (*change)->Put(items[position].request);
    if (!outcome.ok()) return answers[position].status = outcome.status();
    answers[position].outcome = *outcome;
    answers[position].new_patient = fresh;
  }
  const Status committed = (*change)->Commit();
  faster = committed.code() == StatusCode::kConflict;
  return committed;
}

// Writers that keep taking each other's places in the index let one another through.
void StandBack(int attempt) {
  constexpr int kLongest = 10;  // of doublings
  const std::uint32_t at_most = 50u << std::min(attempt, kLongest);
  std::this_thread::sleep_for(std::chrono::microseconds(crypto::PooledBelow(at_most)));
}

Status PutPatient(Core& core, Desk& desk, std::span<const PutItem> items, const Positions& positions,
                  std::vector<PutAnswer>& answers) {
  Status status = Status::Ok();
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt > 1) StandBack(attempt);
    bool faster = false;
    status = TryPatient(core, desk, items, positions, answers, faster);
    if (!faster) break;
  }
  for (const std::size_t position : positions) {
    // An item that was fine by itself shares the fate of its patient.
    if (status.ok() || answers[position].status.code() == StatusCode::kCancelled) answers[position].status = status;
  }
  return status;
}

}  // namespace

Status PutAll(Core& core, Desk& desk, std::span<const PutItem> items, std::vector<PutAnswer>& answers) {
  answers.assign(items.size(), PutAnswer{});
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Status checked = CheckItem(items[i]);
    if (!checked.ok()) return answers[i].status = checked;
  }
  for (const Positions& group : GroupByPatient(items)) MS_TRY(PutPatient(core, desk, items, group, answers));
  return Status::Ok();
}

Status DeleteRecord(Core& core, Desk& desk, const PatientName& name, std::string_view type, ByteView record_id,
                    std::uint64_t expected_version) {
  MS_ASSIGN(const keys::PatientHandle patient, FindPatient(core, desk, name));
  std::lock_guard lock(core.locks.Of(patient));
  auto change = PatientChange::Open(core, desk, patient);
  // A handle that nobody has is the same to a caller as a record that nobody wrote.
  if (change.code() == StatusCode::kNotFound) return Status::NotFound("no such record");
  MS_TRY(change.status());
  MS_TRY((*change)->Delete(type, record_id, expected_version));
  return (*change)->Commit();
}

}  // namespace mseal::vault
