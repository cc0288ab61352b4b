// The files that new shares are written to, before the set counts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "status.h"

namespace cli {

// Until Keep, dropping it removes what it wrote.
class ShareFiles {
 public:
  explicit ShareFiles(std::string folder) : folder_(std::move(folder)) {}
  ShareFiles(const ShareFiles&) = delete;
  ShareFiles& operator=(const ShareFiles&) = delete;
  ~ShareFiles();

  // Makes the folder if need be; AlreadyExists if one of `count` files is there.
  Status Prepare(std::uint32_t count);
  // Writes folder/share-NUMBER.txt, readable by its owner alone and synced; takes no file's place.
  Status Write(std::uint32_t number, medseal::ByteView text);
  // The paths of what was written, which stays.
  std::vector<std::string> Keep() { return std::exchange(written_, {}); }

 private:
  std::string PathOf(std::uint32_t number) const;
  Status SyncFolder() const;

  std::string folder_;
  std::vector<std::string> written_;
};

}  // namespace cli
