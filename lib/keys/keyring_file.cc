// Puts header, slots and anchor together: makes a keyring, opens it, and is the provider over it.
#include "keys/keyring_file.h"

#include <cerrno>
#include <mutex>

#include "crypto/random.h"
#include "keys/anchor_file.h"
#include "keys/keyring_header.h"
#include "keys/keyring_root.h"
#include "keys/keyring_slots.h"
#include "keys/new_file.h"

namespace mseal::keys {
namespace {

KeyringSecret DerivedFrom(const KeyBytes& key) {
  return {KeyringSecret::Kind::kDerived, SecretBytes::CopyOf(key.Reveal())};
}

Result<KeyringHeader> NewHeader(const KeyringSecret& secret, const KeyringBinding& binding,
                                const crypto::Argon2Cost& cost) {
  if (secret.kind == KeyringSecret::Kind::kDerived) return Status::InvalidArgument("a keyring is made with a secret");
  KeyringHeader header{secret.kind, binding, {0, 0}, {}, {}};
  if (secret.kind == KeyringSecret::Kind::kPassphrase) header.cost = cost;
  crypto::SystemRandom(header.salt);
  return header;
}

Result<KeyringSlots> SlotsOf(File file, KeyBytes key, const KeyringHeader& header) {
  MS_TRY(CheckKey(key.Reveal(), header));
  KeyringSlots slots(std::move(file), std::move(key), header.binding);
  MS_TRY(slots.Inspect());
  return slots;
}

// The lock covers file and last-seen state together: the vault moves the anchor from one thread and changes epochs from
// another.
class KeyringProvider final : public KeyProvider {
 public:
  KeyringProvider(FileIo& io, std::string path, const KeyringBinding& binding, KeyringSlots slots, AnchorFile anchor)
      : io_(io), path_(std::move(path)), binding_(binding), slots_(std::move(slots)), anchor_(std::move(anchor)) {}

  const StoreId& store() const override { return binding_.store; }
  const ByteArray<16>& instance() const override { return binding_.instance; }
  crypto::Suite suite() const override { return binding_.suite; }
  // What lies under a file may keep what was overwritten: wear levelling, snapshots, copy on write.
  Assurance assurance() const override { return Assurance::kOverwrittenMediumUnproven; }

  KeyringSecret Access() const override { return Locked(), DerivedFrom(slots_.key()); }

  std::vector<std::uint32_t> Epochs() const override { return Locked(), slots_.Epochs(); }
  bool Damaged() const override { return Locked(), slots_.Damaged(); }
  Result<EpochSecret> Open(std::uint32_t epoch) const override { return Locked(), slots_.Open(epoch); }
  Status Write(std::uint32_t epoch, const EpochSecret& secret) override {
    return Locked(), slots_.Write(epoch, secret);
  }
  Status Destroy(std::uint32_t epoch) override {
    const auto lock = Locked();
    MS_TRY(DropNextKeyring(io_, path_, binding_.instance));
    return slots_.Destroy(epoch);
  }

  Result<KeyringSecret> PrepareRoot(const KeyringSecret& next, const crypto::Argon2Cost& cost) override {
    const auto lock = Locked();
    MS_ASSIGN(KeyringHeader header, NewHeader(next, binding_, cost));
    MS_ASSIGN(KeyBytes key, KeyOfSecret(next, header));
    next_.reset();
    auto written = WriteNextKeyring(io_, path_, slots_, std::move(key), header);
    if (!written.ok()) DropNextKeyring(io_, path_, binding_.instance).Ignore("the first failure is the one to tell");
    MS_TRY(written.status());
    next_ = std::move(*written);
    return DerivedFrom(next_->key());
  }

  // From the exchange on the new file is the keyring, whatever becomes of the old one.
  Status SwitchRoot() override {
    const auto lock = Locked();
    if (!next_.has_value()) return Status::InvalidArgument("no root was prepared");
    const Status exchanged = ExchangeWithNext(io_, path_);
    // Elsewhere what lies beside may be the old file or the new one, and the next call looks.
    if (exchanged.code() == StatusCode::kUnsupported) {
      next_.reset();
      MS_TRY(DropNextKeyring(io_, path_, binding_.instance));
    }
    MS_TRY(exchanged);
    slots_ = std::move(*next_);
    next_.reset();
    MS_TRY(SyncFolderOf(io_, path_));
    return DropNextKeyring(io_, path_, binding_.instance);
  }

  Result<std::optional<Anchor>> ReadAnchor() const override {
    const auto lock = Locked();
    MS_ASSIGN(const Anchor anchor, anchor_.Read(slots_.anchor_key()));
    return std::optional(anchor);
  }
  Status MoveAnchor(const Anchor& anchor) override { return Locked(), anchor_.Move(slots_.anchor_key(), anchor); }
  Status ReplaceLostAnchor(const Anchor& anchor) override {
    return Locked(), anchor_.Replace(slots_.anchor_key(), anchor);
  }

 private:
  std::unique_lock<std::mutex> Locked() const { return std::unique_lock(mutex_); }

  FileIo& io_;
  const std::string path_;
  const KeyringBinding binding_;
  mutable std::mutex mutex_;
  KeyringSlots slots_;
  std::optional<KeyringSlots> next_;  // under the root that was prepared
  mutable AnchorFile anchor_;         // reading remembers which page is the newest
};

Result<std::unique_ptr<KeyProvider>> OpenWithKey(FileIo& io, const std::string& path, File file, KeyBytes key,
                                                 const KeyringHeader& header) {
  MS_ASSIGN(KeyringSlots slots, SlotsOf(std::move(file), std::move(key), header));
  AnchorFile anchor(io, AnchorPathOf(path), header.binding);
  return std::unique_ptr<KeyProvider>(
      std::make_unique<KeyringProvider>(io, path, header.binding, std::move(slots), std::move(anchor)));
}

KeyringBinding NewBinding(const StoreId& store, crypto::Suite suite, const KeyringOptions& options) {
  KeyringBinding binding{store, options.instance.value_or(ByteArray<16>{}), suite};
  if (!options.instance.has_value()) crypto::SystemRandom(binding.instance);
  return binding;
}

struct NewKeyring {
  Bytes keyring;
  Bytes anchor;
};

NewKeyring LayOut(KeyView key, const KeyringHeader& header, std::uint32_t epoch, const EpochSecret& first) {
  const AnchorKey anchor_key(crypto::RandomKey());
  NewKeyring made{SealKeyringHeader(key, header), FirstAnchor(anchor_key, header.binding, {epoch, 0, 0, 0, {}})};
  const Bytes slot = SealKeyringSlot(key, header.binding, 0, epoch, first, anchor_key);
  made.keyring.insert(made.keyring.end(), slot.begin(), slot.end());
  made.keyring.resize(format::kKeyringSize);
  return made;
}

Result<std::unique_ptr<KeyProvider>> OpenNew(FileIo& io, const std::string& path, KeyBytes key) {
  MS_ASSIGN(File file, File::Open(io, path));
  MS_ASSIGN(const KeyringHeader header, ReadKeyringHeader(file));
  return OpenWithKey(io, path, std::move(file), std::move(key), header);
}

}  // namespace

Result<std::unique_ptr<KeyProvider>> CreateKeyring(const std::string& path, const KeyringSecret& secret,
                                                   const StoreId& store, crypto::Suite suite, std::uint32_t epoch,
                                                   const EpochSecret& first, const KeyringOptions& options,
                                                   FileIo* chosen) {
  FileIo& io = chosen == nullptr ? SystemFileIo() : *chosen;
  MS_TRY(crypto::CheckSuite(suite));
  MS_ASSIGN(const KeyringHeader header, NewHeader(secret, NewBinding(store, suite, options), options.cost));
  MS_ASSIGN(KeyBytes key, KeyOfSecret(secret, header));
  const NewKeyring made = LayOut(key.Reveal(), header, epoch, first);
  NewFile anchor(io, AnchorPathOf(path));
  NewFile keyring(io, path);
  MS_TRY(anchor.Write(made.anchor));
  MS_TRY(keyring.Write(made.keyring));
  // The anchor first: a keyring that has its name has an anchor, or had one.
  MS_TRY(anchor.Publish());
  MS_TRY(keyring.Publish());
  MS_TRY(SyncFolderOf(io, path));
  MS_ASSIGN(std::unique_ptr<KeyProvider> provider, OpenNew(io, path, std::move(key)));
  anchor.Keep();
  keyring.Keep();
  return provider;
}

Result<std::unique_ptr<KeyProvider>> OpenKeyring(const std::string& path, const KeyringSecret& secret, FileIo* chosen) {
  FileIo& io = chosen == nullptr ? SystemFileIo() : *chosen;
  MS_TRY(CheckSecret(secret));
  MS_ASSIGN(File file, File::Open(io, path));
  MS_ASSIGN(const KeyringHeader header, ReadKeyringHeader(file));
  MS_TRY(crypto::CheckSuite(header.binding.suite));
  if (secret.kind != header.kind && secret.kind != KeyringSecret::Kind::kDerived)
    return Status::WrongSecret("the keyring opens with the other kind of secret");
  MS_ASSIGN(KeyBytes key, KeyOfSecret(secret, header));
  return OpenWithKey(io, path, std::move(file), std::move(key), header);
}

Status RemoveKeyring(const std::string& path, const ByteArray<16>& instance, FileIo* chosen) {
  FileIo& io = chosen == nullptr ? SystemFileIo() : *chosen;
  MS_ASSIGN(File file, File::Open(io, path));
  MS_ASSIGN(const KeyringHeader header, ReadKeyringHeader(file));
  if (header.binding.instance != instance) return Status::InvalidArgument("another keyring is at this path");
  MS_TRY(DropNextKeyring(io, path, instance));
  for (std::size_t slot = 0; slot < format::kKeyringSlots; ++slot) MS_TRY(OverwriteKeyringSlot(file, slot));
  // The keyring last: an interrupted removal is found by it.
  for (const std::string& each : {AnchorPathOf(path), path}) {
    const int result = io.Unlink(each);
    if (result < 0 && result != -ENOENT) return Status::IoError("a keyring that was overwritten cannot be removed");
  }
  return SyncFolderOf(io, path);
}

// Nothing of another's is touched: the caller made sure, before this one was begun, that nothing had its names.
Status RemoveHalfMadeKeyring(const std::string& path, const ByteArray<16>& instance, FileIo* chosen) {
  FileIo& io = chosen == nullptr ? SystemFileIo() : *chosen;
  const Status removed = RemoveKeyring(path, instance, &io);
  if (removed.code() == StatusCode::kInvalidArgument) return Status::Ok();
  if (removed.code() != StatusCode::kNotFound) return removed;
  MS_TRY(DropUnfinished(io, path));
  MS_TRY(DropUnfinished(io, AnchorPathOf(path)));
  const int result = io.Unlink(AnchorPathOf(path));
  if (result < 0 && result != -ENOENT) return Status::IoError("the anchor of a keyring cannot be removed");
  return Status::Ok();
}

Result<KeyringFacts> LookAtKeyring(const std::string& path) {
  MS_ASSIGN(const File file, File::OpenToRead(SystemFileIo(), path));
  MS_ASSIGN(const FileFacts facts, file.Look());
  MS_ASSIGN(const KeyringHeader header, ReadKeyringHeader(file));
  return KeyringFacts{header.kind, header.binding.store, header.binding.instance, header.cost, (facts.mode & 077) != 0};
}

}  // namespace mseal::keys
