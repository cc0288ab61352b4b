// A process that changes the root of a vault's providers, adds a copy or moves the vault to another one is killed at
// each of its crash points: at every moment one of the providers opens the store, the same call once more finishes it,
// and no provider is left that the vault does not know.
#include <filesystem>

#include "crash/mortal.h"
#include "keys_support/soft_token.h"
#include "vault/provider_copies.h"
#include "vault/provider_move.h"
#include "vault/root_rotation.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;
using keys::MetaKind;

constexpr std::uint32_t kSsn = 2;
constexpr int kMostPoints = 60;

class KilledProvider : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    ASSERT_TRUE(lab_.Put(*founder, "alice", "Patient", "1", TextField(kSsn, "123-45-alice")).ok());
  }

  std::string File(std::string_view name) const { return (lab_.folder() / name).string(); }
  static std::string Token(std::string_view name) {
    return "pkcs11:token=medseal;object=" + std::string(name) + "?module-path=" MEDSEAL_SOFTHSM;
  }
  static keys::KeyringSecret SecretOf(const std::string& uri, std::string_view passphrase = Laboratory::kPassphrase) {
    keys::KeyringSecret secret;
    secret.bytes = SecretBytes::CopyOf(AsBytes(uri.starts_with("pkcs11:") ? "1234" : passphrase));
    return secret;
  }
  Status OpenWith(const std::string& uri, std::string_view passphrase = Laboratory::kPassphrase) {
    lab_.Close();
    vault::OpenOptions options;
    options.keyring = uri;
    options.secret = SecretOf(uri, passphrase);
    return lab_.Open(std::move(options));
  }

  // True when it was killed, false when it came to its end before that point.
  bool Dies(const std::string& keyring, int point, std::vector<std::string> what) {
    lab_.Close();
    std::vector<std::string> words{MEDSEAL_CRASH_JOB_WORKER, lab_.store(), keyring, std::to_string(point)};
    words.insert(words.end(), what.begin(), what.end());
    return RunMortal(std::move(words)).signal != 0;
  }

  void ExpectWhole() {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    ASSERT_NE(founder, nullptr);
    EXPECT_TRUE(lab_.Get(*founder, "alice", "Patient", "1").ok());
    EXPECT_TRUE(lab_.Verify(founder.get()).ok());
  }
  std::size_t Rows(MetaKind kind) {
    std::size_t count = 0;
    auto call = lab_.Vault()->Enter();
    EXPECT_TRUE(
        call->core().meta->ForEach(kind, [&](ByteView, const SecretBytes&) { return ++count, Status::Ok(); }).ok());
    return count;
  }
  // Files of keyrings, whole or not.
  std::size_t KeyFiles() const {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(lab_.folder())) count += entry.is_regular_file() ? 1 : 0;
    return count;
  }

  // Whatever opens is gone on with, as the same command does.
  void FinishMove(const std::string& from, const std::string& to) {
    const bool there = OpenWith(from).ok();
    if (there) ExpectWhole();
    if (there) {
      const Status moved = vault::MoveProvider(*lab_.Vault(), to, SecretOf(to), crypto::kArgon2Floor);
      ASSERT_TRUE(moved.ok()) << moved.message();
    }
    const Status opened = OpenWith(to);
    ASSERT_TRUE(opened.ok()) << opened.message();
  }
  void MoveDyingEverywhere(std::string from, std::string to, int& deaths) {
    for (int point = 1;; ++point) {
      SCOPED_TRACE(testing::Message() << from << " to " << to << ", killed at point " << point);
      ASSERT_LT(point, kMostPoints);
      const bool died = Dies(from, point, {"move", to});
      ASSERT_NO_FATAL_FAILURE(FinishMove(from, to));
      ExpectWhole();
      EXPECT_EQ(Rows(MetaKind::kProviderCopy), 1u);
      EXPECT_EQ(Rows(MetaKind::kProviderChange), 0u);
      lab_.Close();
      EXPECT_EQ(keys::OpenProvider(from, SecretOf(from)).code(), StatusCode::kNotFound);
      EXPECT_EQ(KeyFiles(), to.starts_with("pkcs11:") ? 0u : 2u);
      ASSERT_FALSE(HasFailure());
      if (!died) break;
      ++deaths;
      std::swap(from, to);
    }
  }

  Laboratory lab_;
  keys::SoftToken token_;
};

TEST_F(KilledProvider, MoveBetweenFileAndTokenIsFinishedFromEveryPoint) {
  int deaths = 0;
  ASSERT_NO_FATAL_FAILURE(MoveDyingEverywhere(lab_.keyring(), Token("clinic"), deaths));
  EXPECT_GE(deaths, 10);
}

TEST_F(KilledProvider, MoveBetweenFilesIsFinishedFromEveryPoint) {
  int deaths = 0;
  ASSERT_NO_FATAL_FAILURE(MoveDyingEverywhere(lab_.keyring(), File("moved"), deaths));
  EXPECT_GE(deaths, 10);
}

TEST_F(KilledProvider, MoveBetweenTokensIsFinishedFromEveryPoint) {
  ASSERT_TRUE(vault::MoveProvider(*lab_.Vault(), Token("one"), SecretOf(Token("one")), crypto::kArgon2Floor).ok());
  int deaths = 0;
  ASSERT_NO_FATAL_FAILURE(MoveDyingEverywhere(Token("one"), Token("two"), deaths));
  EXPECT_GE(deaths, 10);
}

// A copy that nobody knows of would keep what dies.
TEST_F(KilledProvider, CopyIsRegisteredOrTakenAwayWhereverItsMakingEnded) {
  int deaths = 0;
  for (int point = 1;; ++point) {
    SCOPED_TRACE(point);
    ASSERT_LT(point, kMostPoints);
    const std::string copy =
        point % 2 == 0 ? Token("copy-" + std::to_string(point)) : File("copy-" + std::to_string(point));
    const std::size_t copies = Rows(MetaKind::kProviderCopy);
    const std::size_t files = KeyFiles();
    const bool died = Dies(lab_.keyring(), point, {"add", copy});
    ASSERT_TRUE(OpenWith(lab_.keyring()).ok());
    ExpectWhole();
    const bool registered = Rows(MetaKind::kProviderCopy) > copies;
    EXPECT_EQ(Rows(MetaKind::kProviderChange), 0u);
    lab_.Close();
    EXPECT_EQ(keys::OpenProvider(copy, SecretOf(copy)).code(), registered ? StatusCode::kOk : StatusCode::kNotFound);
    EXPECT_EQ(KeyFiles(), files + (registered && point % 2 != 0 ? 2 : 0));
    ASSERT_FALSE(HasFailure());
    if (!died) break;
    ++deaths;
  }
  EXPECT_GE(deaths, 4);
}

TEST_F(KilledProvider, RootsAreTheOldOrTheNewOnesAndTheSameCallFinishesThem) {
  const std::string second = File("second");
  {
    auto call = lab_.Vault()->Enter();
    ASSERT_TRUE(
        vault::AddProviderCopy(call->core(), lab_.store(), second, SecretOf(second), crypto::kArgon2Floor).ok());
    ASSERT_TRUE(
        vault::AddProviderCopy(call->core(), lab_.store(), Token("copy"), SecretOf(Token("copy")), crypto::kArgon2Floor)
            .ok());
  }
  const auto rotate = [&](std::string_view passphrase) {
    auto call = lab_.Vault()->Enter();
    std::vector<vault::RootFacts> copies;
    return vault::RotateRoot(call->core(), {SecretOf({}, passphrase), crypto::kArgon2Floor}, copies);
  };
  int deaths = 0;
  for (int point = 1;; ++point) {
    SCOPED_TRACE(point);
    ASSERT_LT(point, kMostPoints);
    const bool died = Dies(lab_.keyring(), point, {"root", "a new passphrase"});
    if (!OpenWith(lab_.keyring(), "a new passphrase").ok()) {
      ASSERT_TRUE(OpenWith(lab_.keyring()).ok());
    }
    ExpectWhole();
    const Status finished = rotate("a new passphrase");
    ASSERT_TRUE(finished.ok()) << finished.message();
    EXPECT_EQ(Rows(MetaKind::kProviderChange), 0u);
    lab_.Close();
    for (const std::string& uri : {lab_.keyring(), second, Token("copy")}) {
      const auto opened = keys::OpenProvider(uri, SecretOf(uri, "a new passphrase"));
      ASSERT_TRUE(opened.ok()) << uri;
      EXPECT_FALSE((*opened)->Damaged()) << uri;
      EXPECT_FALSE(fs::exists(uri + ".next-root")) << uri;
    }
    EXPECT_EQ(keys::OpenProvider(second, SecretOf(second)).code(), StatusCode::kWrongSecret);
    ASSERT_TRUE(OpenWith(lab_.keyring(), "a new passphrase").ok());
    ASSERT_TRUE(rotate(Laboratory::kPassphrase).ok());
    ASSERT_FALSE(HasFailure());
    if (!died) break;
    ++deaths;
  }
  EXPECT_GE(deaths, 10);
}

}  // namespace
}  // namespace mseal::test
