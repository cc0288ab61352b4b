// Takes entries of writes apart and opens heads and places.
#include "audit/log_heads.h"

#include "audit/recorder.h"

namespace mseal::audit {
namespace {

template <std::size_t N>
bool Take(const format::LogSealed& sealed, ByteArray<32>& commitment, ByteArray<N>& message) {
  commitment = sealed.commitment;
  if (sealed.message.size() != N) return false;
  CopyBytes(sealed.message, message);
  return true;
}

}  // namespace

format::LogHead HeadOf(const format::Head& head) {
  return {head.version, crypto::Hash("ms.loghead", format::WriteHead(head))};
}

std::optional<HeadEntry> HeadEntryOf(ByteView bytes) {
  const auto kind = format::LogEntryKindOf(bytes);
  if (!kind.ok() || *kind != format::LogEntryKind::kAccess) return std::nullopt;
  const auto access = format::ParseLogAccess(bytes);
  if (!access.ok() || !access->head.has_value()) return std::nullopt;
  HeadEntry entry{.key_id = access->key_id, .patient_token = access->patient_token, .salt = access->salt};
  const bool whole = Take(*access->head, entry.head_commitment, entry.head) &&
                     Take(*access->place, entry.place_commitment, entry.place);
  return whole ? std::optional(entry) : std::nullopt;
}

Result<format::LogHead> OpenHead(const keys::PatientKeys& patient, const keys::StoreId& store, seal::SuiteSet suite,
                                 const HeadEntry& entry) {
  ByteArray<format::kLogHeadSize> content;
  MS_TRY(seal::OpenMessage(
      patient.audit_head.Reveal(),
      {.purpose = format::Purpose::kLogHead, .suite = suite, .context = LogContext(store, entry.key_id)}, entry.salt,
      entry.head_commitment, entry.head, content));
  return format::ParseLogHead(content);
}

Result<keys::PatientHandle> OpenPlace(const LogKeys& keys, const keys::StoreId& store, seal::SuiteSet suite,
                                      const HeadEntry& entry) {
  keys::PatientHandle handle;
  MS_TRY(seal::OpenMessage(
      keys.place.Reveal(),
      {.purpose = format::Purpose::kLogPlace, .suite = suite, .context = LogContext(store, entry.key_id)}, entry.salt,
      entry.place_commitment, entry.place, handle));
  return handle;
}

}  // namespace mseal::audit
