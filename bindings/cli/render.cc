#include "render.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "ids.h"
#include "interrupt.h"
#include "json.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

constexpr std::size_t kValueColumns = 160;
constexpr std::size_t kSummaryColumns = 72;
constexpr const char* kRedacted = "[redacted: class not held, or not for this purpose]";

struct Row {
  std::string class_name;
  std::string path;
  std::string value;
};

std::string FieldOf(const std::string& path) { return path.substr(0, path.find_first_of(".[")); }

// A long value is cut for the eye, and says so.
std::string ForEyes(const std::string& value, const std::string& field) {
  const std::string printable = Printable(value);
  if (Width(printable) <= kValueColumns) return printable;
  return fmt::format("{} ({} in all; --raw {} or --json gives it whole)", Shortened(printable, kValueColumns / 2),
                     Size(value.size()), field);
}

Result<std::vector<Row>> Rows(medseal::Record& record) {
  CLI_ASSIGN(const std::string_view json, record.Json());
  CLI_ASSIGN(const std::vector<Leaf> leaves, Leaves(json));
  std::vector<Row> rows;
  for (const Leaf& leaf : leaves) {
    const std::string field = FieldOf(leaf.path);
    const char* class_name = record.ClassOf(field);
    const auto masked = record.masked();
    const bool is_masked = std::find(masked.begin(), masked.end(), field) != masked.end();
    rows.push_back({class_name == nullptr ? "" : class_name, leaf.path,
                    is_masked ? Printable(leaf.value) + " [masked]" : ForEyes(leaf.value, field)});
  }
  // Not even the class of a redacted field is told: it can be the diagnosis.
  for (const std::string_view field : record.redacted()) rows.push_back({"-", std::string(field), kRedacted});
  return rows;
}

void WriteRows(const std::vector<Row>& rows) {
  std::size_t class_width = 0, path_width = 0;
  for (const Row& row : rows) {
    class_width = std::max(class_width, Width(row.class_name));
    path_width = std::max(path_width, Width(row.path));
  }
  for (const Row& row : rows) {
    WriteLine("  " + Padded(row.class_name, class_width) + "  " + Padded(row.path, path_width) + "  " + row.value);
  }
}

Status ShowBlock(medseal::Record& record) {
  CLI_ASSIGN(const std::vector<Row> rows, Rows(record));
  WriteLine(fmt::format("{} {}", record.type(), Printable(medseal::AsText(record.id()))));
  WriteLine("  handle   " + HandleText(record.handle()));
  WriteLine("  patient  " + HandleText(record.patient()));
  WriteLine(fmt::format("  version  {}, written {}", record.version(), TimeText(record.written_ms())));
  WriteLine("");
  WriteRows(rows);
  WriteLine("");
  return {};
}

std::string RedactedNote(const medseal::Record& record) {
  std::string names;
  for (const std::string_view field : record.redacted()) names.append(names.empty() ? "" : ", ").append(field);
  return names.empty() ? "" : "  [redacted: " + names + "]";
}

// Of the values of a record, those that say something on one line: no code systems, originals or long texts.
bool Tells(const std::string& value) {
  const bool is_word = value.find(' ') == std::string::npos;
  return Width(value) <= (is_word ? 24 : kSummaryColumns) && !value.starts_with("http") && !value.starts_with("urn:");
}

std::string Summary(const std::vector<Leaf>& leaves) {
  std::string summary;
  std::set<std::string_view> told;
  for (const Leaf& leaf : leaves) {
    if (!Tells(leaf.value) || !told.insert(leaf.value).second || Width(summary) >= kSummaryColumns) continue;
    summary.append(summary.empty() ? "" : " · ").append(Printable(leaf.value));
  }
  return Shortened(summary, kSummaryColumns);
}

Status ShowLine(medseal::Record& record) {
  CLI_ASSIGN(const std::string_view json, record.Json());
  CLI_ASSIGN(const std::vector<Leaf> leaves, Leaves(json));
  WriteLine(fmt::format("{}  {:<13} v{:<3} {}  {}{}", HandleText(record.handle()), record.type(), record.version(),
                        TimeText(record.written_ms()).substr(0, 10), Summary(leaves), RedactedNote(record)));
  return {};
}

Status ShowJson(medseal::Record& record) {
  CLI_ASSIGN(const std::string_view json, record.Json());
  JsonLine line("record");
  line.Text("type", record.type()).Text("record", medseal::AsText(record.id()));
  line.Text("handle", HandleText(record.handle())).Text("patient", HandleText(record.patient()));
  line.Number("version", record.version()).Text("written", TimeIso(record.written_ms()));
  WriteLine(line.Raw("fields", json).List("masked", record.masked()).List("redacted", record.redacted()).Done());
  return {};
}

}  // namespace

Status ShowRecord(medseal::Record& record, Shape shape) {
  switch (shape) {
    case Shape::kBlock:
      return ShowBlock(record);
    case Shape::kLine:
      return ShowLine(record);
    case Shape::kJson:
      return ShowJson(record);
  }
  return {};
}

Result<Shown> ShowRecords(medseal::Cursor& cursor, Shape shape, std::uint64_t limit) {
  Shown shown;
  ProgressLine progress("list", "records");
  const bool is_seen = isatty(STDOUT_FILENO) == 1;  // then the records themselves are progress enough
  while (!OutputGone()) {
    if (Interrupted()) return Cancelled();
    CLI_ASSIGN(std::optional<medseal::Record> record, cursor.Next());
    shown.more = record && limit != 0 && shown.records == limit;
    if (!record || shown.more) break;
    CLI_TRY(ShowRecord(*record, shape));
    shown.last = record->handle();
    ++shown.records;
    if (!is_seen) progress.Update(shown.records, 0, 0);
  }
  return shown;
}

}  // namespace cli
