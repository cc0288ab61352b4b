// G7 with a provider on a token: backups of all ages, the token of now and every password open the erased patient from
// none of them, and everybody else from each, on a place that has nothing but media and token.
#include <gmock/gmock.h>

#include "keys_support/soft_token.h"
#include "vault/drill.h"
#include "vault/provider_copies.h"
#include "vault/provider_move.h"
#include "vault/rotation.h"
#include "vault_support/backup_desk.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;

class TokenRestore : public BackupDesk {
 protected:
  static std::string Token(std::string_view name) {
    return "pkcs11:token=medseal;object=" + std::string(name) + "?module-path=" MEDSEAL_SOFTHSM;
  }
  static keys::KeyringSecret Pin() {
    return {keys::KeyringSecret::Kind::kPassphrase, SecretBytes::CopyOf(AsBytes("1234"))};
  }

  // The keyring file that the desk came with is destroyed by the move; a second copy stands beside the token.
  void SetUp() override {
    BackupDesk::SetUp();
    const Status moved = vault::MoveProvider(*lab_.Vault(), Token("clinic"), Pin(), crypto::kArgon2Floor);
    ASSERT_TRUE(moved.ok()) << moved.message();
    AddCopy(Token("copy"), Pin());
  }
  void AddCopy(const std::string& uri, const keys::KeyringSecret& secret) {
    auto call = lab_.Vault()->Enter();
    const Status added = vault::AddProviderCopy(call->core(), lab_.store(), uri, secret, crypto::kArgon2Floor);
    ASSERT_TRUE(added.ok()) << added.message();
  }
  Status Open(const std::string& uri, keys::KeyringSecret secret) {
    lab_.Close();
    vault::OpenOptions options;
    options.keyring = uri;
    options.secret = std::move(secret);
    return lab_.Open(std::move(options));
  }
  vault::RestoreOptions With(const std::string& token, std::string_view place, std::uint32_t backup = 0) {
    auto options = FromPlace(place, backup);
    options.keyring = token;
    options.secret = Pin();
    return options;
  }

  void BackUpThreeTimesAround(std::string_view patient) {
    BackUp();  // 1: before there was such a patient
    Write(*Founder(), patient);
    BackUp();
    Write(*Founder(), patient, "2");
    BackUp();  // 3: just before the erasure
    fs::copy(Path("place-a") + "/bundle", Path("old-bundle"), fs::copy_options::recursive);
  }
  void ExpectGoneFromEachAndTheOthersThere(const std::string& token, const keys::PatientHandle& erased) {
    for (std::uint32_t backup = 1; backup <= 3; ++backup) {
      MustRestore(With(token, "place-a", backup));
      ASSERT_TRUE(Open(token, Pin()).ok());
      const auto founder = Founder();
      EXPECT_EQ(Reads(*founder, "carol"), StatusCode::kNotFound) << backup;
      for (const char* patient : {"alice", "bob"}) EXPECT_EQ(Reads(*founder, patient), StatusCode::kOk) << backup;
      EXPECT_EQ(lab_.Vault()->Enter()->core().patients->Load(erased).code(), StatusCode::kNotFound);
      EXPECT_EQ(report_.patients.erased.size(), backup == 1 ? 0u : 1u);
      EXPECT_TRUE(report_.patients.unreadable.empty());
      EXPECT_TRUE(lab_.Verify(founder.get()).ok());
    }
  }
  void ExpectOldBundleOpensWithNone() {
    for (const char* name : {"clinic", "copy"}) {
      auto stolen = With(Token(name), "place-a", 3);
      stolen.bundle = Path("old-bundle");
      EXPECT_EQ(TryRestore(stolen).code(), StatusCode::kKeyUnavailable) << name;
    }
  }

  keys::SoftToken token_;
};

TEST_F(TokenRestore, ErasedPatientOpensFromNoBackupAndEverybodyElseFromEach) {
  BackUpThreeTimesAround("carol");
  const auto handle = lab_.HandleOf(*Founder(), "carol");
  EraseForGood("carol");
  ExpectGoneFromEachAndTheOthersThere(Token("clinic"), handle);
  ExpectGoneFromEachAndTheOthersThere(Token("copy"), handle);
  ExpectOldBundleOpensWithNone();
}

TEST_F(TokenRestore, TheSameAfterARotationOfAClass) {
  BackUpThreeTimesAround("carol");
  const auto handle = lab_.HandleOf(*Founder(), "carol");
  {
    const auto founder = Founder();
    std::uint32_t rotation = 0;
    ASSERT_TRUE(vault::StartClassRotation(*founder, "national_id", {}, rotation).ok());
    WorkOff(rotation, founder.get());
    WorkOff(rotation + 1, nullptr);  // the epoch change that it ends in
  }
  EraseForGood("carol");
  ExpectGoneFromEachAndTheOthersThere(Token("clinic"), handle);
  ExpectOldBundleOpensWithNone();
}

// The second copy is a keyring file, and what a thief copied of it before is under the passphrase of before.
TEST_F(TokenRestore, FileAsSecondCopyServesWhenTheTokenIsLost) {
  keys::KeyringSecret secret{keys::KeyringSecret::Kind::kPassphrase, SecretBytes::CopyOf(AsBytes("of the copy"))};
  AddCopy(Path("copy-file"), secret);
  BackUpThreeTimesAround("carol");
  const auto handle = lab_.HandleOf(*Founder(), "carol");
  EraseForGood("carol");
  lab_.Close();
  fs::remove_all(token_.tokens());
  fs::create_directory(token_.tokens());
  auto options = FromPlace("place-b", 3);
  options.keyring = Path("copy-file");
  options.secret = {secret.kind, SecretBytes::CopyOf(secret.bytes.Reveal())};
  MustRestore(options);
  EXPECT_EQ(report_.copies_missed, 2u);
  ASSERT_TRUE(Open(Path("copy-file"), std::move(secret)).ok());
  const auto founder = Founder();
  EXPECT_EQ(Reads(*founder, "carol"), StatusCode::kNotFound);
  EXPECT_EQ(Reads(*founder, "alice"), StatusCode::kOk);
  EXPECT_EQ(lab_.Vault()->Enter()->core().patients->Load(handle).code(), StatusCode::kNotFound);
}

TEST_F(TokenRestore, DrillLeavesTokenAndStoreAlone) {
  BackUp();
  Write(*Founder(), "carol");
  lab_.Close();
  vault::DrillReport report;
  const Status drilled = vault::DrillRestore(With(Token("copy"), "place-a"), 0, report);
  ASSERT_TRUE(drilled.ok()) << drilled.message();
  EXPECT_EQ(report.sampled, 2u);
  EXPECT_EQ(report.failed, 0u);
  ASSERT_TRUE(Open(Token("clinic"), Pin()).ok());
  EXPECT_EQ(lab_.Vault()->freshness().freshness, vault::Freshness::kFresh);
  EXPECT_EQ(Reads(*Founder(), "carol"), StatusCode::kOk);
}

}  // namespace
}  // namespace mseal::test
