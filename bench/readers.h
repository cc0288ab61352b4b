// Two readers of patients nobody can guess the order of, while something else goes on.
#pragma once

#include <atomic>
#include <thread>
#include <vector>

#include "latencies.h"
#include "medseal/medseal.hpp"

namespace mseal::bench {

struct ReaderFigures {
  double reads_per_second = 0;
  double p50_us = 0, p99_us = 0, p999_us = 0;
  std::uint64_t failed = 0;
};

class Readers {
 public:
  // They begin to read whole records by handle. `session` and `handles` outlive this.
  Readers(medseal::Session& session, const std::vector<medseal::RecordHandle>& handles);
  ~Readers();
  ReaderFigures Stop();

 private:
  static constexpr std::size_t kThreads = 2;
  void Read(std::size_t thread);

  medseal::Session& session_;
  const std::vector<medseal::RecordHandle>& handles_;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> failed_{0};
  std::chrono::steady_clock::time_point start_;
  std::vector<Latencies> latencies_;
  std::vector<std::thread> threads_;
};

}  // namespace mseal::bench
