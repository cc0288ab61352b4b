// A vault over a token: what a failing or absent token leaves of its making and its work.
#include <p11-kit/pkcs11.h>

#include "keys/token_support.h"
#include "vault/init.h"
#include "vault/vault.h"
#include "vault_support/laboratory.h"

namespace mseal::vault {
namespace {

class VaultToken : public keys::TokenTest {
 protected:
  static constexpr const char* kKeyring = "pkcs11:token=medseal;object=clinic?module-path=" MEDSEAL_TOKEN_SHIM;

  Status Init() {
    InitOptions options;
    options.store = folder_.store();
    options.keyring = kKeyring;
    options.secret = Pin();
    options.schema.proto = test::LabProto();
    options.person = "founder";
    options.password = SecretBytes::CopyOf(AsBytes("correct horse"));
    options.cost = crypto::kArgon2Floor;
    return InitVault(options);
  }
  Result<std::shared_ptr<Vault>> OpenVault() {
    OpenOptions options;
    options.store = folder_.store();
    options.keyring = kKeyring;
    options.secret = Pin();
    return Vault::Open(options);
  }

  store::TempFolder folder_;
};

TEST_F(VaultToken, InitThatFailsAfterTheObjectsWereMadeDestroysThem) {
  shim_.FailAll("C_CreateObject", CKR_DEVICE_ERROR, 3);  // epoch, anchor and header are made; moving the anchor fails
  EXPECT_EQ(Init().code(), StatusCode::kIoError);
  EXPECT_EQ(CountKeys() + CountData(), 0u);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
  shim_.FailNever();
  EXPECT_TRUE(Init().ok());
}

TEST_F(VaultToken, OpenVaultWorksOnWithoutItsTokenAndCloseSaysThatTheAnchorStayedBehind) {
  ASSERT_TRUE(Init().ok());
  auto vault = keys::TokenTest::Sure(OpenVault());
  const auto session = vault->Login("founder", AsBytes("correct horse"), "care");
  ASSERT_TRUE(session.ok());
  shim_.FailAll("C_FindObjectsInit", CKR_DEVICE_REMOVED);
  EXPECT_TRUE(vault->Login("founder", AsBytes("correct horse"), "care").ok());
  EXPECT_EQ(vault->Close().code(), StatusCode::kKeyUnavailable);
  EXPECT_EQ(OpenVault().code(), StatusCode::kKeyUnavailable);
  shim_.FailNever();
  EXPECT_TRUE(OpenVault().ok());
}

TEST_F(VaultToken, LostAnchorOnATokenIsNotOpenedQuietly) {
  ASSERT_TRUE(Init().ok());
  const auto intruder = Intruder();
  for (const keys::TokenObject page : Sure(intruder->FindData(format::kTokenAnchorKind))) {
    EXPECT_TRUE(intruder->Destroy(page).ok());
  }
  EXPECT_EQ(OpenVault().code(), StatusCode::kAuthFailed);
}

}  // namespace
}  // namespace mseal::vault
