#include "secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "interrupt.h"
#include "talk.h"

namespace cli {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

// No echo while it lives; Ctrl-Z would leave the terminal like that and is not heard meanwhile.
class QuietTerminal {
 public:
  explicit QuietTerminal(int terminal) : terminal_(terminal), stop_(signal(SIGTSTP, SIG_IGN)) {
    tcgetattr(terminal_, &before_);
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL);
    tcsetattr(terminal_, TCSAFLUSH, &quiet);
  }
  ~QuietTerminal() {
    tcsetattr(terminal_, TCSAFLUSH, &before_);
    signal(SIGTSTP, stop_);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

 private:
  int terminal_;
  void (*stop_)(int);
  termios before_{};
};

// Nothing that is read whole is this large, but a device or a pipe may never end.
constexpr std::size_t kLargest = 64 << 20;

Error TooLarge(const std::string& what) { return InvalidArgument(what + ": does not end within 64 MB"); }

// A byte at a time: what follows the line belongs to the next reader of this descriptor.
Result<Secret> ReadLine(int descriptor, const std::string& what) {
  Secret line;
  while (true) {
    if (!WaitToRead(descriptor)) return Cancelled();
    std::uint8_t byte = 0;
    const ssize_t count = read(descriptor, &byte, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return IoError(what + ": " + strerror(errno));
    if (count == 0 || byte == '\n') return line;
    if (line.size() == kLargest) return TooLarge(what);
    line.Append({&byte, 1});
  }
}

Status ReadAll(int descriptor, Secret& into, const std::string& path) {
  std::uint8_t piece[4096];
  while (true) {
    if (!WaitToRead(descriptor)) return Cancelled();
    const ssize_t count = read(descriptor, piece, sizeof piece);
    if (count < 0 && errno == EINTR) continue;
    if (count > 0) into.Append({piece, static_cast<std::size_t>(count)});
    medseal::Wipe(piece, sizeof piece);
    if (count < 0) return IoError(path + ": " + strerror(errno));
    if (count == 0) return {};
    if (into.size() > kLargest) return TooLarge(path);
  }
}

void WarnIfOthersCanRead(int descriptor, const std::string& path) {
  struct stat info {};
  if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode) || (info.st_mode & (S_IRGRP | S_IROTH)) == 0) return;
  Warn("other users of this machine can read " + path + ": chmod 600 it");
}

Result<Secret> ReadPath(const std::string& path, bool is_secret) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0 && errno == ENOENT) return InvalidArgument(path + ": there is no such file");
  if (file.number() < 0) return IoError(path + ": " + strerror(errno));
  if (is_secret) WarnIfOthersCanRead(file.number(), path);
  Secret content;
  CLI_TRY(ReadAll(file.number(), content, path));
  return content;
}

void CutLineEnd(Secret& secret) {
  if (secret.text().ends_with('\n')) secret.Cut(secret.size() - 1);
  if (secret.text().ends_with('\r')) secret.Cut(secret.size() - 1);
}

Result<Secret> Ask(const std::string& what) {
  const Descriptor terminal(open("/dev/tty", O_RDWR | O_CLOEXEC));
  if (terminal.number() < 0) {
    return InvalidArgument("no terminal to ask for the " + what + " on: name a file or a descriptor that holds it");
  }
  const QuietTerminal quiet(terminal.number());
  const std::string question = what + ": ";
  if (write(terminal.number(), question.data(), question.size()) < 0) return IoError("the terminal does not answer");
  auto answer = ReadLine(terminal.number(), what);
  if (write(terminal.number(), "\n", 1) < 0) return IoError("the terminal does not answer");
  return answer;
}

bool CanAsk(const SecretSource& source) { return source.descriptor < 0 && source.file.empty(); }

}  // namespace

Result<Secret> ReadSecret(const SecretSource& source, const std::string& what) {
  auto secret = source.descriptor >= 0 ? ReadLine(source.descriptor, what)
                : !source.file.empty() ? ReadPath(source.file, true)
                                       : Ask(what);
  if (!secret.ok()) return secret;
  CutLineEnd(*secret);
  if (secret->empty()) return InvalidArgument("the " + what + " is empty");
  return secret;
}

Result<Secret> ReadNewSecret(const SecretSource& source, const std::string& what) {
  CLI_ASSIGN(Secret secret, ReadSecret(source, what));
  if (!CanAsk(source)) return secret;
  CLI_ASSIGN(const Secret again, ReadSecret(source, what + ", once more"));
  if (secret.text() != again.text()) return InvalidArgument("the two entries differ");
  return secret;
}

Result<Secret> ReadKeyFile(const std::string& path) {
  CLI_ASSIGN(Secret key, ReadPath(path, true));
  if (key.size() == 32) return key;
  return InvalidArgument(path + ": a key file holds 32 bytes; make one with: head -c 32 /dev/urandom > FILE");
}

Result<Secret> ReadSecretFile(const std::string& path) { return ReadPath(path, true); }

Result<Secret> ReadFile(const std::string& path) { return ReadPath(path, false); }

}  // namespace cli
