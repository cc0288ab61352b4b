// Linking of descriptors, and the places of their elements.
#include "schema/descriptors.h"

#include <google/protobuf/compiler/importer.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <limits>

#include "schema/embedded.h"

namespace mseal::schema {
namespace {

// The name the text has among the linked files, whatever file it came from: that name is stored, a path must not be.
constexpr std::string_view kTextFile = "schema.proto";

bool IsWellKnown(std::string_view name) { return name.starts_with("google/protobuf/"); }

// Of the files that the host may have linked in, those that protobuf itself brings and no others.
class WellKnownFiles : public pb::DescriptorDatabase {
 public:
  bool FindFileByName(const std::string& name, pb::FileDescriptorProto* out) override {
    if (!IsWellKnown(name)) return false;
    const pb::FileDescriptor* file = pb::DescriptorPool::generated_pool()->FindFileByName(name);
    return file != nullptr && (file->CopyTo(out), true);
  }
  bool FindFileContainingSymbol(const std::string&, pb::FileDescriptorProto*) override { return false; }
  bool FindFileContainingExtension(const std::string&, int, pb::FileDescriptorProto*) override { return false; }
};

class Texts : public pb::compiler::SourceTree {
 public:
  explicit Texts(std::string_view proto) : proto_(proto) {}

  pb::io::ZeroCopyInputStream* Open(const std::string& name) override {
    const std::string_view text = name == kTextFile      ? proto_
                                  : name == kOptionsFile ? kOptionsProto
                                  : name == kLabFile     ? kLabProto
                                                         : kDirectoryProto;
    if (text.data() == kDirectoryProto.data() && name != kDirectoryFile) return nullptr;
    return new pb::io::ArrayInputStream(text.data(), static_cast<int>(text.size()));  // the caller's to delete
  }

 private:
  std::string_view proto_;
};

std::string At(const std::string& file, int line_from_0) {
  return line_from_0 < 0 ? file : file + ":" + std::to_string(line_from_0 + 1);
}

// Keeps the first thing that protobuf has to say about a text, of what has a line if anything has.
class FirstError : public pb::compiler::MultiFileErrorCollector {
 public:
  explicit FirstError(const std::string& shown_name) : shown_name_(shown_name) {}
  void AddError(const std::string& file, int line, int, const std::string& message) override {
    if (!first_.empty() && (has_line_ || line < 0)) return;
    first_ = At(file == kTextFile ? shown_name_ : file, line) + ": " + message;
    has_line_ = line >= 0;
  }
  Status Refused() const { return Status::InvalidArgument(first_.empty() ? shown_name_ + ": does not link" : first_); }

 private:
  std::string shown_name_;
  std::string first_;
  bool has_line_ = false;
};

// The same for a set, where protobuf names elements, not lines.
class FirstElementError : public pb::DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string& file, const std::string& element, const pb::Message*, ErrorLocation,
                const std::string& message) override {
    if (first_.empty()) first_ = (element.empty() ? file : element) + ": " + message;
  }
  const std::string& first() const { return first_; }

 private:
  std::string first_;
};

// `file` and what it imports, imports first.
void Collect(const pb::FileDescriptor* file, std::vector<const pb::FileDescriptor*>& out) {
  if (std::ranges::find(out, file) != out.end()) return;
  for (int i = 0; i < file->dependency_count(); ++i) Collect(file->dependency(i), out);
  out.push_back(file);
}

pb::FileDescriptorProto Copy(const pb::FileDescriptor* file) {
  pb::FileDescriptorProto copy;
  file->CopyTo(&copy);
  file->CopySourceCodeInfoTo(&copy);
  return copy;
}

// The linked files of a text.
class Imported {
 public:
  Imported(std::string_view proto, const std::string& shown_name)
      : texts_(proto), errors_(shown_name), database_(&texts_, &well_known_) {
    database_.RecordErrorsTo(&errors_);
    pool_.emplace(&database_, database_.GetValidationErrorCollector());
  }
  const pb::FileDescriptor* Find(std::string_view name) { return pool_->FindFileByName(std::string(name)); }
  Status Refused() const { return errors_.Refused(); }

 private:
  Texts texts_;
  FirstError errors_;
  WellKnownFiles well_known_;
  pb::compiler::SourceTreeDescriptorDatabase database_;
  std::optional<pb::DescriptorPool> pool_;
};

// Protobuf's parser recurses as deep as a text nests.
constexpr int kMostNesting = 100;

Status CheckNesting(std::string_view proto, const std::string& shown_name) {
  int depth = 0, line = 0;
  for (const char c : proto) {
    line += c == '\n';
    if (c == '{' || c == '[' || c == '<') ++depth;
    if ((c == '}' || c == ']' || c == '>') && depth > 0) --depth;
    if (depth > kMostNesting) return Status::InvalidArgument(At(shown_name, line) + ": nests too deep");
  }
  return Status::Ok();
}

bool IsOurs(std::string_view name) { return name == kOptionsFile || name == kDirectoryFile; }

}  // namespace

Result<std::shared_ptr<const Descriptors>> Descriptors::FromText(std::string_view proto,
                                                                 const std::string& shown_name) {
  if (proto.size() > std::numeric_limits<int>::max() / 2) return Status::InvalidArgument("schema text is too long");
  MS_TRY(CheckNesting(proto, shown_name));
  Imported imported(proto, shown_name);
  const pb::FileDescriptor* main = imported.Find(kTextFile);
  if (main == nullptr) return imported.Refused();
  std::shared_ptr<Descriptors> out(new Descriptors);
  out->shown_name_ = shown_name;
  MS_TRY(out->AddOurs());
  std::vector<const pb::FileDescriptor*> files;
  Collect(main, files);
  for (const pb::FileDescriptor* file : files) MS_TRY(out->Add(Copy(file)));
  return std::shared_ptr<const Descriptors>(std::move(out));
}

Result<std::shared_ptr<const Descriptors>> Descriptors::FromSet(ByteView descriptor_set) {
  pb::FileDescriptorSet set;
  if (descriptor_set.size() > std::numeric_limits<int>::max() ||
      !set.ParseFromArray(descriptor_set.data(), static_cast<int>(descriptor_set.size()))) {
    return Status::InvalidArgument("not a FileDescriptorSet");
  }
  std::shared_ptr<Descriptors> out(new Descriptors);
  MS_TRY(out->AddOurs());
  for (const pb::FileDescriptorProto& file : set.file()) {
    for (const std::string& import : file.dependency()) MS_TRY(out->AddWellKnown(import));
    MS_TRY(out->Add(file));
  }
  return std::shared_ptr<const Descriptors>(std::move(out));
}

// Makes our files known to the pool, so that texts and sets import the same ones.
Status Descriptors::AddOurs() {
  Imported imported("", std::string(kDirectoryFile));
  const pb::FileDescriptor* directory = imported.Find(kDirectoryFile);
  if (directory == nullptr) return imported.Refused();
  std::vector<const pb::FileDescriptor*> files;
  Collect(directory, files);
  for (const pb::FileDescriptor* file : files) {
    if (pool_.BuildFile(Copy(file)) == nullptr) return Status::InvalidArgument(file->name() + ": does not link");
  }
  directory_ = pool_.FindFileByName(std::string(kDirectoryFile));
  return Status::Ok();
}

Status Descriptors::AddWellKnown(const std::string& name) {
  if (pool_.FindFileByName(name) != nullptr) return Status::Ok();
  pb::FileDescriptorProto file;
  if (!WellKnownFiles().FindFileByName(name, &file)) return Status::Ok();  // if needed, linking says what is missing
  for (const std::string& import : file.dependency()) MS_TRY(AddWellKnown(import));
  return pool_.BuildFile(file) != nullptr ? Status::Ok() : Status::InvalidArgument(name + ": does not link");
}

Status Descriptors::Add(const pb::FileDescriptorProto& file) {
  if (IsOurs(file.name())) return Status::Ok();
  if (IsWellKnown(file.name())) return AddWellKnown(file.name());
  FirstElementError errors;
  const pb::FileDescriptor* added = pool_.BuildFileCollectingErrors(file, &errors);
  if (added == nullptr) return Status::InvalidArgument(errors.first());
  files_.push_back(added);
  return Status::Ok();
}

std::string Descriptors::Shown(const pb::FileDescriptor* file) const {
  return file->name() == kTextFile && !shown_name_.empty() ? shown_name_ : file->name();
}

std::string Descriptors::Where(const pb::Descriptor* message) const {
  pb::SourceLocation location;
  if (!message->GetSourceLocation(&location)) return message->full_name();
  return At(Shown(message->file()), location.start_line);
}

std::string Descriptors::Where(const pb::FieldDescriptor* field) const {
  pb::SourceLocation location;
  if (!field->GetSourceLocation(&location)) return field->full_name();
  return At(Shown(field->file()), location.start_line);
}

std::string Descriptors::Where(const pb::FileDescriptor* file) const {
  return Where(file, {pb::FileDescriptorProto::kSyntaxFieldNumber}, Shown(file));
}

std::string Descriptors::Where(const pb::FileDescriptor* file, const std::vector<int>& path,
                               const std::string& otherwise) const {
  pb::SourceLocation location;
  if (!file->GetSourceLocation(path, &location)) return otherwise;
  return At(Shown(file), location.start_line);
}

}  // namespace mseal::schema
