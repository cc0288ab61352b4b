// Parses and lays out what is common to all statements.
#include "format/statement.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {

Result<SignedStatement> ParseStatement(ByteView bytes) {
  Reader in(bytes);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kStatementVersion) return Status::UnsupportedVersion("statement");
  SignedStatement out;
  out.statement.store = in.Fixed<16>();
  out.statement.number = in.U64();
  out.statement.previous = in.Fixed<32>();
  out.statement.type = in.U8();
  out.statement.signer = in.U32();
  out.statement.body = in.Prefixed();
  out.covered = bytes.first(bytes.size() - in.remaining());
  out.signature = in.Fixed<64>();
  if (!in.Done() || out.statement.number == 0 || out.statement.signer == 0) return Status::Corrupt("statement");
  return out;
}

Bytes EncodeStatement(const Statement& statement) {
  Bytes bytes;
  Writer out(bytes);
  out.U8(kStatementVersion).Raw(statement.store).U64(statement.number).Raw(statement.previous);
  out.U8(statement.type).U32(statement.signer).Prefixed(statement.body);
  return bytes;
}

}  // namespace mseal::format
