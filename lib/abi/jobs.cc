// medseal.h: rotation, reseal and their jobs.
#include "abi/call.h"
#include "abi/counted.h"
#include "abi/handles.h"
#include "abi/on_record.h"
#include "vault/index_re_epoch.h"
#include "vault/index_rotation.h"
#include "vault/reseal.h"
#include "vault/rotation.h"
#include "vault/suite_change.h"

namespace mseal::abi {
namespace {

// TYPE.FIELD, or nothing when the schema has no such index.
std::string NameOfIndex(std::uint32_t index, const vault::Core& core) {
  const vault::IndexedField in = core.schemas.current()->FindIndex(index);
  return in.field == nullptr ? std::string() : in.type->name + "." + in.field->name;
}

std::string NameOfSuite(std::uint32_t number) {
  switch (static_cast<crypto::Suite>(number)) {
    case crypto::Suite::kChaCha20Poly1305:
      return "chacha20";
    case crypto::Suite::kAes256Gcm:
      return "aes256gcm";
  }
  return {};
}

std::string SubjectOf(const format::Job& job, const vault::Core& core) {
  switch (job.kind) {
    case format::JobKind::kClassRotation:
    case format::JobKind::kReseal: {
      const auto chain = core.registry->chain();
      const auto entry = chain->classes().find(static_cast<people::ClassNumber>(job.subject));
      return entry == chain->classes().end() ? std::string() : entry->second.name;
    }
    case format::JobKind::kEpochChange:
      return job.subject == static_cast<std::uint32_t>(format::EpochScope::kAll) ? "all" : "erased";
    case format::JobKind::kIndexRotation:
      return NameOfIndex(job.subject, core);
    case format::JobKind::kIndexReEpoch:
      return {};
    case format::JobKind::kSuiteChange:
      return NameOfSuite(job.subject);
  }
  return {};
}

medseal_job_info InfoOf(std::uint32_t number, const format::Job& job, const vault::Core& core) {
  medseal_job_info info{};
  info.number = number;
  info.kind = static_cast<medseal_job_kind>(job.kind);
  info.state = static_cast<medseal_job_state>(job.state);
  CopyText(SubjectOf(job, core), info.subject);
  info.target = job.target;
  info.pass = job.pass;
  info.seen = job.seen;
  info.changed = job.changed;
  info.started_ms = job.started_ms;
  info.moved_ms = job.moved_ms;
  return info;
}

medseal_job_glimpse GlimpseOf(const format::JobFileContent& content) {
  medseal_job_glimpse out{};
  out.number = content.number;
  out.kind = static_cast<medseal_job_kind>(content.kind);
  out.state = static_cast<medseal_job_state>(content.state);
  out.pass = content.pass;
  out.done = content.done;
  out.in_all = content.in_all;
  out.per_second = content.per_second;
  out.started_ms = content.started_ms;
  out.written_ms = content.written_ms;
  return out;
}

// A vault, and a session of it or none.
struct Entered {
  vault::Call call;
  vault::Desk* desk = nullptr;
};

Result<Entered> Enter(medseal_vault* vault, medseal_session* session) {
  MS_TRY(Require(vault != nullptr, "there is no vault"));
  if (session == nullptr) {
    MS_ASSIGN(vault::Call call, vault->vault->Enter());
    return Entered{std::move(call), nullptr};
  }
  MS_TRY(Require(&session->session->vault() == vault->vault.get(), "the session is another vault's"));
  MS_ASSIGN(vault::Call call, session->session->Enter());
  vault::Desk* const desk = &call.desk();
  return Entered{std::move(call), desk};
}

vault::StepOptions ReadStep(const medseal_job_options& known) {
  vault::StepOptions options;
  options.rows_per_second = known.rows_per_second;
  options.time_budget = std::chrono::milliseconds(known.time_budget_ms);
  if (known.on_progress == nullptr) return options;
  options.on_progress = [known](const format::Job& job, std::uint64_t rows_in_all) {
    const medseal_progress progress{sizeof(progress), vault::PatientsBehind(job, rows_in_all), rows_in_all,
                                    job.changed};
    return known.on_progress(known.context, &progress) == 0;
  };
  return options;
}

medseal_code SetPaused(medseal_vault* vault, medseal_session* session, std::uint32_t job, bool paused,
                       medseal_error* error) {
  const auto pause = [&]() -> Status {
    MS_ASSIGN(Entered entered, Enter(vault, session));
    return vault::PauseJob(entered.call.core(), entered.desk, job, paused);
  };
  const char* const what = paused ? "pause" : "resume";
  if (session != nullptr) return RunOnRecord(session, audit::Operation::kKeys, what, error, pause);
  return RunOnRecord(vault, audit::Operation::kKeys, what, error, pause);
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_rotate_class(medseal_session* session, const char* class_name, const char* const* revoked,
                                  std::size_t revoked_count, std::uint32_t* job, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kKeys, Text(class_name), error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && class_name != nullptr && job != nullptr, "session, class and job are needed"));
    MS_TRY(Require(revoked_count == 0 || revoked != nullptr, "the list of persons is missing"));
    *job = 0;
    std::vector<std::string> persons;
    for (std::size_t i = 0; i < revoked_count; ++i) persons.emplace_back(Text(revoked[i]));
    return vault::StartClassRotation(*session->session, class_name, persons, *job);
  });
}

medseal_code medseal_reseal_class(medseal_session* session, const char* class_name, std::uint32_t* job,
                                  medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kKeys, Text(class_name), error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && class_name != nullptr && job != nullptr, "session, class and job are needed"));
    *job = 0;
    return vault::StartReseal(*session->session, class_name, *job);
  });
}

medseal_code medseal_reseal_suite(medseal_session* session, medseal_suite suite, std::uint32_t* job,
                                  medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kKeys, "reseal suite", error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && job != nullptr, "session and job are needed"));
    MS_TRY(RequireOneOf(suite, MEDSEAL_SUITE_CHACHA20_POLY1305, MEDSEAL_SUITE_AES256_GCM, "there is no such suite"));
    *job = 0;
    return vault::StartSuiteChange(*session->session, static_cast<crypto::Suite>(suite), *job);
  });
}

medseal_code medseal_rotate_index(medseal_session* session, const char* type, const char* field, std::uint32_t* job,
                                  medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kKeys, "rotate index", error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && type != nullptr && field != nullptr && job != nullptr,
                   "session, type, field and job are needed"));
    *job = 0;
    return vault::StartIndexRotation(*session->session, type, field, *job);
  });
}

medseal_code medseal_index_re_epoch(medseal_vault* vault, std::uint32_t* job, medseal_error* error) {
  return RunOnRecord(vault, audit::Operation::kKeys, "index re-epoch", error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr && job != nullptr, "vault and job are needed"));
    *job = 0;
    MS_ASSIGN(vault::Call call, vault->vault->Enter());
    return vault::StartIndexReEpoch(call.core(), *job);
  });
}

medseal_code medseal_job_step(medseal_vault* vault, medseal_session* session, std::uint32_t job,
                              const medseal_job_options* options, medseal_job_info* info, medseal_error* error) {
  const auto step = [&]() -> Status {
    MS_ASSIGN(const medseal_job_options known, ReadOptional(options));
    MS_ASSIGN(Entered entered, Enter(vault, session));
    vault::Core& core = entered.call.core();
    format::Job state;
    const Status status = vault::StepJob(core, entered.desk, job, ReadStep(known), state);
    if (status.ok() || status.code() == StatusCode::kCancelled) Write(InfoOf(job, state, core), info);
    return status;
  };
  const DoubleOperation operation{audit::Operation::kKeys, vault::Operation::kJobStep};
  if (session != nullptr) return RunOnRecord(session, operation, "job", error, step);
  return RunOnRecord(vault, operation, "job", error, step);
}

medseal_code medseal_job_pause(medseal_vault* vault, medseal_session* session, std::uint32_t job,
                               medseal_error* error) {
  return SetPaused(vault, session, job, true, error);
}
medseal_code medseal_job_resume(medseal_vault* vault, medseal_session* session, std::uint32_t job,
                                medseal_error* error) {
  return SetPaused(vault, session, job, false, error);
}

medseal_code medseal_jobs(medseal_vault* vault, medseal_job_callback callback, void* context, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr && callback != nullptr, "vault and callback are needed"));
    MS_ASSIGN(vault::Call call, vault->vault->Enter());
    return vault::ForEachJob(call.core(), [&](std::uint32_t number, const format::Job& job) {
      medseal_job_info info = InfoOf(number, job, call.core());
      info.size = sizeof(info);
      return callback(context, &info) == 0 ? Status::Ok() : Status::Cancelled("the callback ended the listing");
    });
  });
}

medseal_code medseal_job_peek(const char* store, medseal_job_glimpse* glimpse, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(store != nullptr && glimpse != nullptr, "the store's path and a place for the answer are needed"));
    MS_ASSIGN(const format::JobFileContent content, vault::PeekJob(store));
    Write(GlimpseOf(content), glimpse);
    return Status::Ok();
  });
}
