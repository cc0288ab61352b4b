// The rules of the chain: who may say what next, and what is known once it was said. Signing and verifying both go
// through here.
#include "format/clean_name.h"
#include "people/chain.h"
#include "people/policy.h"
#include "people/statement_bytes.h"

namespace mseal::people {
namespace {

constexpr std::size_t kMostClasses = format::kHighestClass + 1;

// A point that gives the same all-zero secret with every private key: a slot sealed to it would open for anybody.
bool HasSmallOrder(const crypto::PublicKey& key) { return !crypto::SharedSecret(crypto::PrivateKey(), key).ok(); }

Status CheckNext(std::uint64_t given, std::uint64_t newest) {
  if (given <= newest) return Status::AlreadyExists("the number is taken");
  if (given > newest + 1) return Status::InvalidArgument("not the next number");
  return Status::Ok();
}

}  // namespace

Status Chain::CheckName(std::string_view name) {
  if (format::IsCleanName(AsBytes(name))) return Status::Ok();
  return Status::InvalidArgument("a name is empty, too long or not clean text");
}

Status Chain::CheckSigner(const format::StatementBody& body, PersonNumber signer) const {
  if (std::holds_alternative<format::FoundingBody>(body)) {
    return signer == kFounder ? Status::Ok() : Status::PermissionDenied("only the founder founds");
  }
  if (FindPerson(signer) == nullptr) return Status::PermissionDenied("the signer is unknown");
  if (IsDisabled(signer)) return Status::PermissionDenied("the signer is disabled");
  if (signer == kFounder || AdministratorMaySay(body, signer)) return Status::Ok();
  const auto* grant = std::get_if<format::GrantBody>(&body);
  if (grant != nullptr && OperationsOn(signer, grant->class_number).Has(kOfAGrant)) return Status::Ok();
  const auto* keys = std::get_if<format::PersonKeysBody>(&body);
  if (keys != nullptr && keys->person == signer) return Status::Ok();
  return Status::PermissionDenied("the signer is not entitled");
}

Status Chain::CheckBody(const format::StatementBody& body) const {
  const bool founding = std::holds_alternative<format::FoundingBody>(body);
  if (founding != (newest_number_ == 0)) return Status::InvalidArgument("the founding comes first and once");
  return std::visit([this](const auto& one) { return Check(one); }, body);
}

Status Chain::Check(const format::FoundingBody& body) const {
  MS_ASSIGN(const crypto::Suite suite, crypto::SuiteFromNumber(body.suite));
  static_cast<void>(suite);
  return Check(body.founder);
}

Status Chain::Check(const format::PersonBody& body) const {
  MS_TRY(CheckName(body.name));
  MS_TRY(CheckNext(body.number, persons_.size()));
  if (numbers_by_name_.contains(body.name)) return Status::AlreadyExists("the name is, or once was, taken");
  return CheckKeys(body.verify_key, body.public_key);
}

// A key that somebody had before may be known to others.
Status Chain::CheckKeys(const crypto::VerifyKey& verify_key, const crypto::PublicKey& public_key) const {
  if (public_keys_.contains(verify_key) || public_keys_.contains(public_key)) {
    return Status::AlreadyExists("a public key is, or was, somebody's");
  }
  if (HasSmallOrder(public_key)) return Status::InvalidArgument("public key of small order");
  return Status::Ok();
}

Status Chain::Check(const format::PersonKeysBody& body) const {
  if (FindPerson(body.person) == nullptr) return Status::NotFound("no such person");
  return CheckKeys(body.verify_key, body.public_key);
}

// To a key that somebody has or had, alone, no threshold would mean anything.
Status Chain::Check(const format::CustodiansBody& body) const {
  MS_TRY(CheckNext(body.set, custodians_.set));
  return CheckKeys(body.public_key, body.public_key);
}

Status Chain::Check(const format::SuiteBody& body) const {
  MS_ASSIGN(const crypto::Suite suite, crypto::SuiteFromNumber(body.suite));
  if (suite == suites_.newest()) return Status::AlreadyExists("the store is under that suite");
  return Status::Ok();
}

Status Chain::Check(const format::PolicyBody& body) const {
  const PolicyEntry* const entry = FindPolicy(body.name);
  if (entry == nullptr) return Status::NotFound("there is no policy of that name");
  if (body.value < entry->least || body.value > entry->most)
    return Status::InvalidArgument("the value is out of the policy's range");
  if (body.value == policy(body.name)) return Status::AlreadyExists("the policy has that value");
  return Status::Ok();
}

Status Chain::Check(const format::ClassBody& body) const {
  MS_TRY(CheckName(body.name));
  if (classes_.size() == kMostClasses) return Status::ResourceExhausted("there are 16 classes");
  if (classes_.contains(body.number)) return Status::AlreadyExists("the class number is taken");
  if (FindClass(body.name).has_value()) return Status::AlreadyExists("the class name is taken");
  return Status::Ok();
}

Status Chain::Check(const format::ClassKeyBody& body) const {
  const auto entry = classes_.find(body.class_number);
  if (entry == classes_.end()) return Status::NotFound("no such class");
  if (entry->second.name != kAuditClass && body.public_half != crypto::PublicKey{}) {
    return Status::InvalidArgument("only the class audit has a public half");
  }
  return CheckNext(body.version, NewestVersion(body.class_number));
}

Status Chain::Check(const format::GrantBody& body) const {
  if (FindPerson(body.person) == nullptr) return Status::NotFound("no such person");
  if (!classes_.contains(body.class_number)) return Status::NotFound("no such class");
  if (DirectlyGranted(body.person, body.class_number)) return Status::AlreadyExists("granted before");
  return Status::Ok();
}

// The founder holds every class for good: without them nobody could add a version of its key.
Status Chain::Check(const format::RevokeBody& body) const {
  if (FindPerson(body.person) == nullptr) return Status::NotFound("no such person");
  if (!classes_.contains(body.class_number)) return Status::NotFound("no such class");
  if (body.person == kFounder) return Status::InvalidArgument("the founder keeps every class");
  if (DirectlyGranted(body.person, body.class_number)) return Status::Ok();
  if (Assigned(body.person, body.class_number))
    return Status::InvalidArgument(
        "the person holds the class by a role: take the role, or define it without the class");
  return Status::NotFound("the person does not hold the class");
}

Status Chain::Check(const format::SchemaBody& body) const { return CheckNext(body.version, schemas_.size()); }

void Chain::Take(const format::StatementBody& body, ByteView statement) {
  std::visit([this](const auto& one) { Know(one); }, body);
  ++newest_number_;
  newest_digest_ = DigestOfStatement(statement);
}

void Chain::Know(const format::FoundingBody& body) {
  founding_suite_ = static_cast<crypto::Suite>(body.suite);
  suites_ = founding_suite_;
  founder_key_ = body.founder.verify_key;
  Know(body.founder);
}

void Chain::Know(const format::PersonBody& body) {
  const auto kind = static_cast<PersonKind>(body.kind);
  persons_[body.number] = {body.number, kind, std::string(body.name), body.verify_key, body.public_key};
  numbers_by_name_.emplace(body.name, body.number);
  public_keys_.insert(body.verify_key);
  public_keys_.insert(body.public_key);
}

void Chain::Know(const format::PersonKeysBody& body) {
  Person& person = persons_[body.person];
  person.verify_key = body.verify_key;
  person.public_key = body.public_key;
  public_keys_.insert(body.verify_key);
  public_keys_.insert(body.public_key);
}

void Chain::Know(const format::CustodiansBody& body) {
  custodians_ = {body.set, body.threshold, body.public_key, body.share_digests};
  public_keys_.insert(body.public_key);
}

void Chain::Know(const format::SuiteBody& body) { suites_ = suites_.Under(static_cast<crypto::Suite>(body.suite)); }

void Chain::Know(const format::PolicyBody& body) { policy_[std::string(body.name)] = body.value; }

void Chain::Know(const format::ClassBody& body) { classes_[body.number] = {std::string(body.name), body.no_index}; }

void Chain::Know(const format::ClassKeyBody& body) {
  class_keys_[{body.class_number, body.version}] = {body.made_ms, body.digest, body.public_half};
}

void Chain::Know(const format::GrantBody& body) { grants_.emplace(body.person, body.class_number); }

void Chain::Know(const format::RevokeBody& body) { grants_.erase({body.person, body.class_number}); }

void Chain::Know(const format::SchemaBody& body) { schemas_.push_back(body.digest); }

}  // namespace mseal::people
