/* Preloaded into a run of the command: its clock goes MEDSEAL_TEST_CLOCK seconds before the machine's. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec* now) {
  static int (*real)(clockid_t, struct timespec*);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "clock_gettime");
  const int result = real(clock, now);
  const char* ahead = getenv("MEDSEAL_TEST_CLOCK");
  if (clock == CLOCK_REALTIME && ahead != NULL) now->tv_sec += atoll(ahead);
  return result;
}
