// Writing and reading of the stored form.
#include "schema/stored.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::schema {
namespace {

constexpr std::uint8_t kVersion = 1;

std::string SerializedSet(const Descriptors& descriptors) {
  pb::FileDescriptorSet set;
  for (const pb::FileDescriptor* file : descriptors.files()) {
    file->CopyTo(set.add_file());
    file->CopyJsonNameTo(set.mutable_file(set.file_size() - 1));
  }
  std::string serialized;
  pb::io::StringOutputStream stream(&serialized);
  pb::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  set.SerializePartialToCodedStream(&out);
  out.Trim();
  return serialized;
}

Result<std::vector<IndexEntry>> ReadIndexes(Reader& in) {
  std::vector<IndexEntry> indexes;
  std::uint32_t last = 0;
  for (std::uint32_t count = in.U32(); in.ok() && count > 0; --count) {
    IndexEntry entry;
    entry.type = AsText(in.Prefixed16());
    entry.number = in.U32();
    entry.id = in.U32();
    if (entry.id <= last) return Status::Corrupt("index ids of the stored schema do not ascend");
    last = entry.id;
    indexes.push_back(std::move(entry));
  }
  return indexes;
}

}  // namespace

Bytes EncodeStored(const Descriptors& descriptors, const std::string& rules_text,
                   const std::vector<IndexEntry>& indexes) {
  Bytes stored;
  Writer out(stored);
  out.U8(kVersion).Prefixed(AsBytes(SerializedSet(descriptors))).Prefixed(AsBytes(rules_text));
  out.U32(static_cast<std::uint32_t>(indexes.size()));
  for (const IndexEntry& entry : indexes) out.Prefixed16(AsBytes(entry.type)).U32(entry.number).U32(entry.id);
  return stored;
}

Result<StoredSchema> DecodeStored(ByteView stored) {
  Reader in(stored);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("stored schema");
  StoredSchema schema;
  schema.descriptor_set = in.Prefixed();
  schema.rules_text = AsText(in.Prefixed());
  MS_ASSIGN(schema.indexes, ReadIndexes(in));
  if (!in.Done()) return Status::Corrupt("stored schema is cut short or goes on after its end");
  return schema;
}

}  // namespace mseal::schema
