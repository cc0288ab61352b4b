// The files that new shares are written to, before the set counts.
#pragma once

#include <string>
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
  void Keep() { written_.clear(); }

  const std::vector<std::string>& written() const { return written_; }

 private:
  std::string PathOf(std::uint32_t number) const;
  Status SyncFolder() const;

  std::string folder_;
  std::vector<std::string> written_;
};

}  // namespace cli
