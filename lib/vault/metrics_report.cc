// Asks every part of a vault for its numbers.
#include "vault/metrics_report.h"

#include <algorithm>
#include <map>

#include "base/key_slab.h"
#include "vault/jobs.h"

namespace mseal::vault {
namespace {

double Seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }
double SecondsOf(std::uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e9; }

// Outcomes that alert rules look at are shown from the start, at zero: a rule sees a known series rise, but not a new
// one begin.
bool IsWatched(StatusCode code) {
  constexpr StatusCode kWatched[] = {StatusCode::kOk,         StatusCode::kPermissionDenied, StatusCode::kWrongSecret,
                                     StatusCode::kAuthFailed, StatusCode::kCorrupt,          StatusCode::kStale};
  return std::ranges::find(kWatched, code) != std::end(kWatched);
}

class Gathering {
 public:
  explicit Gathering(Vault& vault) : vault_(vault) {}

  Result<std::vector<MetricFamily>> Run() {
    MS_ASSIGN(Call call, vault_.Enter());
    AddOperations();
    AddLatencies();
    AddCaches(call.core());
    MS_TRY(AddJobs(call.core()));
    AddLog(call.core());
    AddKeyMemory();
    AddGauge("medseal_sessions_open", "Sessions that are logged in.", vault_.session_count());
    MS_TRY(AddAnchor(call.core()));
    AddGauge("medseal_read_only", "1 when the vault was opened older than its anchor.", call.core().read_only ? 1 : 0);
    return std::move(families_);
  }

 private:
  MetricFamily& Add(const char* name, FamilyKind kind, const char* help) {
    families_.push_back({.name = name, .help = help, .kind = kind, .samples = {}, .histograms = {}});
    return families_.back();
  }
  template <typename Number>
  void AddGauge(const char* name, const char* help, Number value) {
    Add(name, FamilyKind::kGauge, help).samples.push_back({{}, static_cast<double>(value)});
  }
  template <typename Number>
  void AddCounter(const char* name, const char* help, Number value) {
    Add(name, FamilyKind::kCounter, help).samples.push_back({{}, static_cast<double>(value)});
  }

  void AddOperations() {
    auto& family = Add("medseal_operations_total", FamilyKind::kCounter, "Operations by how they ended.");
    for (std::size_t i = 0; i < kOperations; ++i) {
      const auto operation = static_cast<Operation>(i);
      const auto counts = vault_.metrics().Counts(operation);
      for (std::size_t code = 0; code < kOutcomes; ++code) {
        if (counts.outcomes[code] == 0 && !IsWatched(static_cast<StatusCode>(code))) continue;
        family.samples.push_back({{{"operation", std::string(NameOf(operation))},
                                   {"outcome", std::string(CodeName(static_cast<StatusCode>(code)))}},
                                  static_cast<double>(counts.outcomes[code])});
      }
    }
  }

  void AddLatencies() {
    auto& family = Add("medseal_operation_duration_seconds", FamilyKind::kHistogram,
                       "How long operations took, however they ended.");
    for (std::size_t i = 0; i < kOperations; ++i) {
      const auto operation = static_cast<Operation>(i);
      const auto counts = vault_.metrics().Counts(operation);
      HistogramSample sample{.labels = {{"operation", std::string(NameOf(operation))}}, .buckets = {}};
      for (std::size_t bucket = 0; bucket < kLatencyBoundsNs.size(); ++bucket) {
        sample.count += counts.buckets[bucket];
        sample.buckets.emplace_back(SecondsOf(kLatencyBoundsNs[bucket]), sample.count);
      }
      sample.count += counts.buckets.back();
      sample.sum = SecondsOf(counts.nanoseconds);
      family.histograms.push_back(std::move(sample));
    }
  }

  void AddCaches(Core& core) {
    const std::pair<const char*, CacheCounts> caches[] = {{"key_rows", core.patients->Counts()},
                                                          {"bucket_keys", core.buckets->Counts()}};
    const auto add = [&](const char* name, FamilyKind kind, const char* help, std::uint64_t CacheCounts::*which) {
      auto& family = Add(name, kind, help);
      for (const auto& [cache, counts] : caches)
        family.samples.push_back({{{"cache", cache}}, static_cast<double>(counts.*which)});
    };
    add("medseal_cache_hits_total", FamilyKind::kCounter, "Look-ups that memory answered.", &CacheCounts::hits);
    add("medseal_cache_misses_total", FamilyKind::kCounter, "Look-ups that went on to the store.",
        &CacheCounts::misses);
    add("medseal_cache_entries", FamilyKind::kGauge, "What memory holds.", &CacheCounts::entries);
  }

  struct Jobs {
    std::uint64_t open = 0;
    double least = 1;
    std::uint64_t oldest_move_ms = ~std::uint64_t{0};
  };

  static const char* NameOfKind(format::JobKind kind) {
    switch (kind) {
      case format::JobKind::kClassRotation:
        return "class_rotation";
      case format::JobKind::kEpochChange:
        return "epoch_change";
      case format::JobKind::kReseal:
        return "reseal";
      case format::JobKind::kIndexRotation:
        return "index_rotation";
      case format::JobKind::kIndexReEpoch:
        return "index_re_epoch";
      case format::JobKind::kSuiteChange:
        return "suite_change";
    }
    std::abort();  // a job's row with another kind does not parse
  }

  Status AddJobs(Core& core) {
    std::map<std::string, Jobs> kinds;
    MS_TRY(ForEachJob(core, [&](std::uint32_t, const format::Job& job) {
      if (format::IsOver(job)) return Status::Ok();
      Jobs& jobs = kinds[NameOfKind(job.kind)];
      constexpr std::uint64_t kWhole = 1'000'000;
      ++jobs.open;
      jobs.least = std::min(jobs.least, static_cast<double>(PatientsBehind(job, kWhole)) / kWhole);
      jobs.oldest_move_ms = std::min(jobs.oldest_move_ms, job.moved_ms);
      return Status::Ok();
    }));
    auto& open = Add("medseal_jobs_open", FamilyKind::kGauge, "Jobs that have work left, paused ones too.");
    for (const auto& [kind, jobs] : kinds) open.samples.push_back({{{"kind", kind}}, static_cast<double>(jobs.open)});
    auto& progress =
        Add("medseal_job_progress_ratio", FamilyKind::kGauge,
            "Of the pass over all patients that an open job is at; the one that is least far, of each kind.");
    for (const auto& [kind, jobs] : kinds) progress.samples.push_back({{{"kind", kind}}, jobs.least});
    auto& moved = Add("medseal_job_last_step_timestamp_seconds", FamilyKind::kGauge,
                      "When an open job was last worked on; the one that waits longest, of each kind.");
    for (const auto& [kind, jobs] : kinds)
      moved.samples.push_back({{{"kind", kind}}, static_cast<double>(jobs.oldest_move_ms) / 1e3});
    return Status::Ok();
  }

  void AddLog(const Core& core) {
    if (core.access_log == nullptr) return;
    const audit::Log::Lag lag = core.access_log->log().lag();
    AddCounter("medseal_log_entries_appended_total", "Entries that the log of accesses took.", lag.appended);
    AddCounter("medseal_log_entries_synced_total", "Entries of it that are on the medium.", lag.synced);
    AddGauge("medseal_log_lag_seconds", "Age of the oldest entry that is not on the medium yet.", Seconds(lag.oldest));
  }

  void AddKeyMemory() {
    const SlabReport slab = ReportKeySlab();
    auto& memory = Add("medseal_key_memory_bytes", FamilyKind::kGauge,
                       "Memory for keys of this process, by whether mlock holds it.");
    memory.samples.push_back({{{"state", "locked"}}, static_cast<double>(slab.locked_bytes)});
    memory.samples.push_back({{{"state", "unlocked"}}, static_cast<double>(slab.unlocked_bytes)});
    AddGauge("medseal_key_memory_lock_refused", "1 when mlock was refused: keys may reach swap.",
             slab.unlocked_bytes == 0 ? 0 : 1);
    AddGauge("medseal_keys_in_memory", "Keys in that memory now.", slab.keys);
  }

  Status AddAnchor(Core& core) {
    MS_ASSIGN(const AnchorLag lag, core.anchor->Lag());
    AddGauge("medseal_anchor_age_seconds", "Since the anchor was moved, or since the vault was opened.",
             Seconds(lag.age));
    AddGauge("medseal_unanchored_commits", "Commits that the anchor does not know yet.", lag.commits);
    return Status::Ok();
  }

  Vault& vault_;
  std::vector<MetricFamily> families_;
};

}  // namespace

Result<std::vector<MetricFamily>> GatherMetrics(Vault& vault) { return Gathering(vault).Run(); }

}  // namespace mseal::vault
