// Calls that the metrics of their vault count: how they ended and how long they took.
#pragma once

#include "abi/call.h"
#include "abi/handles.h"

namespace mseal::abi {

// Null where the caller gave no handle: there is nothing to count at.
inline vault::Vault* VaultOf(medseal_vault* vault) { return vault == nullptr ? nullptr : vault->vault.get(); }
inline vault::Vault* VaultOf(medseal_session* session) {
  return session == nullptr ? nullptr : &session->session->vault();
}
inline vault::Vault* VaultOf(medseal_cursor* cursor) {
  return cursor == nullptr ? nullptr : &cursor->child.session().vault();
}
inline vault::Vault* VaultOf(medseal_upload* upload) {
  return upload == nullptr ? nullptr : &upload->child.session().vault();
}

// Run, counted as `operation` of the handle's vault.
template <typename Handle, typename Work>
medseal_code RunCounted(Handle* handle, vault::Operation operation, medseal_error* error, Work&& work) noexcept {
  return Run(error, [&]() -> Status {
    vault::Vault* vault = VaultOf(handle);
    if (vault == nullptr) return work();
    vault::Timed timed(vault->metrics(), operation);
    return timed.End(work());
  });
}

}  // namespace mseal::abi
