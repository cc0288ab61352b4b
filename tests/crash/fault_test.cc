// Every file operation of the store and of the provider fails once during an import of five records: the call fails or
// succeeds, and the vault is consistent afterwards.
#include <filesystem>
#include <fstream>

#include "keys_support/failing_file_io.h"
#include "store_support/fault_env.h"
#include "vault/import.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

namespace fs = std::filesystem;

constexpr int kRecords = 5;

class Faults : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ofstream out(File());
    for (int i = 0; i < kRecords; ++i)
      out << R"({"resourceType":"Patient","id":"p)" << i << R"(","name":[{"family":"Martin"}]})"
          << "\n";
    lab_.Close();
    fs::copy(lab_.store(), lab_.folder() / "clean", fs::copy_options::recursive);
    for (const char* suffix : {"", ".anchor"})
      fs::copy(lab_.keyring() + suffix, (lab_.folder() / "clean-keyring").string() + suffix);
  }

  std::string File() const { return (lab_.folder() / "five.ndjson").string(); }

  void BeginAnew() {
    fs::remove_all(lab_.store());
    fs::copy(lab_.folder() / "clean", lab_.store(), fs::copy_options::recursive);
    for (const char* suffix : {"", ".anchor"}) {
      fs::copy((lab_.folder() / "clean-keyring").string() + suffix, lab_.keyring() + suffix,
               fs::copy_options::overwrite_existing);
    }
  }

  // Opens, imports, closes: the first failure, if any. `written` is what the import acknowledged.
  Status ImportFive(store::FaultEnv* files, keys::FileIo* provider_files, std::uint64_t& written) {
    written = 0;
    vault::OpenOptions options;
    options.store = lab_.store();
    options.keyring = lab_.keyring();
    options.secret.bytes = SecretBytes::CopyOf(AsBytes("a passphrase for tests"));
    options.durability = store::Durability::kPower;
    options.environment = files == nullptr ? nullptr : files->environment();
    options.file_io = provider_files;
    MS_ASSIGN(const auto vault, vault::Vault::Open(options));
    MS_ASSIGN(const auto session, vault->Login(Laboratory::kFounder, AsBytes(Laboratory::kPassword), "care"));
    vault::ImportReport report;
    Status imported = Status::Ok();
    {
      MS_ASSIGN(auto call, session->Enter());
      imported = vault::Import(
          call.core(), call.desk(),
          {.source = vault::SourceKind::kFhir, .files = {File()}, .lab = {}, .on_progress = {}, .on_reject = {}},
          report);
    }
    written = report.written;
    const Status closed = vault->Close();
    return imported.ok() ? closed : imported;
  }

  // Nothing acknowledged is missing, and everything adds up.
  void ExpectConsistent(std::uint64_t written, const std::string& what) {
    const Status opened = lab_.Open();
    ASSERT_TRUE(opened.ok()) << what << ": " << opened.message();
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    std::uint64_t there = 0;
    for (int i = 0; i < kRecords; ++i)
      there += lab_.Get(*founder, "p" + std::to_string(i), "Patient", "Patient/p" + std::to_string(i)).ok() ? 1 : 0;
    EXPECT_GE(there, written) << what;
    EXPECT_TRUE(lab_.Verify(founder.get()).ok()) << what;
    lab_.Close();
  }

  Laboratory lab_;
};

TEST_F(Faults, EachFileOperationOfTheStoreFailsOnce) {
  std::uint64_t operations = 0, written = 0;
  {
    store::FaultEnv counting;
    BeginAnew();
    ASSERT_TRUE(ImportFive(&counting, nullptr, written).ok());
    ASSERT_EQ(written, std::uint64_t{kRecords});
    operations = counting.operations();
  }
  int failed = 0;
  for (std::uint64_t n = 1; n <= operations; ++n) {
    store::FaultEnv files;
    files.FailAt(n, static_cast<store::Fault>(n % 3));
    BeginAnew();
    const Status status = ImportFive(&files, nullptr, written);
    failed += status.ok() ? 0 : 1;
    EXPECT_TRUE(!status.ok() || written == kRecords) << "operation " << n;
    ExpectConsistent(written, "operation " + std::to_string(n) + " " + files.first_failure());
    if (HasFailure()) return;
  }
  std::printf("%d of %lu failing operations of the store ended the import\n", failed,
              static_cast<unsigned long>(operations));
  EXPECT_GT(failed, 10);
}

TEST_F(Faults, EachFileOperationOfTheProviderFailsOnce) {
  std::uint64_t operations = 0, written = 0;
  {
    keys::FailingFileIo counting;
    counting.FailNever();
    BeginAnew();
    ASSERT_TRUE(ImportFive(nullptr, &counting, written).ok());
    operations = counting.count();
  }
  int failed = 0;
  for (const auto failure :
       {keys::Failure::kIo, keys::Failure::kNoSpace, keys::Failure::kShortWrite, keys::Failure::kDies}) {
    for (std::uint64_t n = 0; n < operations; ++n) {
      keys::FailingFileIo files;
      files.FailAt(n, failure);
      BeginAnew();
      failed += ImportFive(nullptr, &files, written).ok() ? 0 : 1;
      ExpectConsistent(written, "provider operation " + std::to_string(n));
      if (HasFailure()) return;
    }
  }
  std::printf("%d of %lu failing operations of the provider ended the import\n", failed,
              static_cast<unsigned long>(operations * 4));
  EXPECT_GT(failed, 4);
}

TEST_F(Faults, PowerCutAnywhereLosesNothingAcknowledged) {
  std::uint64_t operations = 0, written = 0;
  {
    store::FaultEnv counting;
    BeginAnew();
    ASSERT_TRUE(ImportFive(&counting, nullptr, written).ok());
    operations = counting.operations();
  }
  for (std::uint64_t n = 3; n <= operations; n += 7) {
    store::FaultEnv files;
    files.CutPowerAt(n);
    BeginAnew();
    const Status status = ImportFive(&files, nullptr, written);
    EXPECT_TRUE(!status.ok() || written == kRecords);
    ExpectConsistent(written, "power cut at operation " + std::to_string(n) + " " + files.first_failure());
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace mseal::test
