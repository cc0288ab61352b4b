// Reads and times each call; a call that fails is counted, since none may.
#include "readers.h"

#include <chrono>
#include <random>

namespace mseal::bench {

using Clock = std::chrono::steady_clock;

Readers::Readers(medseal::Session& session, const std::vector<medseal::RecordHandle>& handles)
    : session_(session), handles_(handles), start_(Clock::now()), latencies_(kThreads) {
  for (std::size_t i = 0; i < kThreads; ++i) threads_.emplace_back([this, i] { Read(i); });
}

Readers::~Readers() { Stop(); }

void Readers::Read(std::size_t thread) {
  std::minstd_rand random(static_cast<unsigned>(thread) + 1);
  while (!stop_.load(std::memory_order_relaxed)) {
    const auto before = Clock::now();
    const bool ok = session_.Get(handles_[random() % handles_.size()]).ok();
    latencies_[thread].Add(static_cast<std::uint64_t>((Clock::now() - before).count()));
    if (!ok) ++failed_;
  }
}

ReaderFigures Readers::Stop() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  threads_.clear();
  Latencies all;
  for (const Latencies& one : latencies_) all.Merge(one);
  return {static_cast<double>(all.count()) / seconds, all.Microseconds(0.5), all.Microseconds(0.99),
          all.Microseconds(0.999), failed_.load()};
}

}  // namespace mseal::bench
