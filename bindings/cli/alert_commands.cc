// alert list, rules, test, sink: what was raised, what raises it and where it goes.
#include <fmt/core.h>

#include <array>
#include <utility>

#include "commands.h"
#include "json.h"
#include "log_text.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

constexpr std::array kKinds = {std::pair{"file", MEDSEAL_SINK_FILE}, std::pair{"syslog", MEDSEAL_SINK_SYSLOG},
                               std::pair{"command", MEDSEAL_SINK_COMMAND}};

medseal_sink_kind KindNamed(std::string_view name) {
  for (const auto& [known, kind] : kKinds) {
    if (name == known) return kind;
  }
  return MEDSEAL_SINK_FILE;  // the parser lets no other through
}

const char* NameOf(medseal_sink_kind kind) {
  for (const auto& [name, known] : kKinds) {
    if (kind == known) return name;
  }
  return "unknown";
}

void WriteSink(const medseal::AlertSink& sink, bool json) {
  if (json) {
    JsonLine line("alert_sink");
    line.Number("number", sink.id).Text("sink", NameOf(sink.kind));
    return WriteLine(line.List("words", {sink.words.begin(), sink.words.end()}).Done());
  }
  std::string words;
  for (const std::string& word : sink.words) words += "  " + Printable(word);
  WriteLine(fmt::format("{:>3}  {:<8}{}", sink.id, NameOf(sink.kind), words));
}

void WriteRule(const medseal::AlertRule& rule, bool json) {
  if (!json) return WriteLine(fmt::format("{:<22} {:<4} {}", rule.name, rule.on ? "on" : "OFF", rule.help));
  JsonLine line("alert_rule");
  WriteLine(
      line.Text("rule", rule.name).Flag("on", rule.on).Text("policy", rule.policy).Text("help", rule.help).Done());
}

}  // namespace

Outcome ListAlerts(const Common& common, const LogArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    LogArguments alerts = arguments;
    alerts.operation = "alert";
    CLI_ASSIGN(const LogQuery query, ReadLogQuery(alerts, common));
    std::uint64_t count = 0;
    CLI_TRY(session.AuditEntries(query.raw(), [&](const medseal_audit_entry& entry) {
      ++count;
      WriteLine(common.json ? EntryJson(entry) : EntryText(entry));
      return !OutputGone();
    }));
    if (count == 0) Say("no alert was raised");
    return kDone;
  });
}

Outcome ShowAlertRules(const Common& common) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const auto rules, session.AlertRules());
    for (const medseal::AlertRule& rule : rules) WriteRule(rule, common.json);
    return kDone;
  });
}

Outcome AddAlertSink(const Common& common, const AlertSinkArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    std::vector<const char*> words;
    for (const std::string& word : arguments.words) words.push_back(word.c_str());
    CLI_ASSIGN(const std::uint32_t id, session.AddAlertSink(KindNamed(arguments.kind), words));
    if (common.json) WriteLine(JsonLine("alert_sink_added").Number("number", id).Done());
    Say(fmt::format("alerts go there too: sink {}; `medseal alert test` shows whether they arrive", id));
    return kDone;
  });
}

Outcome RemoveAlertSink(const Common& common, const std::uint32_t& id) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(session.RemoveAlertSink(id));
    if (common.json) WriteLine(JsonLine("alert_sink_removed").Number("number", id).Done());
    Say(fmt::format("no alert goes to sink {} any more", id));
    return kDone;
  });
}

Outcome ListAlertSinks(const Common& common) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const auto sinks, session.AlertSinks());
    for (const medseal::AlertSink& sink : sinks) WriteSink(sink, common.json);
    if (sinks.empty()) Say("alerts stay in the log: `medseal alert sink add` says where else they go");
    return kDone;
  });
}

Outcome TestAlerts(const Common& common) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(session.TestAlerts());
    if (common.json) WriteLine(JsonLine("alert_tested").Done());
    Say("an alert of the rule `test` is in the log and on its way to every sink");
    return kDone;
  });
}

}  // namespace cli
