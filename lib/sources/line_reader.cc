// A window over the file that grows up to the longest line and no further.
#include "sources/line_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sources/json.h"

namespace mseal::sources {
namespace {

constexpr std::size_t kMinStep = 4096, kMaxStep = 256 * 1024;
constexpr std::string_view kMark = "\xEF\xBB\xBF";

std::size_t FindBreak(std::string_view text, LineEnds ends, std::size_t from) {
  if (ends == LineEnds::kLf) return text.find('\n', from);
  while (from < text.size() && text[from] != '\n' && text[from] != '\r') ++from;
  return from < text.size() ? from : std::string_view::npos;
}

}  // namespace

Result<LineReader> LineReader::Open(const std::string& path, LineEnds ends, std::size_t limit) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return Status::NotFound("no such file");
  if (file < 0) return Status::IoError("file cannot be opened");
  struct stat info {};
  if (fstat(file, &info) != 0 || S_ISDIR(info.st_mode)) {
    close(file);
    return Status::IoError("file cannot be read");
  }
  return LineReader(file, static_cast<std::uint64_t>(info.st_size), ends, limit);
}

LineReader::LineReader(int file, std::uint64_t size, LineEnds ends, std::size_t limit)
    : file_(file),
      ends_(ends),
      limit_(limit),
      step_(std::clamp<std::uint64_t>(size + 1, kMinStep, kMaxStep)),
      bytes_in_all_(size) {}

LineReader::LineReader(LineReader&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      ends_(other.ends_),
      limit_(other.limit_),
      buffer_(std::move(other.buffer_)),
      step_(other.step_),
      begin_(other.begin_),
      end_(other.end_),
      at_end_(other.at_end_),
      started_(other.started_),
      had_mark_(other.had_mark_),
      bytes_read_(other.bytes_read_),
      bytes_in_all_(other.bytes_in_all_),
      lines_(other.lines_) {}

LineReader::~LineReader() {
  if (file_ >= 0) close(file_);
}

// Reads on behind what is in the buffer, which is first moved to the buffer's front.
Status LineReader::Fill() {
  MutableBytes bytes = buffer_.Reveal();
  if (begin_ > 0) std::memmove(bytes.data(), bytes.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ + step_ + kJsonPadding > buffer_.size()) buffer_.Resize(std::max(2 * end_, step_) + step_ + kJsonPadding);
  bytes = buffer_.Reveal();
  ssize_t got;
  do {
    got = read(file_, bytes.data() + end_, bytes.size() - kJsonPadding - end_);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return Status::IoError("file cannot be read");
  at_end_ = got == 0;
  end_ += static_cast<std::size_t>(got);
  bytes_read_ += static_cast<std::uint64_t>(got);
  TakeMark();
  return Status::Ok();
}

void LineReader::TakeMark() {
  if (started_ || (Unread().size() < kMark.size() && !at_end_)) return;
  started_ = true;
  had_mark_ = Unread().starts_with(kMark);
  if (had_mark_) begin_ += kMark.size();
}

// The end of the first line in the buffer, reading on as needed; false when the line is longer than the limit.
Result<bool> LineReader::FindEnd(std::size_t& text_size, std::size_t& whole_size) {
  for (std::size_t looked_at = 0;;) {
    const std::string_view unread = started_ ? Unread() : std::string_view();
    const std::size_t at = FindBreak(unread, ends_, looked_at);
    const bool decided = at != std::string_view::npos && (unread[at] == '\n' || at + 1 < unread.size() || at_end_);
    if (decided || (at_end_ && started_)) {
      text_size = std::min(at, unread.size());
      whole_size = std::min(text_size + (unread.substr(text_size).starts_with("\r\n") ? 2 : 1), unread.size());
      if (ends_ == LineEnds::kLf && unread.substr(0, text_size).ends_with('\r')) --text_size;
      return text_size <= limit_;
    }
    looked_at = std::min(at, unread.size());
    if (looked_at > limit_) return false;
    MS_TRY(Fill());
  }
}

// Drops the line that is too long, keeping no more of it than one step.
Status LineReader::PassOver() {
  while (true) {
    const std::size_t at = FindBreak(Unread(), ends_, 0);
    if (at != std::string_view::npos) {
      begin_ += at;
      break;
    }
    begin_ = end_;
    if (at_end_) return Status::Ok();
    MS_TRY(Fill());
  }
  std::size_t text_size, whole_size;
  MS_TRY(FindEnd(text_size, whole_size).status());
  begin_ += whole_size;
  return Status::Ok();
}

Result<bool> LineReader::Next(Line& line) {
  std::size_t text_size, whole_size;
  MS_ASSIGN(const bool fits, FindEnd(text_size, whole_size));
  line = {};
  if (fits && whole_size == 0) return false;
  line.number = ++lines_;
  line.too_long = !fits;
  if (!fits) {
    MS_TRY(PassOver());
    return true;
  }
  line.text = Unread().substr(0, text_size);
  line.whole = Unread().substr(0, whole_size);
  begin_ += whole_size;
  return true;
}

Result<std::string_view> LineReader::Rest() {
  const std::size_t expected = std::min<std::uint64_t>(bytes_in_all_, limit_) + 2 * step_ + kJsonPadding;
  if (buffer_.size() < expected) buffer_.Resize(expected);  // at once, or growing would hold two copies
  while (!at_end_) {
    if (end_ - begin_ > limit_) return Status::ResourceExhausted("file is too large to be read whole");
    MS_TRY(Fill());
  }
  if (end_ - begin_ > limit_) return Status::ResourceExhausted("file is too large to be read whole");
  return Unread();
}

}  // namespace mseal::sources
