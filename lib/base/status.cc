// The names of the status codes.
#include "base/status.h"

namespace mseal {

std::string_view CodeName(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return "Ok";
    case StatusCode::kInvalidArgument:
      return "InvalidArgument";
    case StatusCode::kNotFound:
      return "NotFound";
    case StatusCode::kErased:
      return "Erased";
    case StatusCode::kPermissionDenied:
      return "PermissionDenied";
    case StatusCode::kNoVault:
      return "NoVault";
    case StatusCode::kLocked:
      return "Locked";
    case StatusCode::kWrongSecret:
      return "WrongSecret";
    case StatusCode::kAuthFailed:
      return "AuthFailed";
    case StatusCode::kCorrupt:
      return "Corrupt";
    case StatusCode::kStale:
      return "Stale";
    case StatusCode::kKeyUnavailable:
      return "KeyUnavailable";
    case StatusCode::kCancelled:
      return "Cancelled";
    case StatusCode::kAlreadyExists:
      return "AlreadyExists";
    case StatusCode::kConflict:
      return "Conflict";
    case StatusCode::kClosed:
      return "Closed";
    case StatusCode::kUnsupported:
      return "Unsupported";
    case StatusCode::kUnsupportedVersion:
      return "UnsupportedVersion";
    case StatusCode::kSuiteUnavailable:
      return "SuiteUnavailable";
    case StatusCode::kResourceExhausted:
      return "ResourceExhausted";
    case StatusCode::kIoError:
      return "IoError";
    case StatusCode::kForked:
      return "Forked";
  }
  return "Unknown";
}

}  // namespace mseal
