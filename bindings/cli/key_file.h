// A new key file for a person: 32 random bytes that nobody else can read.
#pragma once

#include <string>

#include "secrets.h"

namespace cli {

// Takes the file away again unless it was kept.
class NewKeyFile {
 public:
  // InvalidArgument: something of that name is there. IoError.
  static Result<NewKeyFile> Make(const std::string& path);
  NewKeyFile(NewKeyFile&& other) noexcept;
  NewKeyFile& operator=(NewKeyFile&&) = delete;
  ~NewKeyFile();

  const Secret& content() const { return content_; }
  void Keep() { path_.clear(); }

 private:
  NewKeyFile(std::string path, Secret content) : path_(std::move(path)), content_(std::move(content)) {}

  std::string path_;
  Secret content_;
};

}  // namespace cli
