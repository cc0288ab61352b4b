// Sealing and opening in memory: one field by size beside the bare AEAD, and a 12-field record.
#include <benchmark/benchmark.h>

#include "bench_vault.h"
#include "crypto/sha256.h"
#include "seal/seal.h"

namespace mseal::bench {
namespace {

crypto::Suite SuiteOf(const benchmark::State& state) { return static_cast<crypto::Suite>(state.range(0)); }

bool Skips(benchmark::State& state) {
  if (crypto::CheckSuite(SuiteOf(state)).ok()) return false;
  state.SkipWithError("this machine cannot do the suite");
  return true;
}

seal::Place PlaceOf(crypto::Suite suite) {
  format::Context context(format::ContextKind::kRecord);
  context.AddNumber(format::ContextItem::kNumber, 1);
  return {.purpose = format::Purpose::kGroup, .suite = suite, .context = seal::DigestOf(context)};
}

// Of the log's tree: 65 bytes are a node, 300 a leaf of usual size.
void Sha256(benchmark::State& state) {
  const Bytes input(static_cast<std::size_t>(state.range(0)), 7);
  for (auto _ : state) benchmark::DoNotOptimize(crypto::Sha256({input}));
}

void BareSeal(benchmark::State& state) {
  if (Skips(state)) return;
  const KeyBytes key = crypto::RandomKey();
  const Bytes plain(static_cast<std::size_t>(state.range(1)), 7);
  Bytes sealed(plain.size() + crypto::kTagSize);
  for (auto _ : state) {
    crypto::AeadSeal(SuiteOf(state), key.Reveal(), {}, plain, sealed);
    benchmark::DoNotOptimize(sealed.data());
  }
}

void SealField(benchmark::State& state) {
  if (Skips(state)) return;
  const KeyBytes key = crypto::RandomKey();
  const seal::Place place = PlaceOf(SuiteOf(state));
  const Bytes plain(static_cast<std::size_t>(state.range(1)), 7);
  Bytes sealed(plain.size() + crypto::kTagSize);
  seal::Commitment commitment;
  for (auto _ : state) {
    const seal::Salt salt =
        crypto::SaltHedge().AddKey(key.Reveal()).AddContext(place.context).AddPlaintext(plain).Finish();
    seal::SealMessage(key.Reveal(), place, salt, plain, sealed, commitment);
    benchmark::DoNotOptimize(sealed.data());
  }
}

void BareOpen(benchmark::State& state) {
  if (Skips(state)) return;
  const KeyBytes key = crypto::RandomKey();
  Bytes plain(static_cast<std::size_t>(state.range(1)), 7);
  Bytes sealed(plain.size() + crypto::kTagSize);
  crypto::AeadSeal(SuiteOf(state), key.Reveal(), {}, plain, sealed);
  for (auto _ : state) {
    if (!crypto::AeadOpen(SuiteOf(state), key.Reveal(), {}, sealed, plain)) state.SkipWithError("does not open");
    benchmark::DoNotOptimize(plain.data());
  }
}

void OpenField(benchmark::State& state) {
  if (Skips(state)) return;
  const KeyBytes key = crypto::RandomKey();
  const seal::Place place = PlaceOf(SuiteOf(state));
  Bytes plain(static_cast<std::size_t>(state.range(1)), 7);
  Bytes sealed(plain.size() + crypto::kTagSize);
  seal::Commitment commitment;
  const seal::Salt salt{};
  seal::SealMessage(key.Reveal(), place, salt, plain, sealed, commitment);
  for (auto _ : state) {
    if (!seal::OpenMessage(key.Reveal(), place, salt, commitment, sealed, plain).ok())
      state.SkipWithError("does not open");
    benchmark::DoNotOptimize(plain.data());
  }
}

#define FIELD_SIZES ArgNames({"suite", "bytes"})->ArgsProduct({{1, 2}, {16, 64, 256, 1024, 16384, 262144}})
BENCHMARK(Sha256)->Arg(65)->Arg(300);
BENCHMARK(BareSeal)->FIELD_SIZES;
BENCHMARK(SealField)->FIELD_SIZES;
BENCHMARK(BareOpen)->FIELD_SIZES;
BENCHMARK(OpenField)->FIELD_SIZES;

}  // namespace
}  // namespace mseal::bench
