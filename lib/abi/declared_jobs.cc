// medseal.h: declared jobs.
#include "vault/declared_jobs.h"

#include "abi/call.h"
#include "abi/handles.h"
#include "abi/on_record.h"

namespace mseal::abi {
namespace {

Result<std::vector<std::string>> ReadNames(const char* const* names, std::size_t count) {
  MS_TRY(Require(names != nullptr || count == 0, "the names of types and fields are needed"));
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.emplace_back(Text(names[i]));
  return out;
}

// Narrower than the caller's numbers: what does not fit is no minute and no set of days.
Result<audit::DailyWindow> WindowOf(const medseal_declared_job& known) {
  MS_TRY(Require(known.from_minute < format::kMinutesOfADay && known.to_minute < format::kMinutesOfADay,
                 "a window begins and ends at a minute of the day: 0 to 1439"));
  MS_TRY(Require(known.days <= format::kEveryDay, "a window begins on days of the week: bit 0 Monday to bit 6 Sunday"));
  return audit::DailyWindow{.from = static_cast<std::uint16_t>(known.from_minute),
                            .to = static_cast<std::uint16_t>(known.to_minute),
                            .days = known.days == 0 ? format::kEveryDay : static_cast<std::uint8_t>(known.days)};
}

Result<vault::JobDeclaration> ReadDeclaration(const medseal_declared_job& known) {
  vault::JobDeclaration declaration;
  declaration.name = Text(known.name);
  declaration.person = Text(known.person);
  MS_ASSIGN(declaration.types, ReadNames(known.types, known.type_count));
  MS_ASSIGN(declaration.fields, ReadNames(known.fields, known.field_count));
  declaration.patients = known.patients;
  MS_ASSIGN(declaration.window, WindowOf(known));
  declaration.until_ms = known.until_ms;
  return declaration;
}

std::vector<const char*> Pointers(const std::vector<std::string>& words) {
  std::vector<const char*> out;
  for (const std::string& word : words) out.push_back(word.c_str());
  return out;
}

int Show(const vault::KnownJob& known, const people::Chain& chain, medseal_declared_job_callback callback,
         void* context) {
  const format::DeclaredJob& job = known.job;
  const std::vector<const char*> types = Pointers(job.types), fields = Pointers(job.fields);
  medseal_declared_job info{};
  info.size = sizeof(info);
  info.name = job.name.c_str();
  info.person = NameOf(chain, job.person);
  info.types = types.data();
  info.type_count = types.size();
  info.fields = fields.data();
  info.field_count = fields.size();
  info.patients = job.patients;
  info.from_minute = job.from;
  info.to_minute = job.to;
  info.days = job.days;
  info.until_ms = job.until_ms;
  info.state = static_cast<medseal_declared_job_state>(known.state);
  info.declared_by = NameOf(chain, job.by);
  info.second = NameOf(chain, job.second);
  info.declared_ms = job.declared_ms;
  info.used_ms = job.used_ms;
  info.window_ms = job.window_ms;
  info.read = job.read;
  return callback(context, &info);
}

Status List(medseal_session* session, std::string_view name, medseal_declared_job_callback callback, void* context) {
  MS_TRY(Require(callback != nullptr, "a callback is needed"));
  MS_ASSIGN(vault::Call call, session->session->Enter());
  const auto chain = call.core().registry->chain();
  bool found = name.empty();
  MS_TRY(vault::ListDeclaredJobs(call.core(), call.desk(), [&](const vault::KnownJob& known) {
    if (!name.empty() && known.job.name != name) return Status::Ok();
    found = true;
    return Show(known, *chain, callback, context) == 0 ? Status::Ok()
                                                       : Status::Cancelled("the callback ended the listing");
  }));
  return found ? Status::Ok() : Status::NotFound("no job of that name is declared");
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_declared_job_declare(medseal_session* session, const medseal_declared_job* job,
                                          medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_ASSIGN(const medseal_declared_job known, Read(job));
    MS_ASSIGN(const vault::JobDeclaration declaration, ReadDeclaration(known));
    return OnRecordAt(session, audit::Operation::kPolicy, "job declare " + std::string(declaration.name),
                      [&]() -> Status {
                        MS_ASSIGN(vault::Call call, session->session->Enter());
                        return vault::DeclareJob(call.core(), call.desk(), declaration);
                      });
  });
}

medseal_code medseal_declared_job_revoke(medseal_session* session, const char* name, medseal_error* error) {
  return Run(error, [&]() -> Status {
    return OnRecordAt(session, audit::Operation::kPolicy, "job revoke " + std::string(Text(name)), [&]() -> Status {
      MS_ASSIGN(vault::Call call, session->session->Enter());
      return vault::RevokeDeclaredJob(call.core(), call.desk(), Text(name));
    });
  });
}

medseal_code medseal_declared_jobs(medseal_session* session, const char* name, medseal_declared_job_callback callback,
                                   void* context, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kList, "declared jobs", error,
                     [&]() -> Status { return List(session, Text(name), callback, context); });
}
