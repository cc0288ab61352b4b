// What programs are declared to read, as two persons together vouch for it. Sessions for them: vault/running_jobs.h.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "audit/job_watch.h"
#include "format/declared_job.h"
#include "vault/core.h"

namespace mseal::vault {

inline constexpr std::size_t kMostDeclaredJobs = 256;
inline constexpr std::uint32_t kMostPatientsOfAJob = 1'000'000;
inline constexpr std::uint32_t kLongestDeclaredDays = 366;

// What two persons declare; the rest of the row is the vault's.
struct JobDeclaration {
  std::string_view name;
  std::string_view person;
  std::vector<std::string> types;
  std::vector<std::string> fields;  // TYPE.FIELD; none: all fields of the types
  std::uint32_t patients = 0;
  audit::DailyWindow window;
  std::uint64_t until_ms = 0;
};

//   PermissionDenied   no second person has joined the session, or its own may not administer
//   InvalidArgument    the name is not clean; one of the two is who runs it; no type, a type or field that the schema
//                      does not have, a type of which no field is named though others' are; no patient or more than
//                      kMostPatientsOfAJob; a window that is none; an end that is over, or later than
//                      kLongestDeclaredDays
//   NotFound           no person of that name;  AlreadyExists  a job has that name: revoke it first
//   ResourceExhausted  there are kMostDeclaredJobs;  Unsupported  read-only
Status DeclareJob(Core& core, Desk& desk, const JobDeclaration& declaration);
// One person is enough. Sessions for it are outside of it from now on.
//   PermissionDenied  the person may not administer;  NotFound;  Unsupported
Status RevokeDeclaredJob(Core& core, Desk& desk, std::string_view name);

enum class DeclaredJobState : std::uint8_t {
  kInForce = 0,
  kExpired = 1,
  kNotSigned = 2,  // by one who may administer and another who is not disabled: it counts for nothing
};
struct KnownJob {
  format::DeclaredJob job;
  DeclaredJobState state = DeclaredJobState::kInForce;
};
using VisitJob = std::function<Status(const KnownJob&)>;
// By number. AuthFailed, Corrupt: a row was changed by somebody without its key.
Status ForEachDeclaredJob(const Core& core, const VisitJob& visit);
// For who may audit or administer; to others, those that they run themselves.
Status ListDeclaredJobs(const Core& core, const Desk& desk, const VisitJob& visit);

// The one that a person runs, in force or expired.
//   NotFound          there is none of that name;  PermissionDenied  another person's
//   AuthFailed        it is not signed by two who could declare it: declare it anew
Result<format::DeclaredJob> FindDeclaredJob(const Core& core, people::PersonNumber person, std::string_view name);
// What it says in numbers of the schema. A field or type that the schema lost is in nobody's terms.
audit::JobTerms TermsOf(const format::DeclaredJob& job, const schema::Schema& schema);
// Notes what a run did, if the declaration is there still.
Status NoteRun(Core& core, const format::DeclaredJob& job, const audit::JobTally& tally);

}  // namespace mseal::vault
