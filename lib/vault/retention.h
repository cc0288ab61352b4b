// Retention: what has had its time is listed, or goes for good, patient by patient.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "vault/known_time.h"

namespace mseal::vault {

// Per cent of all records that one run may touch without a second person.
inline constexpr std::uint32_t kLargestShare = 5;

// A record that goes, or the classes whose values it loses.
struct RetentionItem {
  keys::RecordHandle handle{};
  std::string_view type;
  std::uint64_t end_ms = 0;
  std::vector<std::string> classes;  // empty: the whole record goes
};

struct RetentionCount {
  std::uint64_t records = 0;   // that there are
  std::uint64_t expired = 0;   // that go whole
  std::uint64_t clearing = 0;  // that lose values of a class and stay
  std::uint64_t earliest_ms = 0;
  std::uint64_t latest_ms = 0;  // when the first and the last of them had their time
};

struct RetentionReport {
  std::uint64_t now_ms = 0;
  ClockState clock = ClockState::kBelieved;
  RetentionCount all;
  std::map<std::string, RetentionCount> types;
  std::uint64_t patients = 0;    // that these are of
  std::uint64_t held = 0;        // records that would go but for a legal hold
  std::uint64_t restricted = 0;  // or a restriction: what is restricted is kept and nothing else (GDPR art. 18)
  std::uint64_t deleted = 0;     // by a run
  std::uint64_t cleared = 0;
};

struct RetentionOptions {
  bool run = false;            // false: a dry run that says what would go
  std::string type;            // of a dry run; empty: all
  std::uint64_t until_ms = 0;  // of a dry run: as if it were then; 0: now
  // Per cent of all records at most. 0: the largest share; with a second person, whatever the plan says.
  std::uint32_t share = 0;
  // Patients looked at of about so many, and what went so far; false ends the call with Cancelled.
  std::function<bool(std::uint64_t done, std::uint64_t in_all, std::uint64_t gone)> on_progress;
  std::function<void(const RetentionItem&)> on_item;    // of a dry run
  std::function<void(const RetentionReport&)> on_plan;  // what would go, before anything does
};

// By the founder or a person who holds every class. A run that was ended or killed goes on when it is repeated; what
// went stays gone. `report` says how far it came whatever ends the call.
//   PermissionDenied  the session may not; or the clock is not believed, or more than the share would go, and no second
//                     person has joined (one person alone cannot raise the share): nothing was deleted
//   InvalidArgument   a run of one type or until another time, a share above 100, a type the schema does not have
//   AuthFailed        a patient's rows do not add up: `verify` says whose; the run stops there
//   Cancelled         on_progress said so
Status Retain(Core& core, Desk& desk, const RetentionOptions& options, RetentionReport& report);

}  // namespace mseal::vault
