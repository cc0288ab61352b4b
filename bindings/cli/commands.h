// The commands: each takes what was parsed for it and answers with its exit code or a failure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common.h"
#include "work.h"

namespace cli {

// Argon2id of a password that is being chosen; zero is the default.
struct CostArguments {
  std::uint32_t memory_mib = 0;
  std::uint32_t passes = 0;
  medseal::Cost cost() const { return {.memory_kib = memory_mib * 1024, .passes = passes}; }
};

struct InitArguments {
  std::string schema = "lab.proto";
  std::string rules;
  std::string suite = "auto";
  CostArguments cost;
};
Outcome Init(const Common& common, const InitArguments& arguments);
Outcome ShowStatus(const Common& common);
Outcome ShowMetrics(const Common& common);
Outcome ShowFindings(const Common& common);
Outcome Verify(const Common& common);
Outcome ShowThief(const Common& common);

struct PersonAddArguments {
  std::string name;
  std::vector<std::string> classes;
  std::vector<std::string> roles;
  bool service = false;
  SecretSource password;
  std::string key_file;  // to be made, instead of a password
  std::string token;     // URI, instead of a password, which is then its PIN
  CostArguments cost;
};
struct PersonGrantArguments {
  std::string name;
  std::vector<std::string> classes;
};
Outcome AddPerson(const Common& common, const PersonAddArguments& arguments);
Outcome GrantClasses(const Common& common, const PersonGrantArguments& arguments);
Outcome UnlockPerson(const Common& common, const std::string& name);
Outcome ListPersons(const Common& common);
Outcome ShowPerson(const Common& common, const std::string& name);

struct LogArguments {
  std::string patient;
  std::string person;
  std::string since;
  std::string until;
  std::string operation;
  std::string outcome;
  std::uint64_t from = 0;
};
Outcome ShowLog(const Common& common, const LogArguments& arguments);
Outcome ShowWhoSaw(const Common& common, const LogArguments& arguments);
Outcome ShowSeenBy(const Common& common, const LogArguments& arguments);
Outcome ShowAccounting(const Common& common, const LogArguments& arguments);
struct ExposureArguments {
  LogArguments log;
  std::string backup;  // number, or place
  std::string place;
  std::string key;   // CLASS@VERSION
  std::string html;  // path of a page to write
};
// With --backup or --key.
Outcome ShowHeldExposure(const Common& common, const ExposureArguments& arguments);
Outcome ShowExposure(const Common& common, const ExposureArguments& arguments);
struct LogExportArguments {
  LogArguments log;
  std::string format = "jsonl";
  std::string socket;  // of a syslog daemon; empty: to stdout
};
Outcome ExportLog(const Common& common, const LogExportArguments& arguments);
struct LogProofArguments {
  std::string checkpoint;  // file: kept elsewhere, or the older one
  std::string key;         // verifier key, or @FILE of it
  std::string check;       // file with a proof
  std::optional<std::uint64_t> index;
};
Outcome VerifyLog(const Common& common, const LogProofArguments& arguments);
Outcome ShowLogKey(const Common& common);
Outcome ShowLogCheckpoint(const Common& common);
Outcome ProveLogEntry(const Common& common, const LogProofArguments& arguments);
Outcome ProveLogGrowth(const Common& common, const LogProofArguments& arguments);
struct WitnessArguments {
  std::string name;
  std::string seed;        // file with the witness's 32 bytes
  std::string key;         // verifier key of the log, or of the witness; or @FILE
  std::string checkpoint;  // file
  std::string last;        // file
  std::string proof;       // file
};
Outcome MakeWitness(const Common& common, const WitnessArguments& arguments);
Outcome CosignLog(const Common& common, const WitnessArguments& arguments);
Outcome CheckCosigned(const Common& common, const WitnessArguments& arguments);
struct LogDropArguments {
  std::string before;
  bool run = false;
};
Outcome DropLog(const Common& common, const LogDropArguments& arguments);
struct PolicyArguments {
  std::string name;
  std::uint64_t value = 0;
};
Outcome ShowPolicy(const Common& common);
Outcome SetPolicy(const Common& common, const PolicyArguments& arguments);
struct AlertSinkArguments {
  std::string kind;
  std::vector<std::string> words;
};
Outcome ListAlerts(const Common& common, const LogArguments& arguments);
Outcome ShowAlertRules(const Common& common);
Outcome AddAlertSink(const Common& common, const AlertSinkArguments& arguments);
Outcome RemoveAlertSink(const Common& common, const std::uint32_t& id);
Outcome ListAlertSinks(const Common& common);
Outcome TestAlerts(const Common& common);
struct CanaryArguments {
  std::uint32_t count = 0;
};
Outcome PlantCanaries(const Common& common, const CanaryArguments& arguments);
Outcome RotateCanaries(const Common& common);
Outcome ListCanaries(const Common& common);
struct DeclareJobArguments {
  std::string name;
  std::string person;
  std::vector<std::string> types;
  std::vector<std::string> fields;
  std::uint32_t patients = 0;
  std::string window;
  std::vector<std::string> days;
  std::string until;
};
Outcome DeclareJob(const Common& common, const DeclareJobArguments& arguments);
Outcome RevokeDeclaredJob(const Common& common, const std::string& name);
Outcome ListDeclaredJobs(const Common& common);
Outcome ShowDeclaredJob(const Common& common, const std::string& name);
struct RotatePersonArguments {
  std::string name;
  bool compromised = false;
  std::uint64_t rows_per_second = 0;
  SecretSource password;
  std::string key_file;  // to be made, instead of a password
  std::string token;     // URI, instead of a password, which is then its PIN
  CostArguments cost;
};
struct PersonRenameArguments {
  std::string name;
  std::string new_name;
};
struct PersonImportArguments {
  std::string file;
  std::string out;  // empty: each password is asked for
  bool dry_run = false;
  CostArguments cost;
};
Outcome RevokeClasses(const Common& common, const PersonGrantArguments& arguments);
Outcome DisablePerson(const Common& common, const std::string& name);
Outcome EnablePerson(const Common& common, const std::string& name);
Outcome RenamePerson(const Common& common, const PersonRenameArguments& arguments);
// `name` may be empty: oneself.
Outcome ChangePassword(const Common& common, const RotatePersonArguments& arguments);
Outcome ImportPersons(const Common& common, const PersonImportArguments& arguments);

struct RoleDefineArguments {
  std::string name;
  std::vector<std::string> classes;
  std::vector<std::string> operations;
};
struct RoleArguments {
  std::string role;
  std::string person;
};
Outcome DefineRole(const Common& common, const RoleDefineArguments& arguments);
Outcome GiveRole(const Common& common, const RoleArguments& arguments);
Outcome TakeRole(const Common& common, const RoleArguments& arguments);
Outcome ListRoles(const Common& common);
Outcome ShowRole(const Common& common, const std::string& name);

struct RotateArguments {
  std::vector<std::string> classes;
  std::vector<std::string> revoked;
  std::uint64_t rows_per_second = 0;
};
struct RotateRootArguments {
  SecretSource passphrase;
  std::string key_file;
  bool compromised = false;
  CostArguments cost;
};
Outcome RotateRoot(const Common& common, const RotateRootArguments& arguments);
Outcome RotatePerson(const Common& common, const RotatePersonArguments& arguments);

struct ResealArguments {
  std::string class_name;
  std::string suite;
  std::uint64_t rows_per_second = 0;
};
struct JobArguments {
  std::optional<std::uint32_t> number;  // none: the one that is not over
  std::uint64_t rows_per_second = 0;
};
Outcome RotateClass(const Common& common, const RotateArguments& arguments);
Outcome ResealClass(const Common& common, const ResealArguments& arguments);
Outcome ResealSuite(const Common& common, const ResealArguments& arguments);
struct RotateIndexArguments {
  std::string field;  // TYPE.FIELD
  std::uint64_t rows_per_second = 0;
};
struct ReEpochArguments {
  std::uint32_t if_older_days = 0;  // 0: in any case
  std::uint64_t rows_per_second = 0;
};
Outcome RotateIndex(const Common& common, const RotateIndexArguments& arguments);
Outcome ReEpochIndex(const Common& common, const ReEpochArguments& arguments);
Outcome ShowJobs(const Common& common);
Outcome PauseJob(const Common& common, const JobArguments& arguments);
Outcome ResumeJob(const Common& common, const JobArguments& arguments);

struct RecoverySetupArguments {
  std::uint32_t shares = 5;
  std::uint32_t threshold = 3;
  std::string out;
};
struct RecoveryArguments {
  std::vector<std::string> shares;  // files
  SecretSource password;            // open only
  CostArguments cost;
};
Outcome SetUpRecovery(const Common& common, const RecoverySetupArguments& arguments);
Outcome OpenRecovery(const Common& common, const RecoveryArguments& arguments);
Outcome DrillRecovery(const Common& common, const RecoveryArguments& arguments);
Outcome ShowRecovery(const Common& common);
struct EraseArguments {
  std::string patient;
  std::string file;  // of patients, one a line
  std::string reason;
  std::string certificate;  // where to
};
struct CertificateArguments {
  std::string what;  // its number, or its file
  std::string out;
  std::string founder;  // key, in hex
};
struct PurgeArguments {
  std::uint64_t patience_seconds = 0;
};
Outcome ErasePatients(const Common& common, const EraseArguments& arguments);
Outcome MakeCertificate(const Common& common, const CertificateArguments& arguments);
Outcome VerifyCertificate(const Common& common, const CertificateArguments& arguments);
Outcome PurgeStore(const Common& common, const PurgeArguments& arguments);
Outcome ChangeEpoch(const Common& common);

struct MarkArguments {
  std::string patient;
  std::string reason;
};
Outcome HoldPatient(const Common& common, const MarkArguments& arguments);
Outcome ReleasePatient(const Common& common, const MarkArguments& arguments);
Outcome RestrictPatient(const Common& common, const MarkArguments& arguments);
Outcome UnrestrictPatient(const Common& common, const MarkArguments& arguments);
Outcome ListMarks(const Common& common);

struct ApprovalsArguments {
  bool all = false;
};
struct ApprovalArguments {
  std::uint64_t number = 0;
};
Outcome ListApprovals(const Common& common, const ApprovalsArguments& arguments);
Outcome ShowApproval(const Common& common, const ApprovalArguments& arguments);
Outcome SignApproval(const Common& common, const ApprovalArguments& arguments);
Outcome WithdrawApproval(const Common& common, const ApprovalArguments& arguments);

struct MandateArguments {
  std::string file;
};
struct NewMandateArguments {
  std::string file;
  std::string direction;
  std::string from, to, purpose;
  std::vector<std::string> takes;       // TYPE:FIELD,FIELD
  std::vector<std::string> recipients;  // 64 hexadecimal digits, a space, who it is
  std::string since, until, expires, erase_by;
  std::string patients;  // file with an external id a line; empty: of all
  bool keep_unknown = false;
  std::uint64_t most_rows = 0;
  std::uint32_t signers = 0;
};
Outcome NewMandate(const Common& common, const NewMandateArguments& arguments);
Outcome SignMandate(const Common& common, const MandateArguments& arguments);
Outcome ShowMandate(const Common& common, const MandateArguments& arguments);
Outcome VerifyMandate(const Common& common, const MandateArguments& arguments);

struct GlassReviewArguments {
  std::uint64_t number = 0;
  std::string verdict;
};
Outcome ListBrokenGlass(const Common& common);
Outcome ReviewBrokenGlass(const Common& common, const GlassReviewArguments& arguments);

struct RetentionArguments {
  std::string type;             // plan only
  std::string until;            // plan only: YYYY-MM-DD
  std::uint32_t max_share = 0;  // run only: per cent of all records
};
Outcome PlanRetention(const Common& common, const RetentionArguments& arguments);
Outcome RunRetention(const Common& common, const RetentionArguments& arguments);

struct SchemaArguments {
  std::string current;  // check only
  std::string schema;
  std::string rules;
};
Outcome CheckSchema(const Common& common, const SchemaArguments& arguments);
Outcome LoadSchema(const Common& common, const SchemaArguments& arguments);
Outcome ShowSchema(const Common& common);

struct PutArguments {
  std::string type;
  bool if_absent = false;
  bool update = false;
  bool skip_unchanged = false;
  std::uint64_t expect = 0;
  std::vector<std::string> clear;
};
Outcome Put(const Common& common, const PutArguments& arguments);

struct GetArguments {
  std::vector<std::string> record;  // TYPE PATIENT RECORD, or HANDLE
  std::vector<std::string> fields;
  std::uint64_t version = 0;
  bool masked = false;
  std::string raw;  // the one field whose bytes are written as they are
};
struct DeleteArguments {
  std::vector<std::string> record;
  std::uint64_t expect = 0;
};
struct ListArguments {
  bool full = false;
  std::uint64_t limit = 0;
};
struct HistoryArguments : ListArguments {
  std::vector<std::string> record;
};
struct PatientArguments : ListArguments {
  std::string patient;
};
struct FindArguments : ListArguments {
  std::string type;
  std::string condition;  // field=value
};
struct ScanArguments : ListArguments {
  std::string type;
  std::string after;
};
struct RangeArguments : ListArguments {
  std::string type;
  std::string field;
  std::string from;
  std::string to;
  std::string prefix;
};
Outcome Get(const Common& common, const GetArguments& arguments);
Outcome ShowHistory(const Common& common, const HistoryArguments& arguments);
Outcome ShowPatient(const Common& common, const PatientArguments& arguments);
Outcome Find(const Common& common, const FindArguments& arguments);
Outcome Scan(const Common& common, const ScanArguments& arguments);
Outcome ShowRange(const Common& common, const RangeArguments& arguments);
Outcome Delete(const Common& common, const DeleteArguments& arguments);

struct ImportArguments {
  medseal_source source = MEDSEAL_FHIR;
  std::vector<std::string> files;
  std::string lab;
};
Outcome Import(const Common& common, const ImportArguments& arguments);

// ---- backups

struct PlaceArguments {
  std::string place;  // empty: all
  bool copies = false;
};
struct BackupVerifyArguments : PlaceArguments {
  std::uint32_t backup = 0;  // 0: all
};
struct PruneArguments : PlaceArguments {
  std::uint32_t keep = 0;
  std::uint32_t older_than_days = 0;
};
struct FreezeArguments {
  std::uint64_t longest_s = 60;
  std::vector<std::string> command;
};
struct RestoreArguments {
  std::string from;
  std::uint32_t backup = 0;
  std::string bundle;
  std::string to;  // of a drill: where the scratch folder is made
  std::uint64_t sample = 0;
};
Outcome RegisterBackupPlace(const Common& common, const PlaceArguments& arguments);
Outcome ForgetBackupPlace(const Common& common, const PlaceArguments& arguments);
Outcome CreateBackup(const Common& common, const PlaceArguments& arguments);
Outcome ListBackups(const Common& common, const PlaceArguments& arguments);
Outcome VerifyBackups(const Common& common, const BackupVerifyArguments& arguments);
Outcome PruneBackups(const Common& common, const PruneArguments& arguments);
Outcome FreezeForCopy(const Common& common, const FreezeArguments& arguments);
Outcome WriteBundle(const Common& common, const PlaceArguments& arguments);
Outcome DrillBackup(const Common& common, const RestoreArguments& arguments);
Outcome Restore(const Common& common, const RestoreArguments& arguments);

struct ProviderAddArguments {
  std::string uri;
  SecretSource passphrase;
  CostArguments cost;
};
struct ProviderMoveArguments {
  std::string to;
  SecretSource passphrase;
  std::string key_file;
  CostArguments cost;
};
Outcome MoveProvider(const Common& common, const ProviderMoveArguments& arguments);
Outcome AddProviderCopy(const Common& common, const ProviderAddArguments& arguments);
struct ProviderForgetArguments {
  std::string uri;
};
Outcome ForgetProviderCopy(const Common& common, const ProviderForgetArguments& arguments);
Outcome ListProviderCopies(const Common& common);
Outcome VerifyProviderCopies(const Common& common);

}  // namespace cli
