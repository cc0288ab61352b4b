// Makes and removes the folder.
#include "vault/scratch.h"

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace mseal::vault {

namespace fs = std::filesystem;

Scratch::~Scratch() {
  std::error_code ignored;  // there is nobody to tell any more
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Status Scratch::Make(const std::string& where) {
  std::error_code error;
  const fs::path folder = where.empty() ? fs::temp_directory_path(error) : fs::path(where);
  std::string name = (folder / "medseal-scratch-XXXXXX").string();
  if (error || mkdtemp(name.data()) == nullptr)
    return Status::IoError("no scratch folder can be made: " + std::generic_category().message(errno));
  path_ = std::move(name);
  return Status::Ok();
}

}  // namespace mseal::vault
