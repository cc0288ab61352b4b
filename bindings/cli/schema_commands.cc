// schema check, load, show: what the fields are and how each is sealed.
#include <fmt/core.h>

#include "commands.h"
#include "json.h"
#include "output.h"
#include "schema_file.h"
#include "talk.h"

namespace cli {

Outcome CheckSchema(const Common& common, const SchemaArguments& arguments) {
  CLI_ASSIGN(const SchemaFile current, ReadSchema(arguments.current, arguments.rules));
  CLI_ASSIGN(const SchemaFile next, ReadSchema(arguments.schema, arguments.rules));
  CLI_TRY(medseal::CheckSchema(current.schema(), next.schema()));
  if (common.json) WriteLine(JsonLine("schema_check").Flag("ok", true).Done());
  Say("records kept under the one stay protected and readable under the other");
  return kDone;
}

Outcome LoadSchema(const Common& common, const SchemaArguments& arguments) {
  CLI_ASSIGN(const SchemaFile schema, ReadSchema(arguments.schema, arguments.rules));
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const std::uint32_t version, session.LoadSchema(schema.schema()));
    if (common.json) WriteLine(JsonLine("schema_load").Number("stored_schema_version", version).Done());
    Say(fmt::format("the vault's schema is now version {}", version));
    return kDone;
  });
}

Outcome ShowSchema(const Common& common) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const medseal::Buffer text, session.ShowSchema());
    const std::string_view shown = medseal::AsText(text.bytes());
    if (common.json) {
      WriteLine(JsonLine("schema").Text("text", shown).Done());
    } else {
      Write(shown);
    }
    return kDone;
  });
}

}  // namespace cli
