#include "schema_file.h"

#include <unistd.h>

#include "lab_proto.h"
#include "secrets.h"

namespace cli {
namespace {

constexpr const char* kBuiltIn = "lab.proto";

Result<Secret> ReadSchemaText(const std::string& path) {
  const bool is_there = access(path.c_str(), F_OK) == 0;
  return path == kBuiltIn && !is_there ? Result<Secret>(Secret(LabProto())) : ReadFile(path);
}

}  // namespace

Result<SchemaFile> ReadSchema(const std::string& path, const std::string& rules) {
  SchemaFile out;
  out.name = path;
  CLI_ASSIGN(out.content, ReadSchemaText(path));
  if (rules.empty()) return out;
  CLI_ASSIGN(out.rules, ReadFile(rules));
  return out;
}

medseal::Schema SchemaFile::schema() const {
  if (name.ends_with(".proto")) return {.proto = content.text(), .file_name = name, .rules = rules.text()};
  return {.file_name = name, .descriptor_set = content.view(), .rules = rules.text()};
}

}  // namespace cli
