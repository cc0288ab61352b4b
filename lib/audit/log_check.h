// Judges a log by its files alone, with no secret and beside whoever writes it: whether each entry is as it was when
// the next were appended, and whether the log goes on from what was signed of it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "audit/log_files.h"

namespace mseal::audit {

// How the log stands to a checkpoint that agrees with it.
enum class Standing : std::uint8_t {
  kNone = 0,    // there is none
  kAgrees = 1,  // whose signature it bears was not asked
  kProven = 2,  // by the log's key
  kTooOld = 3,  // of a size before the oldest entry that was kept: nothing can be compared
};

struct LogCheckOptions {
  std::string folder;
  std::string_view against{};  // a signed checkpoint that was kept elsewhere; may be empty
  std::string_view key{};      // the verifier key of the log's checkpoints; empty: signatures are not asked
  std::function<bool(std::uint64_t done, std::uint64_t in_all)> on_progress{};  // entries, about; false cancels
};

struct LogCheck {
  keys::StoreId store{};
  WalkedLog log;
  std::uint64_t opened = 0;      // times that a vault was opened with it
  std::uint64_t not_closed = 0;  // times that it was not closed before the next opening
  std::uint64_t power_lost = 0;  // of those: the system was started in between, so that the last entries may be missing
  std::uint64_t set_back = 0;    // times that the clock was behind the mark before
  bool is_open = false;          // a process has it open now, or did not close it
  Standing beside = Standing::kNone;  // to the checkpoint beside the log
  Standing against = Standing::kNone;
  Standing dropped = Standing::kNone;  // to the stub of what was dropped
};

//   NotFound    there is no log
//   Stale       it ends before a checkpoint: its end was cut, or it is an older copy
//   AuthFailed  an entry was changed, taken out, put in or moved; a segment is missing; a checkpoint is of another log,
//               or of one that forked from this, or is not by the key
//   Corrupt     what is there is no log, no checkpoint or no key
//   Cancelled, IoError
Result<LogCheck> CheckLog(const LogCheckOptions& options);

}  // namespace mseal::audit
