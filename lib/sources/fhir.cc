// Finds the resources in a FHIR file: line by line in NDJSON, entry by entry in a Bundle.
#include <algorithm>
#include <utility>

#include "sources/fhir_record.h"
#include "sources/line_reader.h"
#include "sources/source.h"

namespace mseal::sources {
namespace {

// A Bundle inside a Bundle inside a Bundle: more than this is nobody's data.
constexpr std::size_t kMaxBundleDepth = 4;
// Lines looked at before a file that is no JSON text as a whole is taken for something else than NDJSON.
constexpr std::uint64_t kLinesTried = 1000;

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

// Whether one JSON object ends on this line, whatever its value: it is NDJSON then, for no other text ends so early.
bool EndsOnThisLine(std::string_view line) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '\\') ++i;
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && depth > 0 && --depth == 0) return true;
  }
  return false;
}

// Counts lines up to ever later places of one text.
class LineCounter {
 public:
  LineCounter(std::string_view text, std::uint64_t first) : text_(text), line_(first) {}
  std::uint64_t At(const char* place) {
    const auto offset = static_cast<std::size_t>(place - text_.data());
    if (offset < counted_ || offset > text_.size()) return line_;
    line_ += static_cast<std::uint64_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(counted_),
                                                   text_.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
    counted_ = offset;
    return line_;
  }

 private:
  std::string_view text_;
  std::uint64_t line_;
  std::size_t counted_ = 0;
};

class FhirFile {
 public:
  FhirFile(const std::string& path, const Targets& targets, const ReadOptions& options, Sink& sink)
      : path_(path), targets_(targets), options_(options), sink_(sink) {}

  Status Read();

 private:
  Status ReadLines();
  Status ReadLine(const Line& line);
  Status ReadWhole(LineReader& whole);
  Result<bool> HasResourceLines();
  Status TakeText(std::string_view text, Json root, std::uint64_t line);
  Status TakeBundle(Json bundle, LineCounter& lines, const std::string& prefix, std::size_t depth);
  Status TakeResource(const FhirResource& resource, const FhirReferences& references, const Place& place);
  Status Reject(std::uint64_t line, const std::string& segment, const Status& why) {
    return sink_.Reject({path_, line, segment}, why);
  }

  const std::string& path_;
  const Targets& targets_;
  const ReadOptions& options_;
  Sink& sink_;
  JsonParser parser_;
};

Status FhirFile::TakeResource(const FhirResource& resource, const FhirReferences& references, const Place& place) {
  if (resource.original.size() > kMaxOriginalBytes) {
    return sink_.Reject(place, Status::ResourceExhausted("resource is too large"));
  }
  auto made = RecordOf(resource, references, targets_, options_.lab);
  if (!made.ok()) return sink_.Reject(place, made.status());
  made->record.line = place.line;
  MS_TRY(sink_.Take(std::move(made->record), place));
  return made->left_out.ok() ? Status::Ok() : sink_.Reject(place, made->left_out);
}

Status FhirFile::TakeBundle(Json bundle, LineCounter& lines, const std::string& prefix, std::size_t depth) {
  const Json entries = bundle["entry"];
  if (entries.exists() && !entries.IsArray()) {
    return Reject(lines.At(entries.raw().data()), prefix + "entry", Status::InvalidArgument("not a list of entries"));
  }
  FhirReferences references;
  for (const Json entry : entries) references.AddEntry(entry["fullUrl"].text(), entry["resource"]);
  std::size_t number = 0;
  for (const Json entry : entries) {
    const Json resource = entry["resource"];
    const std::string segment = prefix + "entry[" + std::to_string(number++) + "]";
    const std::uint64_t line = lines.At((resource.exists() ? resource : entry).raw().data());
    if (!resource.exists()) {
      MS_TRY(Reject(line, segment, Status::Unsupported("Bundle entry without a resource")));
    } else if (resource["resourceType"].text() != "Bundle") {
      MS_TRY(TakeResource({resource, resource.raw(), entry["fullUrl"].text()}, references, {path_, line, segment}));
    } else if (depth == kMaxBundleDepth) {
      MS_TRY(Reject(line, segment, Status::ResourceExhausted("Bundles are nested too deep")));
    } else {
      MS_TRY(TakeBundle(resource, lines, segment + ".", depth + 1));
    }
  }
  return Status::Ok();
}

Status FhirFile::TakeText(std::string_view text, Json root, std::uint64_t line) {
  LineCounter lines(text, line);
  if (root["resourceType"].text() == "Bundle") return TakeBundle(root, lines, "", 1);
  return TakeResource({root, text, {}}, FhirReferences(), {path_, line, ""});
}

Status FhirFile::ReadLine(const Line& line) {
  if (line.too_long) return Reject(line.number, "", Status::ResourceExhausted("line is too long"));
  if (IsBlank(line.text)) return Status::Ok();
  auto root = parser_.Parse(line.text);
  if (!root.ok()) return Reject(line.number, "", root.status());
  return TakeText(line.text, *root, line.number);
}

Status FhirFile::ReadLines() {
  MS_ASSIGN(LineReader lines, LineReader::Open(path_, LineEnds::kLf, kMaxOriginalBytes));
  std::uint64_t reported = 0;
  for (Line line;;) {
    MS_ASSIGN(const bool more, lines.Next(line));
    if (!more) break;
    MS_TRY(ReadLine(line));
    if (reported == lines.bytes_read()) continue;
    reported = lines.bytes_read();
    sink_.Progress(reported, lines.bytes_in_all());
  }
  sink_.Progress(lines.bytes_read(), lines.bytes_in_all());
  return Status::Ok();
}

// Whether a file that is no JSON text has lines that are resources: then it is NDJSON with a damaged line.
Result<bool> FhirFile::HasResourceLines() {
  MS_ASSIGN(LineReader lines, LineReader::Open(path_, LineEnds::kLf, kMaxOriginalBytes));
  Line line;
  while (true) {
    MS_ASSIGN(const bool more, lines.Next(line));
    if (!more || line.number > kLinesTried) return false;
    if (!EndsOnThisLine(line.text)) continue;
    const auto root = parser_.Parse(line.text);
    if (root.ok() && !(*root)["resourceType"].text().empty()) return true;
  }
}

Status FhirFile::ReadWhole(LineReader& whole) {
  const auto text = whole.Rest();
  if (text.code() == StatusCode::kIoError) return text.status();
  const auto root = text.ok() ? parser_.Parse(*text) : Result<Json>(text.status());
  if (root.ok()) {
    MS_TRY(TakeText(*text, *root, 1));
    sink_.Progress(whole.bytes_read(), whole.bytes_in_all());
    return Status::Ok();
  }
  const std::uint64_t line = text.ok() ? LineCounter(*text, 1).At(text->data() + parser_.failed_at()) : 0;
  MS_ASSIGN(const bool is_lines, HasResourceLines());
  return is_lines ? ReadLines() : Reject(line, "", root.status());
}

Status FhirFile::Read() {
  MS_ASSIGN(LineReader whole, LineReader::Open(path_, LineEnds::kLf, kMaxBundleBytes));
  MS_ASSIGN(LineReader first, LineReader::Open(path_, LineEnds::kLf, kMaxOriginalBytes));
  Line line;
  do {
    MS_ASSIGN(const bool more, first.Next(line));
    if (!more) return sink_.Progress(first.bytes_read(), first.bytes_in_all()), Status::Ok();
  } while (IsBlank(line.text) && !line.too_long);
  return !line.too_long && EndsOnThisLine(line.text) ? ReadLines() : ReadWhole(whole);
}

}  // namespace

Status ReadFhir(const std::string& path, const schema::Schema& schema, const ReadOptions& options, Sink& sink) {
  MS_ASSIGN(const Targets targets, Targets::Of(schema));
  return FhirFile(path, targets, options, sink).Read();
}

}  // namespace mseal::sources
