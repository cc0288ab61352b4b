// retention plan, run: what has had its time, listed or let go. What Ctrl-C stops goes on with the same command.
#include <fmt/core.h>

#include "commands.h"
#include "confirm.h"
#include "ids.h"
#include "interrupt.h"
#include "json.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

constexpr std::uint32_t kShareOfOnePerson = 5;

void WriteType(const medseal_retention_type& type, bool json) {
  if (!json) {
    if (type.expired + type.clearing == 0) return;
    return WriteLine(fmt::format("{:<16}{:>10} of {} records go, {} lose values of a class; their time was {} to {}",
                                 type.type, Grouped(type.expired), Grouped(type.records), Grouped(type.clearing),
                                 TimeText(type.earliest_ms), TimeText(type.latest_ms)));
  }
  JsonLine line("retention_type");
  line.Text("type", type.type).Number("records", type.records).Number("expired", type.expired);
  line.Number("clearing", type.clearing);
  if (type.earliest_ms != 0) line.Text("earliest", TimeIso(type.earliest_ms)).Text("latest", TimeIso(type.latest_ms));
  WriteLine(line.Done());
}

void WriteItem(const medseal_retention_item& item) {
  JsonLine line("retention_item");
  line.Text("record", HandleText({item.record_handle, MEDSEAL_RECORD_HANDLE_SIZE})).Text("type", item.type);
  line.Text("end", TimeIso(item.end_ms));
  line.List("classes", std::vector<std::string_view>(item.classes, item.classes + item.class_count));
  WriteLine(line.Done());
}

class RetentionWatcher : public medseal::Watcher {
 public:
  explicit RetentionWatcher(bool json) : json_(json) {}
  bool OnProgress(const medseal_progress& progress) noexcept override {
    line_.Update(progress.done, progress.in_all, progress.records);
    return !Interrupted();
  }
  void OnRetentionType(const medseal_retention_type& type) noexcept override { WriteType(type, json_); }
  void OnRetentionItem(const medseal_retention_item& item) noexcept override {
    if (json_) WriteItem(item);
  }

 private:
  bool json_;
  ProgressLine line_{"retention", "patients"};
};

const char* NameOf(medseal_clock clock) {
  switch (clock) {
    case MEDSEAL_CLOCK_BELIEVED:
      return "believed";
    case MEDSEAL_CLOCK_BEHIND:
      return "behind";
    case MEDSEAL_CLOCK_AHEAD:
      return "ahead";
    case MEDSEAL_CLOCK_UNKNOWN:
      return "unknown";
  }
  return "unknown";
}

std::uint64_t PerMille(const medseal_retention_report& report) {
  return report.records == 0 ? 0 : (report.expired + report.clearing) * 1000 / report.records;
}

void WriteReport(const medseal_retention_report& report, bool json) {
  if (json) {
    JsonLine line("retention");
    line.Text("now", TimeIso(report.now_ms)).Text("clock", NameOf(report.clock)).Number("records", report.records);
    line.Number("expired", report.expired).Number("clearing", report.clearing).Number("patients", report.patients);
    line.Number("share_per_mille", PerMille(report)).Number("held", report.held);
    line.Number("restricted", report.restricted).Number("deleted", report.deleted).Number("cleared", report.cleared);
    return WriteLine(line.Done());
  }
  WriteLine(fmt::format("in all          {:>10} of {} records go, {} lose values, of {} patients: {}.{} %",
                        Grouped(report.expired), Grouped(report.records), Grouped(report.clearing),
                        Grouped(report.patients), PerMille(report) / 10, PerMille(report) % 10));
  WriteLine(fmt::format("left out        {:>10} under legal hold, {} restricted", Grouped(report.held),
                        Grouped(report.restricted)));
}

void SayWhatARunTakes(const Common& common, const medseal_retention_report& report) {
  const std::uint64_t touched = report.expired + report.clearing;
  if (report.clock != MEDSEAL_CLOCK_BELIEVED)
    Warn(fmt::format("the clock says {}, which is not where this vault last knew it", TimeText(report.now_ms)));
  const bool two = report.clock != MEDSEAL_CLOCK_BELIEVED || touched * 100 > kShareOfOnePerson * report.records;
  if (two && touched != 0 && common.second_person.empty()) Say("a run takes a second person: --with NAME");
}

// `report` is what was planned.
Status Plan(medseal::Session& session, const Common& common, const medseal::RetentionOptions& options,
            medseal_retention_report* report) {
  Status planned;
  {
    RetentionWatcher watcher(common.json);
    planned = session.Retention(options, &watcher, report);
  }
  CLI_TRY(planned);
  WriteReport(*report, common.json);
  SayWhatARunTakes(common, *report);
  return {};
}

Status LetGo(medseal::Session& session, const Common& common, std::uint32_t share) {
  medseal_retention_report report;
  Status ran;
  {
    RetentionWatcher watcher(common.json);
    ran = session.Retention({.run = true, .share = share}, &watcher, &report);
  }
  if (common.json) WriteReport(report, true);
  Say(fmt::format("{} records went, {} lost values of a class", Grouped(report.deleted), Grouped(report.cleared)));
  return ran;
}

}  // namespace

Outcome PlanRetention(const Common& common, const RetentionArguments& arguments) {
  medseal::RetentionOptions options{.type = arguments.type.empty() ? medseal::Name() : medseal::Name(arguments.type)};
  if (!arguments.until.empty()) {
    const auto until = ParseDate(arguments.until);
    if (!until) return InvalidArgument("--until takes a date: YYYY-MM-DD");
    options.until_ms = *until;
  }
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    medseal_retention_report report;
    CLI_TRY(Plan(session, common, options, &report));
    return kDone;
  });
}

Outcome RunRetention(const Common& common, const RetentionArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    if (!common.yes) {
      medseal_retention_report plan;
      CLI_TRY(Plan(session, common, {}, &plan));
      if (plan.expired + plan.clearing == 0) return Say("nothing has had its time"), kDone;
      CLI_TRY(Confirm(common, "Let these records and values go for good?"));
    }
    CLI_TRY(LetGo(session, common, arguments.max_share));
    return kDone;
  });
}

}  // namespace cli
