// Putting, getting and finding records, beside the plain database with the same bytes.
#include <benchmark/benchmark.h>

#include "bench_vault.h"

namespace mseal::bench {
namespace {

void PlainGet(benchmark::State& state) {
  BenchVault& bench = BenchVault::Instance();
  Bytes value;
  std::size_t i = 0;
  for (auto _ : state) {
    if (!bench.plain().Get(store::Table::kRecords, bench.plain_keys()[Scatter(++i)], value).ok())
      state.SkipWithError("not there");
    benchmark::DoNotOptimize(value.data());
  }
}

void Get(benchmark::State& state) {
  BenchVault& bench = BenchVault::Instance();
  std::size_t i = 0;
  for (auto _ : state) {
    auto record = bench.Get(Scatter(++i));
    if (!record.ok()) state.SkipWithError("does not open");
    benchmark::DoNotOptimize(record);
  }
}

// The row is at hand: header, groups and message, without the database.
void OpenRecord(benchmark::State& state) {
  BenchVault& bench = BenchVault::Instance();
  auto call = bench.session().Enter();
  const vault::RecordReader reader(call->core(), call->desk());
  const keys::RecordHandle handle = bench.handles().front();
  const auto keys = call->core().patients->Load(keys::PatientOf(handle));
  Bytes stored;
  if (!call->core().rows->Get(store::Table::kRecords, handle, stored).ok()) state.SkipWithError("not there");
  for (auto _ : state) {
    const auto row = vault::OpenRow(call->core().identity, **keys, keys::TagOf(handle), stored);
    auto record = reader.Assemble(**keys, *row, {});
    if (!record.ok()) state.SkipWithError("does not open");
    benchmark::DoNotOptimize(record);
  }
}

// The row of a record whose groups are composed already: salt, three groups, header and padding, without the database.
void SealRecord(benchmark::State& state) {
  BenchVault& bench = BenchVault::Instance();
  auto call = bench.session().Enter();
  const vault::StoreIdentity& identity = call->core().identity;
  const auto keys = call->core().patients->Load(keys::PatientOf(bench.handles().front()));
  const vault::RecordPlace place = vault::PlaceRecord(identity, **keys, kType, AsBytes(kRecordId));
  const keys::DataKey key(crypto::RandomKey());
  const Bytes message = MakeVisit(1);
  std::vector<vault::GroupDraft> drafts(3);
  const std::size_t sizes[] = {128, 416, 64};  // identity, general, hiv: 542 bytes of values and their list heads
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    drafts[i].how = vault::GroupDraft::How::kSeal;
    drafts[i].header.class_number = static_cast<std::uint8_t>(i);
    drafts[i].header.generation = 1;
    drafts[i].key = &key;
    drafts[i].content.Append(ByteView(message).first(sizes[i]));
  }
  format::Header header;
  header.type = kType;
  header.record_id = SecretBytes::CopyOf(AsBytes(kRecordId));
  header.version = 1;
  Bytes row;
  seal::Commitment commitment;
  for (auto _ : state) {
    vault::SealRow(identity, **keys, place, {}, drafts, header, row, commitment);
    benchmark::DoNotOptimize(row.data());
  }
}

void PlainPut(benchmark::State& state) {
  BenchVault& bench = BenchVault::Instance();
  std::size_t i = 0;
  for (auto _ : state) {
    store::Batch batch;
    batch.Put(store::Table::kRecords, bench.plain_keys()[Scatter(++i)], bench.plain_value());
    if (!bench.plain().Commit(batch, store::Durability::kProcess).ok()) state.SkipWithError("not written");
  }
}

void Put(benchmark::State& state) {
  BenchVault& bench = BenchVault::Instance();
  std::size_t i = 0;
  for (auto _ : state) {
    if (!bench.Put(Scatter(++i)).ok()) state.SkipWithError("not written");
  }
}

void Find(benchmark::State& state) {
  BenchVault& bench = BenchVault::Instance();
  std::size_t i = 0;
  for (auto _ : state) {
    const std::string name = FindableName(Scatter(++i)) + std::string(24, 'x');
    auto call = bench.session().Enter();
    auto listing = vault::ListFound(call->core(), call->desk(), kType, "name", AsBytes(name).first(24));
    auto record = (*listing)->Next();
    if (!record.ok() || *record == nullptr) state.SkipWithError("not found");
    benchmark::DoNotOptimize(record);
  }
}

BENCHMARK(PlainGet);
BENCHMARK(Get);
BENCHMARK(OpenRecord);
BENCHMARK(SealRecord);
BENCHMARK(PlainPut);
BENCHMARK(Put);
BENCHMARK(Find);

}  // namespace
}  // namespace mseal::bench
