#include "interrupt.h"

#include <poll.h>
#include <signal.h>

namespace cli {
namespace {

volatile sig_atomic_t g_interrupted = 0;

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

void Remember(int) { g_interrupted = 1; }

}  // namespace

void CatchInterrupts() {
  struct sigaction action = {};
  action.sa_handler = Remember;
  // No SA_RESTART: a read that waits for input must return. RESETHAND: the second signal is the system's own.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int number : kSignals) sigaction(number, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);  // a reader that went away is seen as a failed write, so that the vault is closed in order
}

bool Interrupted() { return g_interrupted != 0; }

// The signals are let in by ppoll alone: one that came just before a plain read would leave it waiting.
bool WaitToRead(int descriptor) {
  sigset_t held, before;
  sigemptyset(&held);
  for (const int number : kSignals) sigaddset(&held, number);
  sigprocmask(SIG_BLOCK, &held, &before);
  pollfd waiting{descriptor, POLLIN, 0};
  while (!Interrupted() && ppoll(&waiting, 1, nullptr, &before) < 0) {
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  return !Interrupted();
}

}  // namespace cli
