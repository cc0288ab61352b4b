// One JSON text taken apart: strict, bounded in depth, and with the bytes of each value as they stand in the text.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace mseal::sources {

// Readable bytes that must follow a text that is parsed.
inline constexpr std::size_t kJsonPadding = 64;
inline constexpr std::size_t kMaxJsonDepth = 128;
// A value takes much more memory than "[]," takes in a text: so many a text may hold, and one more for each eight
// bytes.
inline constexpr std::size_t kJsonValuesInAnyText = 4096;

enum class JsonKind : std::uint8_t { kAbsent, kNull, kBool, kNumber, kText, kArray, kObject };

struct JsonNode {
  JsonKind kind = JsonKind::kAbsent;
  std::uint32_t end = 0;  // the node after this one and all that is inside it
  std::string_view key;   // of a member of an object
  std::string_view text;  // see Json::text
  std::string_view raw;   // see Json::raw
};

// A value inside a parsed text, valid until its JsonParser parses again. What is asked of a value of another kind is
// answered as absent or empty, so that a reader follows a path without looking at each step.
class Json {
 public:
  Json() = default;

  JsonKind kind() const { return exists() ? node().kind : JsonKind::kAbsent; }
  bool exists() const { return nodes_ != nullptr; }
  bool IsObject() const { return kind() == JsonKind::kObject; }
  bool IsArray() const { return kind() == JsonKind::kArray; }
  // Of a string its characters; of a number or boolean its letters as written; empty for anything else.
  std::string_view text() const { return exists() ? node().text : std::string_view(); }
  // The value's bytes as they stand in the text, from its first to its last.
  std::string_view raw() const { return exists() ? node().raw : std::string_view(); }
  std::string_view key() const { return exists() ? node().key : std::string_view(); }

  // The member `key` of an object.
  Json operator[](std::string_view key) const;
  // The first element of an array, or the value itself where it is no array.
  Json First() const;

  class Iterator {
   public:
    Iterator(const std::vector<JsonNode>* nodes, std::uint32_t index) : nodes_(nodes), index_(index) {}
    Json operator*() const { return Json(nodes_, index_); }
    Iterator& operator++() { return index_ = (*nodes_)[index_].end, *this; }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    const std::vector<JsonNode>* nodes_;
    std::uint32_t index_;
  };
  // The elements of an array or members of an object, in their order.
  Iterator begin() const { return {nodes_, HasChildren() ? index_ + 1 : 0}; }
  Iterator end() const { return {nodes_, HasChildren() ? node().end : 0}; }

 private:
  friend class JsonParser;
  Json(const std::vector<JsonNode>* nodes, std::uint32_t index) : nodes_(nodes), index_(index) {}
  const JsonNode& node() const { return (*nodes_)[index_]; }
  bool HasChildren() const { return IsObject() || IsArray(); }

  const std::vector<JsonNode>* nodes_ = nullptr;
  std::uint32_t index_ = 0;
};

// Reusable; one thread at a time. What it copied of a text (strings with escapes) is wiped at the next Parse and at its
// end.
class JsonParser {
 public:
  JsonParser();
  ~JsonParser();

  // Takes `text` apart, which must stay as it is, with kJsonPadding readable bytes behind it, while the result is used.
  //   Corrupt            not JSON (RFC 8259) in UTF-8, a key twice in one object, a number no machine type holds
  //   ResourceExhausted  nested deeper than kMaxJsonDepth, too long, or with too many values for its length
  //   InvalidArgument    JSON, but neither an object nor an array
  Result<Json> Parse(std::string_view text);
  // After a failed Parse: where the last value began that could be reached; 0 when the text was refused as a whole.
  std::size_t failed_at() const { return failed_at_; }

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
  std::size_t failed_at_ = 0;
};

}  // namespace mseal::sources
