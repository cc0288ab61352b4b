// What the log of accesses costs: the same reads and writes without a log, with one that is synced in groups, and with
// one that is synced before each answer; by one thread and by eight. And the bare sync, to compare the last with.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include "bench_vault.h"

namespace mseal::bench {
namespace {

template <BenchVault::Log kLog>
void Prepare(const benchmark::State&) {
  BenchVault::Instance().ReopenWith(kLog);
}

void GoBack(const benchmark::State&) { BenchVault::Instance().ReopenWith(BenchVault::Log::kGroup); }

void ReadRecords(benchmark::State& state) {
  BenchVault& bench = BenchVault::Instance();
  std::size_t i = static_cast<std::size_t>(state.thread_index()) * 1237;
  for (auto _ : state) {
    auto record = bench.Get(Scatter(++i));
    if (!record.ok()) state.SkipWithError("does not open");
    benchmark::DoNotOptimize(record);
  }
  state.SetItemsProcessed(state.iterations());
}

void WriteRecords(benchmark::State& state) {
  BenchVault& bench = BenchVault::Instance();
  std::size_t i = static_cast<std::size_t>(state.thread_index()) * 1237;
  for (auto _ : state) {
    if (!bench.Put(Scatter(++i)).ok()) state.SkipWithError("not written");
  }
  state.SetItemsProcessed(state.iterations());
}

void BareSync(benchmark::State& state) {
  std::string path = "/tmp/medseal-bench-sync-XXXXXX";
  const int file = mkstemp(path.data());
  unlink(path.c_str());
  const char entry[320] = {};
  for (auto _ : state) {
    if (write(file, entry, sizeof entry) != sizeof entry || fdatasync(file) != 0) state.SkipWithError("no sync");
  }
  close(file);
}

BENCHMARK(BareSync)->UseRealTime();
BENCHMARK(ReadRecords)
    ->Name("Get/no_log")
    ->Setup(Prepare<BenchVault::Log::kNone>)
    ->Threads(1)
    ->Threads(8)
    ->UseRealTime();
BENCHMARK(ReadRecords)
    ->Name("Get/group")
    ->Setup(Prepare<BenchVault::Log::kGroup>)
    ->Threads(1)
    ->Threads(8)
    ->UseRealTime();
BENCHMARK(ReadRecords)->Name("Get/sync")->Setup(Prepare<BenchVault::Log::kSync>)->Threads(1)->Threads(8)->UseRealTime();
BENCHMARK(WriteRecords)
    ->Name("Put/no_log")
    ->Setup(Prepare<BenchVault::Log::kNone>)
    ->Threads(1)
    ->Threads(8)
    ->UseRealTime();
BENCHMARK(WriteRecords)
    ->Name("Put/group")
    ->Setup(Prepare<BenchVault::Log::kGroup>)
    ->Threads(1)
    ->Threads(8)
    ->UseRealTime();
BENCHMARK(WriteRecords)
    ->Name("Put/sync")
    ->Setup(Prepare<BenchVault::Log::kSync>)
    ->Teardown(GoBack)
    ->Threads(1)
    ->Threads(8)
    ->UseRealTime();

}  // namespace
}  // namespace mseal::bench
