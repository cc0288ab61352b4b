// medseal.h: making, opening, closing and looking at a vault; sessions.
#include "abi/alert_callback.h"
#include "abi/call.h"
#include "abi/counted.h"
#include "abi/handles.h"
#include "abi/keyring.h"
#include "abi/login_secret.h"
#include "abi/schema_text.h"
#include "vault/init.h"
#include "vault/suite_change.h"

namespace mseal::abi {

Result<keys::KeyringSecret> ReadSecret(const medseal_keyring& keyring) {
  MS_TRY(Require(keyring.path != nullptr && keyring.secret.size > 0, "the keyring needs a path and a secret"));
  return SecretOf(keyring.secret, keyring.secret_is_key != 0);
}

keys::KeyringSecret SecretOf(medseal_bytes bytes, bool is_key) {
  keys::KeyringSecret secret;
  secret.kind = is_key ? keys::KeyringSecret::Kind::kKeyFile : keys::KeyringSecret::Kind::kPassphrase;
  secret.bytes = SecretBytes::CopyOf(View(bytes));
  return secret;
}

namespace {

Status Init(const medseal_init_options* given) {
  MS_ASSIGN(const medseal_init_options known, Read(given));
  MS_ASSIGN(const medseal_keyring keyring, Read(known.keyring));
  MS_TRY(Require(known.store != nullptr && known.person != nullptr, "store and person are needed"));
  MS_TRY(RequireOneOf(known.suite, MEDSEAL_SUITE_AUTO, MEDSEAL_SUITE_AES256_GCM, "there is no such suite"));
  vault::InitOptions options;
  options.store = known.store;
  options.keyring = Text(keyring.path);
  MS_ASSIGN(options.secret, ReadSecret(keyring));
  if (known.suite != MEDSEAL_SUITE_AUTO) options.suite = static_cast<crypto::Suite>(known.suite);
  MS_ASSIGN(options.schema, ReadSchema(known.schema));
  options.person = known.person;
  options.password = SecretBytes::CopyOf(View(known.password));
  MS_ASSIGN(options.cost, ReadCost(known.cost));
  return vault::InitVault(options);
}

Result<std::shared_ptr<vault::Vault>> Open(const medseal_open_options* given) {
  MS_ASSIGN(const medseal_open_options known, Read(given));
  MS_ASSIGN(const medseal_keyring keyring, Read(known.keyring));
  MS_TRY(Require(known.store != nullptr, "the store is needed"));
  MS_TRY(RequireOneOf(known.durability, MEDSEAL_POWER, MEDSEAL_PROCESS, "there is no such durability"));
  vault::OpenOptions options;
  options.store = known.store;
  options.keyring = Text(keyring.path);
  MS_ASSIGN(options.secret, ReadSecret(keyring));
  options.durability = known.durability == MEDSEAL_PROCESS ? store::Durability::kProcess : store::Durability::kPower;
  options.accept_stale = known.accept_stale != 0;
  if (known.cache_patients != 0) options.cache_patients = known.cache_patients;
  if (known.cache_bytes != 0) options.cache_bytes = known.cache_bytes;
  MS_TRY(RequireOneOf(known.audit, MEDSEAL_AUDIT_GROUP, MEDSEAL_AUDIT_SYNC, "there is no such audit mode"));
  options.audit = known.audit == MEDSEAL_AUDIT_SYNC ? audit::LogSync::kEach : audit::LogSync::kGroup;
  options.on_alert = CallbackOf(known.alert_callback, known.alert_context);
  return vault::Vault::Open(options);
}

void CountPeople(const people::Chain& chain, medseal_status_info& info) {
  info.persons = static_cast<std::uint32_t>(chain.persons().size());
  info.classes = static_cast<std::uint32_t>(chain.classes().size());
  info.statements = chain.newest_number();
  info.schema_version = chain.schema_version();
}

void CountRows(const store::Statistics& statistics, medseal_status_info& info) {
  info.patients = statistics.approximate_rows[static_cast<int>(store::Table::kHeads)];
  info.rows = statistics.approximate_rows[static_cast<int>(store::Table::kRecords)];
  info.bytes_on_disk = statistics.bytes_on_disk;
}

void LookAround(vault::Vault& vault, medseal_status_info& info) {
  const SlabReport slab = ReportKeySlab();
  info.locked_key_bytes = slab.locked_bytes;
  info.unlocked_key_bytes = slab.unlocked_bytes;
  info.sessions = vault.session_count();
  const auto keyring = keys::ParseProviderUri(vault.options().keyring);
  if (!keyring.ok()) return;
  info.keyring_on_token = keyring->token.has_value() ? 1 : 0;
  if (keyring->token.has_value()) return;
  info.keyring_on_same_device = vault::OnSameDevice(keyring->file, vault.options().store) ? 1 : 0;
  const auto facts = keys::LookAtKeyring(keyring->file);
  info.keyring_readable_by_others = facts.ok() && facts->readable_by_others ? 1 : 0;
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_init(const medseal_init_options* options, medseal_error* error) {
  return Run(error, [&] { return Init(options); });
}

medseal_code medseal_open(const medseal_open_options* options, medseal_vault** vault, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr, "there is no place for the vault"));
    *vault = nullptr;
    MS_ASSIGN(auto opened, Open(options));
    *vault = new medseal_vault{std::move(opened)};
    return Status::Ok();
  });
}

medseal_code medseal_close(medseal_vault* vault, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr, "there is no vault"));
    return vault->vault->Close();
  });
}

void medseal_vault_free(medseal_vault* vault) {
  if (vault != nullptr) vault->vault->Close().Ignore("whoever wants to know calls medseal_close first");
  delete vault;
}

medseal_code medseal_status(medseal_vault* vault, medseal_status_info* info, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr && info != nullptr, "vault and info are needed"));
    MS_ASSIGN(vault::Call call, vault->vault->Enter());
    medseal_status_info found{};
    std::memcpy(found.store_id, call.core().identity.store.data(), sizeof(found.store_id));
    found.suite = static_cast<medseal_suite>(call.core().identity.suite.now().newest());
    found.freshness = static_cast<medseal_freshness>(vault->vault->freshness().freshness);
    found.unanchored_commits = vault->vault->freshness().unanchored_commits;
    found.epoch = call.core().meta->epoch();
    found.read_only = call.core().read_only ? 1 : 0;
    found.held = call.core().marked.held();
    found.restricted = call.core().marked.restricted();
    MS_ASSIGN(found.credentials_under_other_suite, vault::CredentialsUnderOthers(call.core()));
    found.keyring_under_other_suite =
        call.core().provider->suite() != call.core().identity.suite.now().newest() ? 1 : 0;
    CountPeople(*call.core().registry->chain(), found);
    CountRows(call.core().rows->Measure(), found);
    if (call.core().alarms != nullptr) {
      found.patients -= std::min<std::uint64_t>(found.patients, call.core().alarms->planted().count());
      found.undelivered_alerts = call.core().alarms->delivery().found();
    }
    LookAround(*vault->vault, found);
    Write(found, info);
    return Status::Ok();
  });
}

medseal_code medseal_login(medseal_vault* vault, const medseal_login_options* options, medseal_session** session,
                           medseal_error* error) {
  return RunCounted(vault, vault::Operation::kLogin, error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr && session != nullptr, "vault and session are needed"));
    *session = nullptr;
    MS_ASSIGN(const medseal_login_options known, Read(options));
    MS_TRY(Require(known.person != nullptr, "a person is needed"));
    MS_ASSIGN(const GivenSecret given, ReadSecret(known.password, known.key_file, known.token));
    people::Use use{std::string(Text(known.purpose)), std::string(Text(known.on_behalf_of)),
                    std::string(Text(known.origin)), std::string(Text(known.job))};
    MS_ASSIGN(auto started, vault->vault->Login({known.person, given.secret, std::move(use)}));
    *session = new medseal_session{std::move(started)};
    return Status::Ok();
  });
}

void medseal_logout(medseal_session* session) {
  if (session != nullptr) session->session->Logout();
}

void medseal_session_free(medseal_session* session) {
  medseal_logout(session);
  delete session;
}
