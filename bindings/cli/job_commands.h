// Working on jobs of a vault, as every command that begins one does.
#pragma once

#include "commands.h"
#include "work.h"

namespace cli {

bool IsUnderWay(const medseal_job_info& info);
// What began a job; where one is under way already, what to do about it is said.
Result<std::uint32_t> Begun(Result<std::uint32_t> job);

// Works on a job to its end, with a progress line; what Ctrl-C interrupts is paused. `session` may be null.
Outcome WorkOnJob(medseal::Vault& vault, const medseal::Session* session, const Common& common, std::uint32_t job,
                  std::uint64_t rows_per_second);

// Works on the epoch changes that are under way, which class rotations begin when they end. What keeps one waiting is
// said, and is the failure.
Outcome WorkOnEpochChanges(medseal::Vault& vault, const Common& common);

}  // namespace cli
