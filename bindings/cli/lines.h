// Reads a descriptor line by line without a second buffer behind it that somebody else would have to wipe.
#pragma once

#include <string>

#include "status.h"

namespace cli {

class LineReader {
 public:
  explicit LineReader(int descriptor) : descriptor_(descriptor) {}
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  // False at the end. The line comes without its end (LF or CRLF); a last line may lack one.
  //   Cancelled  a signal came while waiting
  Result<bool> Next(std::string& line);
  // Whether Next would return at once.
  bool Ready() const;

 private:
  Result<bool> Fill();

  int descriptor_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  char buffer_[64 * 1024];
};

// The one reader of standard input, so that several `-` take one line each.
LineReader& StandardInput();

}  // namespace cli
