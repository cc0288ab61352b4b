// medseal.h: alerts, their sinks, and canaries.
#include "abi/alert_callback.h"
#include "abi/call.h"
#include "abi/handles.h"
#include "abi/on_record.h"
#include "vault/alert_settings.h"
#include "vault/canaries.h"

namespace mseal::abi {

vault::AlertCallback CallbackOf(medseal_alert_callback callback, void* context) {
  if (callback == nullptr) return {};
  return [callback, context](const vault::ShownAlert& alert) {
    const std::string json = alert.Json();
    const medseal_alert shown{.size = sizeof(shown),
                              .time_ms = alert.time_ms,
                              .rule = alert.rule.c_str(),
                              .store = alert.store.c_str(),
                              .person = alert.person.c_str(),
                              .session = alert.session.c_str(),
                              .patient = alert.patient.c_str(),
                              .number = alert.number,
                              .json = json.c_str()};
    return callback(context, &shown) == 0;
  };
}

namespace {

Status Ended() { return Status::Cancelled("the callback ended the listing"); }

Status ShowSinks(vault::Core& core, medseal_alert_sink_callback callback, void* context) {
  MS_ASSIGN(const auto sinks, vault::ListAlertSinks(core));
  for (const format::AlertSink& sink : sinks) {
    std::vector<const char*> words;
    for (const std::string& word : sink.words) words.push_back(word.c_str());
    const medseal_alert_sink shown{.size = sizeof(shown),
                                   .id = sink.id,
                                   .kind = static_cast<medseal_sink_kind>(sink.kind),
                                   .words = words.data(),
                                   .word_count = words.size()};
    if (callback(context, &shown) != 0) return Ended();
  }
  return Status::Ok();
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_alert_rules(medseal_session* session, medseal_alert_rule_callback callback, void* context,
                                 medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && callback != nullptr, "session and callback are needed"));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    const auto chain = call.core().registry->chain();
    for (const audit::RuleEntry& entry : audit::RuleTable()) {
      // Literals: they end with a zero byte.
      const medseal_alert_rule rule{.size = sizeof(rule),
                                    .name = entry.name.data(),
                                    .policy = entry.policy.data(),
                                    .help = entry.help.data(),
                                    .on = entry.policy.empty() || chain->policy(entry.policy) != 0};
      if (callback(context, &rule) != 0) return Ended();
    }
    return Status::Ok();
  });
}

medseal_code medseal_alert_set_callback(medseal_vault* vault, medseal_alert_callback callback, void* context,
                                        medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr, "there is no vault"));
    MS_ASSIGN(vault::Call call, vault->vault->Enter());
    if (call.core().alarms == nullptr) return Status::Unsupported("the vault keeps no log");
    call.core().alarms->delivery().SetCallback(CallbackOf(callback, context));
    return Status::Ok();
  });
}

medseal_code medseal_alert_sink_add(medseal_session* session, medseal_sink_kind kind, const char* const* words,
                                    size_t word_count, uint32_t* id, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kPolicy, "alert sink add", error, [&]() -> Status {
    MS_TRY(Require(words != nullptr || word_count == 0, "the sink's words are needed"));
    MS_TRY(RequireOneOf(kind, MEDSEAL_SINK_FILE, MEDSEAL_SINK_COMMAND, "there is no such kind of sink"));
    format::AlertSink sink{.id = 0, .kind = static_cast<format::SinkKind>(kind), .words = {}};
    for (std::size_t i = 0; i < word_count; ++i) sink.words.emplace_back(Text(words[i]));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    MS_ASSIGN(const std::uint32_t added, vault::AddAlertSink(call.core(), call.desk(), std::move(sink)));
    if (id != nullptr) *id = added;
    return Status::Ok();
  });
}

medseal_code medseal_alert_sink_remove(medseal_session* session, uint32_t id, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kPolicy, "alert sink remove", error, [&]() -> Status {
    MS_ASSIGN(vault::Call call, session->session->Enter());
    return vault::RemoveAlertSink(call.core(), call.desk(), id);
  });
}

medseal_code medseal_alert_sinks(medseal_session* session, medseal_alert_sink_callback callback, void* context,
                                 medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && callback != nullptr, "session and callback are needed"));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    return ShowSinks(call.core(), callback, context);
  });
}

medseal_code medseal_alert_test(medseal_session* session, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(session != nullptr, "there is no session"));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    if (call.core().alarms == nullptr) return Status::Unsupported("the vault keeps no log");
    return call.core().alarms->Raise(call.desk(), audit::Rule::kTest);
  });
}

medseal_code medseal_canary_plant(medseal_session* session, uint32_t count, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kPolicy, "canary plant", error, [&]() -> Status {
    MS_ASSIGN(vault::Call call, session->session->Enter());
    return vault::PlantCanaries(call.core(), call.desk(), count);
  });
}

medseal_code medseal_canary_rotate(medseal_session* session, uint32_t* job, medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kPolicy, "canary rotate", error, [&]() -> Status {
    std::uint32_t joined = 0;
    MS_TRY(vault::RotateCanaries(*session->session, joined));
    if (job != nullptr) *job = joined;
    return Status::Ok();
  });
}

medseal_code medseal_canaries(medseal_session* session, medseal_canary_callback callback, void* context,
                              medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kList, "canaries", error, [&]() -> Status {
    MS_TRY(Require(callback != nullptr, "a callback is needed"));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    MS_ASSIGN(const auto patients, vault::ListCanaries(call.core(), call.desk()));
    for (const keys::PatientHandle& patient : patients) {
      if (callback(context, patient.data()) != 0) return Ended();
    }
    return Status::Ok();
  });
}
