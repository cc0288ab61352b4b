// Turns records into what a test can compare.
#include "reading.h"

#include <simdjson.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "schema/walker.h"
#include "support/test_data.h"

namespace mseal::sources {
namespace {

[[noreturn]] void Stop(const std::string& why) {
  std::fprintf(stderr, "test of the importers: %s\n", why.c_str());
  std::abort();
}

std::string Copy(const SecretBytes& bytes) { return std::string(AsText(bytes.Reveal())); }

// The payload of the field `source`, cut out by the schema's own walker.
void FindSource(const schema::TypePlan& type, const SecretBytes& message, SeenRecord& seen) {
  const schema::FieldPlan* field = type.FindField("source");
  std::vector<schema::Piece> pieces;
  if (!schema::Split(type, message.Reveal(), pieces).ok()) Stop("a record is not well-formed");
  for (const schema::Piece& piece : pieces) {
    if (field == nullptr || piece.number != field->number) continue;
    std::vector<ByteView> values;
    SecretBytes numbers;
    if (!schema::Values(*field, piece.wire, values, numbers).ok()) Stop("a source cannot be read");
    seen.has_source = true;
    seen.source = AsText(values.at(0));
  }
}

std::string Printed(simdjson::dom::element element) {
  if (element.is_string()) return std::string(std::string_view(element.get_string()));
  return simdjson::to_string(element);
}

}  // namespace

std::shared_ptr<const schema::Schema> SchemaOf(const std::string& proto) {
  schema::SchemaText text;
  text.proto = proto;
  auto loaded = schema::Schema::Load(text);
  if (!loaded.ok()) Stop(loaded.status().message());
  return *loaded;
}

const schema::Schema& LabSchema() {
  static const auto schema = SchemaOf(Content(std::string(MEDSEAL_SOURCE) + "/include/medseal/lab.proto"));
  return *schema;
}

std::string SeenRecord::At(const std::string& pointer) const {
  simdjson::dom::parser parser;
  simdjson::dom::element found;
  const simdjson::padded_string padded(json);
  return parser.parse(padded).at_pointer(pointer).get(found) == simdjson::SUCCESS ? Printed(found) : "(absent)";
}

std::ostream& operator<<(std::ostream& out, const SeenRecord& record) {
  return out << record.type << " " << record.record << " of " << record.patient << " at " << record.line;
}

std::ostream& operator<<(std::ostream& out, const SeenReject& reject) {
  return out << reject.place.file << ":" << reject.place.line << " " << reject.place.segment << " "
             << CodeName(reject.code) << " " << reject.message;
}

Status Seen::Take(SourceRecord&& record, const Place& place) {
  SeenRecord seen{record.type, Copy(record.patient), Copy(record.record), "", "", Copy(record.message),
                  place,       record.line};
  const schema::TypePlan* type = schema_.FindType(record.type);
  if (type == nullptr) Stop("a record of no type");
  FindSource(*type, record.message, seen);
  auto json = schema_.ToJson(*type, record.message.Reveal());
  if (!json.ok()) Stop("a record is not of its type: " + json.status().message());
  seen.json = Copy(*json);
  records.push_back(std::move(seen));
  return answer;
}

Status Seen::Reject(const Place& place, const Status& why) {
  rejects.push_back({place, why.code(), why.message()});
  return Status::Ok();
}

void Seen::Progress(std::uint64_t bytes_read, std::uint64_t bytes_in_all) {
  if (bytes_read < last_read) Stop("progress went back");
  last_read = bytes_read, last_size = bytes_in_all;
}

std::vector<StatusCode> Seen::RejectCodes() const {
  std::vector<StatusCode> codes;
  for (const SeenReject& reject : rejects) codes.push_back(reject.code);
  return codes;
}

const SeenRecord& Seen::operator[](std::string_view record_id) const {
  for (const SeenRecord& record : records) {
    if (record.record == record_id) return record;
  }
  Stop("no record " + std::string(record_id));
}

std::size_t Seen::Count(std::string_view type) const {
  return static_cast<std::size_t>(
      std::count_if(records.begin(), records.end(), [&](const SeenRecord& r) { return r.type == type; }));
}

Seen ReadFhirFile(const std::string& path, const schema::Schema& schema) {
  Seen seen(schema);
  const Status read = ReadFhir(path, schema, {"lab-1"}, seen);
  if (!read.ok()) Stop("cannot read " + path + ": " + read.message());
  return seen;
}

Seen ReadHl7File(const std::string& path, const schema::Schema& schema) {
  Seen seen(schema);
  const Status read = ReadHl7(path, schema, {"lab-1"}, seen);
  if (!read.ok()) Stop("cannot read " + path + ": " + read.message());
  return seen;
}

Seen ReadFhirText(std::string_view text, const schema::Schema& schema) {
  return ReadFhirFile(TemporaryFile(text).path(), schema);
}

Seen ReadHl7Text(std::string_view text, const schema::Schema& schema) {
  return ReadHl7File(TemporaryFile(text).path(), schema);
}

std::string Content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) Stop("cannot read " + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool HasWholeCollection() { return std::filesystem::exists(test::TestData("MANIFEST.tsv")); }

std::vector<std::string> FilesIn(std::string_view folder, std::string_view ending) {
  std::vector<std::string> files;
  const std::string path = test::TestData(folder);
  if (!std::filesystem::is_directory(path)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (entry.is_regular_file() && entry.path().string().ends_with(ending)) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> Strings(const std::string& vector_file, const std::string& key) {
  simdjson::dom::parser parser;
  std::vector<std::string> strings;
  for (auto element : parser.load(std::string(MEDSEAL_VECTORS) + "/" + vector_file).get_array()) {
    strings.push_back(Printed(key.empty() ? element : element[key].value()));
  }
  return strings;
}

TemporaryFile::TemporaryFile(std::string_view content) {
  path_ = (std::filesystem::temp_directory_path() / "medseal-sources-XXXXXX").string();
  const int file = mkstemp(path_.data());
  if (file < 0) Stop("no temporary file");
  while (!content.empty()) {
    const ssize_t wrote = write(file, content.data(), content.size());
    if (wrote <= 0) Stop("temporary file cannot be written");
    content.remove_prefix(static_cast<std::size_t>(wrote));
  }
  close(file);
}

TemporaryFile::~TemporaryFile() { std::filesystem::remove(path_); }

}  // namespace mseal::sources
