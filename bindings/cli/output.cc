#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

namespace cli {
namespace {

char g_buffer[1 << 16];
int g_errno = 0;  // of the first write that failed

void Check(bool failed) {
  if (failed && g_errno == 0) g_errno = errno == 0 ? EIO : errno;
}

}  // namespace

void OpenOutput() { setvbuf(stdout, g_buffer, _IOFBF, sizeof g_buffer); }

void Write(std::string_view text) {
  if (g_errno != 0) return;
  Check(fwrite(text.data(), 1, text.size(), stdout) != text.size());
}

void WriteLine(std::string_view text) {
  Write(text);
  Write("\n");
}

void FlushOutput() { Check(fflush(stdout) != 0); }

bool OutputGone() { return g_errno != 0; }

Status CloseOutput() {
  FlushOutput();
  medseal::Wipe(g_buffer, sizeof g_buffer);
  if (g_errno == 0 || g_errno == EPIPE) return {};
  return IoError(std::string("standard output: ") + strerror(g_errno));
}

}  // namespace cli
