// medseal.h: doctor.
#include "vault/doctor.h"

#include "abi/call.h"
#include "abi/handles.h"

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_doctor(medseal_vault* vault, medseal_session* session, const medseal_doctor_options* options,
                            medseal_finding_callback callback, void* context, medseal_severity* worst,
                            medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr && callback != nullptr, "vault and callback are needed"));
    MS_TRY(Require(session == nullptr || &session->session->vault() == vault->vault.get(),
                   "the session is of another vault"));
    MS_ASSIGN(const medseal_doctor_options known, ReadOptional(options));
    const vault::SecretFiles files{std::string(Text(known.passphrase_path)), std::string(Text(known.password_path))};
    MS_ASSIGN(const vault::Findings findings,
              vault::Examine(*vault->vault, session == nullptr ? nullptr : session->session.get(), files));
    vault::Severity found = vault::Severity::kNote;
    for (const vault::Finding& finding : findings) found = std::max(found, finding.severity);
    if (worst != nullptr) *worst = static_cast<medseal_severity>(found);
    for (const vault::Finding& finding : findings) {
      const medseal_finding info{sizeof(info), static_cast<medseal_severity>(finding.severity),
                                 finding.code.data(),  // literals: they end with a zero byte
                                 finding.text.c_str(), finding.advice.c_str()};
      if (callback(context, &info) != 0) return Status::Cancelled("the callback ended the listing");
    }
    return Status::Ok();
  });
}
