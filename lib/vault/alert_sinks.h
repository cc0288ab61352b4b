// Where alerts go: a file, the system's log, a command. One alert at a time, each in its own way.
#pragma once

#include <memory>
#include <string>

#include "format/alert_rows.h"

namespace mseal::vault {

// An alert as sinks see it: no values, no external ids.
struct ShownAlert {
  std::uint64_t time_ms = 0;
  std::string store;  // hexadecimal, as what follows
  std::string rule;
  std::string person;   // name; empty: nobody that is known
  std::string session;  // empty: none
  std::string patient;  // handle; empty: none
  std::uint64_t number = 0;

  std::string Json() const;  // one line, without its end
};

class AlertSink {
 public:
  virtual ~AlertSink() = default;
  // IoError, which says what is wrong: it is tried again later.
  virtual Status Send(const ShownAlert& alert) = 0;
};

// InvalidArgument: a path that is not absolute, or other words than the kind takes.
Status CheckSink(const format::AlertSink& sink);
std::unique_ptr<AlertSink> MakeSink(const format::AlertSink& sink);

// RFC 5424, facility 13 (log audit), severity alert. `host` and `process` name the sender.
std::string SyslogMessage(const ShownAlert& alert, std::string_view host, int process);

}  // namespace mseal::vault
