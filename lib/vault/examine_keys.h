// How old keys are, and whether they would be there if one provider were lost.
#pragma once

#include "vault/core.h"
#include "vault/finding.h"

namespace mseal::vault {

// Opens every registered copy.
Status ExamineProviders(Core& core, Findings& out);
Status ExamineKeyAges(const Core& core, Findings& out);

}  // namespace mseal::vault
