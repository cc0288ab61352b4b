// medseal.h: policy.
#include "people/policy.h"

#include "abi/call.h"
#include "abi/handles.h"
#include "abi/on_record.h"
#include "vault/set_policy.h"

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_policies(medseal_session* session, medseal_policy_callback callback, void* context,
                              medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && callback != nullptr, "session and callback are needed"));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    const auto chain = call.core().registry->chain();
    for (const people::PolicyEntry& entry : people::PolicyTable()) {
      const medseal_policy_info info{sizeof(info),
                                     entry.name.data(),  // literals: they end with a zero byte
                                     chain->policy(entry.name),
                                     entry.initial,
                                     entry.least,
                                     entry.most,
                                     static_cast<medseal_weaker>(entry.weaker),
                                     entry.help.data()};
      if (callback(context, &info) != 0) return Status::Cancelled("the callback ended the listing");
    }
    return Status::Ok();
  });
}

medseal_code medseal_policy_set(medseal_session* session, const char* name, std::uint64_t value, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kPolicy, Text(name), error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && name != nullptr, "session and name are needed"));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    return vault::SetPolicy(call.core(), call.desk(), name, value);
  });
}
