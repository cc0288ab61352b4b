// A folder for the time of one piece of work.
#pragma once

#include <string>

#include "base/status.h"

namespace mseal::vault {

// Goes with all that is in it. Nothing in it opens without the provider: it is deleted, not wiped.
class Scratch {
 public:
  Scratch() = default;
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // In the folder `where`; empty: in the system's place for temporary files. IoError.
  Status Make(const std::string& where);
  std::string store() const { return path_ + "/store"; }

 private:
  std::string path_;
};

}  // namespace mseal::vault
