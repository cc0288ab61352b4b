// Reads a file line by line, or whole, in memory that is bounded and wiped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/secret_bytes.h"
#include "base/status.h"

namespace mseal::sources {

enum class LineEnds : std::uint8_t {
  kLf,   // LF, with or without a CR before it
  kAny,  // LF, CR, or CR LF
};

// Valid until the reader is asked again; kJsonPadding bytes behind `text` may be read.
struct Line {
  std::string_view text;     // without its end
  std::string_view whole;    // with its end
  std::uint64_t number = 0;  // from 1
  bool too_long = false;     // longer than the limit: `text` and `whole` are empty
};

class LineReader {
 public:
  // Lines longer than `limit` are passed over. A UTF-8 byte order mark at the start is taken off.
  //   NotFound  no such file;  IoError  it cannot be read, or is a directory
  static Result<LineReader> Open(const std::string& path, LineEnds ends, std::size_t limit);

  LineReader(LineReader&& other) noexcept;
  LineReader& operator=(LineReader&&) = delete;
  ~LineReader();

  // The next line; false at the end of the file. IoError as above.
  Result<bool> Next(Line& line);
  // What is left of the file, at most `limit` bytes (ResourceExhausted beyond), kJsonPadding readable bytes behind it.
  Result<std::string_view> Rest();

  bool had_mark() const { return had_mark_; }  // the byte order mark; known after the first Next or Rest
  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint64_t bytes_in_all() const { return bytes_in_all_; }

 private:
  LineReader(int file, std::uint64_t size, LineEnds ends, std::size_t limit);
  Status Fill();
  void TakeMark();
  Result<bool> FindEnd(std::size_t& text_size, std::size_t& whole_size);
  Status PassOver();
  std::string_view Unread() const { return AsText(buffer_.Reveal()).substr(begin_, end_ - begin_); }

  int file_;
  LineEnds ends_;
  std::size_t limit_;
  SecretBytes buffer_;
  std::size_t step_;                 // least room to read into
  std::size_t begin_ = 0, end_ = 0;  // of what is in the buffer and not yet given out
  bool at_end_ = false, started_ = false, had_mark_ = false;
  std::uint64_t bytes_read_ = 0, bytes_in_all_ = 0, lines_ = 0;
};

}  // namespace mseal::sources
