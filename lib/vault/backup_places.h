// The registered places for backups: folders off this disk, each with a mark of its own, a bundle and, if it is ours,
// backups.
#pragma once

#include <functional>
#include <string>

#include "format/bundle.h"
#include "format/custody.h"
#include "vault/core.h"

namespace mseal::vault {

using PlaceId = ByteArray<16>;

// A place that was registered.
struct Place {
  PlaceId id{};
  format::BackupPlace facts;

  std::string data() const { return facts.path + "/data"; }
  std::string bundle() const { return facts.path + "/bundle"; }
  std::string log() const { return facts.path + "/log"; }
};

// Makes `path` a place of this store: the folder is made if there is none, else it has to be empty or a place of this
// store already.
//   InvalidArgument  it lies inside the store, or something else is there
//   AlreadyExists    it is registered
//   IoError          it cannot be written to
Status RegisterPlace(Core& core, const std::string& store, const std::string& path, format::PlaceKind kind);
// What lies there stays. NotFound.
Status ForgetPlace(Core& core, const std::string& path);

Status ForEachPlace(const Core& core, const std::function<Status(const Place&)>& visit);

// KeyUnavailable unless the place is there and is the one that was registered.
Status CheckReachable(const Core& core, const Place& place);

// Whole files, at most as long as memory takes. NotFound, IoError.
Result<Bytes> ReadWholeFile(const std::string& path);

}  // namespace mseal::vault
