// A store that lost data says so when it is opened.
#include <filesystem>

#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;

class Loss : public ::testing::Test {
 protected:
  void PutSome(int first, int count) {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    for (int i = first; i < first + count; ++i) {
      ASSERT_TRUE(lab_.Put(*founder, "patient " + std::to_string(i), "Patient", "1", TextField(3, "Martin")).ok());
    }
  }
  fs::path Rows() const { return vault::RowsFolder(lab_.store()); }
  Laboratory lab_;
};

TEST_F(Loss, DeletedLogOfTheDatabaseIsStale) {
  PutSome(0, 3);
  lab_.Close();
  int logs = 0;
  for (const auto& entry : fs::directory_iterator(Rows())) {
    if (entry.path().extension() == ".log" && fs::remove(entry.path())) ++logs;
  }
  ASSERT_GT(logs, 0);
  EXPECT_EQ(lab_.Open().code(), StatusCode::kStale);
}

TEST_F(Loss, OlderFolderPutBackIsStale) {
  PutSome(0, 2);
  lab_.Close();
  const fs::path copy = lab_.folder() / "copy";
  fs::copy(lab_.store(), copy, fs::copy_options::recursive);
  PutSome(2, 2);
  lab_.Close();
  fs::remove_all(lab_.store());
  fs::rename(copy, lab_.store());
  EXPECT_EQ(lab_.Open().code(), StatusCode::kStale);
}

TEST_F(Loss, StaleStoreOpensReadOnlyWhenThatIsAccepted) {
  PutSome(0, 2);
  lab_.Close();
  const fs::path copy = lab_.folder() / "copy";
  fs::copy(lab_.store(), copy, fs::copy_options::recursive);
  PutSome(2, 2);
  lab_.Close();
  fs::remove_all(lab_.store());
  fs::rename(copy, lab_.store());
  vault::OpenOptions accept;
  accept.accept_stale = true;
  ASSERT_TRUE(lab_.Open(std::move(accept)).ok());
  EXPECT_EQ(lab_.Vault()->freshness().freshness, vault::Freshness::kOlder);
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_TRUE(lab_.Get(*founder, "patient 1", "Patient", "1").ok());
  EXPECT_EQ(lab_.Put(*founder, "patient 9", "Patient", "1", TextField(3, "x")).code(), StatusCode::kUnsupported);
}

TEST_F(Loss, ClosedStoreIsFreshAndAKilledOneIsFreshUpToItsAnchor) {
  PutSome(0, 2);
  lab_.Close();
  ASSERT_TRUE(lab_.Open().ok());
  EXPECT_EQ(lab_.Vault()->freshness().freshness, vault::Freshness::kFresh);
  // A copy of the files while the vault is open and its newest commit is not anchored yet: what a killed process
  // leaves.
  PutSome(2, 1);
  const fs::path copy = lab_.folder() / "copy";
  fs::copy(lab_.store(), copy, fs::copy_options::recursive);
  const fs::path anchor = lab_.keyring() + ".anchor";
  fs::copy(anchor, lab_.folder() / "anchor");
  lab_.Close();
  fs::remove_all(lab_.store());
  fs::rename(copy, lab_.store());
  fs::rename(lab_.folder() / "anchor", anchor);
  ASSERT_TRUE(lab_.Open().ok());
  EXPECT_EQ(lab_.Vault()->freshness().freshness, vault::Freshness::kFreshUpTo);
  EXPECT_GT(lab_.Vault()->freshness().unanchored_commits, 0u);
}

TEST_F(Loss, RemovedAnchorIsNotTakenForANewStore) {
  PutSome(0, 1);
  lab_.Close();
  fs::remove(lab_.keyring() + ".anchor");
  EXPECT_EQ(lab_.Open().code(), StatusCode::kAuthFailed);
}

}  // namespace
}  // namespace mseal::test
