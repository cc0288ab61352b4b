// Takes the statements of a store into a chain, each only after its place, signature, signer and content were checked.
#include "people/chain.h"
#include "people/statement_bytes.h"

namespace mseal::people {
namespace {

// Before the founding is taken in, its own key is all there is to check it with; the credential pins that key.
Result<crypto::VerifyKey> FoundingKey(const format::Statement& statement) {
  MS_ASSIGN(const format::StatementBody body, format::ParseStatementBody(statement.type, statement.body));
  const auto* founding = std::get_if<format::FoundingBody>(&body);
  if (founding == nullptr) return Status::AuthFailed("the first statement is not the founding");
  return founding->founder.verify_key;
}

// What a signed statement says although the rules forbid it.
Status Forbidden(const format::StatementBody& body, const Status& rule) {
  if (rule.code() == StatusCode::kUnsupportedVersion) return rule;
  if (std::holds_alternative<format::PolicyBody>(body) && rule.code() == StatusCode::kNotFound)
    return Status::UnsupportedVersion("a policy that is not known here");
  return Status::Corrupt("a statement breaks a rule: " + rule.message());
}

}  // namespace

Status Chain::CheckPlace(const format::Statement& statement) const {
  const bool here =
      statement.store == store_ && statement.number == newest_number_ + 1 && statement.previous == newest_digest_;
  return here ? Status::Ok() : Status::AuthFailed("a statement is not in its place");
}

Status Chain::CheckSignature(const format::SignedStatement& one) const {
  crypto::VerifyKey key;
  if (newest_number_ == 0) {
    MS_ASSIGN(key, FoundingKey(one.statement));
  } else {
    const Person* signer = FindPerson(one.statement.signer);
    if (signer == nullptr) return Status::AuthFailed("the signer of a statement is unknown");
    key = signer->verify_key;
  }
  if (crypto::Verify(key, SignedMessage(one.covered), one.signature)) return Status::Ok();
  return Status::AuthFailed("a statement's signature does not agree");
}

Status Chain::Accept(ByteView bytes) {
  MS_ASSIGN(const format::SignedStatement one, format::ParseStatement(bytes));
  MS_TRY(CheckPlace(one.statement));
  MS_TRY(CheckSignature(one));
  MS_ASSIGN(const format::StatementBody body, format::ParseStatementBody(one.statement.type, one.statement.body));
  if (!CheckSigner(body, one.statement.signer).ok()) return Status::AuthFailed("a signer was not entitled");
  const Status rule = CheckBody(body);
  if (!rule.ok()) return Forbidden(body, rule);
  Take(body, bytes);
  return Status::Ok();
}

Result<Chain> Chain::Verify(const keys::StoreId& store, const std::vector<Bytes>& statements) {
  if (statements.empty()) return Status::Corrupt("no statements");
  Chain chain;
  chain.store_ = store;
  for (const Bytes& statement : statements) MS_TRY(chain.Accept(statement));
  return chain;
}

}  // namespace mseal::people
