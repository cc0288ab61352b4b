// Sends alerts.
#include "vault/alert_sinks.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "vault/certificate_text.h"

namespace mseal::vault {
namespace {

using format::SinkKind;

constexpr std::chrono::seconds kLongestCommand{10};
constexpr int kFacilityAudit = 13, kSeverityAlert = 1;

Status Failed(const char* what) { return Status::IoError(std::string(what) + ": " + std::strerror(errno)); }

// Closes its descriptor.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  bool ok() const { return number_ >= 0; }
  void Close() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

// ---- a file of lines

class FileSink : public AlertSink {
 public:
  explicit FileSink(std::string path) : path_(std::move(path)) {}
  // One write, so that lines of several writers do not mix.
  Status Send(const ShownAlert& alert) override {
    const Descriptor file(open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.ok()) return Failed("the file of alerts cannot be opened");
    const std::string line = alert.Json() + "\n";
    if (write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
      return Failed("the file of alerts cannot be written");
    return fdatasync(file.get()) == 0 || errno == EINVAL ? Status::Ok() : Failed("the file of alerts cannot be synced");
  }

 private:
  std::string path_;
};

// ---- the system's log

class SyslogSink : public AlertSink {
 public:
  explicit SyslogSink(std::string path) : path_(std::move(path)) {}
  Status Send(const ShownAlert& alert) override {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());  // CheckSink: it fits
    const Descriptor sending(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!sending.ok()) return Failed("no socket for the system's log");
    std::array<char, 256> host{};
    if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
    const std::string message = SyslogMessage(alert, host.data(), getpid());
    const auto* const to = reinterpret_cast<const sockaddr*>(&address);
    const ssize_t sent =
        sendto(sending.get(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT, to, sizeof(address));
    return sent == static_cast<ssize_t>(message.size()) ? Status::Ok() : Failed("the system's log takes no message");
  }

 private:
  std::string path_;
};

// ---- a command

class CommandSink : public AlertSink {
 public:
  explicit CommandSink(std::vector<std::string> words) : words_(std::move(words)) {}
  Status Send(const ShownAlert& alert) override {
    std::array<int, 2> ends{-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return Failed("no pipe to a command");
    Descriptor ours(ends[0]), theirs(ends[1]);
    pid_t child = 0;
    if (!Spawn(theirs.get(), child)) return Failed("the command of alerts cannot be started");
    theirs.Close();
    const std::string line = alert.Json() + "\n";
    // One that ended without reading is judged by its exit code.
    const bool told = send(ours.get(), line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size());
    ours.Close();
    return Wait(child, told);
  }

 private:
  // With nothing of this process but the alert: no descriptors, no environment.
  bool Spawn(int input, pid_t& child) {
    std::vector<char*> words;
    for (std::string& word : words_) words.push_back(word.data());
    words.push_back(nullptr);
    std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    std::array<char*, 2> environment{path.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    errno = posix_spawn(&child, words[0], &actions, nullptr, words.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    return errno == 0;
  }

  static Status Wait(pid_t child, bool told) {
    const auto until = std::chrono::steady_clock::now() + kLongestCommand;
    int how = 0;
    while (true) {
      const pid_t ended = waitpid(child, &how, WNOHANG);
      if (ended == child) break;
      if (ended < 0 && errno != EINTR) return Failed("the command of alerts is not ours any more");
      if (std::chrono::steady_clock::now() >= until) {
        kill(child, SIGKILL);
        waitpid(child, &how, 0);
        return Status::IoError("the command of alerts did not end in time");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    if (told && WIFEXITED(how) && WEXITSTATUS(how) == 0) return Status::Ok();
    return Status::IoError("the command of alerts failed");
  }

  std::vector<std::string> words_;
};

std::string Quoted(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\' || c == ']') out += '\\';
    out += c;
  }
  return out + '"';
}

void AddParameter(std::string& text, std::string_view name, std::string_view value) {
  if (!value.empty()) text.append(" ").append(name).append("=").append(Quoted(value));
}

std::string OneLine(std::string text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\n') {
      out += text[i];
    } else {
      while (i + 1 < text.size() && text[i + 1] == ' ') ++i;
    }
  }
  return out;
}

}  // namespace

std::string ShownAlert::Json() const {
  JsonLines json;
  json.Number("schema_version", 1).Text("kind", "alert").Text("store", store).Time("time", time_ms).Text("rule", rule);
  if (!person.empty()) json.Text("person", person);
  if (!session.empty()) json.Text("session", session);
  if (!patient.empty()) json.Text("patient", patient);
  if (number != 0) json.Number("number", number);
  return OneLine(json.open()) + "}";
}

std::string SyslogMessage(const ShownAlert& alert, std::string_view host, int process) {
  std::string text = "<" + std::to_string(kFacilityAudit * 8 + kSeverityAlert) + ">1 " + TimeText(alert.time_ms) + " ";
  text.append(host.empty() ? "-" : host)
      .append(" medseal ")
      .append(std::to_string(process))
      .append(" alert [alert@32473");
  AddParameter(text, "rule", alert.rule);
  AddParameter(text, "store", alert.store);
  AddParameter(text, "person", alert.person);
  AddParameter(text, "session", alert.session);
  AddParameter(text, "patient", alert.patient);
  if (alert.number != 0) AddParameter(text, "number", std::to_string(alert.number));
  return text + "]";
}

Status CheckSink(const format::AlertSink& sink) {
  const auto sound = [](const std::string& word) {
    return !word.empty() && word.size() <= format::kLongestSinkWord && word.find('\0') == std::string::npos;
  };
  if (sink.words.empty() || sink.words.size() > format::kMostSinkWords ||
      !std::all_of(sink.words.begin(), sink.words.end(), sound) || sink.words.front().front() != '/')
    return Status::InvalidArgument("a sink is an absolute path, or an absolute path and up to 31 arguments");
  if (sink.kind != SinkKind::kCommand && sink.words.size() != 1)
    return Status::InvalidArgument("a file or a socket takes one path");
  if (sink.kind == SinkKind::kSyslog && sink.words.front().size() >= sizeof(sockaddr_un::sun_path))
    return Status::InvalidArgument("the path of a socket has at most 107 bytes");
  return Status::Ok();
}

std::unique_ptr<AlertSink> MakeSink(const format::AlertSink& sink) {
  switch (sink.kind) {
    case SinkKind::kFile:
      return std::make_unique<FileSink>(sink.words.front());
    case SinkKind::kSyslog:
      return std::make_unique<SyslogSink>(sink.words.front());
    case SinkKind::kCommand:
      return std::make_unique<CommandSink>(sink.words);
  }
  return nullptr;
}

}  // namespace mseal::vault
