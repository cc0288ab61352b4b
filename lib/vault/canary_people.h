// Makes up patients as a French laboratory has them, to be planted among the real: names, a NIR with its key, a birth
// date, contacts and results that fit age and sex. From a secret seed alone, so that whoever has this source, but not
// the seed, cannot tell which they are. Plants nothing:
// vault/canaries.h does.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/key_slab.h"
#include "base/secret_bytes.h"

namespace mseal::vault {

// The content of one record of the ready laboratory schema (lab.proto), as proto-JSON.
struct MadeRecord {
  std::string type;
  SecretBytes json;
};

// A record `Patient`, then one to twelve `LabResult`, all taken in the three years before `today`. The same seed,
// number and day give the same patient. Names that they share with real people are nobody's; a NIR may be somebody's by
// chance.
std::vector<MadeRecord> MakePatient(KeyView seed, std::uint64_t number, std::chrono::sys_days today);

}  // namespace mseal::vault
