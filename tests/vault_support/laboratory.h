// A small laboratory for tests: a vault with a founder, people of fewer classes, and a thief's door to the stored rows.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "keys/meta_table.h"
#include "store/rocks.h"
#include "store_support/temp_folder.h"
#include "vault/administer.h"
#include "vault/init.h"
#include "vault/listing.h"
#include "vault/put.h"
#include "vault/vault.h"
#include "vault/verify.h"
#include "vault_support/passwords.h"

namespace mseal::test {

// Wire bytes of a text or bytes field, of a number, of a message.
Bytes TextField(std::uint32_t number, std::string_view text);
Bytes NumberField(std::uint32_t number, std::uint64_t value);
Bytes operator+(Bytes a, const Bytes& b);
// The ready laboratory schema's text.
std::string LabProto();

struct StoredRow {
  store::Table table;
  Bytes key;
  Bytes value;
};

// Verbs for what happens in a laboratory. Every verb that cannot fail in a test fails the test when it does.
class Laboratory {
 public:
  static constexpr std::string_view kFounder = "founder";
  static constexpr std::string_view kPassword = kFoundersPassword;
  static constexpr std::string_view kPassphrase = "a passphrase for tests";  // of the keyring

  explicit Laboratory(crypto::Suite suite = crypto::Suite::kChaCha20Poly1305, std::string schema = {});

  // The vault, opened when needed.
  std::shared_ptr<vault::Vault> Vault();
  Status Open(
      vault::OpenOptions options = {});  // with the laboratory's paths, and its secret unless a keyring is given
  void Close();
  std::shared_ptr<vault::Session> LoginAs(std::string_view person);
  // The founder, with somebody who joined.
  std::shared_ptr<vault::Session> LoginWith(std::string_view second);
  void AddPerson(std::string_view name, std::vector<std::string> classes);
  // Who signs what takes several persons.
  void AddAuditor(std::string_view name);
  void SetPolicy(std::string_view auditor, std::string_view name, std::uint64_t value);

  // Messages are wire bytes.
  Status Put(vault::Session& session, std::string_view patient, std::string_view type, std::string_view record,
             const Bytes& message, vault::PutMode mode = vault::PutMode::kReplace, vault::PutOutcome* outcome = nullptr,
             std::uint64_t expected = 0);
  Result<std::unique_ptr<vault::OpenedRecord>> Get(vault::Session& session, std::string_view patient,
                                                   std::string_view type, std::string_view record,
                                                   std::uint64_t version = 0);
  Status Delete(vault::Session& session, std::string_view patient, std::string_view type, std::string_view record);
  // The records a listing gives, or its failure.
  Result<std::vector<std::unique_ptr<vault::OpenedRecord>>> Find(vault::Session& session, std::string_view type,
                                                                 std::string_view field, std::string_view value);
  Result<std::vector<std::unique_ptr<vault::OpenedRecord>>> Patient(vault::Session& session, std::string_view patient);
  keys::PatientHandle HandleOf(vault::Session& session, std::string_view patient);
  Status Verify(vault::Session* session, vault::VerifyReport* report = nullptr);

  // What a thief with the disk does between two openings: closes the vault, shows the database, closes it again.
  void WithRows(const std::function<void(store::Rows&)>& work);
  std::vector<StoredRow> AllRows(store::Table table);
  void Overwrite(store::Table table, ByteView key, ByteView value);
  void Remove(store::Table table, ByteView key);
  // The same for who also has the provider and its passphrase: sees and seals rows of meta.
  void WithMeta(const std::function<void(store::Rows&, const keys::MetaTable&, const vault::StoreIdentity&)>& work);

  std::string store() const { return folder_.store(); }
  std::string keyring() const { return (folder_.path() / "keyring").string(); }
  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  store::TempFolder folder_{store::InMemory()};
  std::shared_ptr<vault::Vault> vault_;
};

// Collects a listing.
Result<std::vector<std::unique_ptr<vault::OpenedRecord>>> Drain(Result<vault::ListingPtr> listing);

}  // namespace mseal::test
