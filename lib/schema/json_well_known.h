// The types of google/protobuf/*, whose JSON forms are special, by protobuf's own converter.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/type_resolver.h>

#include "base/secret_bytes.h"

namespace mseal::schema {

bool IsWellKnown(const google::protobuf::Descriptor& type);

// Appends the message that `json`, a JSON value, stands for. False when it stands for none.
bool WellKnownFromJson(google::protobuf::util::TypeResolver& resolver, const google::protobuf::Descriptor& type,
                       ByteView json, SecretBytes& out);
bool WellKnownToJson(google::protobuf::util::TypeResolver& resolver, const google::protobuf::Descriptor& type,
                     ByteView message, SecretBytes& out);

}  // namespace mseal::schema
