// Schemas as files: .proto text, a serialized FileDescriptorSet, or the laboratory schema that is built in.
#pragma once

#include <string>

#include "status.h"

namespace cli {

// Owns the texts that a medseal::Schema borrows.
struct SchemaFile {
  std::string name;
  Secret content;  // no secret, but read as one file in one place
  Secret rules;
  medseal::Schema schema() const;
};

// `rules` may be empty. `lab.proto` means the built-in schema where no such file is.
Result<SchemaFile> ReadSchema(const std::string& path, const std::string& rules);

}  // namespace cli
