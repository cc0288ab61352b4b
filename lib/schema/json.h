// Proto-JSON to serialized messages and back.
//
// Protobuf's own converter leaves plaintext in strings of its own, quotes values in its errors, reads what is not JSON
// and writes a member twice when its occurrences do not stand together. It is used for the types of google/protobuf/*
// only, whose JSON forms are special; tests hold this one against it.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/type_resolver.h>

#include <string_view>

#include "base/secret_bytes.h"
#include "base/status.h"

namespace mseal::schema {

// What type names in the resolver begin with.
inline constexpr std::string_view kTypeUrl = "type.googleapis.com";

// How deep objects and arrays may nest.
inline constexpr int kMaxJsonDepth = 100;

// Strict JSON (RFC 8259, UTF-8, no byte order mark). Members go by their .proto or their JSON name, not twice in an
// object; null is as good as absent. A member that is given stands in the message, with a default value too.
//   InvalidArgument  with the path of the member, made of schema names, and the byte offset
Result<SecretBytes> JsonToMessage(google::protobuf::util::TypeResolver& resolver,
                                  const google::protobuf::Descriptor& type, ByteView json);

// Members in the order of their numbers, by their .proto names. What the schema does not know has no name and is left
// out.
//   InvalidArgument  not a message of this type
Result<SecretBytes> MessageToJson(google::protobuf::util::TypeResolver& resolver,
                                  const google::protobuf::Descriptor& type, ByteView message);

}  // namespace mseal::schema
