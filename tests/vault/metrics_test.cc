// What a vault counts, and the two texts it is shown in.
#include <gmock/gmock.h>

#include <thread>

#include "vault/metrics_text.h"
#include "vault/rotation.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using vault::Metrics;
using vault::Operation;

class VaultMetrics : public testing::Test {
 protected:
  std::string Text() {
    const auto families = vault::GatherMetrics(*lab_.Vault());
    EXPECT_TRUE(families.ok()) << families.status().message();
    return families.ok() ? vault::MetricsAsPrometheus(*families) : "";
  }
  // The value of one series; -1 when it is not there.
  double Value(const std::string& series) {
    const std::string text = "\n" + Text();
    const std::size_t at = text.find("\n" + series + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + series.size() + 2));
  }
  Laboratory lab_;
};

TEST(Metrics, CountsOfAllThreadsAddUp) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) metrics.Record(Operation::kGet, StatusCode::kOk, 10'000);
      metrics.Record(Operation::kGet, StatusCode::kNotFound, 10'001);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto counts = metrics.Counts(Operation::kGet);
  EXPECT_EQ(counts.outcomes[static_cast<std::size_t>(StatusCode::kOk)], 20'000u);
  EXPECT_EQ(counts.outcomes[static_cast<std::size_t>(StatusCode::kNotFound)], 20u);
  EXPECT_EQ(counts.buckets[1], 20'000u);  // a bound belongs to its bucket
  EXPECT_EQ(counts.buckets[2], 20u);
  EXPECT_EQ(counts.nanoseconds, 20'000u * 10'000 + 20 * 10'001);
  EXPECT_EQ(metrics.Counts(Operation::kPut).nanoseconds, 0u);
}

TEST(Metrics, WhatTakesLongerThanEveryBoundIsCountedBeyondThem) {
  Metrics metrics;
  metrics.Record(Operation::kJobStep, StatusCode::kOk, 3'600'000'000'000);
  metrics.Record(Operation::kJobStep, StatusCode::kOk, -5);  // a clock that steps back
  const auto counts = metrics.Counts(Operation::kJobStep);
  EXPECT_EQ(counts.buckets.back(), 1u);
  EXPECT_EQ(counts.buckets.front(), 1u);
}

TEST(Metrics, AnOperationThatRunsOutOfMemoryIsCountedAsThat) {
  Metrics metrics;
  { vault::Timed timed(metrics, Operation::kPut); }
  EXPECT_EQ(metrics.Counts(Operation::kPut).outcomes[static_cast<std::size_t>(StatusCode::kResourceExhausted)], 1u);
}

TEST(Metrics, EveryOperationHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < vault::kOperations; ++i) names.insert(vault::NameOf(static_cast<Operation>(i)));
  EXPECT_EQ(names.size(), vault::kOperations);
  EXPECT_EQ(vault::NameOf(Operation::kReadValue), "read_value");
  EXPECT_EQ(vault::NameOf(Operation::kRetention), "retention");
  EXPECT_EQ(vault::NameOf(Operation::kBackup), "backup");
}

TEST(MetricsText, HasTheFormOfTheExpositionFormat) {
  std::vector<vault::MetricFamily> families(2);
  families[0] = {"a_total", "Help.", vault::FamilyKind::kCounter, {{{{"x", "1"}, {"y", "2"}}, 3}, {{}, 0.5}}, {}};
  families[1] = {"b", "Time.", vault::FamilyKind::kHistogram, {}, {{{{"x", "1"}}, {{5e-6, 1}, {1, 4}}, 6, 7.25}}};
  EXPECT_EQ(vault::MetricsAsPrometheus(families),
            "# HELP a_total Help.\n# TYPE a_total counter\na_total{x=\"1\",y=\"2\"} 3\na_total 0.5\n"
            "# HELP b Time.\n# TYPE b histogram\nb_bucket{x=\"1\",le=\"5e-06\"} 1\nb_bucket{x=\"1\",le=\"1\"} 4\n"
            "b_bucket{x=\"1\",le=\"+Inf\"} 6\nb_sum{x=\"1\"} 7.25\nb_count{x=\"1\"} 6\n");
  EXPECT_EQ(vault::MetricsAsJson(families),
            R"([{"name":"a_total","type":"counter","help":"Help.","samples":[{"labels":{"x":"1","y":"2"},"value":3},)"
            R"({"labels":{},"value":0.5}]},{"name":"b","type":"histogram","help":"Time.","samples":[)"
            R"({"labels":{"x":"1"},"count":6,"sum":7.25,"buckets":[{"le":5e-06,"count":1},{"le":1,"count":4}]}]}])");
  EXPECT_EQ(vault::MetricsAsJson({}), "[]");
}

TEST_F(VaultMetrics, CachesCountWhatMemoryAnswered) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_TRUE(lab_.Put(*founder, "p", "Patient", "r", TextField(3, "Curie")).ok());
  const double hits = Value(R"(medseal_cache_hits_total{cache="key_rows"})");
  ASSERT_TRUE(lab_.Get(*founder, "p", "Patient", "r").ok());
  EXPECT_GT(Value(R"(medseal_cache_hits_total{cache="key_rows"})"), hits);
  EXPECT_EQ(Value(R"(medseal_cache_entries{cache="key_rows"})"), 1);
  EXPECT_EQ(Value(R"(medseal_cache_entries{cache="bucket_keys"})"), 1);
  lab_.Close();
  const auto again = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_TRUE(lab_.Get(*again, "p", "Patient", "r").ok());
  EXPECT_EQ(Value(R"(medseal_cache_misses_total{cache="key_rows"})"), 1);
  EXPECT_EQ(Value(R"(medseal_cache_misses_total{cache="bucket_keys"})"), 1);
}

TEST_F(VaultMetrics, SessionsAndKeyMemoryAreTold) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_EQ(Value("medseal_sessions_open"), 1);
  EXPECT_GT(Value("medseal_keys_in_memory"), 10);
  EXPECT_EQ(Value("medseal_key_memory_lock_refused"),
            Value(R"(medseal_key_memory_bytes{state="unlocked"})") > 0 ? 1 : 0);
  EXPECT_EQ(Value("medseal_read_only"), 0);
}

TEST_F(VaultMetrics, TheAnchorIsBehindUntilItIsMoved) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  auto call = founder->Enter();
  ASSERT_TRUE(call->core().anchor->Move().ok());
  EXPECT_EQ(Value("medseal_unanchored_commits"), 0);
  ASSERT_TRUE(lab_.Put(*founder, "p", "Patient", "r", TextField(3, "Curie")).ok());
  EXPECT_GT(Value("medseal_unanchored_commits"), 0);
  ASSERT_TRUE(call->core().anchor->Move().ok());
  EXPECT_EQ(Value("medseal_unanchored_commits"), 0);
  EXPECT_LT(Value("medseal_anchor_age_seconds"), 60);
  EXPECT_GE(Value("medseal_anchor_age_seconds"), 0);
}

TEST_F(VaultMetrics, AnAnchorThatWasNotMovedYetIsAskedFor) {
  lab_.Vault();
  lab_.Close();
  auto call = lab_.Vault()->Enter();
  const auto anchor = call->core().provider->ReadAnchor();
  ASSERT_TRUE(anchor.ok() && anchor->has_value());
  EXPECT_EQ(Value("medseal_unanchored_commits"),
            static_cast<double>(call->core().rows->CommitCounter() - (*anchor)->commit_counter));
}

TEST_F(VaultMetrics, AJobIsShownUntilItIsOver) {
  EXPECT_EQ(Value(R"(medseal_jobs_open{kind="class_rotation"})"), -1);
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_TRUE(lab_.Put(*founder, "p", "Patient", "r", TextField(3, "Curie")).ok());
  std::uint32_t job = 0;
  ASSERT_TRUE(vault::StartClassRotation(*founder, "identity", {}, job).ok());
  EXPECT_EQ(Value(R"(medseal_jobs_open{kind="class_rotation"})"), 1);
  EXPECT_EQ(Value(R"(medseal_job_progress_ratio{kind="class_rotation"})"), 0);
  EXPECT_GT(Value(R"(medseal_job_last_step_timestamp_seconds{kind="class_rotation"})"), 1.6e9);
  EXPECT_THAT(Text(), Not(HasSubstr("identity")));
  auto call = founder->Enter();
  format::Job state;
  ASSERT_TRUE(vault::StepJob(call->core(), &call->desk(), job, {}, state).ok());
  EXPECT_EQ(Value(R"(medseal_jobs_open{kind="class_rotation"})"), -1);
}

TEST_F(VaultMetrics, TheLogTellsHowFarTheMediumIsBehind) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_GT(Value("medseal_log_entries_appended_total"), 0);
  auto call = lab_.Vault()->Enter();
  ASSERT_TRUE(call->core().access_log->log().Sync().ok());
  EXPECT_EQ(Value("medseal_log_entries_synced_total"), Value("medseal_log_entries_appended_total"));
  EXPECT_EQ(Value("medseal_log_lag_seconds"), 0);
}

TEST_F(VaultMetrics, AClosedVaultHasNone) {
  const auto vault = lab_.Vault();
  ASSERT_TRUE(vault->Close().ok());
  EXPECT_EQ(vault::GatherMetrics(*vault).code(), StatusCode::kClosed);
}

}  // namespace
}  // namespace mseal::test
