// Stands in front of fsync, fdatasync and libsodium's AEADs, and asks the kernel for the rest.
#include "counters.h"

#include <dlfcn.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>

namespace mseal::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::atomic<std::uint64_t> syncs, sync_nanoseconds, seals, sealed_bytes;

template <typename Function>
Function* Behind(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int Sync(int (*real)(int), int file) {
  const auto start = Clock::now();
  const int result = real(file);
  sync_nanoseconds += static_cast<std::uint64_t>((Clock::now() - start).count());
  ++syncs;
  return result;
}

void CountSeal(unsigned long long bytes) {
  seals.fetch_add(1, std::memory_order_relaxed);
  sealed_bytes.fetch_add(bytes, std::memory_order_relaxed);
}

std::uint64_t BytesWritten() {
  unsigned long long written = 0;
  if (std::FILE* file = std::fopen("/proc/self/io", "r")) {
    char line[128];
    while (std::fgets(line, sizeof line, file) != nullptr)
      if (std::sscanf(line, "wchar: %llu", &written) == 1) break;
    std::fclose(file);
  }
  return written;
}

double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

Spent SpentSoFar() {
  Spent spent;
  spent.seconds = std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
  spent.cpu_seconds = CpuSeconds();
  spent.sync_seconds = static_cast<double>(sync_nanoseconds) / 1e9;
  spent.syncs = syncs;
  spent.bytes_written = BytesWritten();
  spent.seals = seals;
  spent.sealed_bytes = sealed_bytes;
  return spent;
}

Spent Spent::operator+(const Spent& more) const {
  return {seconds + more.seconds,
          cpu_seconds + more.cpu_seconds,
          sync_seconds + more.sync_seconds,
          syncs + more.syncs,
          bytes_written + more.bytes_written,
          seals + more.seals,
          sealed_bytes + more.sealed_bytes};
}

Spent Spent::operator-(const Spent& before) const {
  return {seconds - before.seconds,
          cpu_seconds - before.cpu_seconds,
          sync_seconds - before.sync_seconds,
          syncs - before.syncs,
          bytes_written - before.bytes_written,
          seals - before.seals,
          sealed_bytes - before.sealed_bytes};
}

}  // namespace mseal::bench

// Seen by the shared libraries, which call these then.
#pragma GCC visibility push(default)
extern "C" {

int fsync(int file) {
  static const auto real = mseal::bench::Behind<int(int)>("fsync");
  return mseal::bench::Sync(real, file);
}

int fdatasync(int file) {
  static const auto real = mseal::bench::Behind<int(int)>("fdatasync");
  return mseal::bench::Sync(real, file);
}

// As libsodium declares them.
using Aead = int(unsigned char*, unsigned long long*, const unsigned char*, unsigned long long, const unsigned char*,
                 unsigned long long, const unsigned char*, const unsigned char*, const unsigned char*);

int crypto_aead_aes256gcm_encrypt(unsigned char* c, unsigned long long* clen, const unsigned char* m,
                                  unsigned long long mlen, const unsigned char* ad, unsigned long long adlen,
                                  const unsigned char* nsec, const unsigned char* npub, const unsigned char* k) {
  static const auto real = mseal::bench::Behind<Aead>("crypto_aead_aes256gcm_encrypt");
  mseal::bench::CountSeal(mlen);
  return real(c, clen, m, mlen, ad, adlen, nsec, npub, k);
}

int crypto_aead_chacha20poly1305_ietf_encrypt(unsigned char* c, unsigned long long* clen, const unsigned char* m,
                                              unsigned long long mlen, const unsigned char* ad,
                                              unsigned long long adlen, const unsigned char* nsec,
                                              const unsigned char* npub, const unsigned char* k) {
  static const auto real = mseal::bench::Behind<Aead>("crypto_aead_chacha20poly1305_ietf_encrypt");
  mseal::bench::CountSeal(mlen);
  return real(c, clen, m, mlen, ad, adlen, nsec, npub, k);
}

}  // extern "C"
#pragma GCC visibility pop
