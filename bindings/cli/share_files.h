// The files that new secrets are written to, one each, before they count: shares, passwords.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "status.h"

namespace cli {

// Until Keep, dropping it removes what it wrote.
class ShareFiles {
 public:
  explicit ShareFiles(std::string folder, std::string stem = "share")
      : folder_(std::move(folder)), stem_(std::move(stem)) {}
  ShareFiles(const ShareFiles&) = delete;
  ShareFiles& operator=(const ShareFiles&) = delete;
  ~ShareFiles();

  // Makes the folder if need be; AlreadyExists if one of `count` files is there.
  Status Prepare(std::uint32_t count);
  // Writes folder/STEM-NUMBER.txt, readable by its owner alone and synced; takes no file's place.
  Status Write(std::uint32_t number, medseal::ByteView text);
  // The paths of what was written, which stays.
  std::vector<std::string> Keep() { return std::exchange(written_, {}); }

 private:
  std::string PathOf(std::uint32_t number) const;
  Status SyncFolder() const;

  std::string folder_;
  std::string stem_;
  std::vector<std::string> written_;
};

}  // namespace cli
