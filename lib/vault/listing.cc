// Makes the listings.
#include "vault/listing.h"

#include <algorithm>

#include "format/keys_of_rows.h"
#include "schema/normalize.h"
#include "schema/walker.h"
#include "vault/erasures.h"
#include "vault/marks.h"
#include "vault/patient_change.h"
#include "vault/patient_rows.h"
#include "vault/search.h"
#include "vault/showing.h"

namespace mseal::vault {
namespace {

using store::Table;
using SnapshotPtr = std::unique_ptr<store::Snapshot>;

Result<const schema::FieldPlan*> FindFieldPlan(const ActiveSchema& schema, std::string_view type_name,
                                               std::string_view field_name) {
  const schema::TypePlan* type = schema.schema->FindType(type_name);
  if (type == nullptr) return Status::InvalidArgument("the schema has no such record type");
  const schema::FieldPlan* field = type->FindField(field_name);
  if (field == nullptr) return Status::InvalidArgument("the record's type has no such field");
  return field;
}

// Where a range that somebody wrote as text begins or ends; an empty text is the beginning of all.
Result<Bytes> BoundOf(const schema::FieldPlan& field, const Bytes& all, ByteView text) {
  Bytes bound = all;
  if (text.empty()) return bound;
  MS_ASSIGN(const SecretBytes value, schema::ValueFromText(field, text));
  AppendOrderedValue(bound, value.Reveal());
  return bound;
}

// Records by their handles. Those of restricted patients are left out: a refusal would say that their value was met.
class HandleListing : public Listing {
 public:
  HandleListing(Core& core, Desk& desk, SnapshotPtr at, std::vector<keys::RecordHandle> handles)
      : core_(core), desk_(desk), at_(std::move(at)), reader_(core, desk, at_.get()), handles_(std::move(handles)) {}

  Result<std::unique_ptr<OpenedRecord>> Next() override {
    while (next_ < handles_.size()) {
      const keys::RecordHandle& handle = handles_[next_++];
      auto record = reader_.Read(handle, {});
      if (record.code() == StatusCode::kErased) continue;             // since the listing began
      if (!MayOpen(core_, desk_, keys::PatientOf(handle))) continue;  // asked last: it may have come while reading
      // Index and records change together, so at one point in time an index never names what is not there.
      if (record.code() == StatusCode::kNotFound) return Status::AuthFailed("the index names a record that is missing");
      return record;
    }
    return std::unique_ptr<OpenedRecord>();
  }

 private:
  Core& core_;
  Desk& desk_;
  SnapshotPtr at_;
  RecordReader reader_;
  std::vector<keys::RecordHandle> handles_;
  std::size_t next_ = 0;
};

class HistoryListing : public Listing {
 public:
  HistoryListing(Core& core, Desk& desk, SnapshotPtr at, const keys::PatientHandle& patient, std::string_view type,
                 ByteView record_id, std::uint64_t newest)
      : at_(std::move(at)),
        reader_(core, desk, at_.get()),
        patient_(patient),
        type_(type),
        record_id_(SecretBytes::CopyOf(record_id)),
        version_(newest) {}

  Result<std::unique_ptr<OpenedRecord>> Next() override {
    while (version_ > 0) {
      auto record = reader_.Read(patient_, type_, record_id_.Reveal(), version_--, {});
      if (record.code() != StatusCode::kNotFound) return record;  // a version from a time without history is not there
    }
    return std::unique_ptr<OpenedRecord>();
  }

 private:
  SnapshotPtr at_;
  RecordReader reader_;
  keys::PatientHandle patient_;
  std::string type_;
  SecretBytes record_id_;
  std::uint64_t version_;
};

// Patients one after the other by their key rows, each checked whole before its records are given. Restricted ones are
// left out.
class TypeListing : public Listing {
 public:
  TypeListing(Core& core, Desk& desk, std::string_view type, const std::optional<keys::RecordHandle>& after)
      : core_(core), desk_(desk), at_(core.rows->Freeze()), reader_(core, desk, at_.get()), type_(type), after_(after) {
    const Bytes first = after.has_value() ? format::KeyRowPrefix(keys::PatientOf(*after)) : format::KeyRowPrefix();
    patients_ = core.rows->Scan(Table::kKeys, first, format::AfterPrefix(format::KeyRowPrefix()), at_.get());
  }

  Result<std::unique_ptr<OpenedRecord>> Next() override {
    while (next_ == records_.size() || !MayOpen(core_, desk_, keys_->handle)) {
      if (!patients_->Valid()) {
        MS_TRY(patients_->status());
        return std::unique_ptr<OpenedRecord>();
      }
      MS_TRY(NextPatient());
    }
    return reader_.Assemble(*keys_, records_[next_++], {});
  }

 private:
  Status NextPatient() {
    MS_ASSIGN(const format::KeyRowPlace place, format::ParseKeyRowKey(patients_->key()));
    patients_->Next();
    records_.clear();
    next_ = 0;
    if (keys_ != nullptr && keys_->handle == place.patient)
      return Status::Ok();  // the same under another bucket-key version
    if (!MayOpen(core_, desk_, place.patient)) return keys_ = nullptr, Status::Ok();
    auto loaded = LoadPatient(core_, place.patient);
    if (loaded.code() == StatusCode::kErased) return keys_ = nullptr, Status::Ok();  // since the scan began
    MS_ASSIGN(keys_, std::move(loaded));
    MS_ASSIGN(PatientRows rows, CollectPatient(core_, *keys_, *at_));
    for (OpenedRow& row : rows.live) {
      if (row.header.type != type_ || (after_.has_value() && row.place.handle() <= *after_)) continue;
      records_.push_back(std::move(row));
    }
    return Status::Ok();
  }

  Core& core_;
  Desk& desk_;
  SnapshotPtr at_;
  RecordReader reader_;
  std::string type_;
  std::optional<keys::RecordHandle> after_;
  std::unique_ptr<store::Cursor> patients_;
  std::shared_ptr<const keys::PatientKeys> keys_;
  std::vector<OpenedRow> records_;
  std::size_t next_ = 0;
};

// The records of one patient, already checked.
class PatientListing : public Listing {
 public:
  PatientListing(Core& core, Desk& desk, SnapshotPtr at, std::shared_ptr<const keys::PatientKeys> keys,
                 std::vector<OpenedRow> rows)
      : core_(core),
        desk_(desk),
        at_(std::move(at)),
        reader_(core, desk, at_.get()),
        keys_(std::move(keys)),
        rows_(std::move(rows)) {}

  Result<std::unique_ptr<OpenedRecord>> Next() override {
    MS_TRY(CheckMayOpen(core_, desk_, keys_->handle));
    if (next_ == rows_.size()) return std::unique_ptr<OpenedRecord>();
    return reader_.Assemble(*keys_, rows_[next_++], {});
  }

 private:
  Core& core_;
  Desk& desk_;
  SnapshotPtr at_;
  RecordReader reader_;
  std::shared_ptr<const keys::PatientKeys> keys_;
  std::vector<OpenedRow> rows_;
  std::size_t next_ = 0;
};

}  // namespace

Result<ListingPtr> ListFound(Core& core, Desk& desk, std::string_view type, std::string_view field_name,
                             ByteView value) {
  const auto schema = core.schemas.current();
  MS_ASSIGN(const schema::FieldPlan* field, FindFieldPlan(*schema, type, field_name));
  if (!field->find) return Status::InvalidArgument("the field cannot be searched");
  // Whoever may not search is told so whatever they look for.
  if (!desk.session->May(schema->NumberOf(field->class_index), people::Operation::kSearch))
    return Status::PermissionDenied("the session may not search the field's class");
  MS_TRY(IndexKeyOf(core, desk, *schema, *field, core.generations.Of(field->index_id).newest).status());
  MS_TRY(CheckWhole(desk, *field, schema->NumberOf(field->class_index)));
  MS_ASSIGN(const SecretBytes wanted, schema::ValueFromText(*field, value));
  const schema::Normalized normalised = schema::Normalize(field->normalizer, wanted.Reveal());
  if (normalised.value.empty()) return Status::InvalidArgument("the value to search for is empty");
  MS_ASSIGN(FoundThen found, FindThen(core, desk, *schema, *field, normalised.value.Reveal()));
  std::vector<keys::RecordHandle> handles;
  for (const format::Posting& posting : found.postings)
    handles.push_back(keys::MakeRecordHandle(posting.patient, posting.record_tag));
  return ListingPtr(std::make_unique<HandleListing>(core, desk, std::move(found.then.at), std::move(handles)));
}

Result<ListingPtr> ListRange(Core& core, Desk& desk, std::string_view type, std::string_view field_name, ByteView first,
                             ByteView last, bool prefix) {
  const auto schema = core.schemas.current();
  MS_ASSIGN(const schema::FieldPlan* field, FindFieldPlan(*schema, type, field_name));
  if (!field->ordered) return Status::InvalidArgument("the field has no ordered index");
  const Bytes all = OrderedPrefix(field->index_id);
  MS_ASSIGN(const Bytes from, BoundOf(*field, all, first));
  MS_ASSIGN(const Bytes to, BoundOf(*field, all, last));
  const Bytes end = prefix ? format::AfterPrefix(from) : last.empty() ? format::AfterPrefix(all) : to;
  SnapshotPtr at = core.rows->Freeze();
  std::vector<keys::RecordHandle> handles;
  const auto cursor = core.rows->Scan(Table::kIndex, from, end, at.get());
  for (; cursor->Valid(); cursor->Next()) {
    keys::RecordHandle handle;
    if (cursor->key().size() < handle.size()) return Status::Corrupt("key of an ordered row is cut short");
    CopyBytes(cursor->key().last(handle.size()), handle);
    handles.push_back(handle);
  }
  MS_TRY(cursor->status());
  return ListingPtr(std::make_unique<HandleListing>(core, desk, std::move(at), std::move(handles)));
}

Result<ListingPtr> ListPatient(Core& core, Desk& desk, const PatientName& name) {
  MS_ASSIGN(const keys::PatientHandle patient, FindPatient(core, desk, name));
  MS_TRY(CheckMayOpen(core, desk, patient));
  SnapshotPtr at = core.rows->Freeze();
  MS_ASSIGN(auto keys, LoadPatient(core, patient));
  MS_ASSIGN(PatientRows rows, CollectPatient(core, *keys, *at));
  std::erase_if(rows.live, [](const OpenedRow& row) { return row.header.type == schema::kDirectoryType; });
  return ListingPtr(std::make_unique<PatientListing>(core, desk, std::move(at), std::move(keys), std::move(rows.live)));
}

Result<ListingPtr> ListHistory(Core& core, Desk& desk, const PatientName& name, std::string_view type,
                               ByteView record_id) {
  MS_ASSIGN(const keys::PatientHandle patient, FindPatient(core, desk, name));
  MS_TRY(CheckMayOpen(core, desk, patient));
  SnapshotPtr at = core.rows->Freeze();
  MS_ASSIGN(const auto keys, LoadPatient(core, patient));
  const RecordPlace place = PlaceRecord(core.identity, *keys, type, record_id);
  MS_ASSIGN(const OpenedRow live, RecordReader(core, desk, at.get()).ReadLive(*keys, place.tag));
  return ListingPtr(
      std::make_unique<HistoryListing>(core, desk, std::move(at), patient, type, record_id, live.header.version));
}

Result<ListingPtr> ListType(Core& core, Desk& desk, std::string_view type,
                            const std::optional<keys::RecordHandle>& after) {
  if (core.schemas.current()->schema->FindType(type) == nullptr)
    return Status::InvalidArgument("the schema has no such record type");
  return ListingPtr(std::make_unique<TypeListing>(core, desk, type, after));
}

}  // namespace mseal::vault
