// Resolves external ids.
#include "vault/patients.h"

#include "base/writer.h"
#include "schema/normalize.h"
#include "vault/patient_change.h"
#include "vault/search.h"

namespace mseal::vault {
namespace {

constexpr std::size_t kLongestId = 1024;
constexpr std::string_view kDirectoryRecord = "directory";

// The directory's message: field 1, one external id.
SecretBytes DirectoryMessage(ByteView external_id) {
  SecretBytes message;
  SecretWriter out(message);
  out.U8(1 << 3 | 2);
  std::size_t left = external_id.size();
  for (; left >= 0x80; left >>= 7) out.U8(static_cast<std::uint8_t>(left | 0x80));
  out.U8(static_cast<std::uint8_t>(left)).Raw(external_id);
  return message;
}

}  // namespace

Result<keys::PatientHandle> FindPatient(Core& core, Desk& desk, const PatientName& name) {
  if (name.handle != nullptr) return *name.handle;
  if (name.external_id.empty() || name.external_id.size() > kLongestId)
    return Status::InvalidArgument("a patient's id has 1 to 1024 bytes");
  const auto schema = core.schemas.current();
  const schema::FieldPlan& field = schema->schema->FindType(schema::kDirectoryType)->fields.front();
  const schema::Normalized normalised = schema::Normalize(field.normalizer, name.external_id);
  MS_ASSIGN(const auto found, FindNow(core, desk, *schema, field, normalised.value.Reveal()));
  if (found.empty()) return Status::NotFound("no such patient");
  return found.front().patient;
}

keys::PatientHandle DrawPatientHandle() {
  keys::PatientHandle handle;
  crypto::SystemRandom(handle);
  return handle;
}

Status PutDirectory(PatientChange& change, ByteView external_id) {
  const SecretBytes message = DirectoryMessage(external_id);
  PutRequest request;
  request.type = schema::kDirectoryType;
  request.record_id = AsBytes(kDirectoryRecord);
  request.message = message.Reveal();
  request.mode = PutMode::kInsert;
  return change.Put(request).status();
}

}  // namespace mseal::vault
