// A statement: a numbered, signed fact about persons and keys, linked to the one before it. Layout: FORMAT.md,
// "Statement".
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

inline constexpr std::uint8_t kStatementVersion = 1;
inline constexpr std::uint8_t kHighestClass = 15;     // a key row has 16 slots
inline constexpr std::uint8_t kMostShares = 16;       // of the custodians, of which
inline constexpr std::uint8_t kFewestNeeded = 2;      // so many at least give their key
inline constexpr std::uint16_t kAllOperations = 0x1ff;  // of a role: the bits that have a meaning

// Numbers are never used again.
enum class StatementType : std::uint8_t {
  kFounding = 1,
  kPerson = 2,
  kClass = 3,
  kClassKey = 4,
  kGrant = 5,
  kSchema = 6,
  kRevoke = 7,
  kPersonKeys = 8,
  kCustodians = 9,
  kSuite = 10,
  kRole = 11,
  kRoleGiven = 12,
  kPersonState = 13,
  kPolicy = 14,
};

struct Statement {
  ByteArray<16> store{};
  std::uint64_t number = 0;  // from 1
  ByteArray<32> previous{};  // digest of the whole statement before; zero for the first
  std::uint8_t type = 0;     // a StatementType, or what a later medseal calls one
  std::uint32_t signer = 0;  // a person's number
  ByteView body;             // borrowed
};

struct SignedStatement {
  Statement statement;
  ByteView covered;  // what the signature is over, apart from its prefix; borrowed
  ByteArray<64> signature{};
};

// Does not look whether the signature agrees.
//   UnsupportedVersion  the version byte is not 1
//   Corrupt             cut short, bytes after the end, or a number or signer 0
Result<SignedStatement> ParseStatement(ByteView bytes);
Bytes EncodeStatement(const Statement& statement);  // the signature is appended by whoever makes it

// What the types say. Names are borrowed.
struct PersonBody {
  std::uint32_t number = 0;  // from 1
  std::uint8_t kind = 0;     // 1 a human, 2 a service
  std::string_view name;
  ByteArray<32> verify_key{};
  ByteArray<32> public_key{};
};
struct FoundingBody {
  std::uint8_t suite = 0;
  PersonBody founder;
};
struct ClassBody {
  std::uint8_t number = 0;
  bool no_index = false;
  std::string_view name;
};
struct ClassKeyBody {
  std::uint8_t class_number = 0;
  std::uint32_t version = 0;  // from 1
  std::uint64_t made_ms = 0;
  ByteArray<32> digest{};
  ByteArray<32> public_half{};
};
struct GrantBody {
  std::uint32_t person = 0;
  std::uint8_t class_number = 0;
};
struct SchemaBody {
  std::uint32_t version = 0;  // from 1
  ByteArray<32> digest{};
};
struct RevokeBody {
  std::uint32_t person = 0;
  std::uint8_t class_number = 0;
};
struct PersonKeysBody {
  std::uint32_t person = 0;
  ByteArray<32> verify_key{};
  ByteArray<32> public_key{};
};
struct CustodiansBody {
  std::uint32_t set = 0;  // from 1
  std::uint8_t threshold = 0;
  ByteArray<32> public_key{};
  std::vector<ByteArray<32>> share_digests;  // of share 1 first, one a share
};
struct SuiteBody {
  std::uint8_t suite = 0;  // neither 0 nor 255
};
struct RoleBody {
  std::uint16_t number = 0;     // from 1; one that is known is defined anew
  std::uint16_t operations = 0;
  std::uint16_t classes = 0;    // bit n: class n
  std::string_view name;
};
struct RoleGivenBody {
  std::uint32_t person = 0;
  std::uint16_t role = 0;
  bool given = false;  // or taken
};
enum class PersonStateKind : std::uint8_t { kEnabled = 1, kDisabled = 2, kRenamed = 3 };
struct PersonStateBody {
  std::uint32_t person = 0;
  PersonStateKind state = PersonStateKind::kEnabled;
  std::string_view name;  // the new one; empty unless renamed
};
struct PolicyBody {
  std::string_view name;  // 1 to 64 small letters, digits and underscores
  std::uint64_t value = 0;
};
// In the order of kTypes (statement_body.cc).
using StatementBody =
    std::variant<FoundingBody, PersonBody, ClassBody, ClassKeyBody, GrantBody, SchemaBody, RevokeBody, PersonKeysBody,
                 CustodiansBody, SuiteBody, RoleBody, RoleGivenBody, PersonStateBody, PolicyBody>;

StatementType TypeOf(const StatementBody& body);

//   UnsupportedVersion  no such type in this version
//   Corrupt             not a body of that type
Result<StatementBody> ParseStatementBody(std::uint8_t type, ByteView body);
Bytes EncodeStatementBody(const StatementBody& body);

}  // namespace mseal::format
