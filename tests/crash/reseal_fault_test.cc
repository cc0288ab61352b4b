// A reseal that dies, or loses its power, at one file operation after the other: whatever was stored reads the same
// afterwards, and the job goes on to its end.
#include <algorithm>

#include "store_support/fault_env.h"
#include "vault/reseal.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

constexpr int kReports = 24;  // of one patient: too much for one batch
constexpr std::uint64_t kStops = 16;

class ResealFaults : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson("receptionist", {"general"});
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    for (int i = 0; i < kReports; ++i) Put(*founder, "alice", std::to_string(i), Conclusion(std::string(60'000, 'c')));
    // Two versions that share a large value.
    Put(*founder, "alice", "g", vcf_);
    Put(*founder, "alice", "g", Conclusion("carrier"), vault::PutMode::kUpdate);
    Put(*founder, "bob", "g", Conclusion("affected"));
    Put(*lab_.LoginAs("receptionist"), "carol", "g", TextField(3, "final"));
    lab_.Close();
  }

  static Bytes Conclusion(std::string_view text) { return Nested(1, TextField(2, text)); }
  void Put(vault::Session& session, std::string_view patient, std::string_view record, const Bytes& message,
           vault::PutMode mode = vault::PutMode::kReplace) {
    ASSERT_TRUE(lab_.Put(session, patient, "GenomicReport", record, message, mode).ok());
  }

  std::uint32_t Begin() {
    std::uint32_t number = 0;
    EXPECT_TRUE(vault::StartReseal(*lab_.LoginAs(Laboratory::kFounder), "genetic", number).ok());
    lab_.Close();
    return number;
  }

  // Opens through `files`, which fail by `stop` (given the operations so far) while the job is stepped.
  Status StepThrough(store::FaultEnv& files, std::uint32_t number, const std::function<void(std::uint64_t)>& stop) {
    vault::OpenOptions options;
    options.store = lab_.store();
    options.keyring = lab_.keyring();
    options.secret.bytes = SecretBytes::CopyOf(AsBytes(Laboratory::kPassphrase));
    options.durability = store::Durability::kPower;
    options.environment = files.environment();
    MS_ASSIGN(const auto vault, vault::Vault::Open(options));
    MS_ASSIGN(const auto session, vault->Login(Laboratory::kFounder, AsBytes(Laboratory::kPassword), "care"));
    stop(files.operations());
    format::Job job;
    const Status stepped = Step(*session, number, job);
    const Status closed = vault->Close();
    return stepped.ok() ? closed : stepped;
  }
  Status Step(vault::Session& session, std::uint32_t number, format::Job& job) {
    MS_ASSIGN(auto call, session.Enter());
    return vault::StepJob(call.core(), &call.desk(), number, {}, job);
  }

  void ExpectWhole(const std::string& what) {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    const auto seen = [&](std::string_view patient, std::string_view record, std::uint64_t version = 0) {
      return Seen(lab_.Get(*founder, patient, "GenomicReport", record, version));
    };
    for (int i = 0; i < kReports; ++i)
      EXPECT_EQ(seen("alice", std::to_string(i)), Conclusion(std::string(60'000, 'c'))) << what;
    EXPECT_EQ(seen("alice", "g", 1), vcf_) << what;
    EXPECT_EQ(seen("alice", "g"), Conclusion("carrier") + vcf_) << what;
    EXPECT_EQ(seen("bob", "g"), Conclusion("affected")) << what;
    EXPECT_TRUE(lab_.Verify(founder.get()).ok()) << what;
  }

  // Stops a reseal at some of its operations, spread over all of them, and lets each go on to its end.
  void StopAndGoOn(const std::function<void(store::FaultEnv&, std::uint64_t at)>& stop) {
    std::uint64_t operations = 0;
    {
      store::FaultEnv counting;
      std::uint64_t before = 0;
      ASSERT_TRUE(StepThrough(counting, Begin(), [&](std::uint64_t so_far) { before = so_far; }).ok());
      operations = counting.operations() - before;
    }
    int stopped = 0;
    for (std::uint64_t n = 1; n <= operations; n += std::max<std::uint64_t>(1, operations / kStops)) {
      const std::uint32_t number = Begin();
      store::FaultEnv files;
      const Status status = StepThrough(files, number, [&](std::uint64_t so_far) { stop(files, so_far + n); });
      stopped += status.ok() ? 0 : 1;
      const std::string what = "operation " + std::to_string(n) + " " + files.first_failure();
      ExpectWhole(what);
      format::Job job;
      const Status went_on = Step(*lab_.LoginAs(Laboratory::kFounder), number, job);
      EXPECT_TRUE(went_on.ok()) << what << ": " << went_on.message();
      EXPECT_EQ(job.state, format::JobState::kPassed) << what;
      ExpectWhole(what + ", gone on");
      lab_.Close();
      if (HasFailure()) return;
    }
    std::printf("%d stops among %lu operations\n", stopped, static_cast<unsigned long>(operations));
    EXPECT_GT(stopped, 8);
  }

  const Bytes vcf_ = TextField(5, std::string(150'000, 'v'));
  Laboratory lab_;
};

TEST_F(ResealFaults, ProcessThatDiesAnywhereLeavesEverythingReadableAndTheJobGoesOn) {
  StopAndGoOn([](store::FaultEnv& files, std::uint64_t at) { files.FailAt(at, store::Fault::kIoError, true); });
}

TEST_F(ResealFaults, PowerCutAnywhereLeavesEverythingReadableAndTheJobGoesOn) {
  StopAndGoOn([](store::FaultEnv& files, std::uint64_t at) { files.CutPowerAt(at); });
}

}  // namespace
}  // namespace mseal::test
