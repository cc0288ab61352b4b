// One patient's share in a reseal: of a class, under a new data key, every group and large value of it sealed anew; or
// of everything, under the data keys there are, when the store's suite changes.
#pragma once

#include <array>
#include <map>
#include <optional>

#include "vault/row_codec.h"
#include "vault/streams.h"

namespace mseal::vault {

// The caller holds the patient's lock and the bucket's key until the batch given to Finish is committed. What does not
// fit into one batch is committed in several on the way: after each the patient is whole and readable, and a later
// attempt does again what an earlier one did.
class PatientReseal {
 public:
  //   NotFound    no such patient
  //   AuthFailed  key row or head were changed
  static Result<std::unique_ptr<PatientReseal>> Open(Core& core, Desk& desk, const keys::PatientHandle& patient,
                                                     people::ClassNumber class_number);

  // The same for every class the patient has data keys of, which the session holds.
  static Result<std::unique_ptr<PatientReseal>> OpenWhole(Core& core, Desk& desk, const keys::PatientHandle& patient);

  // ---- of a class

  bool has_previous() const { return slot().state == format::SlotState::kBoth; }

  // A new data key under the newest class key, the one there was becomes the previous. With both already, or none, the
  // slot is only wrapped or drawn anew: a thief with two copies of the disk sees the same.
  Status BeginGeneration();

  void DropPrevious();

  // ---- of everything

  // Every data key wrapped under the newest suite; each stays what it is.
  Status RewrapSlots();
  // Whether head or slots are not under the newest suite.
  Result<bool> KeysAreLeft() const;

  // ---- of both

  // Which rows are sealed anew.
  enum class Which {
    kAlike,  // all that have room for the class, whether it holds a value or not; or all there are
    kLeft,   // those with a group under the previous data key; or with anything not under the newest suite
  };
  // Seals rows, live and history; `batch` gets what is not committed on the way, `sealed` their number.
  //   AuthFailed        a row or chunk does not open, or the rows do not add up to the head
  //   PermissionDenied  a group that has to change with those of the class is of one that the session does not hold
  Status SealRows(Which which, store::Batch& batch, std::uint64_t& sealed);

  // Puts head and key row into `batch`.
  void Finish(store::Batch& batch);

 private:
  PatientReseal(Core& core, Desk& desk, keys::PatientKeys keys, people::ClassNumber class_number);

  // The rows of the patient as they were before: what they have to add up to.
  struct Sum {
    std::uint64_t rows = 0;
    format::RowSum sum;
  };

  const format::Slot& slot() const { return keys_.row.slots[class_number_]; }
  Result<const keys::DataKey*> KeyAt(people::ClassNumber number, std::uint32_t generation);
  bool ChangesAlike(const format::HeaderGroup& group) const;
  Result<bool> Concerns(const OpenedRow& row, Which which);
  Result<bool> IsWhollyUnder(const StoreIdentity& newest, const OpenedRow& row);
  Status CheckStreams(const StoreIdentity& newest, const format::HeaderGroup& group, ByteView content);

  Status SealRecord(const OpenedRow& live, Which which, store::Batch& batch);
  Status Take(const OpenedRow& row, ByteView row_key, Which which, store::Batch& batch);
  Status SealOne(const OpenedRow& row, ByteView row_key, store::Batch& batch);
  Result<GroupDraft> MakeDraft(const OpenedRow& row, const format::HeaderGroup& group, format::Header& header);
  Status SealContent(const format::HeaderGroup& group, const OpenedRow& row, format::Header& header, GroupDraft& draft);
  Result<format::StreamReference> SealStream(const format::HeaderGroup& group, ByteView reference);
  void DropStreams(const OpenedRow* next, store::Batch& batch);
  Status CommitIfLarge(store::Batch& batch);

  Core& core_;
  Desk& desk_;
  keys::PatientKeys keys_;
  bool whole_ = false;  // then no class is meant
  people::ClassNumber class_number_;
  bool rules_give_it_ = false;
  bool key_row_changed_ = false;
  format::Head head_;
  Sum seen_;
  std::uint64_t sealed_ = 0;
  std::map<std::pair<people::ClassNumber, std::uint32_t>, keys::DataKey> data_keys_;  // by generation
  // Streams of the record at hand that were written again, by their old ids: its versions may share one.
  struct Written {
    format::StreamReference reference;
    std::uint32_t old_chunks = 0;
    bool published = false;
  };
  std::map<ByteArray<16>, Written> written_;
};

}  // namespace mseal::vault
