// Numbers of proto-JSON, as text and as what stands on the wire.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>

#include "base/secret_bytes.h"

namespace mseal::schema {

// The wire value of the number `text` in a field of a number type. False when it is no number or does not fit.
bool ParseNumber(const google::protobuf::FieldDescriptor& field, ByteView text, std::uint64_t& wire);

// The wire value as JSON text, without quotes: digits, NaN, Infinity or -Infinity.
void AppendNumberText(const google::protobuf::FieldDescriptor& field, std::uint64_t wire, SecretBytes& out);

}  // namespace mseal::schema
