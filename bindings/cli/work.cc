#include "work.h"

#include <fmt/core.h>

#include "interrupt.h"
#include "metrics_file.h"
#include "secrets.h"
#include "talk.h"

namespace cli {
namespace {

Result<medseal::Vault> OpenVault(const Common& common) {
  CLI_TRY(Require(common.store, "the vault's directory", "--store", "MEDSEAL_STORE"));
  CLI_TRY(Require(common.keyring, "the keyring", "--keyring", "MEDSEAL_KEYRING"));
  CLI_ASSIGN(const Secret secret, ReadKeyringSecret(common, false));
  auto vault = medseal::Vault::Open({
      .store = common.store,
      .keyring = {.path = common.keyring, .secret = secret.view(), .secret_is_key = !common.key_file.empty()},
      .durability = common.durability == "process" ? MEDSEAL_PROCESS : MEDSEAL_POWER,
      .accept_stale = common.accept_stale,
  });
  if (vault.ok() && Interrupted()) return Cancelled();
  return vault;
}

}  // namespace

Status Require(const std::string& value, const char* what, const char* option, const char* variable) {
  if (!value.empty()) return {};
  return InvalidArgument(fmt::format("say what {} is: {} or {}", what, option, variable));
}

bool IsOnToken(const std::string& keyring) { return keyring.starts_with("pkcs11:"); }
bool IsOnToken(const Common& common) { return IsOnToken(common.keyring); }

Result<Secret> ReadNewKeyringSecret(const std::string& keyring, const SecretSource& passphrase,
                                    const std::string& key_file) {
  if (!key_file.empty()) return ReadKeyFile(key_file);
  if (IsOnToken(keyring)) return ReadSecret(passphrase, "PIN of the other token");
  return ReadNewSecret(passphrase, "passphrase of the new keyring");
}

Result<Secret> ReadKeyringSecret(const Common& common, bool chosen_now) {
  if (!common.key_file.empty()) return ReadKeyFile(common.key_file);
  if (IsOnToken(common)) return ReadSecret(common.passphrase, "PIN of the token");
  const char* what = "passphrase of the keyring";
  return chosen_now ? ReadNewSecret(common.passphrase, what) : ReadSecret(common.passphrase, what);
}

Result<Proof> ReadProof(const std::string& person, const SecretSource& password, const ProofPlace& place) {
  if (!place.key_file.empty() && !place.token.empty())
    return InvalidArgument(person + " logs in with a key file or with a token: name one of the two");
  Proof proof;
  proof.token = place.token;
  if (!place.key_file.empty()) {
    CLI_ASSIGN(proof.key, ReadKeyFile(place.key_file));
  } else if (!place.token.empty()) {
    CLI_ASSIGN(proof.password, ReadSecret(password, "PIN of " + person + "'s token"));
  } else {
    CLI_ASSIGN(proof.password, ReadSecret(password, "password of " + person));
  }
  return proof;
}

namespace {

Status JoinSecond(medseal::Session& session, const Common& common) {
  if (common.second_person.empty()) return {};
  CLI_ASSIGN(const Proof proof, ReadProof(common.second_person, common.second_password,
                                          {common.second_key, common.second_token}));
  return session.Join({.person = common.second_person,
                       .password = proof.password.view(),
                       .key_file = proof.key.view(),
                       .token = proof.token});
}

// Told where it is not asked for output: whoever breaks the glass is to know that it does not pass unseen.
Status BreakGlass(medseal::Session& session, const Common& common) {
  if (common.glass_reason.empty()) return {};
  CLI_ASSIGN(const std::uint64_t number,
             session.BreakGlass(common.glass_class, common.glass_reason, common.glass_minutes));
  Warn(fmt::format("the glass is broken: this is on record, and a second person reviews it as number {}", number));
  return {};
}

}  // namespace

Result<medseal::Session> LogIn(medseal::Vault& vault, const Common& common) {
  CLI_TRY(Require(common.person, "your name", "--person", "MEDSEAL_PERSON"));
  CLI_TRY(Require(common.purpose, "the purpose of use", "--purpose", "MEDSEAL_PURPOSE"));
  CLI_ASSIGN(const Proof proof, ReadProof(common.person, common.password, {common.person_key, common.person_token}));
  return LogIn(vault, common, proof);
}

Result<medseal::Session> LogIn(medseal::Vault& vault, const Common& common, const Proof& proof) {
  CLI_TRY(Require(common.purpose, "the purpose of use", "--purpose", "MEDSEAL_PURPOSE"));
  auto session = vault.Login({.person = common.person,
                              .password = proof.password.view(),
                              .purpose = common.purpose,
                              .on_behalf_of = common.on_behalf_of,
                              .origin = common.origin,
                              .key_file = proof.key.view(),
                              .job = common.job,
                              .token = proof.token});
  if (session.ok() && Interrupted()) return Cancelled();
  if (session.ok()) CLI_TRY(JoinSecond(*session, common));
  if (session.ok()) CLI_TRY(BreakGlass(*session, common));
  return session;
}

namespace {

// What the command did is done: a file that cannot be written does not make it a failure.
void LeaveMetrics(medseal::Vault& vault, const Common& common) {
  if (common.metrics.empty()) return;
  const Status written = WriteMetricsFile(vault, common.metrics);
  if (!written.ok()) Warn(std::string("the metrics of this run were not written: ") + written.error().message());
}

}  // namespace

Outcome WithVault(const Common& common, const std::function<Outcome(medseal::Vault&)>& work) {
  CLI_ASSIGN(medseal::Vault vault, OpenVault(common));
  const Outcome outcome = work(vault);
  LeaveMetrics(vault, common);
  const Status closed = vault.Close();
  if (outcome.ok() && !closed.ok()) return closed.error();
  return outcome;
}

Outcome WithSession(const Common& common, const std::function<Outcome(medseal::Session&)>& work) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(medseal::Session session, LogIn(vault, common));
    return work(session);
  });
}

}  // namespace cli
