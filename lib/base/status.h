// How a call ended: a code that tells the caller what to do next, a message that tells a person where.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mseal {

// The closed set of outcomes (README, "Errors"). The numbers are part of the C API and never change.
enum class StatusCode : std::uint8_t {
  kOk = 0,
  kInvalidArgument = 1,
  kNotFound = 2,
  kErased = 3,
  kPermissionDenied = 4,
  kNoVault = 5,
  kLocked = 6,
  kWrongSecret = 7,
  kAuthFailed = 8,
  kCorrupt = 9,
  kStale = 10,
  kKeyUnavailable = 11,
  kCancelled = 12,
  kAlreadyExists = 13,
  kConflict = 14,
  kClosed = 15,
  kUnsupported = 16,
  kUnsupportedVersion = 17,
  kSuiteUnavailable = 18,
  kResourceExhausted = 19,
  kIoError = 20,
  kForked = 21,
};

// The code's name as the documentation writes it, such as "AuthFailed".
std::string_view CodeName(StatusCode code);

// Messages hold no plaintext, no key bytes and no patient or record identifiers.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message) : code_(code), message_(std::move(message)) {}

  static Status Ok() { return {}; }
  static Status InvalidArgument(std::string m) { return {StatusCode::kInvalidArgument, std::move(m)}; }
  static Status NotFound(std::string m) { return {StatusCode::kNotFound, std::move(m)}; }
  static Status Erased(std::string m) { return {StatusCode::kErased, std::move(m)}; }
  static Status PermissionDenied(std::string m) { return {StatusCode::kPermissionDenied, std::move(m)}; }
  static Status NoVault(std::string m) { return {StatusCode::kNoVault, std::move(m)}; }
  static Status Locked(std::string m) { return {StatusCode::kLocked, std::move(m)}; }
  static Status WrongSecret(std::string m) { return {StatusCode::kWrongSecret, std::move(m)}; }
  static Status AuthFailed(std::string m) { return {StatusCode::kAuthFailed, std::move(m)}; }
  static Status Corrupt(std::string m) { return {StatusCode::kCorrupt, std::move(m)}; }
  static Status Stale(std::string m) { return {StatusCode::kStale, std::move(m)}; }
  static Status KeyUnavailable(std::string m) { return {StatusCode::kKeyUnavailable, std::move(m)}; }
  static Status Cancelled(std::string m) { return {StatusCode::kCancelled, std::move(m)}; }
  static Status AlreadyExists(std::string m) { return {StatusCode::kAlreadyExists, std::move(m)}; }
  static Status Conflict(std::string m) { return {StatusCode::kConflict, std::move(m)}; }
  static Status Closed(std::string m) { return {StatusCode::kClosed, std::move(m)}; }
  static Status Unsupported(std::string m) { return {StatusCode::kUnsupported, std::move(m)}; }
  static Status UnsupportedVersion(std::string m) { return {StatusCode::kUnsupportedVersion, std::move(m)}; }
  static Status SuiteUnavailable(std::string m) { return {StatusCode::kSuiteUnavailable, std::move(m)}; }
  static Status ResourceExhausted(std::string m) { return {StatusCode::kResourceExhausted, std::move(m)}; }
  static Status IoError(std::string m) { return {StatusCode::kIoError, std::move(m)}; }
  static Status Forked(std::string m) { return {StatusCode::kForked, std::move(m)}; }

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  const std::string& message() const { return message_; }

  // The number that names this failure to its caller and in the log of accesses; 0 until somebody gave it one.
  std::uint64_t incident() const { return incident_; }
  Status WithIncident(std::uint64_t incident) const {
    Status named = *this;
    named.incident_ = incident;
    return named;
  }

  // Drops a failure on purpose; `reason` says to the reader why that is right.
  void Ignore(std::string_view reason) const { (void)reason; }

 private:
  StatusCode code_ = StatusCode::kOk;
  std::uint64_t incident_ = 0;
  std::string message_;
};

// A value, or the Status that says why there is none. Reading the value of a failed Result stops the process.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}         // NOLINT(google-explicit-constructor): reads as `return value`
  Result(Status status) : status_(std::move(status)) {  // NOLINT(google-explicit-constructor): reads as `return status`
    if (status_.ok()) std::abort();                     // rule: a Result without a value carries a failure
  }

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }
  StatusCode code() const { return status_.code(); }

  T& operator*() & { return Checked(); }
  const T& operator*() const& { return const_cast<Result*>(this)->Checked(); }
  T&& operator*() && { return std::move(Checked()); }
  T* operator->() { return &Checked(); }
  const T* operator->() const { return &const_cast<Result*>(this)->Checked(); }

 private:
  T& Checked() {
    if (!value_.has_value()) std::abort();  // rule: look at ok() before the value
    return *value_;
  }

  std::optional<T> value_;
  Status status_;
};

}  // namespace mseal

// Leaves the function with the failure of `expression`, if it failed.
#define MS_TRY(expression)                     \
  do {                                         \
    ::mseal::Status ms_status_ = (expression); \
    if (!ms_status_.ok()) return ms_status_;   \
  } while (false)

#define MS_CONCAT_INNER_(a, b) a##b
#define MS_CONCAT_(a, b) MS_CONCAT_INNER_(a, b)
#define MS_ASSIGN_INNER_(temporary, target, expression) \
  auto temporary = (expression);                        \
  if (!temporary.ok()) return temporary.status();       \
  target = std::move(*temporary)

// MS_ASSIGN(auto x, Call()): the value of a Result, or leaves the function with its failure.
#define MS_ASSIGN(target, expression) MS_ASSIGN_INNER_(MS_CONCAT_(ms_result_, __LINE__), target, expression)
