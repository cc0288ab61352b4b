// Breaking the glass: a person who holds a class for need alone reads it for a limited time, and a second person
// reviews that afterwards. Keys decide who could; the code here decides when, and leaves a row behind.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "format/broken_glass.h"
#include "vault/core.h"

namespace mseal::vault {

// The session may read the class for so many minutes; 0: as long as policy allows. An empty class name is the only one
// that its person may break the glass for. Stored, synced and anchored before anything opens; the caller has put it on
// record before. `number` is the row's.
//   PermissionDenied  not entitled, or a service: a program is in no need
//   InvalidArgument   too long a time, a reason that is not 1 to 240 bytes of clean text, a name that is needed
//   AlreadyExists     the person may read the class at any time
Status BreakGlass(Core& core, Desk& desk, std::string_view class_name, std::string_view reason, std::uint64_t minutes,
                  std::uint64_t& number);

// The name of the one class that the session's person may break the glass for; empty where there is none, or several.
std::string OnlyClassBehindGlass(const Core& core, const Desk& desk);

struct GlassReview {
  std::uint64_t number = 0;
  format::BrokenGlass glass;
  bool overdue = false;  // open for longer than policy lets it
};

// In the order of their numbers. Whoever may audit or administer sees all, others what they did themselves.
//   AuthFailed  a row was taken away or changed
Status ListBrokenGlass(const Core& core, const Desk& desk, const std::function<Status(const GlassReview&)>& visit);
// The same for the vault itself.
Status ForEachBrokenGlass(const Core& core, const std::function<Status(const GlassReview&)>& visit);

//   PermissionDenied  the person broke it, is a service, or may neither audit nor administer
//   NotFound          no such number;  AlreadyExists  it was reviewed;  InvalidArgument  the verdict is no clean text
Status ReviewBrokenGlass(Core& core, Desk& desk, std::uint64_t number, std::string_view verdict);

}  // namespace mseal::vault
