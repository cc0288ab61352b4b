// People at work in one vault: logging in and out, closing under them, forks, and many threads at once.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <random>
#include <thread>

#include "vault_support/records.h"

namespace mseal::test {
namespace {

using store::Table;

// A listing somebody left open, as the C API keeps one.
class OpenListing : public vault::Child {
 public:
  OpenListing(std::shared_ptr<vault::Session> session, vault::ListingPtr listing)
      : Child(std::move(session)), listing_(std::move(listing)) {}
  ~OpenListing() override {
    Leave();
    Drop();
  }
  void Drop() override { listing_.reset(); }
  bool dropped() const { return listing_ == nullptr; }

  StatusCode Next() {
    auto call = session().Enter();
    if (!call.ok()) return call.code();
    return listing_->Next().code();
  }

 private:
  vault::ListingPtr listing_;
};

class Sessions : public ::testing::Test {
 protected:
  void SetUp() override {
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    for (const std::string_view record : {"1", "2", "3"}) {
      ASSERT_TRUE(lab_.Put(*founder_, "alice", "Patient", record, TextField(3, "Martin")).ok());
    }
  }

  std::unique_ptr<OpenListing> LeaveAListingOpen(const std::shared_ptr<vault::Session>& session) {
    auto call = session->Enter();
    auto listing = vault::ListType(call->core(), call->desk(), "Patient", {});
    return std::make_unique<OpenListing>(session, std::move(*listing));
  }

  StatusCode Login(std::string_view person, std::string_view password) {
    return lab_.Vault()->Login(person, AsBytes(password), "care").code();
  }

  Laboratory lab_;
  std::shared_ptr<vault::Session> founder_;
};

TEST_F(Sessions, WrongPasswordAndUnknownPersonAreToldAlike) {
  const auto wrong = lab_.Vault()->Login(Laboratory::kFounder, AsBytes("wrong"), "care");
  const auto unknown = lab_.Vault()->Login("nobody", AsBytes(PasswordOf("nobody")), "care");
  EXPECT_EQ(wrong.code(), StatusCode::kWrongSecret);
  EXPECT_EQ(unknown.code(), StatusCode::kWrongSecret);
  EXPECT_EQ(wrong.status().message(), unknown.status().message());
}

TEST_F(Sessions, LoggedOutSessionAnswersClosedAndOthersGoOn) {
  const auto other = lab_.LoginAs(Laboratory::kFounder);
  const auto listing = LeaveAListingOpen(founder_);
  EXPECT_EQ(listing->Next(), StatusCode::kOk);
  founder_->Logout();
  EXPECT_EQ(listing->Next(), StatusCode::kClosed);
  EXPECT_EQ(lab_.Get(*founder_, "alice", "Patient", "1").code(), StatusCode::kClosed);
  EXPECT_EQ(lab_.Put(*founder_, "alice", "Patient", "1", {}).code(), StatusCode::kClosed);
  founder_->Logout();  // twice is once
  EXPECT_EQ(lab_.Get(*other, "alice", "Patient", "1").code(), StatusCode::kOk);
}

TEST_F(Sessions, ClosedVaultAnswersClosedToAllThatIsLeftOfIt) {
  const std::shared_ptr<vault::Vault> vault = lab_.Vault();
  const auto other = lab_.LoginAs(Laboratory::kFounder);
  auto listing = LeaveAListingOpen(founder_);
  auto left_behind = LeaveAListingOpen(other);
  EXPECT_EQ(listing->Next(), StatusCode::kOk);
  ASSERT_TRUE(vault->Close().ok());
  EXPECT_TRUE(listing->dropped());
  EXPECT_EQ(listing->Next(), StatusCode::kClosed);
  EXPECT_EQ(lab_.Get(*founder_, "alice", "Patient", "1").code(), StatusCode::kClosed);
  EXPECT_EQ(vault->Login(Laboratory::kFounder, AsBytes(Laboratory::kPassword), "care").code(), StatusCode::kClosed);
  EXPECT_EQ(vault->Enter().code(), StatusCode::kClosed);
  EXPECT_TRUE(vault->Close().ok());
  founder_->Logout();
  left_behind.reset();
  // The store is free for the next one while handles of the first are still about.
  EXPECT_TRUE(lab_.Open().ok());
  EXPECT_EQ(lab_.Get(*lab_.LoginAs(Laboratory::kFounder), "alice", "Patient", "1").code(), StatusCode::kOk);
  EXPECT_EQ(listing->Next(), StatusCode::kClosed);
}

TEST_F(Sessions, HandlesMayGoInAnyOrder) {
  std::shared_ptr<vault::Vault> vault = lab_.Vault();
  auto listing = LeaveAListingOpen(founder_);
  lab_.Close();
  vault.reset();
  founder_.reset();
  EXPECT_EQ(listing->Next(), StatusCode::kClosed);  // it keeps its parents alive
  listing.reset();
  EXPECT_TRUE(lab_.Open().ok());
}

TEST_F(Sessions, CloseWaitsForCallsThatRun) {
  std::atomic<bool> finished = false;
  std::latch inside(1);
  std::thread reader([&] {
    auto call = founder_->Enter();
    inside.count_down();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_TRUE(vault::FindPatient(call->core(), call->desk(), {AsBytes("alice"), nullptr}).ok());
    finished = true;
  });
  inside.wait();
  EXPECT_TRUE(lab_.Vault()->Close().ok());
  EXPECT_TRUE(finished);
  reader.join();
}

TEST_F(Sessions, SecondOpeningIsLockedUntilTheFirstCloses) {
  vault::OpenOptions options;
  options.store = lab_.store();
  options.keyring = lab_.keyring();
  options.secret.bytes = SecretBytes::CopyOf(AsBytes(Laboratory::kPassphrase));
  EXPECT_EQ(vault::Vault::Open(options).code(), StatusCode::kLocked);
  EXPECT_EQ(lab_.Get(*founder_, "alice", "Patient", "1").code(), StatusCode::kOk);  // the first is none the worse
  lab_.Close();
  options.secret.bytes = SecretBytes::CopyOf(AsBytes(Laboratory::kPassphrase));
  EXPECT_TRUE(vault::Vault::Open(options).ok());
}

TEST_F(Sessions, OpeningTellsWhatIsMissing) {
  lab_.Close();
  vault::OpenOptions options;
  const auto open = [&](const std::string& store, const std::string& keyring, std::string_view passphrase) {
    options.store = store;
    options.keyring = keyring;
    options.secret.bytes = SecretBytes::CopyOf(AsBytes(passphrase));
    return vault::Vault::Open(options).code();
  };
  EXPECT_EQ(open(lab_.store() + "x", lab_.keyring(), Laboratory::kPassphrase), StatusCode::kNoVault);
  EXPECT_EQ(open(lab_.store(), lab_.keyring() + "x", Laboratory::kPassphrase), StatusCode::kKeyUnavailable);
  EXPECT_EQ(open(lab_.store(), lab_.keyring(), "wrong"), StatusCode::kWrongSecret);
  EXPECT_EQ(open(lab_.store(), lab_.keyring(), Laboratory::kPassphrase), StatusCode::kOk);
}

// The child leaves through _exit after letting go of everything: nothing of the parent's may hang or break.
TEST_F(Sessions, ForkedChildIsToldAndItsParentGoesOn) {
  std::shared_ptr<vault::Vault> vault = lab_.Vault();
  auto listing = LeaveAListingOpen(founder_);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(60);  // a child that hangs is a failure
    const bool told =
        vault->Enter().code() == StatusCode::kForked && founder_->Enter().code() == StatusCode::kForked &&
        listing->Next() == StatusCode::kForked && vault->Close().code() == StatusCode::kForked &&
        vault->Login(Laboratory::kFounder, AsBytes(Laboratory::kPassword), "care").code() == StatusCode::kForked;
    founder_->Logout();
    founder_.reset();
    vault.reset();
    _exit(told ? 0 : 1);
  }
  int ended = 0;
  ASSERT_EQ(waitpid(child, &ended, 0), child);
  EXPECT_TRUE(WIFEXITED(ended));
  EXPECT_EQ(WEXITSTATUS(ended), 0);
  EXPECT_EQ(listing->Next(), StatusCode::kOk);
  EXPECT_EQ(lab_.Put(*founder_, "alice", "Patient", "4", TextField(3, "Dupont")).code(), StatusCode::kOk);
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
}

// ---- several at once

TEST_F(Sessions, ReadersAndWritersLeaveAWholeStore) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 60;
  lab_.AddPerson("desk", {"identity", "general", "national_id"});
  const auto desk = lab_.LoginAs("desk");
  std::atomic<int> lost_races = 0;
  const auto work = [&](int number) {
    std::mt19937 random(static_cast<unsigned>(number));
    const std::shared_ptr<vault::Session> session = number % 2 == 0 ? founder_ : desk;
    const auto count = [&](const Status& status) {
      // The record was deleted or made meanwhile; everything else is a failure.
      if (status.code() == StatusCode::kNotFound || status.code() == StatusCode::kAlreadyExists)
        return ++lost_races, void();
      EXPECT_TRUE(status.ok()) << CodeName(status.code()) << ": " << status.message();
    };
    for (int round = 0; round < kRounds; ++round) {
      const std::string patient = "p" + std::to_string(random() % 5);
      const std::string record = std::to_string(random() % 4);
      const std::string name = "N" + std::to_string(random() % 3);
      const bool large = random() % 8 == 0;
      const Bytes message = TextField(3, name) + TextField(14, name) +
                            (large ? TextField(12, std::string(100'000, 'd')) : TextField(12, name));
      switch (random() % 8) {
        case 0:
          count(lab_.Put(*session, patient, "Patient", record, message, vault::PutMode::kInsert));
          break;
        case 1:
          count(lab_.Put(*session, patient, "Patient", record, TextField(4, name), vault::PutMode::kUpdate));
          break;
        case 2:
          count(lab_.Delete(*session, patient, "Patient", record));
          break;
        case 3:
          count(lab_.Patient(*session, patient).status());
          break;
        case 4:
          count(lab_.Find(*session, "Patient", "family", name).status());
          break;
        case 5:
          count(lab_.Get(*session, patient, "Patient", record).status());
          break;
        default:
          count(lab_.Put(*session, patient, "Patient", record, message));
          break;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int number = 0; number < kThreads; ++number) threads.emplace_back(work, number);
  for (std::thread& thread : threads) thread.join();
  EXPECT_LT(lost_races, kThreads * kRounds / 2);
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
  lab_.Close();
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  vault::VerifyReport report;
  EXPECT_TRUE(lab_.Verify(founder_.get(), &report).ok());
  EXPECT_EQ(report.patients, 1u + 5u);
  // Every name finds what has it, and nothing else.
  std::size_t found = 0, there = 0;
  for (const std::string_view name : {"N0", "N1", "N2"}) {
    const auto records = lab_.Find(*founder_, "Patient", "family", name);
    ASSERT_TRUE(records.ok());
    found += records->size();
  }
  for (int patient = 0; patient < 5; ++patient) {
    const auto records = lab_.Patient(*founder_, "p" + std::to_string(patient));
    ASSERT_TRUE(records.ok());
    there += records->size();
  }
  EXPECT_EQ(found, there);
}

TEST_F(Sessions, TwoWhoMakeTheSamePatientMakeOne) {
  constexpr int kPatients = 40;
  const auto other = lab_.LoginAs(Laboratory::kFounder);
  for (int patient = 0; patient < kPatients; ++patient) {
    const std::string name = "new" + std::to_string(patient);
    std::latch together(2);
    const auto make = [&](vault::Session& session, std::string_view record) {
      together.arrive_and_wait();
      const Status put = lab_.Put(session, name, "Patient", record, TextField(3, "Martin"));
      EXPECT_TRUE(put.ok()) << CodeName(put.code()) << ": " << put.message();
    };
    std::thread one([&] { make(*founder_, "a"); });
    std::thread two([&] { make(*other, "b"); });
    one.join();
    two.join();
    EXPECT_EQ(Sorted(Ids(lab_.Patient(*founder_, name))), (std::vector<std::string>{"a", "b"}));
  }
  vault::VerifyReport report;
  EXPECT_TRUE(lab_.Verify(founder_.get(), &report).ok());
  EXPECT_EQ(report.patients, 1u + kPatients);
}

// Each adds one to what it saw; a version that went by in between is a Conflict and another try.
TEST_F(Sessions, ExpectedVersionsLoseNoUpdate) {
  constexpr int kThreads = 4, kSteps = 15;
  ASSERT_TRUE(lab_.Put(*founder_, "counter", "Patient", "1", TextField(3, "0")).ok());
  const auto add = [&] {
    for (int done = 0; done < kSteps;) {
      const auto record = lab_.Get(*founder_, "counter", "Patient", "1");
      ASSERT_TRUE(record.ok());
      const Bytes seen = MessageOf(**record);
      const int value = std::stoi(std::string(AsText(ByteView(seen).subspan(2))));
      const Status put = lab_.Put(*founder_, "counter", "Patient", "1", TextField(3, std::to_string(value + 1)),
                                  vault::PutMode::kReplace, nullptr, (*record)->version);
      ASSERT_TRUE(put.ok() || put.code() == StatusCode::kConflict) << put.message();
      done += put.ok();
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(add);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Seen(lab_.Get(*founder_, "counter", "Patient", "1")), TextField(3, std::to_string(kThreads * kSteps)));
}

}  // namespace
}  // namespace mseal::test
