// Calls of protobuf's converter. It keeps copies in strings of its own that nobody can wipe; ours are wiped.
#include "schema/json_well_known.h"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/json_util.h>

#include <limits>

#include "schema/json.h"

namespace mseal::schema {
namespace {

namespace pb = google::protobuf;

std::string UrlOf(const pb::Descriptor& type) { return std::string(kTypeUrl) + "/" + type.full_name(); }

template <typename Convert>
bool Converted(ByteView from, SecretBytes& out, Convert convert) {
  if (from.size() > std::numeric_limits<int>::max()) return false;
  pb::io::ArrayInputStream in(from.data(), static_cast<int>(from.size()));
  std::string text;
  text.reserve(from.size() * 2 + 64);
  pb::io::StringOutputStream to(&text);
  const bool converted = convert(in, to);
  const WipeOnExit wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.capacity()});
  if (converted) out.Append(AsBytes(text));
  return converted;
}

}  // namespace

bool IsWellKnown(const pb::Descriptor& type) { return type.file()->name().starts_with("google/protobuf/"); }

bool WellKnownFromJson(pb::util::TypeResolver& resolver, const pb::Descriptor& type, ByteView json, SecretBytes& out) {
  return Converted(json, out, [&](auto& in, auto& to) {
    return pb::util::JsonToBinaryStream(&resolver, UrlOf(type), &in, &to).ok();
  });
}

bool WellKnownToJson(pb::util::TypeResolver& resolver, const pb::Descriptor& type, ByteView message, SecretBytes& out) {
  return Converted(message, out, [&](auto& in, auto& to) {
    return pb::util::BinaryToJsonStream(&resolver, UrlOf(type), &in, &to).ok();
  });
}

}  // namespace mseal::schema
