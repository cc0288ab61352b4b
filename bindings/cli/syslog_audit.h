// Entries of the log as syslog messages (RFC 5424), and the way to a syslog daemon.
#pragma once

#include <string>

#include "status.h"

namespace cli {

// Everything is structured data; no values and no record ids are in it.
std::string SyslogLine(const medseal_audit_entry& entry);

// One datagram a message.
class SyslogSocket {
 public:
  static Result<SyslogSocket> Connect(const std::string& path);  // IoError
  SyslogSocket(SyslogSocket&& other) noexcept : file_(other.file_) { other.file_ = -1; }
  SyslogSocket& operator=(SyslogSocket&&) = delete;
  ~SyslogSocket();
  Status Send(const std::string& line) const;  // IoError

 private:
  explicit SyslogSocket(int file) : file_(file) {}
  int file_;
};

}  // namespace cli
