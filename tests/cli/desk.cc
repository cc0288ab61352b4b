#include "cli/desk.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <fstream>

namespace mseal::test {
namespace {

// Low enough that a run takes a tenth of a second; the default is for people, not for tests.
const Words kLowCost = {"--argon2-memory", "19", "--argon2-passes", "2"};

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

[[noreturn]] void Become(Words words, const std::map<std::string, std::string>& environment) {
  for (const auto& [name, value] : environment) {
    value.empty() ? unsetenv(name.c_str()) : setenv(name.c_str(), value.c_str(), 1);
  }
  words.insert(words.begin(), "medseal");
  alarm(240);  // one that waits forever is a failure, not a test that hangs
  execv(MEDSEAL_CLI, Pointers(words).data());
  _exit(127);
}

// Reads what there is from both until both end.
void Drain(int out, std::string& out_text, int err, std::string& err_text) {
  pollfd waiting[2] = {{out, POLLIN, 0}, {err, POLLIN, 0}};
  std::string* into[2] = {&out_text, &err_text};
  while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
    poll(waiting, 2, -1);
    for (int i = 0; i < 2; ++i) {
      if (waiting[i].fd < 0 || waiting[i].revents == 0) continue;
      char buffer[4096];
      const ssize_t count = read(waiting[i].fd, buffer, sizeof buffer);
      if (count <= 0) waiting[i].fd = -1;
      if (count > 0) into[i]->append(buffer, static_cast<std::size_t>(count));
    }
  }
}

int ExitCodeOf(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Running::Running(Running&& other) noexcept
    : child_(other.child_), in_(other.in_), out_(other.out_), err_(other.err_), seen_(std::move(other.seen_)) {
  other.child_ = -1;
}

Running::~Running() {
  if (child_ < 0) return;
  kill(child_, SIGKILL);
  Finish();
}

void Running::Send(const std::string& text) {
  if (write(in_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) ADD_FAILURE() << "it reads no more";
}

void Running::Signal(int number) { kill(child_, number); }

std::string Running::FirstLine() {
  while (seen_.find('\n') == std::string::npos) {
    char byte = 0;
    if (read(out_, &byte, 1) != 1) break;
    seen_ += byte;
  }
  return seen_.substr(0, seen_.find('\n'));
}

Ran Running::Finish() {
  close(in_);
  Ran ran;
  ran.out = seen_;
  Drain(out_, ran.out, err_, ran.err);
  close(out_);
  close(err_);
  ran.exit_code = ExitCodeOf(child_);
  child_ = -1;
  return ran;
}

Desk::Desk() {
  signal(SIGPIPE, SIG_IGN);  // a command that ends before it read its input is no failure of the test
  std::string name = (std::filesystem::temp_directory_path() / "medseal-cli-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) abort();  // no test can go on without its folder
  folder_ = name;
  environment_ = {{"MEDSEAL_STORE", Path("store")},
                  {"MEDSEAL_KEYRING", Path("keyring")},
                  {"MEDSEAL_KEYRING_PASSPHRASE_FILE", Write("passphrase", "open keyring\n")},
                  {"MEDSEAL_KEYRING_KEY_FILE", ""},
                  {"MEDSEAL_PURPOSE", "care"},
                  {"MEDSEAL_ON_BEHALF_OF", ""},
                  {"MEDSEAL_ORIGIN", ""},
                  {"TERM", "dumb"}};
  WritePassword("ada", PasswordOf("ada"));
  environment_["MEDSEAL_PERSON"] = "ada";
  environment_["MEDSEAL_PASSWORD_FILE"] = Path("ada.password");
}

Desk::~Desk() {
  std::error_code ignored;  // a folder left behind fails no test
  std::filesystem::remove_all(folder_, ignored);
}

void Desk::After(int days) {
  environment_["LD_PRELOAD"] = MEDSEAL_CLOCK_SHIM;
  environment_["MEDSEAL_TEST_CLOCK"] = std::to_string(days * 86400L + 60);
  environment_["ASAN_OPTIONS"] = "verify_asan_link_order=0";
}

Running Desk::Start(const Words& words) {
  int in[2], out[2], err[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) abort();
  const pid_t child = fork();
  if (child == 0) {
    setsid();  // no terminal to ask on
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    Become(words, environment_);
  }
  close(in[0]);
  close(out[1]);
  close(err[1]);
  return Running(child, in[1], out[0], err[0]);
}

Ran Desk::Run(const Words& words, const std::string& input) {
  Running running = Start(words);
  // Inputs of tests fit into a pipe, so that nobody waits for anybody here.
  if (!input.empty()) running.Send(input);
  return running.Finish();
}

int Desk::RunRedirected(const Words& words, const std::string& redirection) {
  const pid_t child = fork();
  if (child == 0) {
    std::string line = std::string("exec " MEDSEAL_CLI " ") + redirection;
    for (const std::string& word : words) line += " '" + word + "'";
    for (const auto& [name, value] : environment_) setenv(name.c_str(), value.c_str(), 1);
    alarm(240);
    execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    _exit(127);
  }
  return ExitCodeOf(child);
}

Ran Desk::As(const std::string& person, const Words& words, const std::string& input) {
  const auto before = environment_;
  environment_["MEDSEAL_PERSON"] = person;
  environment_["MEDSEAL_PASSWORD_FILE"] = Path(person + ".password");
  Ran ran = Run(words, input);
  environment_ = before;
  return ran;
}

Ran Desk::RunOnTerminal(const Words& words, const std::vector<std::string>& answers) {
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) Become(words, environment_);
  Ran ran;
  std::size_t answered = 0;
  char byte = 0;
  while (read(terminal, &byte, 1) == 1) {
    ran.out += byte;
    const bool asked = ran.out.ends_with(": ") || ran.out.ends_with("[y/N] ");
    if (!asked || answered == answers.size()) continue;
    const std::string& answer = answers[answered++];
    if (write(terminal, answer.data(), answer.size()) < 0) break;
  }
  termios settings{};
  tcgetattr(terminal, &settings);
  if ((settings.c_lflag & ECHO) == 0) ADD_FAILURE() << "the terminal was left without echo";
  close(terminal);
  ran.exit_code = ExitCodeOf(child);
  return ran;
}

void Desk::MakeVault() {
  Words words = {"init", "--schema", "lab.proto"};
  words.insert(words.end(), kLowCost.begin(), kLowCost.end());
  const Ran ran = Run(words);
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
}

void Desk::AddPerson(const std::string& name, const std::string& classes) {
  WritePassword(name, PasswordOf(name));
  Words words = {"person", "add", name, "--classes", classes, "--new-password-file", Path(name + ".password")};
  words.insert(words.end(), kLowCost.begin(), kLowCost.end());
  const Ran ran = Run(words);
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
}

void Desk::LetSign(const std::string& name) {
  EXPECT_EQ(Run({"role", "define", "auditing", "--operations", "audit"}).exit_code, 0);
  EXPECT_EQ(Run({"role", "give", "auditing", name}).exit_code, 0);
}

std::string Desk::Put(const std::string& type, const std::string& line) {
  const Ran ran = Run({"put", type, "--json"}, line + "\n");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  return JsonValues(ran.out, "handle").front();
}

std::string Desk::Write(const std::string& name, const std::string& content) {
  std::ofstream(Path(name), std::ios::binary) << content;
  std::filesystem::permissions(Path(name), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  return Path(name);
}

// Says nothing of the name, which a password may not hold.
std::string Desk::PasswordOf(const std::string& person) {
  if (person == "ada") return "tram gravel lantern";
  std::string password = "gravel lantern ";
  for (const char letter : person) password += static_cast<char>(letter + 1);
  return password;
}

void Desk::WritePassword(const std::string& person, const std::string& password) {
  Write(person + ".password", password + "\n");
}

std::uintmax_t Desk::LogSize() const {
  std::uintmax_t size = 0;
  std::error_code ignored;  // a file may go while it is looked at
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "store/rows", ignored)) {
    const std::uintmax_t bytes = entry.path().extension() == ".log" ? entry.file_size(ignored) : 0;
    if (bytes != static_cast<std::uintmax_t>(-1)) size += bytes;
  }
  return size;
}

}  // namespace mseal::test
