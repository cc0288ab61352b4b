// Entries of the log as FHIR R4 AuditEvents, laid out as IHE's Basic Audit Log Patterns describe them.
#pragma once

#include <string>

#include "medseal/medseal.hpp"

namespace cli {

// One resource on one line. Handles stand for patients; no values and no record ids are in it.
std::string AuditEventJson(const medseal_audit_entry& entry);

}  // namespace cli
