// Parses and writes each layout.
#include "format/layouts.h"

#include <cstdlib>

#include "base/writer.h"
#include "format/alert_rows.h"
#include "format/anchor.h"
#include "format/approval.h"
#include "format/backup_facts.h"
#include "format/broken_glass.h"
#include "format/bundle.h"
#include "format/canary_row.h"
#include "format/credential.h"
#include "format/custody.h"
#include "format/declared_job.h"
#include "format/erasure.h"
#include "format/group.h"
#include "format/head.h"
#include "format/header.h"
#include "format/job.h"
#include "format/job_file.h"
#include "format/key_row.h"
#include "format/keyring.h"
#include "format/keys_of_rows.h"
#include "format/known_time.h"
#include "format/log_entry.h"
#include "format/log_keys.h"
#include "format/log_segment.h"
#include "format/login_attempts.h"
#include "format/mandate.h"
#include "format/mark.h"
#include "format/person_slot.h"
#include "format/posting.h"
#include "format/recovery.h"
#include "format/row.h"
#include "format/sealed.h"
#include "format/statement.h"
#include "format/stream.h"
#include "format/token.h"
#include "support/vectors.h"

namespace mseal::test {
namespace {

using namespace format;

Bytes Copy(ByteView bytes) { return Bytes(bytes.begin(), bytes.end()); }

Result<Bytes> AgainSealed(ByteView bytes) {
  MS_ASSIGN(const Sealed sealed, ParseSealed(bytes));
  Bytes out(kSealedHead);
  WriteSealedHead(sealed.suite, sealed.salt, sealed.commitment, out);
  AppendTo(out, sealed.message);
  return out;
}

Result<Bytes> AgainRow(ByteView bytes) {
  MS_ASSIGN(const Row row, ParseRow(bytes));
  Bytes out;
  BeginRow(row.public_part, out);
  if (out != Copy(row.front)) return Status::Corrupt("the front is not what the row begins with");
  AppendHeader(row.header, out);
  AppendTo(out, row.body);
  return out;
}

Result<Bytes> AgainPublicPart(ByteView bytes) {
  PublicReader reader(bytes);
  Bytes out;
  std::uint32_t field = 0;
  ByteView wire;
  while (reader.Next(field, wire)) AppendPublicEntry(out, field, wire);
  MS_TRY(reader.Finish());
  return out;
}

Result<Bytes> AgainHeader(ByteView bytes) {
  MS_ASSIGN(const Header header, ParseHeader(bytes));
  SecretBytes out;
  WriteHeader(header, out);
  return Copy(out.Reveal());
}

Result<Bytes> AgainGroup(ByteView bytes) {
  GroupReader reader(bytes);
  SecretBytes out;
  BeginGroup(out);
  GroupEntry entry;
  while (reader.Next(entry)) AppendEntry(out, entry.field, entry.kind, entry.value);
  MS_TRY(reader.Finish());
  PadGroup(out, bytes.size() - 4);  // as if the schema had declared this size
  return Copy(out.Reveal());
}

Result<Bytes> AgainKeyRow(ByteView bytes) {
  MS_ASSIGN(const KeyRow row, ParseKeyRow(bytes));
  return Copy(WriteKeyRow(row).Reveal());
}

Result<Bytes> AgainHead(ByteView bytes) {
  MS_ASSIGN(const Head head, ParseHead(bytes));
  return Copy(WriteHead(head));
}

Result<Bytes> AgainJob(ByteView bytes) {
  MS_ASSIGN(const Job job, ParseJob(bytes));
  return WriteJob(job);
}

Result<Bytes> AgainLogSegment(ByteView bytes) {
  MS_ASSIGN(const LogSegmentHead head, ParseLogSegmentHead(bytes));
  const auto cell = WriteLogSegmentHead(head);
  return Bytes(cell.begin(), cell.end());
}

Result<Bytes> AgainLogChain(ByteView bytes) {
  MS_ASSIGN(const LogChain chain, ParseLogChain(bytes));
  return WriteLogChain(chain);
}

Result<Bytes> AgainLogMark(ByteView bytes) {
  MS_ASSIGN(const LogMark mark, ParseLogMark(bytes));
  return WriteLogMark(mark);
}

Result<Bytes> AgainLogAuditKey(ByteView bytes) {
  MS_ASSIGN(const LogAuditKey key, ParseLogAuditKey(bytes));
  return WriteLogAuditKey(key);
}

Result<Bytes> AgainLogAccess(ByteView bytes) {
  MS_ASSIGN(const LogAccess access, ParseLogAccess(bytes));
  Bytes again;
  WriteLogAccess(access, again);
  return again;
}

Result<Bytes> AgainLogWho(ByteView bytes) {
  MS_ASSIGN(const LogWho who, ParseLogWho(bytes));
  SecretBytes again;
  WriteLogWho(who, again);
  return Copy(again.Reveal());
}

Result<Bytes> AgainLogWhat(ByteView bytes) {
  std::vector<std::uint32_t> fields;
  MS_ASSIGN(const LogWhat what, ParseLogWhat(bytes, fields));
  SecretBytes again;
  WriteLogWhat(what, again);
  return Copy(again.Reveal());
}

Result<Bytes> AgainLogKeys(ByteView bytes) {
  MS_ASSIGN(const LogKeysContent keys, ParseLogKeys(bytes));
  return Copy(WriteLogKeys(keys).Reveal());
}

Result<Bytes> AgainJobFile(ByteView bytes) {
  MS_ASSIGN(const JobFileContent content, ParseJobFile(bytes));
  return WriteJobFile(content);
}

Result<Bytes> AgainErasure(ByteView bytes) {
  MS_ASSIGN(const Erasure erasure, ParseErasure(bytes));
  return WriteErasure(erasure);
}

Result<Bytes> AgainEpochEnd(ByteView bytes) {
  MS_ASSIGN(const EpochEnd end, ParseEpochEnd(bytes));
  return WriteEpochEnd(end);
}

Result<Bytes> AgainProviderCopy(ByteView bytes) {
  MS_ASSIGN(const ProviderCopy copy, ParseProviderCopy(bytes));
  return Copy(WriteProviderCopy(copy).Reveal());
}

Result<Bytes> AgainGivenUpCopy(ByteView bytes) {
  MS_ASSIGN(const GivenUpCopy copy, ParseGivenUpCopy(bytes));
  return Copy(WriteGivenUpCopy(copy).Reveal());
}

Result<Bytes> AgainProviderChange(ByteView bytes) {
  MS_ASSIGN(const ProviderChange change, ParseProviderChange(bytes));
  return Copy(WriteProviderChange(change).Reveal());
}

Result<Bytes> AgainBackupPlace(ByteView bytes) {
  MS_ASSIGN(const BackupPlace place, ParseBackupPlace(bytes));
  return WriteBackupPlace(place);
}

Result<Bytes> AgainPlaceMark(ByteView bytes) {
  MS_ASSIGN(const PlaceMark mark, ParsePlaceMark(bytes));
  return WritePlaceMark(mark);
}

Result<Bytes> AgainBackupFacts(ByteView bytes) {
  MS_ASSIGN(const BackupFacts facts, ParseBackupFacts(bytes));
  return WriteBackupFacts(facts);
}

Result<Bytes> AgainBundlePart(ByteView bytes) {
  MS_ASSIGN(const std::vector<BundleRow> rows, ParseBundlePart(bytes, 6));
  return WriteBundlePart(6, rows);
}

Result<Bytes> AgainBundleList(ByteView bytes) {
  MS_ASSIGN(const SealedBundleList sealed, ParseBundleList(bytes));
  Bytes out = WriteBundleList(sealed.list);
  AppendTo(out, sealed.seal);
  return out;
}

Result<Bytes> AgainBrokenGlass(ByteView bytes) {
  MS_ASSIGN(const BrokenGlass glass, ParseBrokenGlass(bytes));
  return Copy(WriteBrokenGlass(glass).Reveal());
}

Result<Bytes> AgainApproval(ByteView bytes) {
  MS_ASSIGN(const Approval approval, ParseApproval(bytes));
  return Copy(WriteApproval(approval).Reveal());
}

Result<Bytes> AgainMark(ByteView bytes) {
  MS_ASSIGN(const Mark mark, ParseMark(bytes));
  return Copy(WriteMark(mark).Reveal());
}

Result<Bytes> AgainMarkTally(ByteView bytes) {
  MS_ASSIGN(const MarkTally tally, ParseMarkTally(bytes));
  return WriteMarkTally(tally);
}

Result<Bytes> AgainKnownTime(ByteView bytes) {
  MS_ASSIGN(const std::uint64_t ms, ParseKnownTime(bytes));
  return WriteKnownTime(ms);
}

Result<Bytes> AgainPosting(ByteView bytes) {
  MS_ASSIGN(const std::optional<Posting> posting, ParsePosting(bytes));
  return Copy(WritePosting(posting));
}

Result<Bytes> AgainStream(ByteView bytes) {
  MS_ASSIGN(const StreamReference reference, ParseStreamReference(bytes));
  return Copy(WriteStreamReference(reference).Reveal());
}

Result<Bytes> AgainChunk(ByteView bytes) {
  MS_ASSIGN(const ByteView message, ParseChunk(bytes));
  Bytes out;
  BeginChunk(out);
  AppendTo(out, message);
  return out;
}

Result<Bytes> AgainKeyRowKey(ByteView bytes) {
  MS_ASSIGN(const KeyRowPlace place, ParseKeyRowKey(bytes));
  return KeyRowKey(place.patient, place.bucket_key_version);
}

Result<Bytes> AgainBucketKeyKey(ByteView bytes) {
  MS_ASSIGN(const BucketKeyPlace place, ParseBucketKeyKey(bytes));
  return BucketKeyKey(place.bits, place.bucket, place.version, place.epoch);
}

Result<Bytes> AgainMetaKey(ByteView bytes) {
  MS_ASSIGN(const ByteView id, MetaId(bytes, 7, MetaKind::kIndexKey));
  return MetaKey(7, MetaKind::kIndexKey, id);
}

Result<Bytes> AgainAnchorPage(ByteView bytes) {
  MS_ASSIGN(const std::optional<ByteView> sealed, ParseAnchorPage(bytes));
  return sealed.has_value() ? EncodeAnchorPage(*sealed) : Bytes(kAnchorPage);
}

Result<Bytes> AgainAnchorContent(ByteView bytes) {
  MS_ASSIGN(const AnchorContent content, ParseAnchorContent(bytes));
  return EncodeAnchorContent(content);
}

Result<Bytes> AgainKeyringHeader(ByteView bytes) {
  MS_ASSIGN(const KeyringHeaderPage page, ParseKeyringHeader(bytes));
  if (EncodeKeyringHeader(page.header) != Copy(page.covered))
    return Status::Corrupt("the checksum covers something else");
  return FinishKeyringHeader(page.covered, page.checksum);
}

Result<Bytes> AgainKeyringSlot(ByteView bytes) {
  MS_ASSIGN(const std::optional<ByteView> sealed, ParseKeyringSlot(bytes));
  return sealed.has_value() ? EncodeKeyringSlot(*sealed) : Bytes(kKeyringPage);
}

Result<Bytes> AgainEpochContent(ByteView bytes) {
  MS_ASSIGN(const EpochContent content, ParseEpochContent(bytes));
  return Copy(EncodeEpochContent(content).Reveal());
}

Result<Bytes> AgainCredential(ByteView bytes) {
  MS_ASSIGN(const Credential credential, ParseCredential(bytes));
  return EncodeCredential(credential);
}

Result<Bytes> AgainCredentialTag(ByteView bytes) {
  MS_ASSIGN(const CredentialTag tag, ParseCredentialTag(bytes));
  return EncodeCredentialTag(tag);
}

Result<Bytes> AgainPasswordSalt(ByteView bytes) {
  MS_ASSIGN(const PasswordSalt salt, ParsePasswordSalt(bytes));
  return EncodePasswordSalt(salt);
}

Result<Bytes> AgainCredentialContent(ByteView bytes) {
  MS_ASSIGN(const CredentialContent content, ParseCredentialContent(bytes));
  return Copy(EncodeCredentialContent(content).Reveal());
}

Result<Bytes> AgainPersonSlot(ByteView bytes) {
  MS_ASSIGN(const PersonSlot slot, ParsePersonSlot(bytes));
  return EncodePersonSlot(slot);
}

Result<Bytes> AgainRecovery(ByteView bytes) {
  MS_ASSIGN(const Recovery recovery, ParseRecovery(bytes));
  return EncodeRecovery(recovery);
}

// With what its body says.
Result<Bytes> AgainStatement(ByteView bytes) {
  MS_ASSIGN(SignedStatement parsed, ParseStatement(bytes));
  MS_ASSIGN(const StatementBody body, ParseStatementBody(parsed.statement.type, parsed.statement.body));
  const Bytes body_bytes = EncodeStatementBody(body);
  parsed.statement.body = body_bytes;
  Bytes out = EncodeStatement(parsed.statement);
  if (out != Copy(parsed.covered)) return Status::Corrupt("the signature covers something else");
  AppendTo(out, parsed.signature);
  return out;
}

Bytes StatementExample(const StatementBody& said) {
  const Bytes body = EncodeStatementBody(said);
  Statement statement{{1}, 4, {2}, static_cast<std::uint8_t>(TypeOf(said)), 1, body};
  Bytes out = EncodeStatement(statement);
  out.resize(out.size() + 64, 0x5a);
  return out;
}

Bytes CredentialExample() {
  const Bytes sealed(kCredentialContentSize + kSealedOverhead, 0x5a);
  Credential credential;
  credential.memory_kib = 65536;
  credential.passes = 3;
  credential.salt = {1, 2, 3};
  credential.sealed = sealed;
  return EncodeCredential(credential);
}

Bytes KeyFileCredentialExample() {
  const Bytes sealed(kCredentialContentSize + kSealedOverhead, 0x5a);
  Credential credential;
  credential.kind = CredentialKind::kKeyFile;
  credential.sealed = sealed;
  return EncodeCredential(credential);
}

Bytes TokenCredentialExample() {
  const Bytes sealed(kCredentialContentSize + kSealedOverhead, 0x5a);
  const Bytes wrapped(kTokenWrappedSize, 0xa5);
  Credential credential;
  credential.kind = CredentialKind::kToken;
  credential.token_key = {1, 2, 3};
  credential.nonce = {4, 5, 6};
  credential.wrapped = wrapped;
  credential.sealed = sealed;
  return EncodeCredential(credential);
}

Bytes KeyringHeaderExample() {
  const Bytes check(kKeyCheckSize, 0x5a);
  return FinishKeyringHeader(EncodeKeyringHeader({KeyringKind::kPassphrase, 1, 65536, 3, {1}, {2}, {3}, check}), {4});
}

Result<Bytes> AgainTokenHeader(ByteView bytes) {
  MS_ASSIGN(const TokenHeader header, ParseTokenHeader(bytes));
  return EncodeTokenHeader(header);
}

Result<Bytes> AgainTokenEpoch(ByteView bytes) {
  MS_ASSIGN(const TokenEpoch epoch, ParseTokenEpoch(bytes));
  return EncodeTokenEpoch(epoch);
}

Result<Bytes> AgainTokenKeyId(ByteView bytes) {
  MS_ASSIGN(const TokenKeyId id, ParseTokenKeyId(bytes));
  return EncodeTokenKeyId(id);
}

Result<Bytes> AgainMandate(ByteView bytes) {
  MS_ASSIGN(const Mandate mandate, ParseMandate(AsText(bytes)));
  return Copy(AsBytes(WriteMandate(mandate)));
}

Result<Bytes> AgainPersonKeyId(ByteView bytes) {
  MS_ASSIGN(const PersonKeyId id, ParsePersonKeyId(bytes));
  return EncodePersonKeyId(id);
}

Result<Bytes> AgainLoginAttempts(ByteView bytes) {
  MS_ASSIGN(const LoginAttempts attempts, ParseLoginAttempts(bytes));
  return EncodeLoginAttempts(attempts);
}

Result<Bytes> AgainLoginKey(ByteView bytes) {
  MS_ASSIGN(const KeyBytes key, ParseLoginKey(bytes));
  const SecretBytes again = EncodeLoginKey(key.Reveal());
  return Bytes(again.Reveal().begin(), again.Reveal().end());
}

Result<Bytes> AgainKeptAlert(ByteView bytes) {
  MS_ASSIGN(const KeptAlert alert, ParseKeptAlert(bytes));
  return WriteKeptAlert(alert);
}

Result<Bytes> AgainAlertSinks(ByteView bytes) {
  MS_ASSIGN(const AlertSinks sinks, ParseAlertSinks(bytes));
  return WriteAlertSinks(sinks);
}

Result<Bytes> AgainHabit(ByteView bytes) {
  MS_ASSIGN(const HabitRow habit, ParseHabit(bytes));
  return WriteHabit(habit);
}

Result<Bytes> AgainCanaries(ByteView bytes) {
  MS_ASSIGN(const Canaries canaries, ParseCanaries(bytes));
  const SecretBytes again = WriteCanaries(canaries);
  return Bytes(again.Reveal().begin(), again.Reveal().end());
}

Result<Bytes> AgainFormerCanary(ByteView bytes) {
  MS_ASSIGN(const std::uint64_t erased_ms, ParseFormerCanary(bytes));
  return WriteFormerCanary(erased_ms);
}

Result<Bytes> AgainDeclaredJob(ByteView bytes) {
  MS_ASSIGN(const DeclaredJob job, ParseDeclaredJob(bytes));
  return WriteDeclaredJob(job);
}

Bytes PersonSlotExample() {
  const Bytes sealed(kKeySize + kSealedOverhead, 0x5a);
  return EncodePersonSlot({{1, 2, 3}, sealed});
}

std::vector<Layout> Make() {
  std::vector<Layout> all{
      {"sealed", {}, AgainSealed, true},
      {"row", {}, AgainRow, true},
      {"public_part", {}, AgainPublicPart},
      {"header", {}, AgainHeader},
      {"group", {}, AgainGroup},
      {"key_row", {}, AgainKeyRow},
      {"head", {}, AgainHead},
      {"posting", {}, AgainPosting},
      {"stream", {}, AgainStream},
      {"chunk", {}, AgainChunk, true},
      {"job", {}, AgainJob},
      {"job_file", {}, AgainJobFile},
      {"token_header", {}, AgainTokenHeader},
      {"token_epoch", {}, AgainTokenEpoch},
      {"token_key_id", {}, AgainTokenKeyId},
      {"person_key_id", {}, AgainPersonKeyId},
      {"mandate", {}, AgainMandate},
      {"erasure", {}, AgainErasure},
      {"log_segment", {}, AgainLogSegment},
      {"log_chain", {}, AgainLogChain},
      {"log_mark", {}, AgainLogMark},
      {"log_audit_key", {}, AgainLogAuditKey},
      {"log_access", {}, AgainLogAccess},
      {"log_who", {}, AgainLogWho},
      {"log_what", {}, AgainLogWhat},
      {"log_keys", {}, AgainLogKeys},
      {"epoch_end", {}, AgainEpochEnd},
      {"provider_copy", {}, AgainProviderCopy},
      {"provider_change", {}, AgainProviderChange},
      {"given_up_copy", {}, AgainGivenUpCopy},
      {"backup_place", {}, AgainBackupPlace},
      {"place_mark", {}, AgainPlaceMark},
      {"backup_facts", {}, AgainBackupFacts},
      {"bundle_part", {}, AgainBundlePart},
      {"bundle_list", {}, AgainBundleList},
      {"recovery", {}, AgainRecovery},
      {"broken_glass", {}, AgainBrokenGlass},
      {"approval", {}, AgainApproval},
      {"mark", {}, AgainMark},
      {"mark_tally", {}, AgainMarkTally},
      {"known_time", {}, AgainKnownTime},
      {"login_attempts", {}, AgainLoginAttempts},
      {"login_key", {}, AgainLoginKey},
      {"kept_alert", {}, AgainKeptAlert},
      {"alert_sinks", {}, AgainAlertSinks},
      {"habit", {}, AgainHabit},
      {"canaries", {}, AgainCanaries},
      {"declared_job", {}, AgainDeclaredJob},
      {"former_canary", {}, AgainFormerCanary},
  };
  for (Layout& layout : all) layout.example = WorkedExample(layout.name);
  const ByteArray<16> patient{1, 2, 3};
  all.push_back({"key row's key", KeyRowKey(patient, 1), AgainKeyRowKey});
  all.push_back({"bucket key's key", BucketKeyKey(9, 311, 1, 7), AgainBucketKeyKey});
  all.push_back({"meta row's key", MetaKey(7, MetaKind::kIndexKey, Bytes(8)), AgainMetaKey});
  all.push_back({"anchor page", EncodeAnchorPage(Bytes(kAnchorContentSize + kSealedOverhead, 0x5a)), AgainAnchorPage});
  all.push_back({"anchor content", EncodeAnchorContent({1, 2, 3, 4, 5, {6}}), AgainAnchorContent});
  all.push_back({"keyring header", KeyringHeaderExample(), AgainKeyringHeader});
  all.push_back({"keyring slot", EncodeKeyringSlot(Bytes(kKeyringSlotSize, 0x5a)), AgainKeyringSlot});
  all.push_back({"epoch content", Bytes(kEpochContentSize, 0x5a), AgainEpochContent});
  all.push_back({"credential", CredentialExample(), AgainCredential});
  all.push_back({"credential of a key file", KeyFileCredentialExample(), AgainCredential});
  all.push_back({"credential of a token", TokenCredentialExample(), AgainCredential});
  all.push_back({"credential tag", EncodeCredentialTag({0, {7}}), AgainCredentialTag});
  all.push_back({"password tag", EncodeCredentialTag({3, {7}}), AgainCredentialTag});
  all.push_back({"password salt", EncodePasswordSalt({65536, 3, {7}}), AgainPasswordSalt});
  all.push_back({"credential content", Bytes(kCredentialContentSize, 0x5a), AgainCredentialContent});
  all.push_back({"person slot", PersonSlotExample(), AgainPersonSlot});
  all.push_back({"statement", StatementExample(PersonBody{3, 1, "Dr. A. Martin", {7}, {9}}), AgainStatement});
  all.push_back(
      {"statement of custodians", StatementExample(CustodiansBody{1, 2, {7}, {{1}, {2}, {3}}}), AgainStatement});
  all.push_back({"statement of a suite", StatementExample(SuiteBody{2}), AgainStatement});
  all.push_back({"statement of a policy", StatementExample(PolicyBody{"login_attempts", 5}), AgainStatement});
  all.push_back({"statement of a role", StatementExample(RoleBody{1, 0x07, 0x8001, "physician"}), AgainStatement});
  all.push_back({"statement of a role given", StatementExample(RoleGivenBody{3, 1, true}), AgainStatement});
  all.push_back({"statement of a person's state",
                 StatementExample(PersonStateBody{3, PersonStateKind::kRenamed, "Dr. B. Martin"}), AgainStatement});
  return all;
}

}  // namespace

const std::vector<Layout>& Layouts() {
  static const std::vector<Layout> all = Make();
  return all;
}

const Layout& LayoutOf(const std::string& name) {
  for (const Layout& layout : Layouts()) {
    if (layout.name == name) return layout;
  }
  std::abort();
}

Bytes WorkedExample(const std::string& name) {
  return LoadCases("format/" + name + ".json", "cases").front().Hex("bytes");
}

}  // namespace mseal::test
