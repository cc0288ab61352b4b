// medseal.h: recovery by custodians.
#include "vault/recovery.h"

#include "abi/call.h"
#include "abi/handles.h"
#include "abi/on_record.h"
#include "abi/schema_text.h"

namespace mseal::abi {
namespace {

medseal_recovery_info InfoOf(const vault::RecoveryReport& report) {
  medseal_recovery_info info{};
  info.set = report.set;
  info.threshold = report.threshold;
  info.shares = report.count;
  info.good = report.good;
  info.class_keys = report.class_keys;
  info.class_keys_missing = report.class_keys_missing;
  std::memcpy(info.founder, report.founder.data(), std::min(report.founder.size(), sizeof(info.founder) - 1));
  return info;
}

Result<vault::RecoverySetup> ReadSetup(const medseal_recovery_setup_options& known) {
  MS_TRY(Require(known.on_share != nullptr, "without on_share the shares would be lost"));
  MS_TRY(Require(known.shares <= UINT8_MAX && known.threshold <= UINT8_MAX, "there are at most 16 shares"));
  vault::RecoverySetup setup;
  if (known.shares != 0) setup.count = static_cast<std::uint8_t>(known.shares);
  if (known.threshold != 0) setup.threshold = static_cast<std::uint8_t>(known.threshold);
  setup.on_share = [known](std::uint8_t number, ByteView text) {
    return known.on_share(known.context, number, Lend(text)) == 0;
  };
  return setup;
}

// The texts as views; they and `known` outlive the call.
Result<std::vector<ByteView>> ReadShares(const medseal_recovery_options& known) {
  MS_TRY(Require(known.share_count == 0 || known.shares != nullptr, "the list of shares is missing"));
  std::vector<ByteView> texts;
  for (std::size_t i = 0; i < known.share_count; ++i) texts.push_back(View(known.shares[i]));
  return texts;
}

vault::GivenShares Given(const medseal_recovery_options& known, const std::vector<ByteView>& texts) {
  vault::GivenShares given{texts, {}};
  if (known.on_bad_share == nullptr) return given;
  given.on_bad = [known](std::size_t index, people::ShareFault fault) {
    const std::string why(people::Explain(fault));
    known.on_bad_share(known.context, index, static_cast<medseal_share_fault>(fault), why.c_str());
  };
  return given;
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_recovery_setup(medseal_session* session, const medseal_recovery_setup_options* options,
                                    medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kKeys, "custodians", error, [&]() -> Status {
    MS_TRY(Require(session != nullptr, "there is no session"));
    MS_ASSIGN(const medseal_recovery_setup_options known, Read(options));
    MS_ASSIGN(const vault::RecoverySetup setup, ReadSetup(known));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    return vault::SetUpRecovery(call.core(), call.desk(), setup);
  });
}

medseal_code medseal_recovery_status(medseal_vault* vault, medseal_recovery_info* info, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr && info != nullptr, "vault and info are needed"));
    MS_ASSIGN(vault::Call call, vault->vault->Enter());
    vault::RecoveryReport report;
    vault::DescribeRecovery(call.core(), report);
    Write(InfoOf(report), info);
    return Status::Ok();
  });
}

medseal_code medseal_recovery_drill(medseal_vault* vault, const medseal_recovery_options* options,
                                    medseal_recovery_info* info, medseal_error* error) {
  return RunOnRecord(vault, audit::Operation::kKeys, "recovery drill", error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr, "there is no vault"));
    MS_ASSIGN(const medseal_recovery_options known, Read(options));
    MS_ASSIGN(const std::vector<ByteView> texts, ReadShares(known));
    MS_ASSIGN(vault::Call call, vault->vault->Enter());
    vault::RecoveryReport report;
    const Status status = vault::DrillRecovery(call.core(), Given(known, texts), report);
    Write(InfoOf(report), info);
    return status;
  });
}

medseal_code medseal_recovery_open(medseal_vault* vault, const medseal_recovery_options* options,
                                   medseal_recovery_info* info, medseal_error* error) {
  return RunOnRecord(vault, audit::Operation::kKeys, "recovery", error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr, "there is no vault"));
    MS_ASSIGN(const medseal_recovery_options known, Read(options));
    MS_ASSIGN(const std::vector<ByteView> texts, ReadShares(known));
    MS_ASSIGN(const crypto::Argon2Cost cost, ReadCost(known.cost));
    MS_ASSIGN(vault::Call call, vault->vault->Enter());
    vault::RecoveryReport report;
    const Status status = vault::OpenRecovery(call.core(), Given(known, texts), View(known.password), cost, report);
    Write(InfoOf(report), info);
    return status;
  });
}
