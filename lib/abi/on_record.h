// Functions of the C API that change keys, people or the store: on record before they begin, and how they ended.
#pragma once

#include "abi/call.h"
#include "abi/counted.h"
#include "abi/handles.h"
#include "vault/on_record.h"

namespace mseal::abi {

inline Status OnRecordAt(medseal_session* session, audit::Operation operation, std::string_view detail,
                         const std::function<Status()>& work) {
  MS_TRY(Require(session != nullptr, "there is no session"));
  return vault::OnRecord(*session->session, operation, detail, work);
}
inline Status OnRecordAt(medseal_vault* vault, audit::Operation operation, std::string_view detail,
                         const std::function<Status()>& work) {
  MS_TRY(Require(vault != nullptr, "there is no vault"));
  return vault::OnRecord(*vault->vault, operation, detail, work);
}

// As Run. `detail` names the class, person or place it is about. The work enters the vault by itself.
template <typename Handle, typename Work>
medseal_code RunOnRecord(Handle* handle, audit::Operation operation, std::string_view detail, medseal_error* error,
                         Work&& work) {
  return Run(error, [&] { return OnRecordAt(handle, operation, detail, work); });
}

// The same of what metrics count too.
struct DoubleOperation {
  audit::Operation recorded;
  vault::Operation counted;
};
template <typename Handle, typename Work>
medseal_code RunOnRecord(Handle* handle, DoubleOperation operation, std::string_view detail, medseal_error* error,
                         Work&& work) {
  return RunCounted(handle, operation.counted, error,
                    [&] { return OnRecordAt(handle, operation.recorded, detail, work); });
}

}  // namespace mseal::abi
