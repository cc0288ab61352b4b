// Other roots of the provider and its copies, and vaults that move from one provider to another, file or token: what
// opens afterwards, what is left of the one before, and what an unreachable one keeps from dying.
#include <gmock/gmock.h>

#include <fstream>

#include "keys/keyring_file.h"
#include "keys_support/failing_file_io.h"
#include "keys_support/soft_token.h"
#include "vault/epoch_change.h"
#include "vault/provider_changes.h"
#include "vault/provider_copies.h"
#include "vault/provider_move.h"
#include "vault/root_rotation.h"
#include "vault_support/backup_desk.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr crypto::Argon2Cost kCost = crypto::kArgon2Floor;

keys::KeyringSecret Secret(std::string_view text) {
  return {keys::KeyringSecret::Kind::kPassphrase, SecretBytes::CopyOf(AsBytes(text))};
}

class Provider : public BackupDesk {
 protected:
  void TearDown() override { lab_.Close(); }  // it uses the file operations

  static std::string Token(std::string_view name) {
    return "pkcs11:token=medseal;object=" + std::string(name) + "?module-path=" MEDSEAL_SOFTHSM;
  }
  static keys::KeyringSecret SecretFor(const std::string& uri, std::string_view passphrase) {
    return Secret(uri.starts_with("pkcs11:") ? "1234" : passphrase);
  }
  Status OpenWith(const std::string& uri, std::string_view passphrase = Laboratory::kPassphrase,
                  keys::FileIo* io = nullptr) {
    lab_.Close();
    vault::OpenOptions options;
    options.file_io = io;
    options.keyring = uri;
    options.secret = SecretFor(uri, passphrase);
    return lab_.Open(std::move(options));
  }
  Status AddCopy(const std::string& uri, std::string_view passphrase) {
    auto call = lab_.Vault()->Enter();
    return vault::AddProviderCopy(call->core(), lab_.store(), uri, SecretFor(uri, passphrase), kCost);
  }
  Status RotateRoot(std::string_view passphrase) {
    auto call = lab_.Vault()->Enter();
    vault::RootOptions options;
    if (!passphrase.empty()) options.secret = Secret(passphrase);
    options.cost = kCost;
    return vault::RotateRoot(call->core(), options, roots_);
  }
  Status Move(const std::string& to, std::string_view passphrase = "of the new one") {
    return vault::MoveProvider(*lab_.Vault(), to, SecretFor(to, passphrase), kCost);
  }
  std::vector<vault::ProviderFacts> Copies() {
    std::vector<vault::ProviderFacts> copies;
    auto call = lab_.Vault()->Enter();
    const Status listed = vault::ListProviderCopies(call->core(), copies);
    EXPECT_TRUE(listed.ok()) << listed.message();
    return copies;
  }
  void PutChange(const ByteArray<16>& instance, format::ProviderChange::What what, const std::string& uri) {
    auto call = lab_.Vault()->Enter();
    store::Batch batch;
    vault::PutProviderChange(call->core(), instance, {what, 1, uri, SecretBytes::CopyOf(AsBytes("any"))}, batch);
    ASSERT_TRUE(call->core().CommitAs(batch, store::Durability::kPower).ok());
  }
  static void RemoveFromToken(std::string_view name) {
    ByteArray<16> instance{};
    {
      const auto there = keys::OpenProvider(Token(name), Secret("1234"));
      ASSERT_TRUE(there.ok());
      instance = (*there)->instance();
    }
    ASSERT_TRUE(keys::RemoveProvider(Token(name), Secret("1234"), instance).ok());
  }
  void ChangeEpoch() {
    std::uint32_t number = 0;
    {
      auto call = lab_.Vault()->Enter();
      ASSERT_TRUE(vault::StartEpochChange(call->core(), number).ok());
    }
    WorkOff(number, nullptr);
  }
  void WriteFileOf(std::string_view name) { std::ofstream(Path(name)) << "somebody's"; }
  void ExpectWhole() {
    const auto founder = Founder();
    ASSERT_NE(founder, nullptr);
    EXPECT_EQ(Reads(*founder, "alice"), StatusCode::kOk);
    EXPECT_TRUE(lab_.Verify(founder.get()).ok());
  }

  keys::SoftToken token_;
  keys::FailingFileIo io_;
  std::vector<vault::RootFacts> roots_;
};

// ---- what cannot be made

// A wrong PIN is tried once, not at every opening; and nothing is left that keeps keys from dying.
TEST_F(Provider, WhereNothingCanBeMadeNothingIsAnnounced) {
  EXPECT_EQ(Move(Path("no folder/keyring")).code(), StatusCode::kNotFound);
  EXPECT_EQ(AddCopy(Path("no folder/keyring"), "a passphrase").code(), StatusCode::kNotFound);
  const Status wrong_pin = vault::MoveProvider(*lab_.Vault(), Token("one"), Secret("4321"), kCost);
  EXPECT_EQ(wrong_pin.code(), StatusCode::kWrongSecret) << wrong_pin.message();
  ASSERT_TRUE(OpenWith(lab_.keyring()).ok());
  {
    auto call = lab_.Vault()->Enter();
    EXPECT_TRUE(call->core()
                    .meta
                    ->ForEach(keys::MetaKind::kProviderChange,
                              [](ByteView, const SecretBytes&) { return Status::Corrupt("one is announced"); })
                    .ok());
  }
  ChangeEpoch();
  ASSERT_TRUE(Move(Token("one")).ok());
  EXPECT_EQ(AddCopy(Token("one"), "").code(), StatusCode::kAlreadyExists);
  ExpectWhole();
}

// ---- copies that are not what they were

// On a token a name and a PIN are all it takes to stand where a copy was.
TEST_F(Provider, AnotherProviderUnderTheNameOfACopyIsNotTakenForIt) {
  ASSERT_TRUE(AddCopy(Token("one"), "").ok());
  RemoveFromToken("one");
  const keys::EpochSecret secret(crypto::RandomKey());
  ASSERT_TRUE(
      keys::CreateProvider(Token("one"), Secret("1234"), {9}, crypto::Suite::kChaCha20Poly1305, 1, secret).ok());
  ASSERT_EQ(Copies().size(), 2u);
  EXPECT_EQ(Copies()[1].reached.code(), StatusCode::kAuthFailed);
  EXPECT_EQ(RotateRoot("a new passphrase").code(), StatusCode::kKeyUnavailable);
  EXPECT_EQ(roots_[1].changed.code(), StatusCode::kAuthFailed);
}

// Its PIN may be another by now, and a token locks after some wrong ones: opening the vault does not try.
TEST_F(Provider, TokenThatWasGivenUpIsLookedForOnlyByWhoeverListsCopies) {
  ASSERT_TRUE(AddCopy(Token("one"), "").ok());
  {
    const auto there = keys::OpenProvider(Token("one"), Secret("1234"));
    ASSERT_TRUE(there.ok());
    format::GivenUpCopy copy;
    copy.secret_kind = static_cast<std::uint8_t>((*there)->Access().kind);
    copy.uri = Token("one");
    copy.secret = SecretBytes::CopyOf(AsBytes("1234"));
    copy.person = 1;
    copy.witness = 2;
    copy.given_up_ms = 1;
    copy.first_epoch = copy.last_epoch = 1;
    auto call = lab_.Vault()->Enter();
    store::Batch batch;
    call->core().meta->Delete(batch, keys::MetaKind::kProviderCopy, (*there)->instance());
    call->core().meta->Put(batch, keys::MetaKind::kGivenUpCopy, (*there)->instance(),
                           format::WriteGivenUpCopy(copy).Reveal());
    ASSERT_TRUE(call->core().CommitAs(batch, store::Durability::kPower).ok());
  }
  ASSERT_TRUE(OpenWith(lab_.keyring()).ok());
  EXPECT_TRUE(keys::OpenProvider(Token("one"), Secret("1234")).ok());
  EXPECT_NE(Copies().back().destroyed_ms, 0u);
  EXPECT_EQ(keys::OpenProvider(Token("one"), Secret("1234")).code(), StatusCode::kNotFound);
}

// ---- another root

TEST_F(Provider, EveryCopyTakesTheNewPassphraseAndNoneTheOld) {
  const std::string second = Path("second");
  ASSERT_TRUE(AddCopy(second, "another passphrase").ok());
  ASSERT_TRUE(RotateRoot("a new passphrase").ok());
  EXPECT_EQ(roots_.size(), 2u);
  ChangeEpoch();  // reaches the other copy with what it opens with now
  for (const auto& [uri, old] : {std::pair{lab_.keyring(), std::string(Laboratory::kPassphrase)},
                                 std::pair{second, std::string("another passphrase")}}) {
    EXPECT_EQ(OpenWith(uri, old).code(), StatusCode::kWrongSecret);
    ASSERT_TRUE(OpenWith(uri, "a new passphrase").ok());
    ExpectWhole();
  }
}

TEST_F(Provider, TokenHasOtherKeysAndItsPin) {
  ASSERT_TRUE(AddCopy(Token("copy"), "").ok());
  ASSERT_TRUE(RotateRoot("a new passphrase").ok());
  EXPECT_TRUE(roots_[1].on_token);
  ASSERT_TRUE(OpenWith(Token("copy")).ok());
  ExpectWhole();
}

TEST_F(Provider, WithoutAFileNoSecretIsAskedForAndWithOneItIs) {
  EXPECT_EQ(RotateRoot("").code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(roots_.empty());
  ASSERT_TRUE(Move(Token("clinic")).ok());
  EXPECT_TRUE(RotateRoot("").ok());
  ASSERT_TRUE(OpenWith(Token("clinic")).ok());
  ExpectWhole();
}

TEST_F(Provider, CopyThatIsAwayIsNamedAndFollowsTheNextTime) {
  const std::string second = Path("second");
  ASSERT_TRUE(AddCopy(second, "another passphrase").ok());
  fs::rename(second, second + ".away");
  const Status rotated = RotateRoot("a new passphrase");
  EXPECT_EQ(rotated.code(), StatusCode::kKeyUnavailable);
  EXPECT_THAT(std::string(rotated.message()), HasSubstr(second));
  EXPECT_TRUE(roots_[0].changed.ok());
  EXPECT_FALSE(roots_[1].changed.ok());
  fs::rename(second + ".away", second);
  EXPECT_TRUE(keys::OpenKeyring(second, Secret("another passphrase")).ok());
  ASSERT_TRUE(RotateRoot("a new passphrase").ok());
  EXPECT_EQ(keys::OpenKeyring(second, Secret("another passphrase")).code(), StatusCode::kWrongSecret);
  EXPECT_TRUE(keys::OpenKeyring(second, Secret("a new passphrase")).ok());
}

// As when the PIN or passphrase was changed with something else than this vault.
TEST_F(Provider, OpeningWithACopyRemembersHowItOpensNow) {
  const std::string second = Path("second");
  ASSERT_TRUE(AddCopy(second, "another passphrase").ok());
  lab_.Close();
  {
    const auto copy = keys::OpenKeyring(second, Secret("another passphrase"));
    ASSERT_TRUE(copy.ok());
    ASSERT_TRUE((*copy)->PrepareRoot(Secret("behind its back"), kCost).ok());
    ASSERT_TRUE((*copy)->SwitchRoot().ok());
  }
  ASSERT_TRUE(OpenWith(lab_.keyring()).ok());
  EXPECT_EQ(Copies()[1].reached.code(), StatusCode::kWrongSecret);
  ASSERT_TRUE(OpenWith(second, "behind its back").ok());
  ASSERT_TRUE(OpenWith(lab_.keyring()).ok());
  EXPECT_TRUE(Copies()[1].reached.ok());
}

// ---- a medium that fails, or is full

TEST_F(Provider, RootThatCouldNotBeChangedForAMediumThatFailsIsTheOldOneOrTheNew) {
  for (const auto failure : {keys::Failure::kIo, keys::Failure::kNoSpace}) {
    for (std::uint64_t number = 0;; ++number) {
      SCOPED_TRACE(testing::Message() << "failure " << static_cast<int>(failure) << " at operation " << number);
      ASSERT_TRUE(OpenWith(lab_.keyring(), Laboratory::kPassphrase, &io_).ok());
      io_.FailAt(number, failure);
      const Status rotated = RotateRoot("a new passphrase");
      const bool failed = io_.failed();
      io_.FailNever();
      EXPECT_TRUE(rotated.ok() || failed) << rotated.message();
      ExpectWhole();
      ASSERT_TRUE(RotateRoot(Laboratory::kPassphrase).ok());
      EXPECT_FALSE(fs::exists(lab_.keyring() + ".next-root"));
      ASSERT_FALSE(HasFailure());
      if (!failed) break;
    }
  }
}

TEST_F(Provider, MoveThatFailedForAMediumIsFinishedByTheNext) {
  std::string from = lab_.keyring(), to = Path("moved");
  std::string passphrase(Laboratory::kPassphrase);
  for (std::uint64_t number = 0;; ++number) {
    SCOPED_TRACE(testing::Message() << "operation " << number);
    ASSERT_TRUE(OpenWith(from, passphrase, &io_).ok());
    io_.FailAt(number, keys::Failure::kNoSpace);
    const Status moved = Move(to);
    const bool failed = io_.failed();
    io_.FailNever();
    EXPECT_TRUE(moved.ok() || failed) << moved.message();
    ExpectWhole();
    const bool there = lab_.Vault()->Enter()->core().provider_uri == to;
    if (!there) {
      ASSERT_TRUE(Move(to).ok());
    }
    ASSERT_TRUE(OpenWith(to, "of the new one").ok());
    EXPECT_EQ(Copies().size(), 1u);
    EXPECT_FALSE(fs::exists(from));
    EXPECT_FALSE(fs::exists(from + ".anchor"));
    ASSERT_FALSE(HasFailure());
    if (!failed) break;
    std::swap(from, to);
    passphrase = "of the new one";
  }
}

// ---- another provider

TEST_F(Provider, VaultMovesBetweenFilesAndTokens) {
  std::string from = lab_.keyring();
  std::string passphrase(Laboratory::kPassphrase);
  for (const std::string& to : {Path("moved"), Token("one"), Token("two"), Path("back")}) {
    ASSERT_TRUE(OpenWith(from, passphrase).ok()) << from;
    const Status moved = Move(to);
    ASSERT_TRUE(moved.ok()) << moved.message();
    ExpectWhole();  // it goes on at once
    Write(*Founder(), "bob");
    EXPECT_EQ(Copies().size(), 1u);
    EXPECT_EQ(OpenWith(from, passphrase).code(), StatusCode::kKeyUnavailable) << from;
    ASSERT_TRUE(OpenWith(to, "of the new one").ok()) << to;
    EXPECT_EQ(lab_.Vault()->freshness().freshness, vault::Freshness::kFresh);
    ExpectWhole();
    from = to;
    passphrase = "of the new one";
  }
  EXPECT_FALSE(fs::exists(lab_.keyring() + ".anchor"));
}

TEST_F(Provider, EpochsChangeAndBackupsRestoreAfterAMove) {
  BackUp();
  ASSERT_TRUE(Move(Token("clinic")).ok());
  EraseForGood("bob");
  auto options = FromPlace("place-a");
  options.keyring = Token("clinic");
  options.secret = Secret("1234");
  MustRestore(options);
  ASSERT_TRUE(OpenWith(Token("clinic")).ok());
  ExpectWhole();
  EXPECT_EQ(Reads(*Founder(), "bob"), StatusCode::kNotFound);
}

TEST_F(Provider, RegisteredCopyTakesTheVaultAndStays) {
  const std::string second = Path("second");
  ASSERT_TRUE(AddCopy(second, "another passphrase").ok());
  EXPECT_EQ(Move(second, "a wrong one").code(), StatusCode::kWrongSecret);
  EXPECT_TRUE(fs::exists(lab_.keyring()));
  ASSERT_TRUE(Move(second, "another passphrase").ok());
  EXPECT_FALSE(fs::exists(lab_.keyring()));
  ASSERT_TRUE(OpenWith(second, "another passphrase").ok());
  ExpectWhole();
}

TEST_F(Provider, WhatCannotBeMovedToIsRefusedAndNothingChanges) {
  EXPECT_EQ(Move(lab_.keyring()).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Move(lab_.store() + "/inside").code(), StatusCode::kInvalidArgument);
  WriteFileOf("taken");
  EXPECT_EQ(Move(Path("taken")).code(), StatusCode::kAlreadyExists);
  WriteFileOf("named.anchor");
  EXPECT_EQ(Move(Path("named")).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(Move(Path("nowhere/keyring")).code(), StatusCode::kNotFound);
  EXPECT_EQ(Move("pkcs11:token=nobodys;object=x?module-path=" MEDSEAL_SOFTHSM).code(), StatusCode::kKeyUnavailable);
  EXPECT_TRUE(fs::exists(Path("named.anchor")));
  ASSERT_TRUE(OpenWith(lab_.keyring()).ok());
  EXPECT_EQ(Copies().size(), 1u);
  ExpectWhole();
}

TEST_F(Provider, MoveWaitsUntilTheEpochIsSettled) {
  Register("place-c");
  std::uint32_t number = 0;
  {
    auto call = lab_.Vault()->Enter();
    ASSERT_TRUE(vault::StartEpochChange(call->core(), number).ok());
    format::Job job;
    vault::StepOptions one;
    one.on_progress = [](const format::Job& at, std::uint64_t) { return at.pass < 4; };
    EXPECT_EQ(vault::StepJob(call->core(), nullptr, number, one, job).code(), StatusCode::kCancelled);
  }
  EXPECT_EQ(Move(Path("moved")).code(), StatusCode::kConflict);
  WorkOff(number, nullptr);
  EXPECT_TRUE(Move(Path("moved")).ok());
}

TEST_F(Provider, RegisteredCopyIsNotDestroyedWhateverElseTheRowsSay) {
  const std::string second = Path("second");
  ASSERT_TRUE(AddCopy(second, "another passphrase").ok());
  const auto instance = (*keys::OpenKeyring(second, Secret("another passphrase")))->instance();
  PutChange(instance, format::ProviderChange::What::kLeaving, second);
  ASSERT_TRUE(OpenWith(lab_.keyring()).ok());
  EXPECT_TRUE(Copies()[1].reached.ok());
  EXPECT_FALSE(vault::ReadProviderChange(lab_.Vault()->Enter()->core(), instance)->has_value());
}

// As a process that was killed before it could register what it had made leaves it.
TEST_F(Provider, OneWhoseMakingWasInterruptedOpensNothingAndIsTakenAway) {
  const std::string second = Path("second");
  ASSERT_TRUE(AddCopy(second, "another passphrase").ok());
  const auto instance = (*keys::OpenKeyring(second, Secret("another passphrase")))->instance();
  {
    auto call = lab_.Vault()->Enter();
    store::Batch batch;
    call->core().meta->Delete(batch, keys::MetaKind::kProviderCopy, instance);
    ASSERT_TRUE(call->core().CommitAs(batch, store::Durability::kPower).ok());
  }
  PutChange(instance, format::ProviderChange::What::kArriving, second);
  EXPECT_EQ(OpenWith(second, "another passphrase").code(), StatusCode::kKeyUnavailable);
  EXPECT_TRUE(fs::exists(second));
  ASSERT_TRUE(OpenWith(lab_.keyring()).ok());
  EXPECT_FALSE(fs::exists(second));
  EXPECT_FALSE(fs::exists(second + ".anchor"));
  ExpectWhole();
}

// The token that the vault has left is not there when its secrets are to be destroyed: nothing is dead until it is.
TEST_F(Provider, ProviderThatIsLeftBehindKeepsEpochsFromDyingUntilItIsDestroyed) {
  ASSERT_TRUE(Move(Token("old")).ok());
  const fs::path tokens = token_.tokens();
  const fs::path away = tokens.string() + ".away";
  {
    vault::OpenOptions options;
    options.keyring = Token("old");
    options.secret = Secret("1234");
    options.crash_point = [&](std::string_view name) {
      if (name != "a provider is taken away" || fs::exists(away)) return;
      fs::rename(tokens, away);
      fs::create_directory(tokens);
    };
    lab_.Close();
    ASSERT_TRUE(lab_.Open(std::move(options)).ok());
  }
  EXPECT_EQ(Move(Path("new")).code(), StatusCode::kKeyUnavailable);
  ExpectWhole();
  ASSERT_TRUE(OpenWith(Path("new"), "of the new one").ok());
  std::uint32_t number = 0;
  format::Job job;
  {
    auto call = lab_.Vault()->Enter();
    ASSERT_TRUE(vault::StartEpochChange(call->core(), number).ok());
    EXPECT_EQ(vault::StepJob(call->core(), nullptr, number, {}, job).code(), StatusCode::kKeyUnavailable);
    EXPECT_EQ(call->core().provider->Epochs().size(), 2u);
  }
  lab_.Close();
  fs::remove_all(tokens);
  fs::rename(away, tokens);
  EXPECT_TRUE(keys::OpenProvider(Token("old"), Secret("1234")).ok());
  ASSERT_TRUE(OpenWith(Path("new"), "of the new one").ok());
  WorkOff(number, nullptr);
  EXPECT_EQ(keys::OpenProvider(Token("old"), Secret("1234")).code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace mseal::test
