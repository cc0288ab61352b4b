// metrics: what a vault counts, as this run of the command sees it.
#include "commands.h"
#include "json.h"
#include "output.h"

namespace cli {

Outcome ShowMetrics(const Common& common) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(const medseal::Buffer text,
               vault.RenderMetrics(common.json ? MEDSEAL_METRICS_JSON : MEDSEAL_METRICS_PROMETHEUS));
    const std::string_view shown = medseal::AsText(text.bytes());
    if (common.json)
      WriteLine(JsonLine("metrics").Raw("metrics", shown).Done());
    else
      Write(shown);
    return kDone;
  });
}

}  // namespace cli
