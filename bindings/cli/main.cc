// The medseal command: parses, runs one command, and turns its end into an exit code.
#include <fcntl.h>
#include <sys/resource.h>

#include "interrupt.h"
#include "output.h"
#include "parse.h"
#include "talk.h"

namespace {

// A crash must not leave opened records on the disk. At 0 a program that core_pattern pipes to would still be given
// the memory; 1 is the kernel's sign for nobody, and too little for any file.
void ForbidCores() {
  const rlimit nobody{1, 1}, nothing{0, 0};
  if (setrlimit(RLIMIT_CORE, &nobody) != 0) setrlimit(RLIMIT_CORE, &nothing);  // where the host allows less than 1
}

// A standard stream that the caller closed leaves its number to the next file that is opened: results would be written
// into the store. Held for reading, so that writing still fails.
bool HoldStandardStreams() {
  for (int number = 0; number <= 2; ++number) {
    if (fcntl(number, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != number) return false;
  }
  return true;
}

int Run(const cli::Parsed& parsed) {
  cli::SetTalk(parsed.common.json);
  cli::OpenOutput();
  const cli::Outcome outcome = parsed.run(parsed.common);
  const cli::Status written = cli::CloseOutput();
  if (!outcome.ok()) cli::SayFailed(outcome.error());
  if (!outcome.ok()) return medseal_exit_code(outcome.error().code());
  if (!written.ok()) cli::SayFailed(written.error());
  return written.ok() ? *outcome : medseal_exit_code(written.error().code());
}

}  // namespace

int main(int count, char** words) {
  ForbidCores();
  if (!HoldStandardStreams()) return medseal_exit_code(MEDSEAL_IO_ERROR);
  cli::CatchInterrupts();
  const cli::Parsed parsed = cli::Parse(count, words);
  return parsed.run ? Run(parsed) : parsed.exit_code;
}
