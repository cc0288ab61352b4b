// Begins the rotation of an index key and brings postings under the new one.
#include "vault/index_rotation.h"

#include <algorithm>
#include <optional>

#include "format/group.h"
#include "vault/patient_rows.h"
#include "vault/read.h"
#include "vault/search.h"

namespace mseal::vault {
namespace {

using format::HeaderPosting;
using format::Job;
using format::JobKind;
using store::Table;
using Names = std::vector<HeaderPosting>;

bool Contains(const Names& names, const HeaderPosting& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What the patients of one batch have in common.
struct Round {
  Round(store::Rows& rows, store::Batch& batch) : at(rows.Freeze()), change(rows, batch) {}
  std::unique_ptr<store::Snapshot> at;
  Overlay change;  // patients may share values: each sees the postings of those before it
};

class IndexRekey : public JobWork {
 public:
  IndexRekey(Core& core, Desk& desk, std::uint32_t number, const Job& job, std::shared_ptr<const ActiveSchema> schema,
             std::size_t batch_size)
      : core_(core),
        desk_(desk),
        number_(number),
        key_name_{job.subject, job.target},
        schema_(std::move(schema)),
        in_(schema_->FindIndex(job.subject)),
        batch_size_(batch_size) {}

  // Writers take places in the index too. One who was faster costs the batch, so the next try is a smaller one.
  Status Batch(Job& job) override {
    MS_ASSIGN(key_, IndexKeyOf(core_, desk_, *schema_, *in_.field, key_name_.generation));
    Status status = TryBatch(job, batch_size_);
    for (std::size_t size = batch_size_; status.code() == StatusCode::kConflict; status = TryBatch(job, size))
      size = std::max<std::size_t>(1, size / 2);
    MS_TRY(status);
    if (format::IsOver(job)) core_.generations.Retire(key_name_);
    return Status::Ok();
  }

 private:
  Status TryBatch(Job& job, std::size_t size) {
    std::optional<Round> round;
    return PatientPass(core_, number_, size).Batch(job, [&](const keys::PatientHandle& patient, store::Batch& batch) {
      if (!round.has_value()) round.emplace(*core_.rows, batch);
      return RekeyPatient(patient, job.pass == 1, *round);
    });
  }

  // The first pass writes every record of the type, whether it has a value or not: two copies of the disk do not show
  // which have one. Later ones look for what is left.
  Result<bool> RekeyPatient(const keys::PatientHandle& patient, bool all, Round& round) {
    auto keys = core_.patients->Read(patient);
    if (keys.code() == StatusCode::kNotFound) return false;  // went since the scan
    MS_TRY(keys.status());
    MS_ASSIGN(format::Head head, keys::ReadHead(*core_.rows, core_.identity.store, core_.identity.suite, *keys));
    MS_ASSIGN(PatientRows rows, CollectPatient(core_, *keys, *round.at));
    bool changed = false;
    for (OpenedRow& row : rows.live) {
      if (row.header.type != in_.type->name || (!all && !NamesOlder(row))) continue;
      MS_TRY(RekeyRow(*keys, row, round.change, head));
      changed = true;
    }
    if (!changed) return false;
    ++head.version;
    keys::PutHead(round.change.batch(), core_.identity.store, core_.identity.suite, *keys, head);
    return true;
  }

  bool IsOlder(const HeaderPosting& name) const {
    return name.index == key_name_.index && name.generation < key_name_.generation;
  }
  bool NamesOlder(const OpenedRow& row) const {
    return std::any_of(row.header.postings.begin(), row.header.postings.end(),
                       [this](const HeaderPosting& name) { return IsOlder(name); });
  }

  // The record keeps its version: what is stored of it is the same.
  Status RekeyRow(const keys::PatientKeys& keys, OpenedRow& row, Overlay& change, format::Head& head) {
    if (NamesOlder(row)) MS_TRY(MoveNames(keys, row, change));
    const Bytes row_key = LiveRowKey(row.place);
    Bytes bytes;
    seal::Commitment commitment;
    ResealHeader(core_.identity, keys, row, row.header, bytes, commitment);
    change.Put(Table::kRecords, row_key, bytes);
    head.sum.Subtract(keys::DigestOfRow(keys, row_key, row.commitment));
    head.sum.Add(keys::DigestOfRow(keys, row_key, commitment));
    return Status::Ok();
  }

  Status MoveNames(const keys::PatientKeys& keys, OpenedRow& row, Overlay& change) {
    const format::Posting posting{row.place.patient, row.place.tag};
    Names& names = row.header.postings;
    MS_ASSIGN(const Names wanted, NamesOf(keys, row));
    for (const HeaderPosting& name : names) {
      if (IsOlder(name)) MS_TRY(core_.postings->Remove(change, name, posting, &places_));
    }
    std::erase_if(names, [this](const HeaderPosting& name) { return IsOlder(name); });
    for (const HeaderPosting& name : wanted) {
      if (Contains(names, name)) continue;
      MS_TRY(core_.postings->Add(change, name, posting, in_.unique()));
      names.push_back(name);
    }
    return Status::Ok();
  }

  // What the record's values are called under the new key.
  Result<Names> NamesOf(const keys::PatientKeys& keys, const OpenedRow& row) {
    Names names;
    const format::HeaderGroup* group = row.FindGroup(schema_->NumberOf(in_.field->class_index), 0);
    if (group == nullptr || group->state == format::GroupState::kVoid) return names;
    MS_ASSIGN(const keys::DataKey data_key, RecordReader(core_, desk_).DataKeyOf(keys, *group));
    SecretBytes content;
    MS_TRY(OpenGroup(core_.identity, row, *group, data_key, content));
    format::GroupReader reader(content.Reveal());
    format::GroupEntry entry;
    while (reader.Next(entry)) {
      if (entry.field == in_.field->number && entry.kind == format::EntryKind::kInline)
        MS_TRY(AddNames(*key_, key_name_, *in_.field, entry.value, names));
    }
    MS_TRY(reader.Finish());
    return names;
  }

  Core& core_;
  Desk& desk_;
  std::uint32_t number_;
  IndexKeyName key_name_;
  std::shared_ptr<const ActiveSchema> schema_;
  IndexedField in_;
  std::size_t batch_size_;
  std::shared_ptr<const IndexKey> key_;
  PostingPlaces places_;  // of older names, which nobody adds to
};

Result<const schema::FieldPlan*> FindSearchable(const ActiveSchema& schema, std::string_view type_name,
                                                std::string_view field_name) {
  const schema::TypePlan* type = schema.schema->FindType(type_name);
  const schema::FieldPlan* field = type == nullptr ? nullptr : type->FindField(field_name);
  if (field == nullptr) return Status::NotFound("the schema has no such record type or field");
  if (!field->find) return Status::InvalidArgument("the field cannot be searched");
  return field;
}

// The next key and the job that brings everything under it.
Status Begin(Core& core, Desk& desk, people::ClassNumber class_number, const IndexKeyName& next, std::uint32_t number) {
  store::Batch batch;
  MS_TRY(MakeIndexKey(core.identity, *core.meta, *desk.session, *core.registry->chain(), next, class_number, batch));
  BeginJob(core, number, {.kind = JobKind::kIndexRotation, .subject = next.index, .target = next.generation}, batch);
  const auto changing = core.generations.Changing();
  MS_TRY(core.CommitAs(batch, store::Durability::kPower));
  core.generations.Begin(next);
  return Status::Ok();
}

}  // namespace

Result<std::unique_ptr<JobWork>> MakeIndexRekey(Core& core, Desk& desk, std::uint32_t number, const Job& job,
                                                std::size_t batch_size) {
  auto schema = core.schemas.current();
  const IndexedField in = schema->FindIndex(job.subject);
  if (in.field == nullptr || !in.field->find) return Status::AuthFailed("the schema has no index of the job's number");
  if (!desk.session->Holds(schema->NumberOf(in.field->class_index)))
    return Status::PermissionDenied("only a session that holds the field's class works on its index");
  return std::unique_ptr<JobWork>(std::make_unique<IndexRekey>(core, desk, number, job, std::move(schema), batch_size));
}

Status StartIndexRotation(Session& session, std::string_view type, std::string_view field_name, std::uint32_t& number) {
  constexpr int kAttempts = 16;
  MS_ASSIGN(Call call, session.Enter());
  Core& core = call.core();
  MS_TRY(core.CheckWritable());
  const std::lock_guard lock(core.job_mutex);
  const auto schema = core.schemas.current();
  MS_ASSIGN(const schema::FieldPlan* field, FindSearchable(*schema, type, field_name));
  const people::ClassNumber class_number = schema->NumberOf(field->class_index);
  if (!call.desk().session->Holds(class_number))
    return Status::PermissionDenied("the session does not hold the field's class");
  MS_ASSIGN(number, NextJob(core, JobKind::kIndexRotation, field->index_id));
  const IndexKeyName next{field->index_id, core.generations.Of(field->index_id).newest + 1};
  Status begun = Begin(core, call.desk(), class_number, next, number);
  for (int attempt = 1; attempt < kAttempts && begun.code() == StatusCode::kConflict; ++attempt) {
    core.registry->Settle();  // a statement came in between
    begun = Begin(core, call.desk(), class_number, next, number);
  }
  MS_TRY(begun);
  return core.anchor->Move();
}

}  // namespace mseal::vault
