// The anchor in a file beside the keyring: two pages written in turn, so that a torn write leaves the anchor before it.
#pragma once

#include <optional>
#include <string>

#include "format/anchor.h"
#include "keys/file.h"
#include "keys/keyring_slots.h"
#include "keys/provider.h"

namespace mseal::keys {

std::string AnchorPathOf(const std::string& keyring_path);

// The content of a new anchor file.
Bytes FirstAnchor(const AnchorKey& key, const KeyringBinding& binding, const Anchor& anchor);

// One thread at a time. KeyProvider says how the calls answer. The key is the keyring's and is given with each call.
class AnchorFile {
 public:
  AnchorFile(FileIo& io, std::string path, const KeyringBinding& binding)
      : io_(io), path_(std::move(path)), binding_(binding) {}

  // AuthFailed: the file is gone, or no page of it authenticates.
  Result<Anchor> Read(const AnchorKey& key);
  // AuthFailed as Read: an anchor that was lost is not quietly begun anew.
  Status Move(const AnchorKey& key, const Anchor& anchor);
  // Begins anew with this anchor. InvalidArgument: the one that is there can be read.
  Status Replace(const AnchorKey& key, const Anchor& anchor);

 private:
  struct Newest {
    std::size_t page = 0;
    format::AnchorContent content;
  };

  Status Open();
  Result<Newest> FindNewest(const AnchorKey& key) const;
  Result<std::optional<format::AnchorContent>> ReadPage(const AnchorKey& key, std::size_t page) const;

  FileIo& io_;
  std::string path_;
  KeyringBinding binding_;
  std::optional<File> file_;
  std::optional<Newest> newest_;  // as last read or written
};

}  // namespace mseal::keys
