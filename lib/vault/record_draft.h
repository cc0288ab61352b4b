// What a put makes of a record: for each group of its type whether it is sealed anew, carried over or left void, and
// the header that goes with it. Decides; writes nothing but the chunks of new streams.
#pragma once

#include "vault/patient_change.h"

namespace mseal::vault {

class RecordDraft {
 public:
  // `old` is the stored row or null; both must outlive the draft.
  RecordDraft(PatientChange& change, const PutRequest& request, const schema::TypePlan& type, const OpenedRow* old);

  // Splits the message and settles every group.
  //   PermissionDenied  a value for a class the session does not hold; nothing was written anywhere
  Status Prepare();

  // False when every group would be carried over and the public part is the same.
  bool changed() const { return changed_; }

  // Seals the row. `header` gets all but type, id, version and times, which the caller set.
  void Seal(const RecordPlace& place, format::Header& header, Bytes& row, seal::Commitment& commitment);

  const std::array<std::uint32_t, format::kSlots>& fields_sealed() const { return fields_sealed_; }
  // Numbers of the fields that were given or cleared.
  std::vector<std::uint32_t> written_fields() const;
  // Streams written by this draft: their pending marks go with the commit.
  const std::vector<ByteArray<16>>& new_streams() const { return new_streams_; }
  // What the unique values that were settled are called under older index keys in use.
  const std::vector<format::HeaderPosting>& older_names() const { return older_names_; }

 private:
  // One group of the type, on its way to a draft.
  struct Work {
    const schema::GroupPlan* plan = nullptr;
    std::uint32_t field = 0;                      // of a class_by group
    people::ClassNumber class_number = 0;         // it gets
    const format::HeaderGroup* stored = nullptr;  // null: none
    SecretBytes stored_content;                   // when opened
    FieldList stored_fields;
    FieldList fields;      // it will hold
    bool touched = false;  // by what was given or cleared
    bool carry = false;
  };

  Status ResolveClears();
  Status SettleGroup(std::size_t group, Work& work);
  people::ClassNumber ClassOf(const Work& work) const;
  Status OpenStored(Work& work);
  Status CheckAccess(const Work& work) const;
  Status CheckPurpose(const Work& work) const;
  bool IsClosed(std::uint32_t field) const;
  void KeepClosed(Work& work) const;
  Status SettleFields(Work& work);
  Status SettleStreams(Work& work);
  Status SettleStream(Work& work, FieldValue& value);
  Result<format::StreamReference> SettlePrepared(const PreparedStream& prepared, people::ClassNumber class_number);
  Status RenewStreams(Work& work);
  Result<StreamKeys> CurrentStreamKeys(people::ClassNumber number);
  bool SameAsStored(const Work& work) const;
  Result<GroupDraft> MakeDraft(Work& work);
  void Compose(const Work& work, SecretBytes& content) const;
  Status SettlePublic();
  Status CheckGivenSize() const;
  Status CheckDraftSize() const;
  Status SettlePostings(const Work& work);
  Status SettlePosting(const schema::FieldPlan& field, const FieldValue& value);
  void CarryNames(const Work& work);
  bool MayWrite(people::ClassNumber number) const;
  bool InGroup(const Work& work, std::uint32_t field) const;

  PatientChange& change_;
  const PutRequest& request_;
  const schema::TypePlan& type_;
  const OpenedRow* old_;
  std::vector<schema::Piece> pieces_;
  std::vector<std::uint32_t> cleared_;
  std::vector<Work> works_;
  std::vector<GroupDraft> drafts_;
  std::vector<SecretBytes> kept_;  // stream references that drafts point to
  Bytes public_part_;
  std::vector<format::HeaderPosting> postings_;
  std::vector<format::HeaderPosting> older_names_;
  std::vector<format::HeaderStream> streams_;
  std::vector<format::HeaderOrdered> ordered_;
  std::vector<ByteArray<16>> new_streams_;
  std::array<std::uint32_t, format::kSlots> fields_sealed_{};
  bool changed_ = false;
};

}  // namespace mseal::vault
