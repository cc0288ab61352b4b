// Collects records of a patient into batches and puts them.
#include "vault/import.h"

#include <filesystem>

#include "vault/marks.h"

namespace mseal::vault {
namespace {

constexpr std::size_t kRecordsPerBatch = 64;
constexpr std::size_t kBytesPerBatch = 4 << 20;

std::uint64_t SizeOf(const std::string& file) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  return error ? 0 : size;
}

// A record that fails for what it holds is rejected and the rest goes on; anything else ends the import.
bool IsTheRecordsFault(StatusCode code) {
  return code == StatusCode::kInvalidArgument || code == StatusCode::kAlreadyExists || code == StatusCode::kCorrupt;
}

class Importer : public sources::Sink {
 public:
  Importer(Core& core, Desk& desk, const ImportOptions& options, ImportReport& report)
      : core_(core), desk_(desk), options_(options), report_(report) {
    for (const std::string& file : options.files) bytes_in_all_ += SizeOf(file);
  }

  Status Take(sources::SourceRecord&& record, const sources::Place& place) override {
    ++report_.read;
    const bool same = !waiting_.empty() && SameBytes(waiting_.front().record.patient.Reveal(), record.patient.Reveal());
    if (!waiting_.empty() && (!same || waiting_.size() == kRecordsPerBatch || waiting_bytes_ > kBytesPerBatch))
      MS_TRY(Flush());
    waiting_bytes_ += record.message.size();
    waiting_.push_back({std::move(record), place});
    return cancelled_ ? Status::Cancelled("the import was cancelled") : Status::Ok();
  }

  Status Reject(const sources::Place& place, const Status& why) override {
    ++report_.rejected;
    if (options_.on_reject) options_.on_reject(place, why);
    return Status::Ok();
  }

  void Progress(std::uint64_t bytes_read, std::uint64_t) override {
    bytes_read_ = bytes_read;
    Tell();
  }

  Status ReadFile(const std::string& file, const schema::Schema& schema) {
    const sources::ReadOptions read{.lab = options_.lab};
    const Status status = options_.source == SourceKind::kFhir ? sources::ReadFhir(file, schema, read, *this)
                                                               : sources::ReadHl7(file, schema, read, *this);
    const Status flushed = Flush();
    bytes_before_ += SizeOf(file);
    Progress(0, 0);
    if (!status.ok()) return status;
    MS_TRY(flushed);
    return cancelled_ ? Status::Cancelled("the import was cancelled") : Status::Ok();
  }

 private:
  struct Waiting {
    sources::SourceRecord record;
    sources::Place place;
  };

  static PutItem ItemOf(const sources::SourceRecord& record) {
    PutItem item;
    item.patient.external_id = record.patient.Reveal();
    item.request.type = record.type;
    item.request.record_id = record.record.Reveal();
    item.request.message = record.message.Reveal();
    item.request.skip_unchanged = true;
    return item;
  }

  void Tell() {
    if (options_.on_progress && !options_.on_progress(bytes_before_ + bytes_read_, bytes_in_all_, report_.read))
      cancelled_ = true;
  }

  Status Flush() {
    Tell();  // readers report bytes rarely, a Bundle at its end only: a caller who wants to stop is asked at each batch
    std::vector<Waiting> waiting = std::move(waiting_);
    waiting_.clear();
    waiting_bytes_ = 0;
    if (waiting.empty()) return Status::Ok();
    std::vector<PutItem> items;
    for (const Waiting& one : waiting) items.push_back(ItemOf(one.record));
    std::vector<PutAnswer> answers;
    const Status status = PutAll(core_, desk_, items, answers);
    if (status.ok()) return Count(answers), Status::Ok();
    if (IsTheRecordsFault(status.code())) return PutOneByOne(waiting, items);
    return status.code() == StatusCode::kPermissionDenied && IsClosed(items.front().patient)
               ? RejectAll(waiting, status)
               : status;
  }

  // Whether the patient is restricted: then their records are left out, and the rest goes on.
  bool IsClosed(const PatientName& name) const {
    const auto patient = FindPatient(core_, desk_, name);
    return patient.ok() && !MayOpen(core_, desk_, *patient);
  }

  Status RejectAll(const std::vector<Waiting>& waiting, const Status& why) {
    for (const Waiting& one : waiting) MS_TRY(Reject(one.place, why));
    return Status::Ok();
  }

  // Only the record at fault is left out.
  Status PutOneByOne(const std::vector<Waiting>& waiting, const std::vector<PutItem>& items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      std::vector<PutAnswer> answers;
      const Status status = PutAll(core_, desk_, {&items[i], 1}, answers);
      if (status.ok())
        Count(answers);
      else if (IsTheRecordsFault(status.code()))
        MS_TRY(Reject(waiting[i].place, status));
      else
        return status;
    }
    return Status::Ok();
  }

  void Count(const std::vector<PutAnswer>& answers) {
    if (answers.front().new_patient) ++report_.patients;
    for (const PutAnswer& answer : answers) {
      ++(answer.outcome.unchanged ? report_.unchanged : report_.written);
      if (answer.outcome.unchanged) continue;
      for (std::size_t number = 0; number < format::kSlots; ++number)
        report_.fields_by_class[number] += answer.outcome.fields_sealed[number];
    }
  }

  Core& core_;
  Desk& desk_;
  const ImportOptions& options_;
  ImportReport& report_;
  std::vector<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t bytes_before_ = 0;  // of the files that are read
  std::uint64_t bytes_read_ = 0;    // of this one
  std::uint64_t bytes_in_all_ = 0;
  bool cancelled_ = false;
};

}  // namespace

Status Import(Core& core, Desk& desk, const ImportOptions& options, ImportReport& report) {
  const auto schema = core.schemas.current();
  const auto source = core.registry->chain()->FindClass(schema::kSource);
  if (!source.has_value() || !desk.session->May(*source, people::Operation::kWrite))
    return Status::PermissionDenied("an import keeps each original, so its session must write the class source");
  Importer importer(core, desk, options, report);
  Status status = Status::Ok();
  for (const std::string& file : options.files) {
    status = importer.ReadFile(file, *schema->schema);
    const bool file_fault =
        status.code() == StatusCode::kNotFound || (status.code() == StatusCode::kIoError && report.read == 0);
    if (!file_fault && !status.ok()) break;
    if (file_fault) MS_TRY(importer.Reject({file, 0, {}}, status));
    status = Status::Ok();
  }
  if (core.anchor != nullptr) MS_TRY(core.anchor->Move());
  return status;
}

}  // namespace mseal::vault
