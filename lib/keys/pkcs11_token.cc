// Hands every call over to the thread that talks to the token.
#include "keys/pkcs11_token.h"

#include "base/key_slab.h"
#include "crypto/random.h"
#include "keys/pkcs11_books.h"
#include "keys/pkcs11_worker.h"

namespace mseal::keys {
namespace {

using Books = std::shared_ptr<Pkcs11Books>;

// The worker and what it works on. Jobs own a share of the books, for they may end after whoever waited for them.
class Desk {
 public:
  Desk(const TokenUri& uri, const KeyringSecret& pin, const TokenOptions& options)
      : worker_(std::make_unique<Pkcs11Worker>(options.deadline)),
        books_(std::make_shared<Pkcs11Books>(uri, SecretBytes::CopyOf(pin.bytes.Reveal()), worker_->Gate())) {}
  Desk(Desk&&) = default;

  // Ending the session is a call to the token too.
  ~Desk() {
    if (worker_ != nullptr) worker_->Post([books = std::move(books_)] { return books->Close(), Status::Ok(); });
  }

  template <typename Job>
  Status Run(Job job) const {
    return worker_->Run([books = books_, job = std::move(job)] { return job(*books); });
  }
  template <typename T, typename Job>
  Result<T> Ask(Job job) const {
    return keys::Ask<T>(*worker_, [books = books_, job = std::move(job)] { return job(*books); });
  }
  const Pkcs11Books& books() const { return *books_; }

 private:
  std::unique_ptr<Pkcs11Worker> worker_;  // destroyed last
  Books books_;
};

std::shared_ptr<const EpochSecret> ShareOf(const EpochSecret& secret) {
  return std::make_shared<const EpochSecret>(EpochSecret::CopyOf(secret.Reveal()));
}

class TokenProvider final : public KeyProvider {
 public:
  TokenProvider(Desk desk, const KeyringSecret& pin)
      : desk_(std::move(desk)), pin_(SecretBytes::CopyOf(pin.bytes.Reveal())), binding_(desk_.books().binding()) {}

  const StoreId& store() const override { return binding_.store; }
  const ByteArray<16>& instance() const override { return binding_.instance; }
  crypto::Suite suite() const override { return binding_.suite; }
  Assurance assurance() const override { return Assurance::kDeviceDestroyed; }
  KeyringSecret Access() const override {
    return {KeyringSecret::Kind::kPassphrase, SecretBytes::CopyOf(pin_.Reveal())};
  }

  std::vector<std::uint32_t> Epochs() const override { return desk_.books().Seen().epochs; }
  bool Damaged() const override { return desk_.books().Seen().damaged; }
  Result<EpochSecret> Open(std::uint32_t epoch) const override {
    return desk_.Ask<EpochSecret>([=](Pkcs11Books& books) { return books.OpenEpoch(epoch); });
  }
  Status Write(std::uint32_t epoch, const EpochSecret& secret) override {
    return desk_.Run([=, copy = ShareOf(secret)](Pkcs11Books& books) { return books.Write(epoch, *copy); });
  }
  Status Destroy(std::uint32_t epoch) override {
    return desk_.Run([=](Pkcs11Books& books) { return books.Destroy(epoch); });
  }

  Result<KeyringSecret> PrepareRoot(const KeyringSecret&, const crypto::Argon2Cost&) override { return Access(); }
  Status SwitchRoot() override {
    return desk_.Run([](Pkcs11Books& books) { return books.Rekey(); });
  }

  Result<std::optional<Anchor>> ReadAnchor() const override {
    return desk_.Ask<std::optional<Anchor>>([](Pkcs11Books& books) { return books.ReadAnchor(); });
  }
  Status MoveAnchor(const Anchor& anchor) override {
    return desk_.Run([=](Pkcs11Books& books) { return books.MoveAnchor(anchor); });
  }
  Status ReplaceLostAnchor(const Anchor& anchor) override {
    return desk_.Run([=](Pkcs11Books& books) { return books.ReplaceLostAnchor(anchor); });
  }

 private:
  Desk desk_;
  const SecretBytes pin_;
  const KeyringBinding binding_;
};

Status CheckPin(const KeyringSecret& pin) {
  if (pin.kind != KeyringSecret::Kind::kPassphrase)
    return Status::InvalidArgument("a token opens with its PIN, not with a key file");
  if (pin.bytes.empty()) return Status::InvalidArgument("the token's PIN is empty");
  return Status::Ok();
}

}  // namespace

Result<std::unique_ptr<KeyProvider>> CreateOnToken(const TokenUri& uri, const KeyringSecret& pin, const StoreId& store,
                                                   crypto::Suite suite, std::uint32_t epoch, const EpochSecret& first,
                                                   const TokenOptions& options) {
  MS_TRY(CheckPin(pin));
  MS_TRY(crypto::CheckSuite(suite));
  KeyringBinding binding{store, options.instance.value_or(ByteArray<16>{}), suite};
  if (!options.instance.has_value()) crypto::SystemRandom(binding.instance);
  Desk desk(uri, pin, options);
  MS_TRY(desk.Run([=, copy = ShareOf(first)](Pkcs11Books& books) { return books.Create(binding, epoch, *copy); }));
  return std::unique_ptr<KeyProvider>(std::make_unique<TokenProvider>(std::move(desk), pin));
}

Result<std::unique_ptr<KeyProvider>> OpenOnToken(const TokenUri& uri, const KeyringSecret& pin,
                                                 const TokenOptions& options) {
  MS_TRY(CheckPin(pin));
  Desk desk(uri, pin, options);
  MS_TRY(desk.Run([](Pkcs11Books& books) { return books.Open(); }));
  return std::unique_ptr<KeyProvider>(std::make_unique<TokenProvider>(std::move(desk), pin));
}

Status RemoveFromToken(const TokenUri& uri, const KeyringSecret& pin, const ByteArray<16>& instance,
                       const TokenOptions& options) {
  MS_TRY(CheckPin(pin));
  const Desk desk(uri, pin, options);
  return desk.Run([=](Pkcs11Books& books) { return books.Remove(instance); });
}

}  // namespace mseal::keys
