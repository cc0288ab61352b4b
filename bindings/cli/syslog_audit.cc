// Lays messages out and sends them.
#include "syslog_audit.h"

#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "log_text.h"
#include "text.h"

namespace cli {
namespace {

constexpr int kLogAudit = 13;  // facility
constexpr int kError = 3, kWarning = 4, kInformation = 6;

int SeverityOf(std::string_view outcome) {
  if (outcome == "done" || outcome == "begun") return kInformation;
  return outcome == "denied" || outcome == "not-found" ? kWarning : kError;
}

std::string HostName() {
  char name[256] = {};
  if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "-";
  return name;
}

void Add(std::string& data, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  data.append(" ").append(name).append("=\"");
  for (const char c : Printable(value)) {
    if (c == '"' || c == '\\' || c == ']') data += '\\';
    data += c;
  }
  data += '"';
}

void AddAll(std::string& data, std::string_view name, const char* const* values, std::size_t count) {
  std::string joined;
  for (std::size_t i = 0; i < count; ++i) joined.append(joined.empty() ? "" : ",").append(values[i]);
  Add(data, name, joined);
}

}  // namespace

// 32473 is the number for those who have registered none (RFC 5612).
std::string SyslogLine(const medseal_audit_entry& entry) {
  std::string data = "[medseal@32473";
  Add(data, "index", std::to_string(entry.index));
  Add(data, "session", entry.session);
  Add(data, "person", WhoOf(entry));
  Add(data, "operation", entry.operation);
  Add(data, "outcome", entry.outcome);
  if (entry.code != MEDSEAL_OK) Add(data, "code", medseal_code_name(entry.code));
  if (entry.incident != 0) Add(data, "incident", std::to_string(entry.incident));
  Add(data, "purpose", entry.purpose);
  Add(data, "origin", entry.origin);
  Add(data, "onBehalfOfAsserted", entry.on_behalf_of);
  Add(data, "patient", HandleOf(entry));
  if (entry.canary != 0) Add(data, "canary", "true");
  Add(data, "detail", entry.detail);
  if (entry.what == MEDSEAL_AUDIT_WHAT) {
    Add(data, "type", entry.type);
    AddAll(data, "classes", entry.classes, entry.class_count);
    AddAll(data, "redacted", entry.redacted_classes, entry.redacted_class_count);
    AddAll(data, "fields", entry.fields, entry.field_count);
  }
  return fmt::format("<{}>1 {} {} medseal - {} {}]", 8 * kLogAudit + SeverityOf(entry.outcome), TimeIso(entry.time_ms),
                     HostName(), entry.operation, data);
}

Result<SyslogSocket> SyslogSocket::Connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return InvalidArgument("the path of the socket is too long");
  std::memcpy(address.sun_path, path.data(), path.size());
  const int file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (file < 0) return IoError("no socket can be made");
  SyslogSocket made(file);
  if (connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return IoError(fmt::format("{}: no syslog daemon listens there: {}", path, std::strerror(errno)));
  return made;
}

SyslogSocket::~SyslogSocket() {
  if (file_ >= 0) close(file_);
}

Status SyslogSocket::Send(const std::string& line) const {
  if (send(file_, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size())) return {};
  return IoError(std::string("the syslog daemon did not take an entry: ") + std::strerror(errno));
}

}  // namespace cli
