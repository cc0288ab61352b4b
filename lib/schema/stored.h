// The form in which a vault keeps its schema.
//
//   size  field
//   1     version, 1
//   4+n   FileDescriptorSet: the schema's files, imports first, without source info, with JSON names; not among them
//   are
//         google/protobuf/* and our own files, which every library brings
//   4+n   rules, as text
//   4     number of index ids, then for each, ids ascending from 1:
//   2+n     record type
//   4       field number
//   4       id
//
// Refused: another version, anything cut short or left over, ids that do not ascend.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "schema/compile.h"
#include "schema/descriptors.h"

namespace mseal::schema {

Bytes EncodeStored(const Descriptors& descriptors, const std::string& rules_text,
                   const std::vector<IndexEntry>& indexes);

struct StoredSchema {
  ByteView descriptor_set;  // borrowed
  std::string rules_text;
  std::vector<IndexEntry> indexes;
};
//   UnsupportedVersion, Corrupt
Result<StoredSchema> DecodeStored(ByteView stored);

}  // namespace mseal::schema
