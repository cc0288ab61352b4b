// A large value on its way in, piece by piece: nothing shows before it is published.
#pragma once

#include <memory>

#include "vault/put.h"
#include "vault/streams.h"

namespace mseal::vault {

// For one thread. Borrows core and desk, which must outlive it.
class Upload {
 public:
  //   NotFound          no such record
  //   InvalidArgument   not a text or bytes field of the type, or one with several values
  //   PermissionDenied  the session does not hold the field's class
  static Result<std::unique_ptr<Upload>> Begin(Core& core, Desk& desk, const PatientName& patient,
                                               std::string_view type, ByteView record_id, std::string_view field);
  Status Append(ByteView piece) { return writer_->Append(piece); }
  // Makes the stream the field's value. Conflict if `expected_version` is not 0 and not the record's.
  Result<PutOutcome> Publish(std::uint64_t expected_version);

 private:
  Upload(Core& core, Desk& desk) : core_(core), desk_(desk) {}
  Status MakeWriter();
  Status TryMakeWriter();

  Core& core_;
  Desk& desk_;
  keys::PatientHandle patient_{};
  std::string type_;
  SecretBytes record_id_;
  std::uint32_t field_ = 0;
  people::ClassNumber class_number_ = 0;
  std::uint32_t generation_ = 0;
  keys::DataKey data_key_;  // a reseal may drop it from the key row before the value is published
  std::unique_ptr<StreamWriter> writer_;
};

}  // namespace mseal::vault
