// Turns a .proto text or a descriptor set into linked descriptors that know the file and line of each element.
#pragma once

#include <google/protobuf/descriptor.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::schema {

namespace pb = google::protobuf;

class Descriptors {
 public:
  // `shown_name` stands for the text's own file in messages. Imports: medseal/*.proto and google/protobuf/*.
  //   InvalidArgument  with file:line for what protobuf refuses
  static Result<std::shared_ptr<const Descriptors>> FromText(std::string_view proto, const std::string& shown_name);
  // A serialized FileDescriptorSet, imports before importers. medseal/options.proto in it gives way to ours.
  //   InvalidArgument  not such a set, or one that does not link
  static Result<std::shared_ptr<const Descriptors>> FromSet(ByteView descriptor_set);

  // The files of the schema, imports first: ours (directory.proto, options.proto) and google/protobuf/* are not among
  // them.
  const std::vector<const pb::FileDescriptor*>& files() const { return files_; }
  // The file of the implicit record type.
  const pb::FileDescriptor* directory() const { return directory_; }
  const pb::DescriptorPool* pool() const { return &pool_; }

  // "file:line" of an element, or its full name where lines are not known.
  std::string Where(const pb::Descriptor* message) const;
  std::string Where(const pb::FieldDescriptor* field) const;
  std::string Where(const pb::FileDescriptor* file) const;
  // "file:line" of the element at a path of field numbers and indices (SourceCodeInfo), or `otherwise`.
  std::string Where(const pb::FileDescriptor* file, const std::vector<int>& path, const std::string& otherwise) const;

 private:
  Descriptors() = default;
  Status AddOurs();
  Status Add(const pb::FileDescriptorProto& file);
  Status AddWellKnown(const std::string& name);
  std::string Shown(const pb::FileDescriptor* file) const;

  pb::DescriptorPool pool_;
  std::vector<const pb::FileDescriptor*> files_;
  const pb::FileDescriptor* directory_ = nullptr;
  std::string shown_name_;  // of kTextFile; empty when the files came as a set
};

}  // namespace mseal::schema
