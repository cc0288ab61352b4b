// Builds the vault beside its place and moves it there when it is whole.
#include "vault/init.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/clock.h"
#include "people/session.h"
#include "vault/access_log.h"
#include "vault/certificate.h"
#include "vault/index_keys.h"
#include "vault/known_time.h"
#include "vault/marks.h"
#include "vault/posting_keys.h"
#include "vault/settings.h"
#include "vault/store_files.h"

namespace mseal::vault {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kFirstEpoch = 1;
constexpr std::uint32_t kFirstSchema = 1;

crypto::Suite ChooseSuite(const std::optional<crypto::Suite>& wanted) {
  if (wanted.has_value()) return *wanted;
  return crypto::CheckSuite(crypto::Suite::kAes256Gcm).ok() ? crypto::Suite::kAes256Gcm
                                                            : crypto::Suite::kChaCha20Poly1305;
}

// Removes what was made unless told to keep it. What cannot be removed is left: there is nobody to tell any more.
class Undo {
 public:
  explicit Undo(const InitOptions& options) : options_(options) {}
  void RemoveFolder(std::string path) { folder_ = std::move(path); }
  void RemoveProvider(const ByteArray<16>& instance) { instance_ = instance; }
  void Keep() { folder_.clear(), instance_.reset(); }
  ~Undo() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
    if (instance_.has_value()) {
      keys::RemoveProvider(options_.keyring, options_.secret, *instance_).Ignore("as above");
    }
  }

 private:
  const InitOptions& options_;
  std::string folder_;
  std::optional<ByteArray<16>> instance_;
};

Status CheckPlaces(const InitOptions& options) {
  if (options.store.empty() || options.keyring.empty())
    return Status::InvalidArgument("a vault needs a store and a keyring");
  MS_ASSIGN(const keys::ProviderPlace keyring, keys::ParseProviderUri(options.keyring));
  if (!keyring.file.empty() && IsInside(keyring.file, options.store))
    return Status::InvalidArgument(
        "the keyring may not lie inside the store: whoever copies the one would have the other");
  std::error_code error;
  if (fs::exists(options.store, error) &&
      !(fs::is_directory(options.store, error) && fs::is_empty(options.store, error)))
    return Status::AlreadyExists("something is at the store's path");
  // Comes second: where a vault is, nobody shall be told to move its keyring away.
  if (!keyring.file.empty() && fs::exists(keyring.file, error))
    return Status::AlreadyExists(
        "a file is at the keyring's path: name another, or move that one away if no store needs it");
  return Status::Ok();
}

std::string NameBeside(const std::string& store) {
  ByteArray<6> random;
  crypto::SystemRandom(random);
  std::string name = fs::absolute(store).lexically_normal().string();
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  name += ".new-";
  for (const std::uint8_t byte : random) name += "0123456789abcdef"[byte & 15];
  return name;
}

// Founder, classes and schema in one batch; then what needs the founder's class keys.
Status Populate(const InitOptions& options, const schema::Schema& schema, const StoreIdentity& identity,
                const keys::Epoch& epoch, store::Rows& rows, std::uint64_t& statements) {
  store::Batch batch;
  const auto meta = keys::MetaTable::Make(rows, identity.store, identity.suite, epoch, batch);
  Settings settings;
  settings.suite = identity.suite.now().newest();
  settings.created_ms = NowMs();
  PutSettings(*meta, settings, batch);
  PutPostingKey(*meta, {.generation = 1, .key = crypto::RandomKey()}, batch);
  PutFirstTally(*meta, batch);
  PutKnownTime(*meta, settings.created_ms, batch);
  people::Identity founder;
  MS_ASSIGN(const auto registry,
            people::Registry::Found(rows, *meta, identity.store, identity.suite, options.person, batch, founder));
  MakeCertificateKey(*meta, identity.store, founder.keys.seed, batch);
  MakeLogKeys(*meta, identity.store, founder.keys.seed, batch);
  meta->Put(batch, keys::MetaKind::kSchema, keys::MetaIdOf({kFirstSchema}), schema.Stored());
  MS_TRY(registry->DeclareInto(founder, ClassEntriesOf(schema), kFirstSchema, DigestOfSchema(schema.Stored()), batch));
  MS_TRY(rows.Commit(batch, store::Durability::kPower));

  store::Batch credential;
  MS_TRY(registry->PutFoundersCredential(founder, options.password.Reveal(), options.cost, credential));
  MS_TRY(rows.Commit(credential, store::Durability::kPower));

  const auto chain = registry->chain();
  statements = chain->newest_number();
  MS_ASSIGN(const auto active, LoadActiveSchema(*meta, *chain));
  MS_ASSIGN(const auto session, people::Session::Start(*registry, identity.store, identity.suite, std::move(founder),
                                                       {.purpose = "admin"}, 1));
  store::Batch index_keys;
  MS_TRY(MakeIndexKeys(identity, *meta, *session, *chain, *active, index_keys));
  MS_TRY(rows.Commit(index_keys, store::Durability::kPower));
  return rows.Sync();
}

}  // namespace

Status InitVault(const InitOptions& options) {
  MS_TRY(CheckPlaces(options));
  StoreIdentity identity;
  const crypto::Suite suite = ChooseSuite(options.suite);
  MS_TRY(crypto::CheckSuite(suite));
  identity.suite = suite;
  MS_ASSIGN(const auto schema, schema::Schema::Load(options.schema));
  crypto::SystemRandom(identity.store);
  const keys::Epoch epoch{kFirstEpoch, keys::EpochSecret(crypto::RandomKey())};

  Undo undo(options);
  const std::string beside = NameBeside(options.store);
  if (mkdir(beside.c_str(), 0700) != 0)
    return Status::IoError("the store's folder cannot be made: " + std::generic_category().message(errno));
  undo.RemoveFolder(beside);
  std::uint64_t statements = 0;
  keys::Anchor anchor;
  {
    store::RocksOptions rocks;
    rocks.create = true;
    rocks.environment = options.environment;
    MS_ASSIGN(const auto rows, store::OpenRocks(RowsFolder(beside), rocks));
    MS_TRY(Populate(options, *schema, identity, epoch, *rows, statements));
    anchor = {.epoch = kFirstEpoch, .commit_counter = rows->CommitCounter(), .statement_number = statements};
  }
  MS_ASSIGN(auto provider, keys::CreateProvider(options.keyring, options.secret, identity.store, suite, kFirstEpoch,
                                                epoch.secret, {.cost = options.cost, .file_io = options.file_io}));
  undo.RemoveProvider(provider->instance());
  MS_TRY(provider->MoveAnchor(anchor));
  std::error_code error;
  fs::remove(options.store, error);  // an empty folder may be there
  fs::rename(beside, options.store, error);
  if (error) return Status::IoError("the store's folder cannot be moved to its place: " + error.message());
  undo.Keep();
  return SyncFolderOf(options.store);
}

}  // namespace mseal::vault
