// The store as it was found, its log, backups, jobs and schema.
#pragma once

#include "vault/anchor_keeper.h"
#include "vault/core.h"
#include "vault/finding.h"

namespace mseal::vault {

void ExamineFreshness(const FreshnessReport& found, Findings& out);
void ExamineFoundLog(const Core& core, Findings& out);
Status ExamineBackups(Core& core, Findings& out);
Status ExamineJobs(const Core& core, Findings& out);
void ExamineSchema(const Core& core, Findings& out);

}  // namespace mseal::vault
