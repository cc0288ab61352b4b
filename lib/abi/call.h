// What every function of the C API does around its work: reads size-first structs, turns a Status into a code, a
// message and an incident number, and lets no exception out.
#pragma once

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"
#include "base/status.h"
#include "medseal/medseal.h"

namespace mseal::abi {

// Fills `error`, which may be NULL, and returns the code.
medseal_code Report(const Status& status, medseal_error* error);

// Runs `work` and reports its Status. Running out of memory is a failure like others; anything else that is thrown is a
// broken invariant and ends the process.
template <typename Work>
medseal_code Run(medseal_error* error, Work&& work) noexcept {
  try {
    return Report(work(), error);
  } catch (const std::bad_alloc&) {
    return Report(Status(StatusCode::kResourceExhausted, {}), error);
  }
}

// A caller's struct as this library knows it: what the caller's `size` does not cover is zero.
template <typename T>
Result<T> Read(const T* given) {
  T known{};
  if (given == nullptr) return Status::InvalidArgument("an options struct is missing");
  if (given->size < sizeof(given->size)) return Status::InvalidArgument("a struct's size is not set");
  std::memcpy(static_cast<void*>(&known), given, std::min(given->size, sizeof(T)));
  return known;
}
// The same where the struct may be left out.
template <typename T>
Result<T> ReadOptional(const T* given) {
  if (given == nullptr) return T{};
  return Read(given);
}

// Writes what the caller's `size` covers; `out` may be NULL.
template <typename T>
void Write(T value, T* out) {
  if (out == nullptr || out->size < sizeof(out->size)) return;
  value.size = out->size;
  std::memcpy(static_cast<void*>(out), &value, std::min(value.size, sizeof(T)));
}

// Into a struct's own characters, which are zeros before: cut where they end.
template <std::size_t Size>
void CopyText(std::string_view text, char (&out)[Size]) {
  std::memcpy(out, text.data(), std::min(text.size(), Size - 1));
}

inline ByteView View(const medseal_bytes& bytes) { return {static_cast<const std::uint8_t*>(bytes.data), bytes.size}; }
inline medseal_bytes Lend(ByteView bytes) { return {bytes.data(), bytes.size()}; }
// NULL reads as empty.
inline std::string_view Text(const char* text) { return text == nullptr ? std::string_view{} : std::string_view(text); }

inline Status Require(bool there, const char* what) { return there ? Status::Ok() : Status::InvalidArgument(what); }
// Before an enumeration that a caller gave is read as one: C lets it hold any number.
template <typename Enum>
Status RequireOneOf(const Enum& given, Enum first, Enum last, const char* what) {
  std::underlying_type_t<Enum> number;
  std::memcpy(&number, &given, sizeof(number));
  return Require(number >= static_cast<decltype(number)>(first) && number <= static_cast<decltype(number)>(last), what);
}

}  // namespace mseal::abi
