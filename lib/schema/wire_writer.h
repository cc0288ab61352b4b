// Writes protobuf's wire format into secret bytes.
#pragma once

#include "base/secret_bytes.h"
#include "schema/plan.h"

namespace mseal::schema {

inline void AppendVarint(std::uint64_t value, SecretBytes& out) {
  ByteArray<10> bytes;
  std::size_t size = 0;
  for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<std::uint8_t>(value | 0x80);
  bytes[size++] = static_cast<std::uint8_t>(value);
  out.Append({bytes.data(), size});
}

inline void AppendFixed(std::uint64_t value, std::size_t size, SecretBytes& out) {
  ByteArray<8> little_endian;
  for (std::size_t i = 0; i < size; ++i) little_endian[i] = static_cast<std::uint8_t>(value >> 8 * i);
  out.Append({little_endian.data(), size});
}

inline void AppendTag(std::uint32_t number, WireType type, SecretBytes& out) {
  AppendVarint(static_cast<std::uint64_t>(number) << 3 | static_cast<std::uint64_t>(type), out);
}

inline void AppendNumberPayload(WireType type, std::uint64_t value, SecretBytes& out) {
  if (type == WireType::kVarint) return AppendVarint(value, out);
  AppendFixed(value, type == WireType::kFixed64 ? 8 : 4, out);
}

inline void AppendLength(std::uint32_t number, ByteView payload, SecretBytes& out) {
  AppendTag(number, WireType::kLength, out);
  AppendVarint(payload.size(), out);
  out.Append(payload);
}

}  // namespace mseal::schema
