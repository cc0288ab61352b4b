#include "lines.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "interrupt.h"

namespace cli {

LineReader::~LineReader() { medseal::Wipe(buffer_, sizeof buffer_); }

Result<bool> LineReader::Fill() {
  if (!WaitToRead(descriptor_)) return Cancelled();
  const ssize_t count = read(descriptor_, buffer_, sizeof buffer_);
  if (count < 0 && errno == EINTR) return Fill();
  if (count < 0) return IoError(std::string("standard input: ") + strerror(errno));
  begin_ = 0;
  end_ = static_cast<std::size_t>(count);
  return count > 0;
}

Result<bool> LineReader::Next(std::string& line) {
  line.clear();
  while (true) {
    if (begin_ == end_) {
      CLI_ASSIGN(const bool more, Fill());
      if (!more) return !line.empty();
    }
    const char* found = static_cast<const char*>(memchr(buffer_ + begin_, '\n', end_ - begin_));
    const std::size_t stop = found == nullptr ? end_ : static_cast<std::size_t>(found - buffer_);
    line.append(buffer_ + begin_, stop - begin_);
    begin_ = found == nullptr ? stop : stop + 1;
    if (found == nullptr) continue;
    if (line.ends_with('\r')) line.pop_back();
    return true;
  }
}

bool LineReader::Ready() const {
  pollfd waiting{descriptor_, POLLIN, 0};
  return begin_ < end_ || poll(&waiting, 1, 0) > 0;
}

LineReader& StandardInput() {
  static LineReader reader(STDIN_FILENO);
  return reader;
}

}  // namespace cli
