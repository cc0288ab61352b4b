#include "person_rows.h"

#include <map>
#include <optional>

#include "json.h"

namespace cli {
namespace {

constexpr std::string_view kHeader = "name,kind,roles";

// A line without its end, and what follows.
std::string_view CutLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// A field of a line of CSV: in quotes it may hold commas, and a quote is written twice. Nothing: it is badly quoted.
std::optional<std::string> CutField(std::string_view& line) {
  std::string field;
  const bool quoted = line.starts_with('"');
  if (quoted) line.remove_prefix(1);
  bool closed = !quoted;
  while (!line.empty()) {
    const char next = line.front();
    if (!quoted && (next == ',' || next == '"')) break;
    line.remove_prefix(1);
    if (quoted && next == '"') {
      closed = !line.starts_with('"');
      if (closed) break;
      line.remove_prefix(1);
    }
    field += next;
  }
  if (!closed || (!line.empty() && line.front() != ',')) return std::nullopt;
  return field;
}

std::vector<std::string> SplitRoles(std::string_view text) {
  std::vector<std::string> roles;
  while (!text.empty()) {
    const std::size_t end = text.find(';');
    if (end != 0) roles.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return roles;
}

Status TakeKind(std::string_view kind, PersonRow& row) {
  row.service = kind == "service";
  if (row.service || kind == "human") return {};
  return InvalidArgument("kind is human or service");
}

Status ReadCsv(std::string_view line, PersonRow& row) {
  std::vector<std::string> fields;
  for (bool more = true; more;) {
    auto field = CutField(line);
    if (!field.has_value()) return InvalidArgument("a quote is not closed, or something follows one that is");
    fields.push_back(std::move(*field));
    more = !line.empty();
    if (more) line.remove_prefix(1);
  }
  if (fields.size() != 3) return InvalidArgument("a row has three fields: name, kind and roles");
  row.name = fields[0];
  row.roles = SplitRoles(fields[2]);
  return TakeKind(fields[1], row);
}

Status ReadJson(std::string_view line, PersonRow& row) {
  CLI_ASSIGN(const PersonLine person, ParsePersonLine(line));
  row.name = person.name;
  row.roles = person.roles;
  return TakeKind(person.kind, row);
}

}  // namespace

Result<std::vector<PersonRow>> ReadPersonRows(std::string_view text, std::vector<BadRow>& bad) {
  std::vector<PersonRow> rows;
  std::map<std::string, std::size_t> lines;  // by name
  const bool json = text.starts_with('{');
  if (!json && CutLine(text) != kHeader)
    return InvalidArgument("the file begins with neither the header name,kind,roles nor a line of JSON");
  for (std::size_t number = json ? 1 : 2; !text.empty(); ++number) {
    const std::string_view line = CutLine(text);
    if (line.empty()) continue;
    PersonRow row{.line = number};
    const Status read = json ? ReadJson(line, row) : ReadCsv(line, row);
    if (!read.ok()) {
      bad.push_back({number, read.error().message()});
      continue;
    }
    const auto [first, fresh] = lines.emplace(row.name, number);
    if (!fresh) bad.push_back({number, "the same name as in line " + std::to_string(first->second)});
    if (fresh) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace cli
