// Who may do what, what was read in need or is declared, and who is locked out.
#pragma once

#include "vault/core.h"
#include "vault/finding.h"

namespace mseal::vault {

// `named`: whoever asks may see the names of persons.
void ExamineRoles(const Core& core, bool named, Findings& out);
Status ExamineBrokenGlass(const Core& core, Findings& out);
// Declared jobs that are over, that nobody ever ran, or that count for nothing.
Status ExamineDeclaredJobs(const Core& core, Findings& out);
Status ExamineApprovals(const Core& core, Findings& out);
Status ExamineLockOuts(const Core& core, Findings& out);

}  // namespace mseal::vault
