// A vault over a token: what a failing or absent token leaves of its making and its work.
#include <p11-kit/pkcs11.h>

#include "keys/token_support.h"
#include "store_support/patience.h"
#include "vault/administer.h"
#include "vault/backup_places.h"
#include "vault/erase.h"
#include "vault/erasures.h"
#include "vault/init.h"
#include "vault/jobs.h"
#include "vault/two_persons.h"
#include "vault/vault.h"
#include "vault_support/passwords.h"
#include "vault_support/records.h"

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
    options.password = SecretBytes::CopyOf(AsBytes(test::kFoundersPassword));
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

  // Who signs what takes several persons.
  void AddAuditor() {
    const auto vault = Sure(OpenVault());
    const auto founder = Sure(vault->Login("founder", AsBytes(test::kFoundersPassword), "care"));
    ASSERT_TRUE(DefineRole(*founder, "auditor", people::Operation::kAudit, {}).ok());
    const people::NewPerson auditor{
        .name = "auditor", .classes = {}, .cost = crypto::kArgon2Floor, .roles = {"auditor"}};
    auto call = founder->Enter();
    ASSERT_TRUE(AddPerson(call->core(), call->desk(), auditor, AsBytes(test::PasswordOf("auditor"))).ok());
  }

  using Failure = keys::ShimControls::Failure;
  static Status PutOne(Session& session, const std::string& patient) {
    return test::Put(session, patient, test::Request("Patient", "1", test::TextField(3, "Martin"))).status();
  }
  static Status StepAlone(Vault& vault, std::uint32_t number) {
    MS_ASSIGN(Call call, vault.Enter());
    format::Job job;
    return StepJob(call.core(), nullptr, number, {}, job);
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
  const auto session = vault->Login("founder", AsBytes(test::kFoundersPassword), "care");
  ASSERT_TRUE(session.ok());
  shim_.FailAll("C_FindObjectsInit", CKR_DEVICE_REMOVED);
  EXPECT_TRUE(vault->Login("founder", AsBytes(test::kFoundersPassword), "care").ok());
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

// A token call fails, loses its answer, or all of them fail from one on, in the middle of an erasure: the patient who
// stays opens all along, and once the token is back the epoch change goes on to the death of the one who went.
TEST_F(VaultToken, ErasureIsDeadOnceATokenThatFailedAtAnyCallIsBack) {
  ASSERT_TRUE(Init().ok());
  {
    const auto vault = Sure(OpenVault());
    auto call = vault->Enter();
    for (const char* name : {"place-a", "place-b"}) {
      const std::string path = (folder_.path() / name).string();
      ASSERT_TRUE(RegisterPlace(call->core(), folder_.store(), path, format::PlaceKind::kBackups).ok());
    }
  }
  ASSERT_NO_FATAL_FAILURE(AddAuditor());
  constexpr std::uint64_t kStride = 9 * store::kOperationStep;
  int leavers = 0, held_up = 0;
  for (const auto failure : {Failure::kBefore, Failure::kAfter, Failure::kDies}) {
    for (std::uint64_t n = 0;; n += kStride) {
      const auto vault = Sure(OpenVault());
      const auto session = Sure(vault->Login("founder", AsBytes(test::kFoundersPassword), "care"));
      const std::string leaver = "leaver-" + std::to_string(++leavers);
      for (const std::string& patient : {leaver, std::string("stays")}) ASSERT_TRUE(PutOne(*session, patient).ok());
      // More leave than one person erases alone.
      ASSERT_TRUE(Join(*session, "auditor", AsBytes(test::PasswordOf("auditor"))).ok());
      Erased erased;
      ASSERT_TRUE(ErasePatient(*session, {AsBytes(leaver), nullptr}, "asked for", erased).ok());
      shim_.FailAt(n, CKR_DEVICE_ERROR, failure);
      held_up += StepAlone(*vault, erased.job).ok() ? 0 : 1;
      const bool failed = shim_.failed();
      EXPECT_TRUE(test::Put(*session, "stays", test::Request("Patient", "1", {})).ok()) << n;
      vault->Close().Ignore("without its token the anchor stays behind");
      shim_.FailNever();
      const auto again = Sure(OpenVault());
      const Status went_on = StepAlone(*again, erased.job);
      EXPECT_TRUE(went_on.ok()) << n << ": " << went_on.message();
      const auto erasure = ReadErasure(again->Enter()->core(), erased.patient);
      EXPECT_TRUE(erasure.ok() && erasure->state == format::ErasureState::kDead) << n;
      VerifyReport report;
      EXPECT_TRUE(Verify(again->Enter()->core(), nullptr, {}, report).ok()) << n;
      if (!failed || HasFailure()) break;
    }
  }
  EXPECT_GE(held_up, 6 / static_cast<int>(store::kOperationStep));
}

}  // namespace
}  // namespace mseal::vault
