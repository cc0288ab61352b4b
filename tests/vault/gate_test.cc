// The gate between those who go in together and one who wants to be alone.
#include "vault/gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace mseal::test {
namespace {

using vault::Gate;

TEST(Gate, OneAloneMeetsNobody) {
  Gate gate;
  std::atomic<bool> stop{false};
  std::atomic<int> inside{0};
  std::vector<std::thread> many;
  for (int i = 0; i < 3; ++i) {
    many.emplace_back([&] {
      while (!stop) {
        const std::shared_lock in(gate);
        ++inside;
        std::this_thread::yield();
        --inside;
      }
    });
  }
  for (int i = 0; i < 2000; ++i) {
    const std::unique_lock alone(gate);
    EXPECT_EQ(inside, 0);
  }
  stop = true;
  for (std::thread& thread : many) thread.join();
}

// Those who wait while one is alone go in before the next may be, however soon that one asks.
TEST(Gate, WhoWaitedGoesInBeforeTheNextOneAlone) {
  Gate gate;
  std::atomic<int> came{0}, went_in{0};
  std::unique_lock alone(gate);
  std::thread waiting([&] {
    ++came;
    const std::shared_lock in(gate);
    ++went_in;
  });
  while (came == 0) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // until it waits
  EXPECT_EQ(went_in, 0);
  alone.unlock();
  alone.lock();
  EXPECT_EQ(went_in, 1);
  alone.unlock();
  waiting.join();
}

TEST(Gate, StreamOfManyDoesNotKeepOneOut) {
  Gate gate;
  std::atomic<bool> stop{false};
  std::atomic<int> rounds{0};
  std::vector<std::thread> many;
  for (int i = 0; i < 2; ++i) {
    many.emplace_back([&] {
      // Each holds on until the other has come in: without the gate's turns it would never be empty.
      while (!stop) {
        const std::shared_lock in(gate);
        const int seen = ++rounds;
        for (int spins = 0; spins < 1000 && rounds == seen && !stop; ++spins) std::this_thread::yield();
      }
    });
  }
  for (int i = 1; i <= 20; ++i) {
    while (rounds < i) std::this_thread::yield();
    const std::unique_lock alone(gate);
  }
  stop = true;
  for (std::thread& thread : many) thread.join();
}

}  // namespace
}  // namespace mseal::test
