// The declared jobs that sessions are open for.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "audit/job_watch.h"
#include "format/declared_job.h"

namespace mseal::vault {

struct Core;
struct Desk;

// Any thread may call.
class RunningJobs {
 public:
  // The desk's session is for the job from now on. Errors as FindDeclaredJob has them.
  Status Arrive(Core& core, Desk& desk, std::string_view name);
  // The last session of a job leaves what it read in its row.
  void Leave(Core& core, Desk& desk);
  // Its sessions are outside of it from now on.
  void Revoke(std::string_view name);

 private:
  struct Running {
    format::DeclaredJob job;
    std::shared_ptr<audit::JobWatch> watch;
    unsigned sessions = 0;
  };
  Running Begin(const Core& core, format::DeclaredJob job) const;

  std::mutex mutex_;
  std::map<std::string, Running, std::less<>> running_;
};

}  // namespace mseal::vault
