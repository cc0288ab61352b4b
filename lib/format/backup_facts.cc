// Writes and reads what a backup says of itself.
#include "format/backup_facts.h"

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

Bytes WriteBackupFacts(const BackupFacts& facts) {
  Bytes out;
  Writer(out)
      .U8(kVersion)
      .Raw(facts.store)
      .U32(facts.epoch)
      .U32(facts.schema_version)
      .U64(facts.statement_number)
      .U64(facts.commit_counter)
      .U64(facts.made_ms);
  return out;
}

Result<BackupFacts> ParseBackupFacts(ByteView bytes) {
  Reader in(bytes);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("backup facts");
  BackupFacts facts;
  facts.store = in.Fixed<16>();
  facts.epoch = in.U32();
  facts.schema_version = in.U32();
  facts.statement_number = in.U64();
  facts.commit_counter = in.U64();
  facts.made_ms = in.U64();
  if (!in.Done() || facts.epoch == 0) return Status::Corrupt("backup facts are not well-formed");
  return facts;
}

}  // namespace mseal::format
