// medseal.h: metrics.
#include "abi/call.h"
#include "abi/handles.h"
#include "vault/metrics_text.h"

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_metrics_render(medseal_vault* vault, medseal_metrics_format format, medseal_buffer** text,
                                    medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr && text != nullptr, "vault and text are needed"));
    *text = nullptr;
    MS_TRY(
        RequireOneOf(format, MEDSEAL_METRICS_PROMETHEUS, MEDSEAL_METRICS_JSON, "there is no such format of metrics"));
    MS_ASSIGN(const auto families, vault::GatherMetrics(*vault->vault));
    const std::string rendered =
        format == MEDSEAL_METRICS_JSON ? vault::MetricsAsJson(families) : vault::MetricsAsPrometheus(families);
    *text = new medseal_buffer{SecretBytes::CopyOf(AsBytes(rendered))};
    return Status::Ok();
  });
}
