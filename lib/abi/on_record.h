// Functions of the C API that change keys, people or the store: on record before they begin, and how they ended.
#pragma once

#include "abi/call.h"
#include "abi/handles.h"
#include "vault/on_record.h"

namespace mseal::abi {

// As Run. `detail` names the class, person or place it is about. The work enters the vault by itself.
template <typename Work>
medseal_code RunOnRecord(medseal_session* session, audit::Operation operation, std::string_view detail,
                         medseal_error* error, Work&& work) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(session != nullptr, "there is no session"));
    return vault::OnRecord(*session->session, operation, detail, work);
  });
}

template <typename Work>
medseal_code RunOnRecord(medseal_vault* vault, audit::Operation operation, std::string_view detail,
                         medseal_error* error, Work&& work) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr, "there is no vault"));
    return vault::OnRecord(*vault->vault, operation, detail, work);
  });
}

}  // namespace mseal::abi
