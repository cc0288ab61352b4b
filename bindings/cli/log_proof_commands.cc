// audit verify, key, checkpoint, proof, consistency: the log of accesses, shown to outsiders.
#include <fmt/core.h>

#include "commands.h"
#include "interrupt.h"
#include "json.h"
#include "log_proof_text.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

class VerifyWatcher final : public medseal::Watcher {
 public:
  bool OnProgress(const medseal_progress& progress) noexcept override {
    line_.Update(progress.done, progress.in_all, progress.records);
    return !Interrupted();
  }

 private:
  ProgressLine line_{"verifying the log", "entries"};
};

Status RequireStore(const Common& common) {
  return Require(common.store, "the vault's directory", "--store", "MEDSEAL_STORE");
}

const char* StandingName(medseal_checkpoint_standing standing) {
  switch (standing) {
    case MEDSEAL_CHECKPOINT_NONE:
      return "none";
    case MEDSEAL_CHECKPOINT_AGREES:
      return "agrees";
    case MEDSEAL_CHECKPOINT_PROVEN:
      return "proven";
    case MEDSEAL_CHECKPOINT_TOO_OLD:
      return "too-old";
  }
  return "unknown";
}

void WriteReportJson(const medseal_audit_report& report) {
  JsonLine line("audit_verify");
  line.Text("store_id", HexText(report.store_id)).Number("entries", report.entries);
  line.Number("first_entry", report.first_entry).Number("segments", report.segments);
  line.Text("root", HexText(report.root)).Number("opened", report.opened).Number("not_closed", report.not_closed);
  line.Number("power_lost", report.power_lost).Number("set_back", report.set_back).Flag("open", report.is_open != 0);
  line.Text("checkpoint", StandingName(report.beside)).Text("against", StandingName(report.given));
  line.Text("dropped", StandingName(report.dropped));
  WriteLine(line.Done());
}

void WriteReportText(const medseal_audit_report& report) {
  WriteLine(fmt::format("whole: {} entries in {} segments  root {}", Grouped(report.entries), Grouped(report.segments),
                        HexText(report.root)));
  WriteLine(fmt::format("  checkpoint beside it: {}  the one given: {}", StandingName(report.beside),
                        StandingName(report.given)));
  WriteLine(fmt::format("  opened {} times, {} times not closed before, {} of them with a loss of power{}",
                        Grouped(report.opened), Grouped(report.not_closed), Grouped(report.power_lost),
                        report.is_open != 0 ? "; open now, or not closed" : ""));
  if (report.dropped != MEDSEAL_CHECKPOINT_NONE)
    WriteLine(fmt::format("  {} entries before were dropped; their signed stub: {}", Grouped(report.first_entry),
                          StandingName(report.dropped)));
  if (report.set_back != 0)
    WriteLine(fmt::format("  the clock was set back {} times; the order of entries is the log's all the same",
                          Grouped(report.set_back)));
}

void Advise(const medseal_audit_report& report, const LogProofArguments& arguments) {
  if (report.beside == MEDSEAL_CHECKPOINT_NONE)
    Warn("no checkpoint lies beside the log: a cut at its end does not show");
  if (report.beside == MEDSEAL_CHECKPOINT_AGREES)
    Say("who signed the checkpoint is open: give the log's key with --key");
  if (arguments.checkpoint.empty())
    Say("whoever can write to the disk can put an older copy of all of it there: a checkpoint kept elsewhere shows "
        "that "
        "(--against)");
}

Outcome CheckEntry(const LogProofArguments& arguments) {
  CLI_ASSIGN(const std::string json, ReadText(arguments.check));
  CLI_ASSIGN(const std::string key, ReadVerifierKey(arguments.key));
  CLI_ASSIGN(const medseal::AuditProof proof, ParseProof("inclusion", json));
  CLI_TRY(medseal::CheckAuditEntry(proof, key));
  WriteLine(fmt::format("entry {} is in the log of {} entries{}", proof.from, proof.tree_size,
                        key.empty() ? "; who signed its checkpoint is open (--key)" : ""));
  return kDone;
}

Outcome CheckGrowth(const LogProofArguments& arguments, const std::string& older) {
  CLI_ASSIGN(const std::string json, ReadText(arguments.check));
  CLI_ASSIGN(const std::string key, ReadVerifierKey(arguments.key));
  CLI_ASSIGN(const medseal::AuditProof proof, ParseProof("consistency", json));
  CLI_TRY(medseal::CheckAuditGrowth(proof, older, key));
  WriteLine(fmt::format("the log of {} entries goes on from that of {}{}", proof.tree_size, proof.from,
                        key.empty() ? "; who signed the checkpoints is open (--key)" : ""));
  return kDone;
}

}  // namespace

Outcome VerifyLog(const Common& common, const LogProofArguments& arguments) {
  CLI_TRY(RequireStore(common));
  medseal::AuditVerifyOptions options{.store = common.store, .checkpoint = {}, .key = {}};
  CLI_ASSIGN(options.key, ReadVerifierKey(arguments.key));
  if (!arguments.checkpoint.empty()) {
    CLI_ASSIGN(options.checkpoint, ReadText(arguments.checkpoint));
  }
  VerifyWatcher watcher;
  CLI_ASSIGN(const medseal_audit_report report, medseal::VerifyAudit(options, &watcher));
  common.json ? WriteReportJson(report) : WriteReportText(report);
  Advise(report, arguments);
  return kDone;
}

Outcome ShowLogKey(const Common& common) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(const medseal_audit_key_info info, vault.AuditKey());
    if (!common.json) {
      WriteLine(info.key);
      Say("founder " + HexText(info.founder_key) + " signed it: " + HexText(info.founder_signature));
      return kDone;
    }
    JsonLine line("audit_key");
    line.Text("key", info.key).Text("store_id", HexText(info.store_id)).Text("verify_key", HexText(info.verify_key));
    line.Text("founder_key", HexText(info.founder_key)).Text("founder_signature", HexText(info.founder_signature));
    WriteLine(line.Done());
    return kDone;
  });
}

Outcome ShowLogCheckpoint(const Common& common) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(const medseal::Buffer note, vault.AuditCheckpoint());
    WriteCheckpoint(note, common.json);
    return kDone;
  });
}

Outcome ProveLogEntry(const Common& common, const LogProofArguments& arguments) {
  if (!arguments.check.empty()) return CheckEntry(arguments);
  if (!arguments.index.has_value()) return InvalidArgument("name the entry's index, or a proof to check with --check");
  CLI_TRY(RequireStore(common));
  CLI_ASSIGN(const medseal::AuditProof proof, medseal::ProveAuditEntry(common.store, *arguments.index));
  WriteLine(ProofJson("inclusion", proof));
  return kDone;
}

Outcome ProveLogGrowth(const Common& common, const LogProofArguments& arguments) {
  CLI_ASSIGN(const std::string older, ReadText(arguments.checkpoint));
  if (!arguments.check.empty()) return CheckGrowth(arguments, older);
  CLI_TRY(RequireStore(common));
  CLI_ASSIGN(const medseal::AuditProof proof, medseal::ProveAuditGrowth(common.store, older));
  WriteLine(ProofJson("consistency", proof));
  return kDone;
}

}  // namespace cli
