// Parses and lays out what each type of statement says.
#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"
#include "format/clean_name.h"
#include "format/statement.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kNoIndexFlag = 1;
constexpr std::size_t kLongestPolicyName = 64;

// In the order of StatementBody's alternatives.
constexpr StatementType kTypes[] = {StatementType::kFounding,    StatementType::kPerson,     StatementType::kClass,
                                    StatementType::kClassKey,    StatementType::kGrant,      StatementType::kSchema,
                                    StatementType::kRevoke,      StatementType::kPersonKeys, StatementType::kCustodians,
                                    StatementType::kSuite,       StatementType::kRole,       StatementType::kRoleGiven,
                                    StatementType::kPersonState, StatementType::kPolicy};

PersonBody ReadPerson(Reader& in) {
  PersonBody body;
  body.number = in.U32();
  body.kind = in.U8();
  body.name = AsText(in.Prefixed8());
  body.verify_key = in.Fixed<32>();
  body.public_key = in.Fixed<32>();
  if (body.number == 0 || body.kind < 1 || body.kind > 2 || !IsCleanName(AsBytes(body.name))) in.Fail();
  return body;
}

FoundingBody ReadFounding(Reader& in) {
  FoundingBody body;
  body.suite = in.U8();
  body.founder = ReadPerson(in);
  return body;
}

std::uint8_t ReadClassNumber(Reader& in) {
  const std::uint8_t number = in.U8();
  if (number > kHighestClass) in.Fail();
  return number;
}

std::uint32_t ReadVersion(Reader& in) {
  const std::uint32_t version = in.U32();
  if (version == 0) in.Fail();
  return version;
}

ClassBody ReadClass(Reader& in) {
  ClassBody body;
  body.number = ReadClassNumber(in);
  const std::uint8_t flags = in.U8();
  body.no_index = flags == kNoIndexFlag;
  body.name = AsText(in.Prefixed8());
  if (flags > kNoIndexFlag || !IsCleanName(AsBytes(body.name))) in.Fail();
  return body;
}

ClassKeyBody ReadClassKey(Reader& in) {
  ClassKeyBody body;
  body.class_number = ReadClassNumber(in);
  body.version = ReadVersion(in);
  body.made_ms = in.U64();
  body.digest = in.Fixed<32>();
  body.public_half = in.Fixed<32>();
  return body;
}

GrantBody ReadGrant(Reader& in) {
  GrantBody body;
  body.person = in.U32();
  body.class_number = ReadClassNumber(in);
  if (body.person == 0) in.Fail();
  return body;
}

RevokeBody ReadRevoke(Reader& in) {
  const GrantBody taken_back = ReadGrant(in);
  return {taken_back.person, taken_back.class_number};
}

PersonKeysBody ReadPersonKeys(Reader& in) {
  PersonKeysBody body;
  body.person = in.U32();
  body.verify_key = in.Fixed<32>();
  body.public_key = in.Fixed<32>();
  if (body.person == 0) in.Fail();
  return body;
}

CustodiansBody ReadCustodians(Reader& in) {
  CustodiansBody body;
  body.set = ReadVersion(in);
  body.threshold = in.U8();
  const std::uint8_t count = in.U8();
  body.public_key = in.Fixed<32>();
  if (body.threshold < kFewestNeeded || body.threshold > count || count > kMostShares) in.Fail();
  for (std::uint8_t i = 0; i < count && in.ok(); ++i) body.share_digests.push_back(in.Fixed<32>());
  return body;
}

SuiteBody ReadSuite(Reader& in) {
  SuiteBody body;
  body.suite = in.U8();
  if (body.suite == 0 || body.suite == 255) in.Fail();
  return body;
}

RoleBody ReadRole(Reader& in) {
  RoleBody body;
  body.number = in.U16();
  body.operations = in.U16();
  body.classes = in.U16();
  body.name = AsText(in.Prefixed8());
  if (body.number == 0 || body.operations > kAllOperations || !IsCleanName(AsBytes(body.name))) in.Fail();
  return body;
}

RoleGivenBody ReadRoleGiven(Reader& in) {
  RoleGivenBody body;
  body.person = in.U32();
  body.role = in.U16();
  const std::uint8_t given = in.U8();
  body.given = given == 1;
  if (body.person == 0 || body.role == 0 || given > 1) in.Fail();
  return body;
}

PersonStateBody ReadPersonState(Reader& in) {
  PersonStateBody body;
  body.person = in.U32();
  const std::uint8_t state = in.U8();
  body.state = static_cast<PersonStateKind>(state);
  body.name = AsText(in.Prefixed8());
  const bool renamed = body.state == PersonStateKind::kRenamed;
  const bool fits = renamed ? IsCleanName(AsBytes(body.name)) : body.name.empty();
  if (body.person == 0 || state < 1 || state > 3 || !fits) in.Fail();
  return body;
}

SchemaBody ReadSchema(Reader& in) {
  SchemaBody body;
  body.version = ReadVersion(in);
  body.digest = in.Fixed<32>();
  return body;
}

bool IsOfPolicyName(std::uint8_t c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

PolicyBody ReadPolicy(Reader& in) {
  PolicyBody body;
  const ByteView name = in.Prefixed8();
  body.name = AsText(name);
  body.value = in.U64();
  if (name.empty() || name.size() > kLongestPolicyName || !std::all_of(name.begin(), name.end(), IsOfPolicyName))
    in.Fail();
  return body;
}

template <typename Body>
Result<StatementBody> Whole(Reader& in, Body (*read)(Reader&)) {
  Body body = read(in);
  if (!in.Done()) return Status::Corrupt("body of a statement");
  return StatementBody(body);
}

void Write(Writer& out, const PersonBody& body) {
  out.U32(body.number).U8(body.kind).Prefixed8(AsBytes(body.name)).Raw(body.verify_key).Raw(body.public_key);
}
void Write(Writer& out, const FoundingBody& body) { Write(out.U8(body.suite), body.founder); }
void Write(Writer& out, const ClassBody& body) {
  out.U8(body.number).U8(body.no_index ? kNoIndexFlag : 0).Prefixed8(AsBytes(body.name));
}
void Write(Writer& out, const ClassKeyBody& body) {
  out.U8(body.class_number).U32(body.version).U64(body.made_ms).Raw(body.digest).Raw(body.public_half);
}
void Write(Writer& out, const GrantBody& body) { out.U32(body.person).U8(body.class_number); }
void Write(Writer& out, const RevokeBody& body) { out.U32(body.person).U8(body.class_number); }
void Write(Writer& out, const PersonKeysBody& body) { out.U32(body.person).Raw(body.verify_key).Raw(body.public_key); }
void Write(Writer& out, const CustodiansBody& body) {
  out.U32(body.set).U8(body.threshold).U8(LengthAs<std::uint8_t>(body.share_digests.size())).Raw(body.public_key);
  for (const ByteArray<32>& digest : body.share_digests) out.Raw(digest);
}
void Write(Writer& out, const SuiteBody& body) { out.U8(body.suite); }
void Write(Writer& out, const RoleBody& body) {
  out.U16(body.number).U16(body.operations).U16(body.classes).Prefixed8(AsBytes(body.name));
}
void Write(Writer& out, const RoleGivenBody& body) { out.U32(body.person).U16(body.role).U8(body.given ? 1 : 0); }
void Write(Writer& out, const PersonStateBody& body) {
  out.U32(body.person).U8(static_cast<std::uint8_t>(body.state)).Prefixed8(AsBytes(body.name));
}
void Write(Writer& out, const PolicyBody& body) { out.Prefixed8(AsBytes(body.name)).U64(body.value); }
void Write(Writer& out, const SchemaBody& body) { out.U32(body.version).Raw(body.digest); }

}  // namespace

StatementType TypeOf(const StatementBody& body) {
  static_assert(std::variant_size_v<StatementBody> == std::size(kTypes));
  return kTypes[body.index()];
}

Result<StatementBody> ParseStatementBody(std::uint8_t type, ByteView body) {
  Reader in(body);
  switch (static_cast<StatementType>(type)) {
    case StatementType::kFounding:
      return Whole(in, ReadFounding);
    case StatementType::kPerson:
      return Whole(in, ReadPerson);
    case StatementType::kClass:
      return Whole(in, ReadClass);
    case StatementType::kClassKey:
      return Whole(in, ReadClassKey);
    case StatementType::kGrant:
      return Whole(in, ReadGrant);
    case StatementType::kSchema:
      return Whole(in, ReadSchema);
    case StatementType::kRevoke:
      return Whole(in, ReadRevoke);
    case StatementType::kPersonKeys:
      return Whole(in, ReadPersonKeys);
    case StatementType::kCustodians:
      return Whole(in, ReadCustodians);
    case StatementType::kSuite:
      return Whole(in, ReadSuite);
    case StatementType::kRole:
      return Whole(in, ReadRole);
    case StatementType::kRoleGiven:
      return Whole(in, ReadRoleGiven);
    case StatementType::kPersonState:
      return Whole(in, ReadPersonState);
    case StatementType::kPolicy:
      return Whole(in, ReadPolicy);
  }
  return Status::UnsupportedVersion("type of a statement");
}

Bytes EncodeStatementBody(const StatementBody& body) {
  Bytes bytes;
  Writer out(bytes);
  std::visit([&out](const auto& one) { Write(out, one); }, body);
  return bytes;
}

}  // namespace mseal::format
