// medseal.h: import, verify, thief.
#include "abi/call.h"
#include "abi/counted.h"
#include "abi/handles.h"
#include "abi/on_record.h"
#include "vault/import.h"
#include "vault/thief.h"
#include "vault/verify.h"

namespace mseal::abi {
namespace {

bool Tell(medseal_progress_callback callback, void* context, std::uint64_t done, std::uint64_t in_all,
          std::uint64_t records) {
  const medseal_progress progress{sizeof(progress), done, in_all, records};
  return callback == nullptr || callback(context, &progress) == 0;
}

Result<vault::ImportOptions> ReadImport(const medseal_import_options& known) {
  MS_TRY(RequireOneOf(known.source, MEDSEAL_FHIR, MEDSEAL_HL7V2, "there is no such source"));
  MS_TRY(Require(known.file_count > 0 && known.files != nullptr, "files are needed"));
  vault::ImportOptions options;
  options.source = static_cast<vault::SourceKind>(known.source);
  for (std::size_t i = 0; i < known.file_count; ++i) options.files.emplace_back(Text(known.files[i]));
  options.lab = Text(known.lab);
  options.on_progress = [known](std::uint64_t done, std::uint64_t in_all, std::uint64_t records) {
    return Tell(known.on_progress, known.context, done, in_all, records);
  };
  options.on_reject = [known](const sources::Place& place, const Status& why) {
    if (known.on_reject == nullptr) return;
    const std::string text = std::string(CodeName(why.code())) + ": " + why.message();
    known.on_reject(known.context, place.file.c_str(), place.line, place.segment.c_str(), text.c_str());
  };
  return options;
}

medseal_import_report ReportOf(const vault::ImportReport& report, const people::Chain& chain) {
  medseal_import_report out{};
  out.read = report.read;
  out.written = report.written;
  out.unchanged = report.unchanged;
  out.rejected = report.rejected;
  out.patients = report.patients;
  for (const auto& [number, entry] : chain.classes()) {
    auto& counted = out.classes[out.class_count++];
    CopyText(entry.name, counted.name);
    counted.fields = report.fields_by_class[number];
  }
  return out;
}

medseal_verify_report ReportOf(const vault::VerifyReport& report) {
  medseal_verify_report out{};
  out.patients = report.patients;
  out.records = report.records;
  out.history = report.history;
  out.chunks = report.chunks;
  out.groups_opened = report.groups_opened;
  out.groups_held_back = report.groups_held_back;
  out.problems = report.problems;
  return out;
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_import(medseal_session* session, const medseal_import_options* options,
                            medseal_import_report* report, medseal_error* error) {
  return RunOnRecord(session, {audit::Operation::kImport, vault::Operation::kImport}, {}, error, [&]() -> Status {
    MS_TRY(Require(session != nullptr, "there is no session"));
    MS_ASSIGN(const medseal_import_options known, Read(options));
    MS_ASSIGN(const vault::ImportOptions import_options, ReadImport(known));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    vault::ImportReport counted;
    const Status status = vault::Import(call.core(), call.desk(), import_options, counted);
    Write(ReportOf(counted, *call.core().registry->chain()), report);
    return status;
  });
}

medseal_code medseal_verify(medseal_vault* vault, medseal_session* session, medseal_progress_callback on_progress,
                            medseal_problem_callback on_problem, void* context, medseal_verify_report* report,
                            medseal_error* error) {
  return RunCounted(vault, vault::Operation::kVerify, error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr, "there is no vault"));
    MS_TRY(Require(session == nullptr || &session->session->vault() == vault->vault.get(),
                   "the session is another vault's"));
    MS_ASSIGN(vault::Call call, session != nullptr ? session->session->Enter() : vault->vault->Enter());
    vault::VerifyOptions options;
    options.on_progress = [&](std::uint64_t done, std::uint64_t in_all) {
      return Tell(on_progress, context, done, in_all, done);
    };
    options.on_problem = [&](std::string_view what, const keys::PatientHandle* patient) {
      if (on_problem != nullptr)
        on_problem(context, std::string(what).c_str(), patient == nullptr ? nullptr : patient->data());
    };
    vault::VerifyReport counted;
    const Status status = vault::Verify(call.core(), session != nullptr ? &call.desk() : nullptr, options, counted);
    Write(ReportOf(counted), report);
    return status;
  });
}

medseal_code medseal_thief(const medseal_thief_options* options, medseal_thief_callback callback, void* context,
                           int* opens_values, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_ASSIGN(const medseal_thief_options known, Read(options));
    MS_TRY(Require(known.store != nullptr && callback != nullptr, "store and callback are needed"));
    vault::ThiefOptions thief;
    thief.store = known.store;
    thief.keyring = Text(known.keyring_path);
    thief.passphrase_file = Text(known.passphrase_path);
    thief.password_file = Text(known.password_path);
    thief.person = Text(known.person);
    bool opens = false;
    const Status status = vault::LookAsThief(
        thief,
        [&](std::string_view what, std::string_view name, std::uint64_t count, std::uint64_t bytes,
            std::string_view detail) {
          callback(context, std::string(what).c_str(), std::string(name).c_str(), count, bytes,
                   std::string(detail).c_str());
        },
        opens);
    if (opens_values != nullptr) *opens_values = opens ? 1 : 0;
    return status;
  });
}
