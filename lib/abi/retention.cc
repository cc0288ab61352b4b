// medseal.h: retention.
#include "vault/retention.h"

#include "abi/call.h"
#include "abi/counted.h"
#include "abi/handles.h"
#include "abi/on_record.h"

namespace mseal::abi {
namespace {

static_assert(static_cast<int>(vault::ClockState::kUnknown) == MEDSEAL_CLOCK_UNKNOWN,
              "the numbers of both lists are the same");

void ShowItem(const medseal_retention_options& known, const vault::RetentionItem& item) {
  const std::string type(item.type);
  std::vector<const char*> classes;
  for (const std::string& name : item.classes) classes.push_back(name.c_str());
  medseal_retention_item shown{};
  shown.size = sizeof(shown);
  std::memcpy(shown.record_handle, item.handle.data(), item.handle.size());
  shown.type = type.c_str();
  shown.end_ms = item.end_ms;
  shown.classes = classes.data();
  shown.class_count = classes.size();
  known.on_item(known.context, &shown);
}

void ShowTypes(const medseal_retention_options& known, const vault::RetentionReport& report) {
  for (const auto& [name, count] : report.types) {
    const medseal_retention_type shown{sizeof(shown),  name.c_str(),      count.records,  count.expired,
                                       count.clearing, count.earliest_ms, count.latest_ms};
    known.on_type(known.context, &shown);
  }
}

vault::RetentionOptions ReadOptions(const medseal_retention_options& known) {
  vault::RetentionOptions options;
  options.run = known.run != 0;
  options.type = Text(known.type);
  options.until_ms = known.until_ms;
  options.share = known.share;
  if (known.on_progress != nullptr) {
    options.on_progress = [&known](std::uint64_t done, std::uint64_t in_all, std::uint64_t gone) {
      const medseal_progress progress{sizeof(progress), done, in_all, gone};
      return known.on_progress(known.context, &progress) == 0;
    };
  }
  if (known.on_item != nullptr) {
    options.on_item = [&known](const vault::RetentionItem& item) { ShowItem(known, item); };
  }
  if (known.on_type != nullptr) {
    options.on_plan = [&known](const vault::RetentionReport& report) { ShowTypes(known, report); };
  }
  return options;
}

medseal_retention_report ReportOf(const vault::RetentionReport& report) {
  medseal_retention_report shown{};
  shown.now_ms = report.now_ms;
  shown.clock = static_cast<medseal_clock>(report.clock);
  shown.records = report.all.records;
  shown.expired = report.all.expired;
  shown.clearing = report.all.clearing;
  shown.patients = report.patients;
  shown.held = report.held;
  shown.restricted = report.restricted;
  shown.deleted = report.deleted;
  shown.cleared = report.cleared;
  return shown;
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_retention(medseal_session* session, const medseal_retention_options* options,
                               medseal_retention_report* report, medseal_error* error) {
  return RunOnRecord(session, {audit::Operation::kRetention, vault::Operation::kRetention}, {}, error, [&]() -> Status {
    MS_TRY(Require(session != nullptr, "there is no session"));
    MS_ASSIGN(const medseal_retention_options known, ReadOptional(options));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    vault::RetentionReport found;
    const Status status = vault::Retain(call.core(), call.desk(), ReadOptions(known), found);
    Write(ReportOf(found), report);
    return status;
  });
}
