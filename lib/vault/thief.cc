// Counts what can be seen and tries the keys that lie about.
#include "vault/thief.h"

#include <filesystem>
#include <fstream>

#include "format/row.h"
#include "keys/meta_table.h"
#include "keys/provider_uri.h"
#include "people/registry.h"
#include "store/rocks.h"
#include "vault/store_files.h"

namespace mseal::vault {
namespace {

namespace fs = std::filesystem;
using store::Table;

constexpr std::size_t kLongestSecretFile = 4096;

// The secret in a file, without the end of its line. Empty when there is none to read.
SecretBytes ReadSecretFile(const std::string& path) {
  SecretBytes secret(kLongestSecretFile);
  std::ifstream in(path, std::ios::binary);
  in.rdbuf()->pubsetbuf(nullptr, 0);  // no copy in a buffer that nobody wipes
  in.read(reinterpret_cast<char*>(secret.Reveal().data()), static_cast<std::streamsize>(secret.size()));
  auto size = static_cast<std::size_t>(in.gcount());
  if (size != kKeySize) {
    while (size > 0 && (secret.Reveal()[size - 1] == '\n' || secret.Reveal()[size - 1] == '\r')) --size;
  }
  secret.Resize(size);
  return secret;
}

class Thief {
 public:
  Thief(const ThiefOptions& options, const ThiefLine& line) : options_(options), line_(line) {}

  Status Run(bool& opens_values) {
    opens_values = false;
    if (!options_.keyring.empty()) {
      MS_ASSIGN(keyring_, keys::ParseProviderUri(options_.keyring));
    }
    MS_TRY(CheckVaultAt(options_.store));
    ListFiles();
    MS_ASSIGN(const auto rows, store::OpenRocks(RowsFolder(options_.store), {.read_only = true}));
    MS_TRY(CountRows(*rows));
    opens_values = TryKeys(*rows);
    return Status::Ok();
  }

 private:
  void ListFiles() {
    std::uint64_t count = 0, bytes = 0;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(options_.store, error)) {
      if (!entry.is_regular_file(error)) continue;
      ++count;
      bytes += entry.file_size(error);
    }
    line_("files", "store", count, bytes, "files of the store, every value in them sealed or declared public");
  }

  Status CountRows(store::Rows& rows) {
    static constexpr std::pair<Table, std::string_view> kTables[] = {
        {Table::kRecords,
         "record rows and chunks under random-looking keys, padded: the rows of one patient share a prefix"},
        {Table::kKeys, "key rows, all of one size, and bucket keys"},
        {Table::kHeads, "one sealed head a patient"},
        {Table::kIndex, "sealed postings; ordered rows of fields declared public stand in clear"},
        {Table::kAudit, "sealed entries"},
        {Table::kMeta, "sealed rows about people, keys and schemas"}};
    for (const auto& [table, detail] : kTables) {
      std::uint64_t count = 0, bytes = 0;
      const auto cursor = rows.Scan(table, {}, {});
      for (; cursor->Valid(); cursor->Next()) {
        ++count;
        bytes += cursor->key().size() + cursor->value().size();
      }
      MS_TRY(cursor->status());
      line_("rows", store::TableName(table), count, bytes, detail);
    }
    return Status::Ok();
  }

  bool Near(const std::string& path, std::string_view what) {
    std::error_code error;
    if (path.empty() || !fs::exists(path, error)) return line_(what, "", 0, 0, "not on this device"), false;
    if (OnSameDevice(path, options_.store))
      return line_(what, path, 1, fs::file_size(path, error), "on the same device: a thief of the disk has it"), true;
    return line_(what, path, 0, 0, "on another device: a thief of the disk alone does not have it"), false;
  }

  bool NearKeyring() {
    if (!keyring_.token.has_value()) return Near(keyring_.file, "keyring");
    line_("keyring", options_.keyring, 0, 0,
          "on a token: a copy of the disk does not hold its keys, unless the token is software that keeps them there; "
          "whoever takes the token needs its PIN");
    return false;
  }

  bool TryKeys(store::Rows& rows) {
    const bool keyring = NearKeyring();
    const bool passphrase = Near(options_.passphrase_file, "passphrase");
    const bool password = Near(options_.password_file, "password");
    if (!keyring || !passphrase) {
      line_("opens", "nothing", 0, 0, "without keyring and passphrase together no row opens");
      return false;
    }
    const auto provider = OpenProvider();
    if (provider == nullptr) {
      line_("opens", "nothing", 0, 0, "the passphrase file does not open the keyring");
      return false;
    }
    line_("opens", "headers", 0, 0,
          "keyring and passphrase open record types, classes and dates of every patient, but no field");
    if (!password || !LogsIn(rows, *provider)) return false;
    line_("opens", "fields", 0, 0,
          "the password file opens every field this person may read: keep it on another device");
    return true;
  }

  std::unique_ptr<keys::KeyProvider> OpenProvider() {
    keys::KeyringSecret secret;
    secret.bytes = ReadSecretFile(options_.passphrase_file);
    const auto facts = keys::LookAtKeyring(keyring_.file);
    if (facts.ok()) secret.kind = facts->kind;
    auto opened = keys::OpenKeyring(keyring_.file, secret);
    return opened.ok() ? std::move(*opened) : nullptr;
  }

  bool LogsIn(store::Rows& rows, const keys::KeyProvider& provider) {
    const SecretBytes password = ReadSecretFile(options_.password_file);
    for (const std::uint32_t epoch : provider.Epochs()) {
      auto secret = provider.Open(epoch);
      if (!secret.ok()) continue;
      const auto meta =
          keys::MetaTable::Open(rows, provider.store(), seal::SuiteSet::All(), {epoch, std::move(*secret)});
      if (!meta.ok()) continue;
      const auto registry = people::Registry::Load(rows, **meta, provider.store(), seal::SuiteSet::All());
      if (registry.ok() && (*registry)->Login(options_.person, password.Reveal()).ok()) return true;
    }
    return false;
  }

  const ThiefOptions& options_;
  const ThiefLine& line_;
  keys::ProviderPlace keyring_;  // neither: none was found
};

}  // namespace

Status LookAsThief(const ThiefOptions& options, const ThiefLine& line, bool& opens_values) {
  return Thief(options, line).Run(opens_values);
}

}  // namespace mseal::vault
