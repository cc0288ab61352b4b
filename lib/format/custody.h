// What meta remembers of the places outside the store: copies of the provider, those given up, what is under way with
// them, and backup places. Layouts: FORMAT.md, "Provider copy", "Given-up copy", "Provider change", "Backup place".
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/secret_bytes.h"
#include "base/status.h"

namespace mseal::format {

// The row's id is the provider's instance.
struct ProviderCopy {
  std::uint8_t secret_kind = 1;  // keys::KeyringSecret::Kind
  std::uint64_t added_ms = 0;
  std::string uri;
  SecretBytes secret;  // what opens it, so that an epoch change reaches every copy without anybody
};

SecretBytes WriteProviderCopy(const ProviderCopy& copy);
Result<ProviderCopy> ParseProviderCopy(ByteView content);  // UnsupportedVersion, Corrupt

// A copy that was given up unread: no change of epoch reaches it, and it may hold secrets that died since. The row's id
// is the provider's instance.
struct GivenUpCopy {
  std::uint8_t secret_kind = 1;   // keys::KeyringSecret::Kind
  std::uint32_t first_epoch = 1;  // whose secrets it may hold
  std::uint32_t last_epoch = 1;
  std::uint32_t person = 0;  // who gave it up, and the second person
  std::uint32_t witness = 0;
  std::uint64_t given_up_ms = 0;
  std::uint64_t destroyed_ms = 0;  // 0: it has not come back
  std::uint8_t assurance = 0;      // of that destruction; 0 before
  std::string uri;
  SecretBytes secret;  // what opens it, should it come back
};

SecretBytes WriteGivenUpCopy(const GivenUpCopy& copy);
Result<GivenUpCopy> ParseGivenUpCopy(ByteView content);  // UnsupportedVersion, Corrupt

// What is under way with one provider: written before it begins, removed with what ends it. The row's id is the
// provider's instance.
struct ProviderChange {
  enum class What : std::uint8_t {
    kNewRoot = 1,   // it opens with this secret once its root has changed
    kLeaving = 2,   // the vault has moved from it: it is to be destroyed
    kArriving = 3,  // it is being made; of a file no secret is kept
  };
  What what = What::kNewRoot;
  std::uint8_t secret_kind = 1;  // keys::KeyringSecret::Kind
  std::string uri;
  SecretBytes secret;
};

SecretBytes WriteProviderChange(const ProviderChange& change);
Result<ProviderChange> ParseProviderChange(ByteView content);  // UnsupportedVersion, Corrupt

enum class PlaceKind : std::uint8_t {
  kBackups = 1,  // our own: backups and a bundle
  kCopies = 2,   // copies that another tool makes, and a bundle
};

// The row's id is the place's, random; the place holds the same.
struct BackupPlace {
  PlaceKind kind = PlaceKind::kBackups;
  std::uint64_t added_ms = 0;
  std::string path;
};

Bytes WriteBackupPlace(const BackupPlace& place);
Result<BackupPlace> ParseBackupPlace(ByteView content);  // UnsupportedVersion, Corrupt

}  // namespace mseal::format
