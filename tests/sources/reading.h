// What the tests of the importers share: the ready schema, a sink that keeps everything, files to read.
#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "schema/schema.h"
#include "sources/source.h"

namespace mseal::sources {

// include/medseal/lab.proto, loaded once.
const schema::Schema& LabSchema();
// A schema of the user's own; stops the test program when it does not load.
std::shared_ptr<const schema::Schema> SchemaOf(const std::string& proto);

// A record as the tests look at it. The data of these tests is nobody's secret.
struct SeenRecord {
  std::string type, patient, record, json, source;
  std::string message;
  Place place;
  std::uint64_t line = 0;
  bool has_source = false;

  // The value at a JSON pointer of the record in proto-JSON, as text; "(absent)" when there is none.
  std::string At(const std::string& pointer) const;
};
std::ostream& operator<<(std::ostream& out, const SeenRecord& record);

struct SeenReject {
  Place place;
  StatusCode code;
  std::string message;
};
std::ostream& operator<<(std::ostream& out, const SeenReject& reject);

class Seen : public Sink {
 public:
  explicit Seen(const schema::Schema& schema = LabSchema()) : schema_(schema) {}
  Status Take(SourceRecord&& record, const Place& place) override;
  Status Reject(const Place& place, const Status& why) override;
  void Progress(std::uint64_t bytes_read, std::uint64_t bytes_in_all) override;

  std::vector<SeenRecord> records;
  std::vector<SeenReject> rejects;
  std::uint64_t last_read = 0, last_size = 0;
  Status answer;  // to every Take

  std::vector<StatusCode> RejectCodes() const;
  // The record with this id; stops the test program when there is none.
  const SeenRecord& operator[](std::string_view record_id) const;
  std::size_t Count(std::string_view type) const;

 private:
  const schema::Schema& schema_;
};

Seen ReadFhirFile(const std::string& path, const schema::Schema& schema = LabSchema());
Seen ReadHl7File(const std::string& path, const schema::Schema& schema = LabSchema());
// The same of a text, through a temporary file.
Seen ReadFhirText(std::string_view text, const schema::Schema& schema = LabSchema());
Seen ReadHl7Text(std::string_view text, const schema::Schema& schema = LabSchema());

std::string Content(const std::string& path);
// Whether the test data is the whole published collection, so that counts can be compared with its README.
bool HasWholeCollection();
// Files below a folder of the test data, sorted; empty when the folder is not there.
std::vector<std::string> FilesIn(std::string_view folder, std::string_view ending);
// The strings of a checked-in JSON array; of an array of objects the member `key`.
std::vector<std::string> Strings(const std::string& vector_file, const std::string& key = "");

// A file that goes with its name.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content);
  ~TemporaryFile();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace mseal::sources
