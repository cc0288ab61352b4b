// The laboratory's verbs.
#include "vault_support/laboratory.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "vault/administer.h"
#include "vault/set_policy.h"
#include "vault/two_persons.h"

namespace mseal::test {
namespace {

keys::KeyringSecret Passphrase() {
  keys::KeyringSecret secret;
  secret.bytes = SecretBytes::CopyOf(AsBytes(Laboratory::kPassphrase));
  return secret;
}

// What verify finds is said on the output: a test that expects a clean store should tell what was not.
vault::VerifyOptions Telling() {
  vault::VerifyOptions options;
  options.on_problem = [](std::string_view what, const keys::PatientHandle*) {
    if (std::getenv("MEDSEAL_TEST_PROBLEMS") != nullptr) std::printf("problem: %.*s\n", int(what.size()), what.data());
  };
  return options;
}

void AppendVarint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

}  // namespace

std::string LabProto() {
  std::ifstream in(std::string(MEDSEAL_SOURCE) + "/include/medseal/lab.proto");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Bytes TextField(std::uint32_t number, std::string_view text) {
  Bytes out;
  AppendVarint(out, std::uint64_t{number} << 3 | 2);
  AppendVarint(out, text.size());
  out.insert(out.end(), text.begin(), text.end());
  return out;
}

Bytes NumberField(std::uint32_t number, std::uint64_t value) {
  Bytes out;
  AppendVarint(out, std::uint64_t{number} << 3);
  AppendVarint(out, value);
  return out;
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Laboratory::Laboratory(crypto::Suite suite, std::string schema) {
  vault::InitOptions init;
  init.store = store();
  init.keyring = keyring();
  init.secret = Passphrase();
  init.suite = suite;
  init.schema.proto = schema.empty() ? LabProto() : std::move(schema);
  init.person = kFounder;
  init.password = SecretBytes::CopyOf(AsBytes(kPassword));
  init.cost = crypto::kArgon2Floor;
  const Status made = vault::InitVault(init);
  if (!made.ok()) ADD_FAILURE() << "init: " << made.message();
}

Status Laboratory::Open(vault::OpenOptions options) {
  Close();
  options.store = store();
  if (options.keyring.empty()) {
    options.keyring = keyring();
    options.secret = Passphrase();
  }
  options.durability = store::Durability::kProcess;
  auto opened = vault::Vault::Open(options);
  if (opened.ok()) vault_ = std::move(*opened);
  return opened.status();
}

std::shared_ptr<vault::Vault> Laboratory::Vault() {
  if (vault_ == nullptr) {
    const Status opened = Open();
    if (!opened.ok()) ADD_FAILURE() << "open: " << CodeName(opened.code()) << " " << opened.message();
  }
  return vault_;
}

void Laboratory::Close() {
  if (vault_ == nullptr) return;
  const Status closed = vault_->Close();
  if (!closed.ok()) ADD_FAILURE() << "close: " << closed.message();
  vault_.reset();
}

std::shared_ptr<vault::Session> Laboratory::LoginAs(std::string_view person) {
  const std::string password = PasswordOf(person);
  auto session = Vault()->Login(person, AsBytes(password), "care");
  if (!session.ok()) return ADD_FAILURE() << "login: " << session.status().message(), nullptr;
  return std::move(*session);
}

std::shared_ptr<vault::Session> Laboratory::LoginWith(std::string_view second) {
  auto founder = LoginAs(kFounder);
  const Status joined = vault::Join(*founder, second, AsBytes(PasswordOf(second)));
  EXPECT_TRUE(joined.ok()) << joined.message();
  return founder;
}

void Laboratory::AddPerson(std::string_view name, std::vector<std::string> classes) {
  const auto founder = LoginAs(kFounder);
  auto call = founder->Enter();
  people::NewPerson person;
  person.name = name;
  person.classes = std::move(classes);
  person.cost = crypto::kArgon2Floor;
  const std::string password = PasswordOf(name);
  const Status added = vault::AddPerson(call->core(), call->desk(), person, AsBytes(password));
  if (!added.ok()) ADD_FAILURE() << "add person: " << added.message();
}

void Laboratory::AddAuditor(std::string_view name) {
  AddPerson(name, {});
  const auto founder = LoginAs(kFounder);
  const bool known = founder->Enter()->core().registry->chain()->FindRole("auditor") != nullptr;
  const Status defined = known ? Status::Ok() : vault::DefineRole(*founder, "auditor", people::Operation::kAudit, {});
  EXPECT_TRUE(defined.ok()) << defined.message();
  const Status given = vault::GiveRole(*founder, name, "auditor");
  EXPECT_TRUE(given.ok()) << given.message();
}

void Laboratory::SetPolicy(std::string_view auditor, std::string_view name, std::uint64_t value) {
  const auto both = LoginWith(auditor);
  auto call = both->Enter();
  const Status set = vault::SetPolicy(call->core(), call->desk(), name, value);
  EXPECT_TRUE(set.ok()) << set.message();
}

Status Laboratory::Put(vault::Session& session, std::string_view patient, std::string_view type,
                       std::string_view record, const Bytes& message, vault::PutMode mode, vault::PutOutcome* outcome,
                       std::uint64_t expected) {
  MS_ASSIGN(auto call, session.Enter());
  vault::PutItem item;
  item.patient.external_id = AsBytes(patient);
  item.request.type = type;
  item.request.record_id = AsBytes(record);
  item.request.message = message;
  item.request.mode = mode;
  item.request.expected_version = expected;
  std::vector<vault::PutAnswer> answers;
  const Status status = vault::PutAll(call.core(), call.desk(), {&item, 1}, answers);
  if (outcome != nullptr) *outcome = answers.front().outcome;
  return status;
}

Result<std::unique_ptr<vault::OpenedRecord>> Laboratory::Get(vault::Session& session, std::string_view patient,
                                                             std::string_view type, std::string_view record,
                                                             std::uint64_t version) {
  MS_ASSIGN(auto call, session.Enter());
  MS_ASSIGN(const auto handle, vault::FindPatient(call.core(), call.desk(), {AsBytes(patient), nullptr}));
  return vault::RecordReader(call.core(), call.desk()).Read(handle, type, AsBytes(record), version, {});
}

Status Laboratory::Delete(vault::Session& session, std::string_view patient, std::string_view type,
                          std::string_view record) {
  MS_ASSIGN(auto call, session.Enter());
  return vault::DeleteRecord(call.core(), call.desk(), {AsBytes(patient), nullptr}, type, AsBytes(record), 0);
}

Result<std::vector<std::unique_ptr<vault::OpenedRecord>>> Drain(Result<vault::ListingPtr> listing) {
  MS_TRY(listing.status());
  std::vector<std::unique_ptr<vault::OpenedRecord>> records;
  for (;;) {
    MS_ASSIGN(auto record, (*listing)->Next());
    if (record == nullptr) return records;
    records.push_back(std::move(record));
  }
}

Result<std::vector<std::unique_ptr<vault::OpenedRecord>>> Laboratory::Find(vault::Session& session,
                                                                           std::string_view type,
                                                                           std::string_view field,
                                                                           std::string_view value) {
  MS_ASSIGN(auto call, session.Enter());
  return Drain(vault::ListFound(call.core(), call.desk(), type, field, AsBytes(value)));
}

Result<std::vector<std::unique_ptr<vault::OpenedRecord>>> Laboratory::Patient(vault::Session& session,
                                                                              std::string_view patient) {
  MS_ASSIGN(auto call, session.Enter());
  return Drain(vault::ListPatient(call.core(), call.desk(), {AsBytes(patient), nullptr}));
}

keys::PatientHandle Laboratory::HandleOf(vault::Session& session, std::string_view patient) {
  auto call = session.Enter();
  const auto handle = vault::FindPatient(call->core(), call->desk(), {AsBytes(patient), nullptr});
  if (!handle.ok()) return ADD_FAILURE() << "no such patient", keys::PatientHandle{};
  return *handle;
}

Status Laboratory::Verify(vault::Session* session, vault::VerifyReport* report) {
  vault::VerifyReport counted;
  Status status = Status::Ok();
  if (session != nullptr) {
    auto call = session->Enter();
    status = vault::Verify(call->core(), &call->desk(), Telling(), counted);
  } else {
    auto call = Vault()->Enter();
    status = vault::Verify(call->core(), nullptr, Telling(), counted);
  }
  if (report != nullptr) *report = counted;
  return status;
}

void Laboratory::WithRows(const std::function<void(store::Rows&)>& work) {
  Close();
  auto rows = store::OpenRocks(vault::RowsFolder(store()), {});
  ASSERT_TRUE(rows.ok()) << rows.status().message();
  work(**rows);
}

std::vector<StoredRow> Laboratory::AllRows(store::Table table) {
  std::vector<StoredRow> all;
  WithRows([&](store::Rows& rows) {
    for (auto cursor = rows.Scan(table, {}, {}); cursor->Valid(); cursor->Next()) {
      all.push_back({table, Bytes(cursor->key().begin(), cursor->key().end()),
                     Bytes(cursor->value().begin(), cursor->value().end())});
    }
  });
  return all;
}

void Laboratory::Overwrite(store::Table table, ByteView key, ByteView value) {
  WithRows([&](store::Rows& rows) {
    store::Batch batch;
    batch.Put(table, key, value);
    ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
  });
}

void Laboratory::Remove(store::Table table, ByteView key) {
  WithRows([&](store::Rows& rows) {
    store::Batch batch;
    batch.Delete(table, key);
    ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
  });
}

void Laboratory::WithMeta(
    const std::function<void(store::Rows&, const keys::MetaTable&, const vault::StoreIdentity&)>& work) {
  Close();
  const auto provider = keys::OpenKeyring(keyring(), Passphrase());
  ASSERT_TRUE(provider.ok()) << provider.status().message();
  const vault::StoreIdentity identity{(*provider)->store(), seal::SuiteSet::All((*provider)->suite())};
  const std::uint32_t epoch = (*provider)->Epochs().back();
  auto secret = (*provider)->Open(epoch);
  ASSERT_TRUE(secret.ok());
  const keys::Epoch opened{epoch, std::move(*secret)};
  WithRows([&](store::Rows& rows) {
    const auto meta = keys::MetaTable::Open(rows, identity.store, identity.suite, opened);
    ASSERT_TRUE(meta.ok()) << meta.status().message();
    work(rows, **meta, identity);
  });
}

}  // namespace mseal::test
