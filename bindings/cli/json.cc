#include "json.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace cli {
namespace {

using Json = nlohmann::ordered_json;

// What the library says of a bad text quotes the text: only the place is taken from it.
class PlaceOfError : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(Json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(std::string&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override {
    place = at;
    return false;
  }
  std::size_t place = 0;
};

Error NotJson(std::string_view text) {
  PlaceOfError finder;
  Json::sax_parse(text, &finder);
  return InvalidArgument(fmt::format("not JSON from byte {}", finder.place));
}

void Collect(const Json& value, const std::string& path, std::vector<Leaf>& leaves) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) Collect(member, path.empty() ? key : path + "." + key, leaves);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) Collect(value[i], fmt::format("{}[{}]", path, i), leaves);
  } else {
    leaves.push_back({path, value.is_string() ? value.get<std::string>() : value.dump()});
  }
}

// Of two members with one name readers take either: the record could go to another patient than its writer meant.
class MemberNames {
 public:
  bool operator()(Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start) open_.emplace_back();
    if (event == Event::object_end) open_.pop_back();
    if (event == Event::key && !open_.back().insert(parsed.get<std::string>()).second) doubled_ = true;
    return true;
  }
  bool doubled() const { return doubled_; }

 private:
  std::vector<std::set<std::string>> open_;
  bool doubled_ = false;
};

Status TakeText(const Json& object, const char* key, std::string& into) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return InvalidArgument(fmt::format("\"{}\" must be a text", key));
  into = found->get<std::string>();
  if (into.empty()) return InvalidArgument(fmt::format("\"{}\" is empty", key));
  return {};
}

}  // namespace

std::string CountsJson(const std::map<std::string, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts)
    text.append(text.empty() ? "" : ",").append(Quote(name)).append(":").append(std::to_string(count));
  return "{" + text + "}";
}

std::string Quote(std::string_view text) { return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace); }

JsonLine::JsonLine(std::string_view kind) { Number("schema_version", kOutputSchemaVersion).Text("kind", kind); }
JsonLine& JsonLine::Raw(std::string_view key, std::string_view json) {
  text_.append(text_.size() == 1 ? "\"" : ",\"").append(key).append("\":").append(json);
  return *this;
}
JsonLine& JsonLine::Text(std::string_view key, std::string_view value) { return Raw(key, Quote(value)); }
JsonLine& JsonLine::Number(std::string_view key, std::uint64_t value) { return Raw(key, std::to_string(value)); }
JsonLine& JsonLine::Flag(std::string_view key, bool value) { return Raw(key, value ? "true" : "false"); }
JsonLine& JsonLine::List(std::string_view key, const std::vector<std::string_view>& values) {
  std::string list;
  for (const std::string_view value : values) list.append(list.empty() ? "" : ",").append(Quote(value));
  return Raw(key, "[" + list + "]");
}
std::string JsonLine::Done() {
  text_ += '}';
  return std::move(text_);
}

Result<std::vector<Leaf>> Leaves(std::string_view json) {
  const Json message = Json::parse(json, nullptr, false);
  if (!message.is_object()) return Error(MEDSEAL_CORRUPT, "the record's JSON does not parse");
  std::vector<Leaf> leaves;
  Collect(message, "", leaves);
  return leaves;
}

namespace {

Result<Json> ParseObject(std::string_view line, const char* shape) {
  MemberNames names;
  Json object = Json::parse(
      line, [&](int, Json::parse_event_t event, const Json& parsed) { return names(event, parsed); }, false);
  if (object.is_discarded()) return NotJson(line);
  if (names.doubled()) return InvalidArgument("names a member twice");
  if (!object.is_object()) return InvalidArgument(shape);
  return object;
}

}  // namespace

Result<PersonLine> ParsePersonLine(std::string_view line) {
  CLI_ASSIGN(const Json object, ParseObject(line, R"(must be {"name": "...", "kind": "human", "roles": ["..."]})"));
  PersonLine out;
  CLI_TRY(TakeText(object, "name", out.name));
  CLI_TRY(TakeText(object, "kind", out.kind));
  const auto roles = object.find("roles");
  const auto is_text = [](const Json& role) { return role.is_string(); };
  if (roles == object.end() || !roles->is_array() || !std::all_of(roles->begin(), roles->end(), is_text))
    return InvalidArgument("\"roles\" must be a list of texts");
  if (object.size() != 3) return InvalidArgument("has other members than name, kind and roles");
  out.roles = roles->get<std::vector<std::string>>();
  return out;
}

Result<PutLine> ParsePutLine(std::string_view line) {
  CLI_ASSIGN(const Json object, ParseObject(line, R"(must be {"patient": "...", "record": "...", "fields": {...}})"));
  PutLine out;
  CLI_TRY(TakeText(object, "patient", out.patient));
  CLI_TRY(TakeText(object, "record", out.record));
  const auto fields = object.find("fields");
  if (fields == object.end() || !fields->is_object()) return InvalidArgument("\"fields\" must be an object");
  if (object.size() != 3) return InvalidArgument("has other members than patient, record and fields");
  out.fields = fields->dump();
  return out;
}

}  // namespace cli
