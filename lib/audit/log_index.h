// By which tokens the entries of a finished segment are found: a sorted file beside it, made from it at any time. Every
// page proves itself, so that nobody who writes to the disk hides an entry. FORMAT.md, "Log index".
#pragma once

#include <functional>
#include <string>

#include "audit/log_files.h"

namespace mseal::audit {

using Token = ByteArray<16>;

// The tokens that an entry is found by: at most two; the id of an audit key's entry is one.
using VisitToken = std::function<void(const Token&)>;
void TokensOf(ByteView entry, const VisitToken& visit);

// Writes the index of a finished segment, beside its place first. IoError, ResourceExhausted.
Status WriteLogIndex(const std::string& path, KeyView key, const Segment& segment);

// One thread at a time.
class LogIndex {
 public:
  //   NotFound    there is none
  //   AuthFailed  it is of another segment, or was changed: it can be written anew
  //   IoError
  static Result<LogIndex> Open(const std::string& path, KeyView key, const format::LogSegmentHead& head);
  LogIndex(LogIndex&& other) noexcept;
  LogIndex& operator=(LogIndex&&) = delete;
  ~LogIndex();

  struct Place {
    std::uint32_t cell = 0;
    std::uint32_t ordinal = 0;  // among the segment's entries, from 0
  };
  // Where the entries with a token are, in their order. AuthFailed: a page was changed.
  Status Find(const Token& token, const std::function<Status(const Place&)>& visit) const;

 private:
  LogIndex(const std::uint8_t* bytes, std::uint64_t pages, KeyView key, const format::LogSegmentHead& head)
      : bytes_(bytes), pages_(pages), key_(KeyBytes::CopyOf(key)), head_(head) {}
  Result<ByteView> Page(std::uint64_t number) const;

  const std::uint8_t* bytes_;
  std::uint64_t pages_;
  KeyBytes key_;
  format::LogSegmentHead head_;
};

}  // namespace mseal::audit
