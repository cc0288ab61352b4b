// Opens records for a session: the groups it may see put together to a message, the others listed as redacted.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "vault/core.h"
#include "vault/row_codec.h"

namespace mseal::vault {

// One opened record. Owns everything it shows.
struct OpenedRecord {
  std::string type;
  SecretBytes record_id;
  std::uint64_t version = 0;
  std::uint64_t written_ms = 0;
  keys::RecordHandle handle{};
  SecretBytes message;                                       // without what is redacted
  std::vector<std::string> redacted;                         // field names
  std::vector<std::string> masked;                           // of fields whose value, if there is one, is masked
  std::vector<std::pair<std::string, std::string>> classes;  // field name, class name or "public"
  std::shared_ptr<const ActiveSchema> schema;                // that names the fields
};

// Which fields are wanted: names of top-level fields, none for all.
using FieldNames = std::vector<std::string>;

// What a read needs beside the row.
class RecordReader {
 public:
  // `at` may be null; then a record with large values is read again at a snapshot of its own.
  // `masked`: fields with a mask are shown masked, whoever reads.
  RecordReader(Core& core, Desk& desk, const store::Snapshot* at = nullptr, bool masked = false)
      : core_(core), desk_(desk), at_(at), masked_(masked) {}

  //   InvalidArgument  a field name the type does not have
  //   NotFound         no such record;  version: not in its history
  Result<std::unique_ptr<OpenedRecord>> Read(const keys::PatientHandle& patient, std::string_view type,
                                             ByteView record_id, std::uint64_t version, const FieldNames& fields) const;
  Result<std::unique_ptr<OpenedRecord>> Read(const keys::RecordHandle& handle, const FieldNames& fields) const;
  // From a row that was opened already.
  Result<std::unique_ptr<OpenedRecord>> Assemble(const keys::PatientKeys& keys, const OpenedRow& row,
                                                 const FieldNames& fields) const;

  // Opens every value that the session's keys open, large ones too, purposes and masks or not, and shows none.
  Status Check(const keys::PatientKeys& keys, const OpenedRow& row) const;

  Result<OpenedRow> ReadLive(const keys::PatientKeys& keys, const keys::RecordTag& tag) const;
  // The data key of a group, also when another writer made it a moment ago.
  Result<keys::DataKey> DataKeyOf(const keys::PatientKeys& keys, const format::HeaderGroup& group) const;

  // Part of one field's value: see medseal_read_value.
  Status ReadValue(const keys::PatientHandle& patient, std::string_view type, ByteView record_id,
                   std::string_view field, std::uint64_t offset, std::uint64_t length, SecretBytes& out,
                   std::uint64_t& value_size) const;

 private:
  Status RecordValueRead(const keys::PatientKeys& keys, const OpenedRow& row, const ActiveSchema& schema,
                         const schema::FieldPlan& field) const;

  Core& core_;
  Desk& desk_;
  const store::Snapshot* at_;
  bool masked_;
};

}  // namespace mseal::vault
