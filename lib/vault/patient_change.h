// One patient's change: records put and deleted under that patient's lock, then committed as one batch with key row,
// head, postings and history.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "vault/core.h"
#include "vault/field_list.h"
#include "vault/overlay.h"
#include "vault/streams.h"

namespace mseal::vault {

enum class PutMode : std::uint8_t { kReplace = 0, kInsert = 1, kUpdate = 2 };

// A stream that an upload wrote, about to become the value of a field.
struct PreparedStream {
  std::uint32_t field = 0;
  format::StreamReference reference;
  people::ClassNumber class_number = 0;
  std::uint32_t generation = 0;
  const keys::DataKey* data_key = nullptr;  // of that generation
  seal::Suite suite = seal::Suite::kChaCha20Poly1305;
};

struct PutRequest {
  std::string_view type;
  ByteView record_id;
  ByteView message;  // serialized
  PutMode mode = PutMode::kReplace;
  std::uint64_t expected_version = 0;  // 0: any
  std::span<const std::string_view> clear;
  bool skip_unchanged = false;
  const PreparedStream* prepared = nullptr;
};

struct PutOutcome {
  std::uint64_t version = 0;
  bool unchanged = false;
  keys::RecordHandle handle{};
  std::array<std::uint32_t, format::kSlots> fields_sealed{};  // by class number
};

// Which groups of a row are meant.
using GroupFilter = std::function<bool(const format::Header& header, const format::HeaderGroup& group)>;

class RecordDraft;

// The caller holds the patient's lock from before Open (or Create) until after Commit.
class PatientChange {
 public:
  // A change of a known patient.
  //   NotFound    no such patient
  //   AuthFailed  key row or head were changed, or the key row is older than the head
  static Result<std::unique_ptr<PatientChange>> Open(Core& core, Desk& desk, const keys::PatientHandle& patient);
  // The same for the host itself, whose desk has no session: it only deletes, and nobody's marks are in the way.
  static Result<std::unique_ptr<PatientChange>> OpenByHost(Core& core, Desk& desk, const keys::PatientHandle& patient);
  // A new patient, with a data key for each class the session holds.
  static Result<std::unique_ptr<PatientChange>> Create(Core& core, Desk& desk, const keys::PatientHandle& patient);

  const keys::PatientHandle& patient() const { return keys_->handle; }

  // Errors as medseal_put has them. After a failure the change is good for nothing but being dropped.
  Result<PutOutcome> Put(const PutRequest& request);
  // PermissionDenied: the patient is under a legal hold.
  Status Delete(std::string_view type, ByteView record_id, std::uint64_t expected_version);
  // For a restore, under a legal hold too, which came after the deletion: deletes once more what the ledger says was
  // deleted when the head became `version`, which the head does not stay below. False: no such record is there.
  Result<bool> DeleteAgain(const keys::RecordTag& tag, std::uint64_t version);
  std::uint64_t head_version() const { return head_.version; }
  // Leaves void the sealed groups that `gone` names, in the record and its history; versions and times stay. Takes no
  // class key. PermissionDenied: the patient is under a legal hold.
  Status LetGo(std::string_view type, ByteView record_id, const GroupFilter& gone);

  // The data key of a class, made now if the slot is unused; for uploads. Valid as long as this change.
  Result<const keys::DataKey*> EnsureDataKey(people::ClassNumber number);
  std::uint32_t GenerationOf(people::ClassNumber number) const { return keys_->row.slots[number].generation; }
  const keys::PatientKeys& keys() const { return *keys_; }

  // On record before it happens. Conflict: somebody took a place in the index first; start again.
  Status Commit();

 private:
  friend class RecordDraft;
  PatientChange(Core& core, Desk& desk) : core_(core), desk_(desk), overlay_(*core.rows) {}

  // What the log of accesses is told of one record.
  struct Done {
    audit::Operation operation = audit::Operation::kWrite;
    std::string type{};
    SecretBytes record_id{};
    std::uint64_t version = 0;
    std::uint16_t classes = 0;
    std::vector<std::uint32_t> fields{};
  };
  Status RecordDone();
  void RecordNotCommitted(const Status& why);
  Status CheckMayWrite() const;
  Status CheckMayDelete(const OpenedRow& live) const;
  Status DeleteLive(const OpenedRow& live);
  Result<std::optional<OpenedRow>> ReadRecord(const RecordPlace& place) const;
  Result<const keys::DataKey*> DataKeyAt(people::ClassNumber number, std::uint32_t generation);
  void AddRow(ByteView row_key, const seal::Commitment& commitment);
  void RemoveRow(ByteView row_key, const seal::Commitment& commitment);
  Status KeepOrDropOld(const OpenedRow& old, bool keep_history, const format::Header& next);
  // The record's replaced rows that are there, oldest first, with their keys.
  Status ForEachReplaced(const OpenedRow& live,
                         const std::function<Status(ByteView row_key, const OpenedRow& row)>& visit) const;
  // `older`: what the record's unique values are called under older index keys.
  Status MovePostings(const OpenedRow* old, const format::Header& next, const RecordPlace& place,
                      std::span<const format::HeaderPosting> older);
  Status DropHistory(const OpenedRow& live);
  void DropChunks(const format::HeaderStream& stream);

  Core& core_;
  Desk& desk_;
  Overlay overlay_;
  std::shared_ptr<const ActiveSchema> schema_;
  std::shared_ptr<const people::Chain> chain_;  // data keys are made under the newest versions it names
  std::optional<keys::Buckets::Hold> hold_;     // once the key row is to be written
  std::shared_ptr<const keys::PatientKeys> keys_;
  std::shared_ptr<keys::PatientKeys>
      working_;  // the same once a slot was changed: nobody else sees it before the commit
  std::shared_ptr<const people::OpenedDataKeys> opened_;
  std::map<people::ClassNumber, keys::DataKey> made_;  // not committed yet
  std::set<IndexKeyName> index_keys_used_;             // for names this change adds
  format::Head head_;
  format::Head head_before_;  // as it is stored
  std::vector<Done> done_;
  bool key_row_changed_ = false;
  bool changed_ = false;
};

// Key of an ordered public index row, and what it takes to find one. FORMAT.md, "Ordered row".
Bytes OrderedPrefix(std::uint32_t index);
void AppendOrderedValue(Bytes& key, ByteView value);
Bytes OrderedRowKey(std::uint32_t index, ByteView value, const keys::RecordHandle& record);

}  // namespace mseal::vault
