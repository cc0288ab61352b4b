#include "confirm.h"

#include <fcntl.h>
#include <unistd.h>

#include "interrupt.h"

namespace cli {

Status Confirm(const Common& common, const std::string& question) {
  if (common.yes) return {};
  const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal < 0) return InvalidArgument("no terminal to ask on: --yes says that it is meant");
  const std::string prompt = question + " [y/N] ";
  char answer[16] = {};
  ssize_t count = write(terminal, prompt.data(), prompt.size());
  if (count > 0 && WaitToRead(terminal)) count = read(terminal, answer, sizeof answer - 1);
  close(terminal);
  if (Interrupted()) return Cancelled();
  if (count > 0 && (answer[0] == 'y' || answer[0] == 'Y')) return {};
  return Error(MEDSEAL_CANCELLED, "not confirmed: nothing was changed");
}

}  // namespace cli
