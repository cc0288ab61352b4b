// put: records from lines of JSON. A line counts once it is written; one that cannot be does not hold up the others.
#include <fmt/core.h>

#include <set>

#include "commands.h"
#include "ids.h"
#include "interrupt.h"
#include "json.h"
#include "lines.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

constexpr std::size_t kBatch = 100;

struct Pending {
  std::uint64_t line;
  PatientId patient;
  std::string record;
  std::string fields;
};

class Putter {
 public:
  Putter(const Common& common, const PutArguments& arguments, medseal::Session& session)
      : common_(common), arguments_(arguments), session_(session) {
    for (const std::string& name : arguments.clear) clear_.push_back(name.c_str());
  }

  Outcome Run() {
    const Status status = TakeLines();
    Summarise();
    if (!status.ok()) return status.error();
    return ExitCode();
  }

 private:
  Status TakeLines() {
    std::string text;
    for (std::uint64_t line = 1;; ++line) {
      CLI_ASSIGN(const bool more, StandardInput().Next(text));
      if (!more) return Flush();
      if (!text.empty()) CLI_TRY(Take(line, text));
      // Whoever writes a line and waits for its answer must not wait for ninety-nine others.
      if (pending_.size() >= kBatch || !StandardInput().Ready()) CLI_TRY(Flush());
      if (Interrupted()) return Cancelled();
    }
  }

  Status Take(std::uint64_t line, const std::string& text) {
    auto parsed = ParsePutLine(text);
    if (!parsed.ok()) return Reject(line, parsed.error());
    // Two versions of one record follow each other, so they may not share a batch.
    const std::string record = Quote(parsed->patient) + Quote(parsed->record);
    if (in_batch_.contains(record)) CLI_TRY(Flush());
    in_batch_.insert(record);
    pending_.push_back(
        {line, PatientId(Secret(parsed->patient)), std::move(parsed->record), std::move(parsed->fields)});
    return {};
  }

  medseal::PutItem ItemOf(const Pending& pending) const {
    return {
        .ref = {.type = arguments_.type, .patient = pending.patient.ref(), .record = pending.record},
        .message = pending.fields,
        .mode = arguments_.if_absent ? MEDSEAL_INSERT
                : arguments_.update  ? MEDSEAL_UPDATE
                                     : MEDSEAL_REPLACE,
        .expected_version = arguments_.expect,
        .clear = clear_,
        .skip_unchanged = arguments_.skip_unchanged,
    };
  }

  // All at once; what a failure kept out is tried again line by line, so that only the bad ones stay out.
  Status Flush() {
    std::vector<medseal::PutItem> items;
    for (const Pending& pending : pending_) items.push_back(ItemOf(pending));
    std::vector<medseal_put_result> results;
    Status status;
    if (!items.empty()) status = session_.PutBatch(items, &results);
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i].code == MEDSEAL_OK) {
        Acknowledge(pending_[i].line, results[i]);
      } else {
        CLI_TRY(PutAlone(pending_[i]));
      }
    }
    FlushOutput();
    pending_.clear();
    in_batch_.clear();
    return {};
  }

  Status PutAlone(const Pending& pending) {
    const auto result = session_.Put(ItemOf(pending));
    if (!result.ok()) return Reject(pending.line, result.error());
    Acknowledge(pending.line, *result);
    return {};
  }

  void Acknowledge(std::uint64_t line, const medseal_put_result& result) {
    ++(result.unchanged != 0 ? unchanged_ : written_);
    progress_.Update(written_ + unchanged_, 0, 0);
    if (!common_.json) return;
    JsonLine out("put");
    out.Number("line", line)
        .Text("handle", HandleText(result.record_handle))
        .Text("patient", HandleText(result.patient_handle));
    WriteLine(out.Number("version", result.version).Flag("unchanged", result.unchanged != 0).Done());
  }

  // What is wrong with this line alone is counted; what would stop the next line too is returned.
  Status Reject(std::uint64_t line, const Error& error) {
    switch (error.code()) {
      case MEDSEAL_INVALID_ARGUMENT:
      case MEDSEAL_NOT_FOUND:
      case MEDSEAL_ERASED:
      case MEDSEAL_PERMISSION_DENIED:
      case MEDSEAL_ALREADY_EXISTS:
      case MEDSEAL_CONFLICT:
      case MEDSEAL_UNSUPPORTED:
      case MEDSEAL_RESOURCE_EXHAUSTED:
        break;
      default:
        return error;
    }
    ++rejected_;
    reasons_.insert(error.code());
    SayRejected(fmt::format("stdin:{}", line), fmt::format("{}: {}", error.code_name(), error.message()), error.code());
    return {};
  }

  void Summarise() const {
    if (common_.json) {
      JsonLine line("put_summary");
      line.Number("written", written_).Number("unchanged", unchanged_).Number("rejected", rejected_);
      return WriteLine(line.Done());
    }
    WriteLine(fmt::format("{} written, {} unchanged, {} rejected", Grouped(written_), Grouped(unchanged_),
                          Grouped(rejected_)));
  }

  // When every line was refused for one reason of the vault, that reason is the answer, so that a script can act on it.
  int ExitCode() const {
    if (rejected_ == 0) return kDone;
    const bool one_reason = reasons_.size() == 1 && !reasons_.contains(MEDSEAL_INVALID_ARGUMENT);
    return written_ + unchanged_ == 0 && one_reason ? medseal_exit_code(*reasons_.begin()) : kSomeRejected;
  }

  const Common& common_;
  const PutArguments& arguments_;
  medseal::Session& session_;
  std::vector<const char*> clear_;
  std::vector<Pending> pending_;
  std::set<std::string> in_batch_;
  std::set<medseal_code> reasons_;
  std::uint64_t written_ = 0;
  std::uint64_t unchanged_ = 0;
  std::uint64_t rejected_ = 0;
  ProgressLine progress_{"put", "records"};
};

}  // namespace

Outcome Put(const Common& common, const PutArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) { return Putter(common, arguments, session).Run(); });
}

}  // namespace cli
