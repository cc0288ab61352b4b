// Hands out shares and takes them back.
#include "vault/recovery.h"

#include "vault/approvals.h"

namespace mseal::vault {
namespace {

Status Writable(const Core& core) {
  return core.read_only
             ? Status::Unsupported("the vault was opened read-only, because its store is older than its anchor")
             : Status::Ok();
}

Result<people::Identity> Founder(const Core& core, const GivenShares& given, RecoveryReport& report) {
  report = {};
  DescribeRecovery(core, report);
  if (report.set == 0) return Status::NotFound("there are no custodians: the founder names them with recovery setup");
  people::BroughtShares shares(core.identity.store, core.registry->chain()->custodians());
  for (std::size_t i = 0; i < given.texts.size(); ++i) {
    const people::ShareFault fault = shares.Add(given.texts[i]);
    if (fault != people::ShareFault::kNone && given.on_bad) given.on_bad(i, fault);
  }
  report.good = shares.good();
  MS_ASSIGN(people::Identity founder, core.registry->RecoverFounder(shares));
  report.founder = founder.person.name;
  return founder;
}

void CountClassKeys(const Core& core, const people::Identity& founder, RecoveryReport& report) {
  const auto chain = core.registry->chain();
  for (const auto& [number, entry] : chain->classes()) {
    for (people::ClassKeyVersion version = 1; version <= chain->NewestVersion(number); ++version) {
      const bool opens = core.registry->FetchClassKey(founder, number, version).ok();
      ++(opens ? report.class_keys : report.class_keys_missing);
    }
  }
}

format::Action NamingOf(const RecoverySetup& setup) {
  return {format::ActionKind::kCustodians, std::uint64_t{setup.count} << 8 | setup.threshold, {}, {}, {}};
}

}  // namespace

Status SetUpRecovery(Core& core, Desk& desk, const RecoverySetup& setup) {
  MS_TRY(Writable(core));
  const people::Identity& who = desk.session->identity();
  if (who.person.number != people::kFounder) return Status::PermissionDenied("only the founder names custodians");
  const auto chain = core.registry->chain();
  if (chain->custodians().set != 0)
    MS_TRY(RequireApproval(core, desk, NamingOf(setup)));
  MS_ASSIGN(const people::NewCustodians made,
            people::DrawCustodians(core.identity.store, chain->founder_key(), chain->custodians().set + 1,
                                   setup.threshold, setup.count));
  for (std::size_t i = 0; i < made.shares.size(); ++i) {
    if (!setup.on_share(static_cast<std::uint8_t>(i + 1), made.shares[i].Reveal()))
      return Status::Cancelled("a share was not taken: nothing was changed");
  }
  const Status named = core.registry->NameCustodians(who, made.custodians);
  if (named.code() == StatusCode::kAlreadyExists) return Status::Conflict("other custodians were named meanwhile");
  MS_TRY(named);
  return core.anchor->Move();
}

void DescribeRecovery(const Core& core, RecoveryReport& report) {
  const auto chain = core.registry->chain();
  const people::Custodians& custodians = chain->custodians();
  report.set = custodians.set;
  report.threshold = custodians.threshold;
  report.count = custodians.count();
}

Status DrillRecovery(Core& core, const GivenShares& shares, RecoveryReport& report) {
  MS_ASSIGN(const people::Identity founder, Founder(core, shares, report));
  CountClassKeys(core, founder, report);
  if (report.class_keys_missing == 0) return Status::Ok();
  return Status::AuthFailed("a class key that the chain of statements names does not open with the founder's keys");
}

Status OpenRecovery(Core& core, const GivenShares& shares, ByteView password, const crypto::Argon2Cost& cost,
                    RecoveryReport& report) {
  MS_TRY(Writable(core));
  MS_ASSIGN(people::Identity founder, Founder(core, shares, report));
  CountClassKeys(core, founder, report);
  const people::SecretOwner owner{founder.person.number, founder.person.name};
  MS_ASSIGN(const people::NewSecret secret, core.registry->Judge(founder, owner, password, cost));
  MS_TRY(core.registry->ReplacePassword(founder, secret));
  return core.anchor->Move();
}

}  // namespace mseal::vault
