// The file that takes a keyring's place when its passphrase changes, and what such a change leaves behind.
#pragma once

#include <string>

#include "keys/file_io.h"
#include "keys/keyring_header.h"
#include "keys/keyring_slots.h"

namespace mseal::keys {

// The keyring that is to come, beside the one at `path`: the same secrets and anchor key under another key. On the
// medium and read back when it returns; it stays what it is when the names are exchanged.
//   AlreadyExists  something else has its name;  IoError
Result<KeyringSlots> WriteNextKeyring(FileIo& io, const std::string& path, const KeyringSlots& slots, KeyBytes key,
                                      const KeyringHeader& header);

// The two change places in one step: at every moment one of them has the name. The folder is not synced yet.
//   Unsupported  the file system has no such step
Status ExchangeWithNext(FileIo& io, const std::string& path);

// Overwrites and takes away what lies beside: a next keyring that was not taken, or the old one after the exchange.
//   AlreadyExists  it is another's;  IoError
Status DropNextKeyring(FileIo& io, const std::string& path, const ByteArray<16>& instance);

// Likewise for files that a NewFile at `path` left when the process was killed.
Status DropUnfinished(FileIo& io, const std::string& path);

}  // namespace mseal::keys
