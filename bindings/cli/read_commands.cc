// get, history, patient, find, scan, range, delete: records that are there.
#include <fmt/core.h>

#include "commands.h"
#include "confirm.h"
#include "ids.h"
#include "interrupt.h"
#include "json.h"
#include "output.h"
#include "render.h"
#include "talk.h"

namespace cli {
namespace {

constexpr std::size_t kPiece = 1 << 20;

Shape ShapeOf(const Common& common, bool full) {
  return common.json ? Shape::kJson : full ? Shape::kBlock : Shape::kLine;
}

// The bytes of one field as they are, in bounded memory.
Outcome WriteValue(medseal::Session& session, const RecordId& id, const std::string& field) {
  std::uint64_t offset = 0, size = 1;
  while (offset < size && !OutputGone()) {
    if (Interrupted()) return Cancelled();
    CLI_ASSIGN(const medseal::Piece piece, session.ReadValue(id.ref(), field, offset, kPiece));
    Write(medseal::AsText(piece.bytes.bytes()));
    size = piece.value_size;
    offset += std::max<std::size_t>(1, piece.bytes.bytes().size());
  }
  return kDone;
}

using Lister = std::function<Result<medseal::Cursor>(medseal::Session&)>;

Outcome List(const Common& common, const ListArguments& list, const Lister& lister) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(medseal::Cursor cursor, lister(session));
    CLI_ASSIGN(const Shown shown, ShowRecords(cursor, ShapeOf(common, list.full), list.limit));
    if (shown.records == 0) Say("no records");
    if (shown.more) Say("there are more, after " + HandleText(shown.last) + " (scan: --after)");
    return kDone;
  });
}

Result<std::pair<std::string, Secret>> ReadCondition(const std::string& condition, const Common& common) {
  const std::size_t equals = condition.find('=');
  if (equals == std::string::npos || equals == 0)
    return InvalidArgument("what to find is written field=- or field=@FILE");
  CLI_ASSIGN(Secret value, ReadValue(condition.substr(equals + 1), common, "search value"));
  return std::pair(condition.substr(0, equals), std::move(value));
}

// One read on record, however the record is named.
Result<medseal::Record> GetRecord(medseal::Session& session, const Common& common, const GetArguments& arguments) {
  std::vector<const char*> fields;
  for (const std::string& field : arguments.fields) fields.push_back(field.c_str());
  const medseal::GetOptions options{.fields = fields, .version = arguments.version, .masked = arguments.masked};
  const auto handle = ParseRecordHandle(arguments.record.back());
  if (arguments.record.size() == 1 && handle) return session.Get(*handle, options);
  CLI_ASSIGN(const RecordId id, ReadRecordId(arguments.record, common, session));
  return session.Get(id.ref(), options);
}

}  // namespace

Outcome Get(const Common& common, const GetArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    if (!arguments.raw.empty()) {
      CLI_ASSIGN(const RecordId id, ReadRecordId(arguments.record, common, session));
      return WriteValue(session, id, arguments.raw);
    }
    CLI_ASSIGN(medseal::Record record, GetRecord(session, common, arguments));
    CLI_TRY(ShowRecord(record, ShapeOf(common, true)));
    return kDone;
  });
}

Outcome ShowHistory(const Common& common, const HistoryArguments& arguments) {
  return List(common, arguments, [&](medseal::Session& session) -> Result<medseal::Cursor> {
    CLI_ASSIGN(const RecordId id, ReadRecordId(arguments.record, common, session));
    return session.History(id.ref());
  });
}

Outcome ShowPatient(const Common& common, const PatientArguments& arguments) {
  return List(common, arguments, [&](medseal::Session& session) -> Result<medseal::Cursor> {
    CLI_ASSIGN(const PatientId patient, ReadPatientId(arguments.patient, common));
    return session.RecordsOf(patient.ref());
  });
}

Outcome Find(const Common& common, const FindArguments& arguments) {
  return List(common, arguments, [&](medseal::Session& session) -> Result<medseal::Cursor> {
    CLI_ASSIGN(const auto condition, ReadCondition(arguments.condition, common));
    return session.Find(arguments.type, condition.first, condition.second.view());
  });
}

Outcome Scan(const Common& common, const ScanArguments& arguments) {
  const auto after = ParseRecordHandle(arguments.after);
  if (!arguments.after.empty() && !after)
    return InvalidArgument("--after takes a record's printed handle (h: and 64 digits)");
  return List(common, arguments,
              [&](medseal::Session& session) { return session.Scan(arguments.type, after ? &*after : nullptr); });
}

Outcome ShowRange(const Common& common, const RangeArguments& arguments) {
  return List(common, arguments, [&](medseal::Session& session) {
    if (!arguments.prefix.empty()) {
      return session.WithPrefix(arguments.type, arguments.field, medseal::AsBytes(arguments.prefix));
    }
    return session.Range(arguments.type, arguments.field, medseal::AsBytes(arguments.from),
                         medseal::AsBytes(arguments.to));
  });
}

Outcome Delete(const Common& common, const DeleteArguments& arguments) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const RecordId id, ReadRecordId(arguments.record, common, session));
    CLI_TRY(Confirm(common, "Delete this " + id.type + " with its history and large values?"));
    CLI_TRY(session.Delete(id.ref(), arguments.expect));
    if (common.json) WriteLine(JsonLine("deleted").Text("type", id.type).Done());
    Say("deleted");
    return kDone;
  });
}

}  // namespace cli
