// Patients nobody ever was, the same for the same seed: each with one record of 12 fields in 5 classes, some 340 bytes
// of values. As many as the leak of 2021 had, if asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mseal::bench {

inline constexpr std::size_t kLeakedPatients = 491'840;

class MadePatients {
 public:
  static constexpr std::string_view kType = "Visit";
  // A schema whose only type is kType; its fields are those of MakeVisit.
  static std::string_view Schema();

  explicit MadePatients(std::uint64_t seed) : seed_(seed) {}
  // What the laboratory calls patient `number`.
  std::string Id(std::uint64_t number) const;
  // Their record, serialized. `out` is overwritten; its memory is used again.
  void MakeVisit(std::uint64_t number, std::string& out) const;

 private:
  std::uint64_t seed_;
};

}  // namespace mseal::bench
