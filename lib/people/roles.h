// What a person may do, and the roles that say so: named sets of classes and operations. FORMAT.md, "Statement".
#pragma once

#include <cstdint>
#include <string>

namespace mseal::people {

using RoleNumber = std::uint16_t;  // from 1, never reused

enum class Operation : std::uint16_t {
  // On values of a class that the person holds.
  kRead = 1,
  kWrite = 2,
  kSearch = 4,
  kExport = 8,
  // Over the whole vault.
  kAdminister = 16,  // persons, grants and roles
  kErase = 32,       // patients
  kAudit = 64,       // reads the class `audit`
  // On a class again: holds its key, and may read only after breaking the glass (vault/break_glass.h).
  kBreakGlass = 128,
  // Holds its key, and sees masks at the most: values of fields that have one (schema/mask.h), no others, and searches
  // none. Of somebody who may read as well it says nothing.
  kReadMasked = 256,
};

// A set of them.
class Operations {
 public:
  constexpr Operations() = default;
  constexpr Operations(Operation one) : bits_(static_cast<std::uint16_t>(one)) {}
  static constexpr Operations FromBits(std::uint16_t bits) {
    Operations all;
    all.bits_ = bits;
    return all;
  }
  constexpr std::uint16_t bits() const { return bits_; }
  constexpr bool Has(Operations all) const { return (bits_ & all.bits_) == all.bits_; }
  constexpr Operations operator|(Operations other) const {
    return FromBits(static_cast<std::uint16_t>(bits_ | other.bits_));
  }
  constexpr Operations Without(Operations others) const {
    return FromBits(static_cast<std::uint16_t>(bits_ & ~others.bits_));
  }
  constexpr Operations operator&(Operations other) const {
    return FromBits(static_cast<std::uint16_t>(bits_ & other.bits_));
  }
  constexpr bool operator==(const Operations&) const = default;

 private:
  std::uint16_t bits_ = 0;
};

constexpr Operations operator|(Operation a, Operation b) { return Operations(a) | b; }

// What a grant of a class gives, without a role.
inline constexpr Operations kOfAGrant = Operation::kRead | Operation::kWrite | Operation::kSearch;
inline constexpr Operations kOnClasses = kOfAGrant | Operation::kExport;
// All that a role says of a class.
inline constexpr Operations kOfClasses = kOnClasses | Operation::kReadMasked | Operation::kBreakGlass;
inline constexpr Operations kOverVault = Operation::kAdminister | Operation::kErase | Operation::kAudit;

// For people: "read, write".
std::string NamesOf(Operations operations);

struct Role {
  RoleNumber number = 0;
  std::string name;
  Operations operations;
  std::uint16_t classes = 0;  // bit n: class n

  bool Names(std::uint8_t class_number) const { return (classes >> class_number & 1) != 0; }
  bool operator==(const Role&) const = default;
};

}  // namespace mseal::people
