// Copies files, and a database's folder that another tool had copied before.
#pragma once

#include <string>

#include "base/status.h"

namespace mseal::vault {

// One regular file into a new one, likewise. Its name is not on the medium yet.
//   AlreadyExists  there is something at `to`;  IoError, ResourceExhausted
Status CopyFile(const std::string& from, const std::string& to);

// The regular files of `from` into a new folder `to`, readable by their owner alone and synced; a lock file is left
// out.
//   AlreadyExists  there is something at `to`;  IoError, ResourceExhausted
Status CopyFolder(const std::string& from, const std::string& to);

}  // namespace mseal::vault
