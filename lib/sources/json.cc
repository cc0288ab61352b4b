// The one place that knows simdjson. Its on-demand parser checks a value only when it is looked at; here every value
// is.
#include "sources/json.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

#include "base/secret_bytes.h"

namespace mseal::sources {
namespace {

namespace ondemand = simdjson::ondemand;

static_assert(kJsonPadding >= simdjson::SIMDJSON_PADDING);

// Objects with fewer members are searched for a key twice by comparing each with each.
constexpr std::size_t kFewMembers = 8;

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// A string's characters when they stand in the text as they are: no escapes between `begin` and the closing quote.
bool StandsUnescaped(const char* begin, const char* limit, std::string_view& characters) {
  const auto* quote = static_cast<const char*>(std::memchr(begin, '"', static_cast<std::size_t>(limit - begin)));
  if (quote == nullptr) return false;
  characters = {begin, static_cast<std::size_t>(quote - begin)};
  return characters.find('\\') == std::string_view::npos;
}

bool HasRepeat(std::vector<std::string_view>& keys) {
  if (keys.size() <= kFewMembers) {
    for (std::size_t i = 1; i < keys.size(); ++i) {
      if (std::find(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(i), keys[i]) !=
          keys.begin() + static_cast<std::ptrdiff_t>(i)) {
        return true;
      }
    }
    return false;
  }
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

}  // namespace

Json Json::operator[](std::string_view key) const {
  if (!IsObject()) return {};
  for (const Json member : *this) {
    if (member.key() == key) return member;
  }
  return {};
}

Json Json::First() const {
  if (!IsArray()) return *this;
  return begin() != end() ? *begin() : Json();
}

struct JsonParser::Engine {
  ondemand::parser parser;
  std::string_view text;
  const char* last = nullptr;  // where the value begins that was looked at last
  ondemand::document document;
  std::vector<JsonNode> nodes;
  std::vector<std::string_view> keys;  // scratch of CheckKeys
  // Of the strings with escapes, which simdjson writes one after the other into a buffer of its own that it does not
  // wipe: the buffer's used part.
  std::uint8_t* copied_begin = nullptr;
  std::uint8_t* copied_end = nullptr;

  Status Build();
  Status Add(ondemand::value value, std::string_view key, std::size_t depth);
  Status AddMembers(ondemand::value& value, std::size_t depth);
  Status AddElements(ondemand::value& value, std::size_t depth);
  Status AddScalar(ondemand::value& value, ondemand::json_type type, JsonNode& node);
  Status CheckKeys(std::uint32_t object);
  Status Failed(simdjson::error_code error) const;
  std::string_view Noted(std::string_view copied);
  const char* Here();
  void Forget();
};

Status JsonParser::Engine::Failed(simdjson::error_code error) const {
  if (error == simdjson::CAPACITY || error == simdjson::MEMALLOC) return Status::ResourceExhausted("JSON is too long");
  if (error == simdjson::DEPTH_ERROR) return Status::ResourceExhausted("JSON is nested too deep");
  if (error == simdjson::UTF8_ERROR) return Status::Corrupt("JSON is not UTF-8");
  if (error == simdjson::NUMBER_ERROR) return Status::Corrupt("JSON has a number that cannot be read");
  return Status::Corrupt("not well-formed JSON");
}

std::string_view JsonParser::Engine::Noted(std::string_view copied) {
  auto* begin = reinterpret_cast<std::uint8_t*>(const_cast<char*>(copied.data()));
  if (copied_begin == nullptr) copied_begin = begin;
  copied_end = begin + copied.size();
  return copied;
}

void JsonParser::Engine::Forget() {
  if (copied_begin != nullptr) Wipe({copied_begin, copied_end});
  copied_begin = copied_end = nullptr;
  nodes.clear();
}

// The next token, or the end of the text.
const char* JsonParser::Engine::Here() {
  const char* here = nullptr;
  const char* const end = text.data() + text.size();
  if (document.current_location().get(here) != simdjson::SUCCESS || here == nullptr) return end;
  return here < text.data() || here > end ? end : here;
}

Status JsonParser::Engine::AddScalar(ondemand::value& value, ondemand::json_type type, JsonNode& node) {
  std::string_view token = value.raw_json_token();
  while (!token.empty() && IsBlank(token.back())) token.remove_suffix(1);
  node.raw = node.text = token;
  if (type == ondemand::json_type::string) {
    node.kind = JsonKind::kText;
    if (StandsUnescaped(token.data() + 1, text.data() + text.size(), node.text)) {
      return value.get_raw_json_string().error() ? Failed(simdjson::STRING_ERROR) : Status::Ok();
    }
    std::string_view copied;
    if (const auto error = value.get_string().get(copied)) return Failed(error);
    node.text = Noted(copied);
    return Status::Ok();
  }
  if (type == ondemand::json_type::number) {
    node.kind = JsonKind::kNumber;
    const auto error = value.get_number().error();
    return error ? Failed(error) : Status::Ok();
  }
  if (type == ondemand::json_type::boolean) {
    node.kind = JsonKind::kBool;
    const auto error = value.get_bool().error();
    return error ? Failed(error) : Status::Ok();
  }
  bool null = false;
  node.kind = JsonKind::kNull;
  node.text = {};
  if (value.is_null().get(null) != simdjson::SUCCESS || !null) return Failed(simdjson::N_ATOM_ERROR);
  return Status::Ok();
}

Status JsonParser::Engine::CheckKeys(std::uint32_t object) {
  keys.clear();
  for (std::uint32_t i = object + 1; i < nodes.size(); i = nodes[i].end) keys.push_back(nodes[i].key);
  return HasRepeat(keys) ? Status::Corrupt("JSON object has a key twice") : Status::Ok();
}

Status JsonParser::Engine::AddMembers(ondemand::value& value, std::size_t depth) {
  const auto index = static_cast<std::uint32_t>(nodes.size() - 1);
  ondemand::object object;
  if (const auto error = value.get_object().get(object)) return Failed(error);
  for (auto member : object) {
    ondemand::raw_json_string raw_key;
    if (const auto error = member.key().get(raw_key)) return Failed(error);
    std::string_view key;
    if (!StandsUnescaped(raw_key.raw(), text.data() + text.size(), key)) {
      if (const auto error = member.unescaped_key().get(key)) return Failed(error);
      Noted(key);
    }
    ondemand::value inner;
    if (const auto error = member.value().get(inner)) return Failed(error);
    MS_TRY(Add(inner, key, depth + 1));
  }
  return CheckKeys(index);
}

Status JsonParser::Engine::AddElements(ondemand::value& value, std::size_t depth) {
  ondemand::array array;
  if (const auto error = value.get_array().get(array)) return Failed(error);
  for (auto element : array) {
    ondemand::value inner;
    if (const auto error = element.get(inner)) return Failed(error);
    MS_TRY(Add(inner, {}, depth + 1));
  }
  return Status::Ok();
}

Status JsonParser::Engine::Add(ondemand::value value, std::string_view key, std::size_t depth) {
  if (depth > kMaxJsonDepth) return Failed(simdjson::DEPTH_ERROR);
  ondemand::json_type type;
  if (const auto error = value.type().get(type)) return Failed(error);
  const std::size_t index = nodes.size();
  if (index == kJsonValuesInAnyText + text.size() / 8) return Status::ResourceExhausted("JSON has too many values");
  nodes.push_back({JsonKind::kObject, 0, key, {}, {}});
  const char* const begin = last = value.raw_json_token().data();
  if (type == ondemand::json_type::object || type == ondemand::json_type::array) {
    const bool is_object = type == ondemand::json_type::object;
    nodes[index].kind = is_object ? JsonKind::kObject : JsonKind::kArray;
    MS_TRY(is_object ? AddMembers(value, depth) : AddElements(value, depth));
    const char* end = Here();
    while (end > begin && IsBlank(end[-1])) --end;
    nodes[index].raw = {begin, static_cast<std::size_t>(end - begin)};
  } else {
    MS_TRY(AddScalar(value, type, nodes[index]));
  }
  nodes[index].end = static_cast<std::uint32_t>(nodes.size());
  return Status::Ok();
}

Status JsonParser::Engine::Build() {
  const simdjson::padded_string_view padded(text.data(), text.size(), text.size() + kJsonPadding);
  if (const auto error = parser.iterate(padded).get(document)) return Failed(error);
  ondemand::value root;
  const auto error = document.get_value().get(root);
  if (error == simdjson::SCALAR_DOCUMENT_AS_VALUE) return Status::InvalidArgument("JSON is neither object nor array");
  if (error) return Failed(error);
  MS_TRY(Add(root, {}, 1));
  const char* here = nullptr;
  const bool at_end = document.current_location().get(here) == simdjson::OUT_OF_BOUNDS;
  return at_end ? Status::Ok() : Failed(simdjson::TRAILING_CONTENT);
}

JsonParser::JsonParser() : engine_(std::make_unique<Engine>()) {}

JsonParser::~JsonParser() { engine_->Forget(); }

Result<Json> JsonParser::Parse(std::string_view text) {
  engine_->Forget();
  engine_->text = text;
  engine_->last = text.data();
  const Status built = engine_->Build();
  WipeStackBelow();  // simdjson copies the end of a text to its stack
  failed_at_ = static_cast<std::size_t>(engine_->last - text.data());
  if (!built.ok()) return built;
  return Json(&engine_->nodes, 0);
}

}  // namespace mseal::sources
