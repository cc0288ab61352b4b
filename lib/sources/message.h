// Writes serialized messages of a schema's record types, field by field: by name at the top, by number inside.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/secret_bytes.h"
#include "schema/plan.h"

namespace mseal::sources {

inline void Append(SecretBytes& out, std::string_view text) { out.Append(AsBytes(text)); }
inline void Append(SecretBytes& out, char c) { out.Append(AsBytes({&c, 1})); }
// Appends `text` behind `separator`, which stands only between two texts; an empty text adds nothing.
void AppendJoined(SecretBytes& out, std::string_view separator, std::string_view text);
inline std::string_view TextOf(const SecretBytes& bytes) { return AsText(bytes.Reveal()); }

// The content of a message inside a record (lab.proto: Coded, Result, Variant ...). Empty values are left out.
class Wire {
 public:
  Wire& Text(std::uint32_t number, std::string_view text);
  Wire& Nested(std::uint32_t number, const Wire& message);

  bool empty() const { return bytes_.empty(); }
  ByteView Reveal() const { return bytes_.Reveal(); }

 private:
  SecretBytes bytes_;
};

// The content of a record. A field that `type` does not have, or has with another kind of value, is left out, so that a
// schema of the user's own takes what it has a place for. A field that is not repeated keeps its first value. Empty
// texts are left out; Source is not.
class Message {
 public:
  explicit Message(const schema::TypePlan& type) : type_(type), written_(type.fields.size()) {}

  Message& Text(std::string_view field, std::string_view text);
  Message& Nested(std::string_view field, const Wire& message);
  Message& Source(std::string_view original);

  // The serialized message so far.
  ByteView Reveal() const { return bytes_.Reveal(); }
  // The same, to keep; the writer is empty afterwards.
  SecretBytes Take() { return std::move(bytes_); }

 private:
  const schema::FieldPlan* Writable(std::string_view field, schema::ValueKind kind);

  const schema::TypePlan& type_;
  std::vector<bool> written_;
  SecretBytes bytes_;
};

}  // namespace mseal::sources
