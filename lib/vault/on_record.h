// Puts calls on record that no read or write tells of: failures, and what changes who may do what.
#pragma once

#include <functional>
#include <optional>

#include "vault/vault.h"

namespace mseal::vault {

// Random; names one failure to its caller and in the log.
std::uint64_t DrawIncident();

// A call that failed, with the patient it was about as far as that is known. What is the caller's slip (a bad argument,
// a version that has moved on) is no access and gets no entry. The answer is the failure, with its incident number; or
// why it could not be recorded.
Status RecordFailure(Core& core, const Desk& desk, audit::Operation operation, const Status& failure,
                     const std::optional<keys::PatientHandle>& patient);

// Runs the work of a call on records, which notes the patient as soon as it knows them. A failure goes on record.
using RecordWork = std::function<Status(std::optional<keys::PatientHandle>& patient)>;
Status OnRecord(Call& call, audit::Operation operation, const RecordWork& work);

// Runs what changes keys, people or the store: on record before it begins, and how it ended. `detail` names the class,
// person or place it is about. The caller is in no call.
Status OnRecord(Session& session, audit::Operation operation, std::string_view detail,
                const std::function<Status()>& work, const std::optional<keys::PatientHandle>& patient = {});
// The same by the host, without anybody.
Status OnRecord(Vault& vault, audit::Operation operation, std::string_view detail, const std::function<Status()>& work);

}  // namespace mseal::vault
