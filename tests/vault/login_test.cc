// Guessing at logins: alike answers, growing waits, lock-outs that outlive the process and end by time.
#include "vault/login.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "base/clock.h"
#include "format/login_attempts.h"
#include "people/policy.h"
#include "vault/set_policy.h"
#include "vault/two_persons.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

using std::chrono::milliseconds;
namespace policy = people::policy;

constexpr std::uint64_t kMinute = 60'000;
constexpr std::uint64_t kYear = 365ull * 24 * 60 * kMinute;

class Guessing : public ::testing::Test {
 protected:
  // No waits but where a test is about them.
  void SetUp() override {
    lab_.AddPerson("doctor", {"general"});
    lab_.AddAuditor("witness");
    Set(policy::kLoginAttempts, 3);
    Set(policy::kLoginDelayMs, 0);
  }
  void TearDown() override { SetClockForTests(0); }

  void Set(std::string_view name, std::uint64_t value) { lab_.SetPolicy("witness", name, value); }
  Result<std::shared_ptr<vault::Session>> Login(std::string_view person, std::string_view password) {
    return lab_.Vault()->Login(person, AsBytes(password), "care");
  }
  StatusCode Guess(std::string_view person) { return Login(person, "a guess").code(); }
  StatusCode LoginRightly(std::string_view person) { return Login(person, PasswordOf(person)).code(); }
  void LockOut(std::string_view person) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(Guess(person), StatusCode::kWrongSecret);
  }
  Status Unlock(vault::Session& by, std::string_view person) {
    auto call = by.Enter();
    return vault::Unlock(call->core(), call->desk(), person);
  }
  std::size_t RowsOfAttempts() {
    std::size_t rows = 0;
    lab_.WithMeta([&](store::Rows&, const keys::MetaTable& meta, const vault::StoreIdentity&) {
      const Status read = meta.ForEach(keys::MetaKind::kLoginAttempts,
                                       [&](ByteView, const SecretBytes&) { return ++rows, Status::Ok(); });
      EXPECT_TRUE(read.ok());
    });
    return rows;
  }
  template <typename Work>
  static milliseconds TimeOf(Work work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
  }

  Laboratory lab_;
};

TEST_F(Guessing, LocksThatNameOutAndNoOther) {
  LockOut("doctor");
  const auto refused = Login("doctor", PasswordOf("doctor"));
  EXPECT_EQ(refused.code(), StatusCode::kWrongSecret);
  EXPECT_EQ(refused.status().message(), Login("nobody", "a guess").status().message());
  EXPECT_EQ(LoginRightly(Laboratory::kFounder), StatusCode::kOk);
}

TEST_F(Guessing, OneGoodLoginForgetsWhatFailedBefore) {
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(Guess("doctor"), StatusCode::kWrongSecret);
    EXPECT_EQ(Guess("doctor"), StatusCode::kWrongSecret);
    EXPECT_EQ(LoginRightly("doctor"), StatusCode::kOk);
  }
  EXPECT_EQ(RowsOfAttempts(), 0u);
}

TEST_F(Guessing, LockOutEndsByTimeHoweverOftenSomebodyTriesMeanwhile) {
  LockOut(Laboratory::kFounder);
  LetPassForTests(14 * kMinute);
  EXPECT_EQ(LoginRightly(Laboratory::kFounder), StatusCode::kWrongSecret);
  EXPECT_EQ(Guess(Laboratory::kFounder), StatusCode::kWrongSecret);
  LetPassForTests(kMinute);
  EXPECT_EQ(LoginRightly(Laboratory::kFounder), StatusCode::kOk);
}

TEST_F(Guessing, LockOutOutlivesReopeningAndEndsByTheClock) {
  const std::uint64_t now = NowMs();
  LockOut("doctor");
  lab_.Close();
  SetClockForTests(now + 10 * kMinute);
  EXPECT_EQ(LoginRightly("doctor"), StatusCode::kWrongSecret);
  lab_.Close();
  SetClockForTests(now + 16 * kMinute);
  EXPECT_EQ(LoginRightly("doctor"), StatusCode::kOk);
}

// What the process counted must be on the disk before anybody is told.
TEST_F(Guessing, FailuresOutliveTheDeathOfTheProcess) {
  lab_.Close();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    execl(MEDSEAL_LOGIN_GUESSER, "guesser", lab_.store().c_str(), lab_.keyring().c_str(),
          std::string(Laboratory::kPassphrase).c_str(), "doctor", nullptr);
    _exit(127);
  }
  int ended = 0;
  ASSERT_EQ(waitpid(child, &ended, 0), child);
  ASSERT_TRUE(WIFSIGNALED(ended)) << WEXITSTATUS(ended);
  EXPECT_EQ(LoginRightly("doctor"), StatusCode::kWrongSecret);
  EXPECT_EQ(LoginRightly(Laboratory::kFounder), StatusCode::kOk);
}

TEST_F(Guessing, AClockSetBackLocksNobodyOutForLonger) {
  const std::uint64_t now = NowMs();
  SetClockForTests(now + 10 * kYear);
  LockOut("doctor");
  lab_.Close();
  SetClockForTests(now);
  EXPECT_EQ(LoginRightly("doctor"), StatusCode::kWrongSecret);  // from now on it counts
  lab_.Close();
  SetClockForTests(now + 16 * kMinute);
  EXPECT_EQ(LoginRightly("doctor"), StatusCode::kOk);
}

TEST_F(Guessing, AClockThatIsSetWhileTheVaultIsOpenChangesNothing) {
  const std::uint64_t now = NowMs();
  LockOut("doctor");
  SetClockForTests(now + 10 * kYear);
  EXPECT_EQ(LoginRightly("doctor"), StatusCode::kWrongSecret);
  SetClockForTests(now - 10 * kYear);
  LetPassForTests(15 * kMinute);
  EXPECT_EQ(LoginRightly("doctor"), StatusCode::kOk);
}

TEST_F(Guessing, ARowThatSomebodySpoiledLocksForItsTimeAndNoLonger) {
  lab_.WithMeta([&](store::Rows&, const keys::MetaTable& meta, const vault::StoreIdentity&) {
    store::Batch batch;
    meta.Put(batch, keys::MetaKind::kLoginAttempts, keys::MetaIdOf({1}), Bytes{1, 2, 3});
    ASSERT_TRUE(meta.Commit(batch, store::Durability::kPower).ok());
  });
  EXPECT_EQ(LoginRightly(Laboratory::kFounder), StatusCode::kWrongSecret);
  LetPassForTests(15 * kMinute);
  EXPECT_EQ(LoginRightly(Laboratory::kFounder), StatusCode::kOk);
}

TEST_F(Guessing, AnAdministratorEndsALockOut) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  const auto witness = lab_.LoginAs("witness");
  LockOut("doctor");
  EXPECT_EQ(Unlock(*witness, "doctor").code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Unlock(*founder, "nobody").code(), StatusCode::kNotFound);
  EXPECT_EQ(LoginRightly("doctor"), StatusCode::kWrongSecret);
  EXPECT_TRUE(Unlock(*founder, "doctor").ok());
  EXPECT_EQ(LoginRightly("doctor"), StatusCode::kOk);
  lab_.Close();
  EXPECT_EQ(LoginRightly("doctor"), StatusCode::kOk);
}

TEST_F(Guessing, WaitsDoubleForWhoExistsAndForWhoDoesNot) {
  Set(policy::kLoginAttempts, 10);
  Set(policy::kLoginDelayMs, 200);
  for (const char* name : {"doctor", "nobody"}) {
    EXPECT_LT(TimeOf([&] { Guess(name); }), milliseconds(200)) << name;
    for (const int wait : {200, 400, 800}) {
      const milliseconds took = TimeOf([&] { Guess(name); });
      EXPECT_GE(took, milliseconds(wait)) << name;
      EXPECT_LT(took, milliseconds(2 * wait)) << name;
    }
  }
}

// Not a statistic: an answer that skips the work is a hundred times as fast.
TEST_F(Guessing, EveryRefusalTakesTheTimeOfThePasswordHash) {
  milliseconds wrong = TimeOf([&] { Guess("witness"); });
  for (int i = 0; i < 4; ++i) {  // the quickest: what else the machine does makes none of them quicker
    LetPassForTests(15 * kMinute);
    wrong = std::min(wrong, TimeOf([&] { Guess("witness"); }));
  }
  LockOut("doctor");
  for (const char* name : {"doctor", "nobody", "nobody else"})
    EXPECT_GT(TimeOf([&] { Guess(name); }), wrong / 3) << name;
}

TEST_F(Guessing, ManyAtATimeGetNoMoreGuessesThanOneAfterTheOther) {
  EXPECT_NE(lab_.Vault(), nullptr);  // open before they come
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { wrong += Guess("doctor") == StatusCode::kWrongSecret; });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 8);
  lab_.WithMeta([&](store::Rows&, const keys::MetaTable& meta, const vault::StoreIdentity&) {
    const auto doctor = keys::MetaIdOf({2});
    const auto row = meta.Get(keys::MetaKind::kLoginAttempts, doctor);
    ASSERT_TRUE(row.ok());
    EXPECT_EQ(format::ParseLoginAttempts(row->Reveal())->failures, 3u);  // the others were not looked at
  });
  EXPECT_EQ(LoginRightly("doctor"), StatusCode::kWrongSecret);
  LetPassForTests(15 * kMinute);
  std::atomic<int> in = 0;
  threads.clear();
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { in += LoginRightly("doctor") == StatusCode::kOk; });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(in, 8);
}

TEST_F(Guessing, NamesThatNobodyHasAreCountedInABoundedPlace) {
  Set(policy::kLoginAttempts, 100);
  {
    auto call = lab_.Vault()->Enter();
    vault::Core& core = call->core();
    for (int i = 0; i < 5000; ++i) {
      const auto admission = core.attempts.Begin(core, "nobody " + std::to_string(i));
      ASSERT_TRUE(admission.ok());
      ASSERT_EQ(admission->turn, vault::LoginAttempts::Turn::kGo);
      ASSERT_EQ(admission->wait, milliseconds(0)) << "what another name did counts for this one";
      core.attempts.Failed(core, *admission);
    }
  }
  EXPECT_LE(RowsOfAttempts(), 1024u);
  EXPECT_GT(RowsOfAttempts(), 900u);
}

TEST_F(Guessing, ClosingDoesNotWaitForWhoWaits) {
  Set(policy::kLoginAttempts, 10);
  Set(policy::kLoginDelayMs, 10'000);
  Guess("doctor");
  StatusCode ended = StatusCode::kOk;
  const auto vault = lab_.Vault();
  std::thread guessing([&] { ended = vault->Login("doctor", AsBytes("a guess"), "care").code(); });
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_LT(TimeOf([&] { lab_.Close(); }), milliseconds(3000));
  guessing.join();
  EXPECT_EQ(ended, StatusCode::kClosed);
}

TEST_F(Guessing, ASecondPersonIsGuessedAtNoFaster) {
  const auto doctor = lab_.LoginAs("doctor");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(vault::Join(*doctor, "witness", AsBytes("a guess")).code(), StatusCode::kWrongSecret);
  EXPECT_EQ(vault::Join(*doctor, "witness", AsBytes(PasswordOf("witness"))).code(), StatusCode::kWrongSecret);
  EXPECT_EQ(LoginRightly("witness"), StatusCode::kWrongSecret);
}

TEST_F(Guessing, ASessionThatEndsWhileItsSecondPersonWaitsKeepsNobodyOut) {
  Set(policy::kLoginDelayMs, 500);
  for (int i = 0; i < 4; ++i) {
    const auto doctor = lab_.LoginAs("doctor");
    EXPECT_EQ(Guess("witness"), StatusCode::kWrongSecret);
    StatusCode joined = StatusCode::kOk;
    std::thread joining([&] { joined = vault::Join(*doctor, "witness", AsBytes(PasswordOf("witness"))).code(); });
    std::this_thread::sleep_for(milliseconds(100));
    doctor->Logout();
    joining.join();
    EXPECT_EQ(joined, StatusCode::kClosed);
  }
  EXPECT_EQ(LoginRightly("witness"), StatusCode::kOk);
}

TEST_F(Guessing, AnEmptyPasswordTellsNobodyWhoExists) {
  EXPECT_EQ(Login("doctor", "").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Login("nobody", "").code(), StatusCode::kInvalidArgument);
}

// ---- what a session is for, and how long

class SessionTime : public Guessing {
 protected:
  void WaitForTheWatch() {
    for (int i = 0; i < 100 && Ended() != true; ++i) std::this_thread::sleep_for(milliseconds(50));
  }
  bool Ended() { return session_->Enter().code() == StatusCode::kClosed; }

  std::shared_ptr<vault::Session> session_;
};

TEST_F(SessionTime, StatedUseIsKept) {
  const auto session = lab_.Vault()->Login({"doctor", AsBytes(PasswordOf("doctor")), {"research", "kim", "ward 3"}});
  auto call = (*session)->Enter();
  EXPECT_EQ(call->desk().session->use().purpose, "research");
  EXPECT_EQ(call->desk().session->use().on_behalf_of, "kim");
  EXPECT_EQ(call->desk().session->use().origin, "ward 3");
  for (const char* purpose : {"", "curiosity"})
    EXPECT_EQ(lab_.Vault()->Login("doctor", AsBytes(PasswordOf("doctor")), purpose).code(),
              StatusCode::kInvalidArgument);
}

TEST_F(SessionTime, NobodyUsesItAndItEndsWithItsKeysWiped) {
  session_ = lab_.LoginAs("doctor");
  std::this_thread::sleep_for(milliseconds(2200));  // the watch takes note of this use
  LetPassForTests(31 * kMinute);
  std::this_thread::sleep_for(milliseconds(2200));  // no call: the watch alone ends it
  const auto after = session_->Enter();
  EXPECT_EQ(after.code(), StatusCode::kClosed);
  EXPECT_NE(after.status().message().find("log in again"), std::string::npos);
  EXPECT_EQ(LoginRightly("doctor"), StatusCode::kOk);
}

TEST_F(SessionTime, UseKeepsItUntilItIsTooOld) {
  Set(policy::kSessionMaxHours, 1);
  session_ = lab_.LoginAs("doctor");
  for (int i = 0; i < 2; ++i) {
    LetPassForTests(20 * kMinute);
    ASSERT_FALSE(Ended());
    std::this_thread::sleep_for(milliseconds(1500));
  }
  ASSERT_FALSE(Ended());
  LetPassForTests(21 * kMinute);
  WaitForTheWatch();
  EXPECT_TRUE(Ended());
}

TEST_F(SessionTime, ACallThatRunsIsUseAndIsNotCutOff) {
  session_ = lab_.LoginAs("doctor");
  {
    auto call = session_->Enter();
    LetPassForTests(13 * 60 * kMinute);
    std::this_thread::sleep_for(milliseconds(1500));
    EXPECT_NE(call->desk().session, nullptr);
  }
  WaitForTheWatch();
  EXPECT_TRUE(Ended());
}

TEST_F(SessionTime, OnePersonHasSoManyAndNoMore) {
  Set(policy::kSessionsPerPerson, 2);
  auto first = lab_.LoginAs("doctor");
  const auto second = lab_.LoginAs("doctor");
  EXPECT_EQ(LoginRightly("doctor"), StatusCode::kResourceExhausted);
  EXPECT_EQ(LoginRightly("witness"), StatusCode::kOk);
  first->Logout();
  EXPECT_EQ(LoginRightly("doctor"), StatusCode::kOk);
}

}  // namespace
}  // namespace mseal::test
