// Reads JSON token by token, strictly, and remembers the first failure.
#pragma once

#include "base/secret_bytes.h"

namespace mseal::schema {

// `json` is UTF-8 (see base/utf8.h) and outlives the scanner.
class JsonScanner {
 public:
  explicit JsonScanner(ByteView json) : json_(json) {}

  bool ok() const { return ok_; }
  std::size_t offset() const { return at_; }
  ByteView Since(std::size_t start) const { return json_.subspan(start, at_ - start); }
  bool Fail() { return ok_ = false; }

  // The first byte of the next token, 0 at the end.
  std::uint8_t Peek() {
    SkipBlanks();
    return at_ < json_.size() ? json_[at_] : 0;
  }
  // Takes the byte if it is next.
  bool Take(char token) { return Peek() == static_cast<std::uint8_t>(token) ? (++at_, true) : false; }
  // Takes the byte, or fails.
  bool Expect(char token) { return ok_ && (Take(token) || Fail()); }
  bool AtEnd() { return Peek() == 0 && at_ == json_.size(); }

  // After the opening bracket and after each member: whether another member follows; takes comma or closing bracket.
  // `first` is true before the first member and is set false.
  bool More(char closing, bool& first);

  // A string, appended to `out` without its escapes.
  bool String(SecretBytes& out);
  // The text of a number.
  bool Number(ByteView& out);
  // One of true, false and null.
  bool Literal(std::string_view word);
  // Any value, looked at for its form only. `depth` counts what it stands in.
  bool Skip(int depth);

 private:
  void SkipBlanks();
  bool Escape(SecretBytes& out);
  bool HexUnit(std::uint32_t& unit);
  std::size_t Digits();
  bool SkipMembers(char closing, int depth);

  ByteView json_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace mseal::schema
