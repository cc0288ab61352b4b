// Runs the benchmarks and ends with what they were measured for: ratios within this run.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <map>
#include <string>

#include "bench_vault.h"

namespace {

// Prints as usual and remembers the processor time of each benchmark: other programs on the machine disturb it least.
class RememberingReporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (!run.error_occurred) times_[run.benchmark_name()] = run.GetAdjustedCPUTime();
    }
    ConsoleReporter::ReportRuns(runs);
  }

  void PrintRatio(const std::string& name, const std::string& base) const {
    const auto time = times_.find(name);
    const auto base_time = times_.find(base);
    if (time == times_.end() || base_time == times_.end()) return;
    std::printf("%-40s %8.2f x the processor time of %s\n", name.c_str(), time->second / base_time->second,
                base.c_str());
  }

  bool Has(const std::string& name) const { return times_.contains(name); }

 private:
  std::map<std::string, double> times_;
};

void PrintRatios(const RememberingReporter& reporter) {
  std::printf("\nRatios within this run\n");
  for (const char* suite : {"1", "2"}) {
    for (const char* bytes : {"16", "64", "256", "1024", "16384", "262144"}) {
      const std::string arguments = std::string("/suite:") + suite + "/bytes:" + bytes;
      reporter.PrintRatio("SealField" + arguments, "BareSeal" + arguments);
      reporter.PrintRatio("OpenField" + arguments, "BareOpen" + arguments);
    }
  }
  reporter.PrintRatio("Get", "PlainGet");
  reporter.PrintRatio("Find", "PlainGet");
  reporter.PrintRatio("Put", "PlainPut");
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  RememberingReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  PrintRatios(reporter);
  if (reporter.Has("Get")) {
    const auto& bench = mseal::bench::BenchVault::Instance();
    std::printf(
        "\n%zu patients, one record of 12 fields and 542 bytes of values each, stored in %zu bytes a row; durability: "
        "process.\n",
        mseal::bench::kPatients, bench.stored_bytes() / mseal::bench::kPatients);
  }
  std::printf("Not measured: synced writes, several threads, a cold cache, other libraries.\n");
  return 0;
}
