// medseal.h: erasure, its certificate, the epoch change behind it, and the purge.
#include "vault/erasures.h"

#include "abi/call.h"
#include "abi/counted.h"
#include "abi/handles.h"
#include "abi/on_record.h"
#include "vault/certificate.h"
#include "vault/epoch_change.h"
#include "vault/erase.h"
#include "vault/purge.h"

namespace mseal::abi {
namespace {

medseal_erasure_info InfoOf(const keys::PatientHandle& patient, const format::Erasure& erasure, std::uint32_t job) {
  medseal_erasure_info info{};
  std::memcpy(info.patient_handle, patient.data(), patient.size());
  std::memcpy(info.certificate_number, erasure.certificate.data(), erasure.certificate.size());
  info.state = static_cast<medseal_erasure_state>(erasure.state);
  info.withdrawn_ms = erasure.withdrawn_ms;
  info.dead_ms = erasure.dead_ms;
  info.rows = erasure.rows;
  info.bytes = erasure.bytes;
  info.postings = erasure.postings;
  info.unreadable = erasure.unreadable;
  info.job = job;
  return info;
}

// On record with the patient, as far as that is known.
Status EraseOne(medseal_session* session, const vault::PatientName& name, std::string_view reason,
                const vault::ErasePermit* permit, vault::Erased& erased) {
  std::optional<keys::PatientHandle> patient;
  {
    MS_ASSIGN(vault::Call call, session->session->Enter());
    auto found = vault::FindPatient(call.core(), call.desk(), name);
    if (found.ok()) patient = *found;
  }
  const auto erase = [&] {
    return permit == nullptr ? vault::ErasePatient(*session->session, name, reason, erased)
                             : vault::ErasePatient(*session->session, name, reason, *permit, erased);
  };
  return vault::OnRecord(*session->session, audit::Operation::kErase, {}, erase, patient);
}

Result<vault::ErasePermit> GetPermit(medseal_session* session, const std::vector<vault::PatientName>& names,
                                     std::string_view reason) {
  auto permit = vault::ErasePermit::Get(*session->session, names, reason);
  if (permit.ok()) return permit;
  MS_TRY(vault::OnRecord(*session->session, audit::Operation::kErase, "several patients",
                         [&] { return permit.status(); }));
  return permit.status();
}

Status EraseMany(medseal_session* session, const medseal_ref* refs, size_t count, const char* reason,
                 medseal_erased_callback callback, void* context) {
  MS_TRY(Require(session != nullptr && reason != nullptr, "session and reason are needed"));
  MS_TRY(Require(count == 0 || refs != nullptr, "the list of patients is missing"));
  std::vector<keys::PatientHandle> places(count);
  std::vector<vault::PatientName> names;
  for (size_t i = 0; i < count; ++i) {
    MS_ASSIGN(const medseal_ref known, Read(refs + i));
    MS_ASSIGN(const vault::PatientName name, PatientOf(known, places[i]));
    names.push_back(name);
  }
  MS_ASSIGN(const vault::ErasePermit permit, GetPermit(session, names, reason));
  for (size_t i = 0; i < count; ++i) {
    vault::Erased erased;
    const Status status = EraseOne(session, names[i], reason, &permit, erased);
    medseal_error error{};
    error.size = sizeof(error);
    const medseal_code code = Report(status, &error);
    const medseal_erasure_info info = InfoOf(erased.patient, erased.erasure, erased.job);
    if (callback != nullptr && callback(context, i, code, status.ok() ? &info : nullptr, error.message) != 0)
      return Status::Cancelled("the callback ended it");
  }
  return Status::Ok();
}

medseal_buffer* MakeBuffer(std::string_view text) { return new medseal_buffer{SecretBytes::CopyOf(AsBytes(text))}; }

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_erase(medseal_session* session, const medseal_ref* ref, const char* reason,
                           medseal_erasure_info* info, medseal_error* error) {
  return RunCounted(session, vault::Operation::kErase, error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && reason != nullptr, "session and reason are needed"));
    MS_ASSIGN(const medseal_ref known, Read(ref));
    keys::PatientHandle place;
    MS_ASSIGN(const vault::PatientName name, PatientOf(known, place));
    vault::Erased erased;
    MS_TRY(EraseOne(session, name, reason, nullptr, erased));
    Write(InfoOf(erased.patient, erased.erasure, erased.job), info);
    return Status::Ok();
  });
}

medseal_code medseal_erase_many(medseal_session* session, const medseal_ref* refs, size_t count, const char* reason,
                                medseal_erased_callback callback, void* context, medseal_error* error) {
  return RunCounted(session, vault::Operation::kErase, error,
                    [&] { return EraseMany(session, refs, count, reason, callback, context); });
}

medseal_code medseal_erasure_find(medseal_vault* vault, const uint8_t* certificate_number, medseal_erasure_info* info,
                                  medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr && certificate_number != nullptr, "vault and number are needed"));
    ByteArray<16> number;
    std::memcpy(number.data(), certificate_number, number.size());
    MS_ASSIGN(vault::Call call, vault->vault->Enter());
    MS_ASSIGN(const keys::PatientHandle patient, vault::FindErasure(call.core(), number));
    MS_ASSIGN(const format::Erasure erasure, vault::ReadErasure(call.core(), patient));
    Write(InfoOf(patient, erasure, 0), info);
    return Status::Ok();
  });
}

medseal_code medseal_certificate(medseal_vault* vault, const uint8_t* patient_handle, medseal_buffer** certificate,
                                 medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr && patient_handle != nullptr && certificate != nullptr,
                   "vault, patient and output are needed"));
    *certificate = nullptr;
    keys::PatientHandle patient;
    std::memcpy(patient.data(), patient_handle, patient.size());
    MS_ASSIGN(vault::Call call, vault->vault->Enter());
    MS_ASSIGN(const std::string text, vault::MakeCertificate(call.core(), patient));
    *certificate = MakeBuffer(text);
    return Status::Ok();
  });
}

medseal_code medseal_certificate_verify(medseal_bytes certificate, const uint8_t* founder_key,
                                        medseal_certificate_info* info, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(certificate.data != nullptr, "there is no certificate"));
    std::optional<crypto::VerifyKey> founder;
    if (founder_key != nullptr) std::memcpy(founder.emplace().data(), founder_key, founder->size());
    MS_ASSIGN(const vault::CertificateFacts facts, vault::VerifyCertificate(AsText(View(certificate)), founder));
    medseal_certificate_info known{};
    known.dead = facts.dead ? 1 : 0;
    known.complete = facts.complete ? 1 : 0;
    std::memcpy(known.founder_key, facts.founder_key.data(), facts.founder_key.size());
    Write(known, info);
    return Status::Ok();
  });
}

medseal_code medseal_epoch_change(medseal_vault* vault, std::uint32_t* job, medseal_error* error) {
  return RunOnRecord(vault, audit::Operation::kKeys, "epoch change", error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr && job != nullptr, "vault and job are needed"));
    *job = 0;
    MS_ASSIGN(vault::Call call, vault->vault->Enter());
    return vault::StartEpochChange(call.core(), *job);
  });
}

medseal_code medseal_purge(medseal_vault* vault, const medseal_purge_options* options, medseal_purge_report* report,
                           medseal_error* error) {
  return RunOnRecord(vault, audit::Operation::kPurge, {}, error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr, "there is no vault"));
    MS_ASSIGN(const medseal_purge_options known, ReadOptional(options));
    store::PurgeOptions how;
    if (known.patience_ms != 0) how.patience = std::chrono::milliseconds(known.patience_ms);
    if (known.on_progress != nullptr) {
      how.on_progress = [known](const store::PurgeProgress& at) {
        const medseal_progress progress{sizeof(progress), static_cast<std::uint64_t>(at.waited.count()),
                                        known.patience_ms, at.holders};
        return known.on_progress(known.context, &progress) == 0;
      };
    }
    MS_ASSIGN(vault::Call call, vault->vault->Enter());
    store::PurgeReport purged;
    MS_TRY(vault::PurgeStore(call.core(), how, purged));
    medseal_purge_report out{};
    out.complete = purged.complete ? 1 : 0;
    out.snapshots_held = purged.snapshots_held;
    out.cursors_held = purged.cursors_held;
    out.oldest_held_ms = static_cast<std::uint64_t>(purged.oldest_held.count());
    out.waited_ms = static_cast<std::uint64_t>(
        (purged.waited_for_upkeep + purged.waited_for_snapshots + purged.waited_for_cursors + purged.waited_for_files)
            .count());
    out.files_before = purged.files_before;
    out.files_after = purged.files_after;
    out.bytes_before = purged.bytes_before;
    out.bytes_after = purged.bytes_after;
    Write(out, report);
    return Status::Ok();
  });
}
