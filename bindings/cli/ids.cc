#include "ids.h"

#include <fmt/core.h>

#include "lines.h"
#include "secrets.h"

namespace cli {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

template <std::size_t kSize>
std::optional<std::array<std::uint8_t, kSize>> ParseHandle(std::string_view text) {
  if (text.size() != 2 + 2 * kSize || !text.starts_with("h:")) return std::nullopt;
  std::array<std::uint8_t, kSize> out{};
  for (std::size_t i = 0; i < kSize; ++i) {
    const int high = HexDigit(text[2 + 2 * i]), low = HexDigit(text[3 + 2 * i]);
    if (high < 0 || low < 0) return std::nullopt;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return out;
}

std::optional<medseal::PatientHandle> ParsePatientHandle(std::string_view text) {
  if (const auto handle = ParseHandle<MEDSEAL_PATIENT_HANDLE_SIZE>(text)) return handle;
  const auto record = ParseRecordHandle(text);
  if (!record) return std::nullopt;
  return medseal::internal::Copied<MEDSEAL_PATIENT_HANDLE_SIZE>(
      record->data());  // a record's begins with its patient's
}

Result<Secret> ReadStandardInput(const std::string& what) {
  std::string line;
  CLI_ASSIGN(const bool found, StandardInput().Next(line));
  if (!found || line.empty()) return InvalidArgument("standard input has no line for the " + what);
  return Secret(line);
}

Result<Secret> ReadFromFile(const std::string& path, const std::string& what) {
  CLI_ASSIGN(Secret content, ReadFile(path));
  if (content.text().ends_with('\n')) content.Cut(content.size() - 1);
  if (content.text().ends_with('\r')) content.Cut(content.size() - 1);
  if (content.empty()) return InvalidArgument(path + ": holds no " + what);
  return content;
}

// What comes from elsewhere than the command line, or nothing.
Result<std::optional<Secret>> ReadElsewhere(const std::string& argument, const std::string& what) {
  if (argument != "-" && !argument.starts_with('@')) return std::optional<Secret>();
  CLI_ASSIGN(Secret value, argument == "-" ? ReadStandardInput(what) : ReadFromFile(argument.substr(1), what));
  return std::optional<Secret>(std::move(value));
}

Error RefuseClear(const std::string& what, bool has_handle) {
  return InvalidArgument("the " + what +
                         " would stay in the shell's history: give - and write it to standard input, or @FILE" +
                         (has_handle ? ", or a printed handle (h:...)" : "") + "; --allow-argv takes it as it is");
}

Result<RecordId> LookUp(const medseal::RecordHandle& handle, medseal::Session& session) {
  CLI_ASSIGN(const medseal::Record record, session.Get(handle));
  return RecordId{record.type(), PatientId(Secret(HandleText(handle))), Secret(medseal::AsText(record.id()))};
}

}  // namespace

std::string HandleText(std::span<const std::uint8_t> handle) {
  std::string out = "h:";
  for (const std::uint8_t byte : handle) out += fmt::format("{:02x}", byte);
  return out;
}

std::optional<medseal::RecordHandle> ParseRecordHandle(std::string_view text) {
  return ParseHandle<MEDSEAL_RECORD_HANDLE_SIZE>(text);
}

PatientId::PatientId(Secret text) : id_(std::move(text)), handle_(ParsePatientHandle(id_.text())) {}

Result<PatientId> ReadPatientId(const std::string& argument, const Common& common) {
  CLI_ASSIGN(auto elsewhere, ReadElsewhere(argument, "patient"));
  if (elsewhere) return PatientId(std::move(*elsewhere));
  if (!common.allow_argv && !ParsePatientHandle(argument)) return RefuseClear("patient's id", true);
  return PatientId(Secret(argument));
}

Result<Secret> ReadValue(const std::string& argument, const Common& common, const std::string& what) {
  CLI_ASSIGN(auto elsewhere, ReadElsewhere(argument, what));
  if (elsewhere) return std::move(*elsewhere);
  if (!common.allow_argv) return RefuseClear(what, false);
  return Secret(argument);
}

Result<RecordId> ReadRecordId(const std::vector<std::string>& arguments, const Common& common,
                              medseal::Session& session) {
  if (arguments.size() <= 2) {
    const auto handle = ParseRecordHandle(arguments.back());
    if (handle) return LookUp(*handle, session);
    return InvalidArgument(
        "name a record by TYPE PATIENT RECORD, or by the handle that was printed for it (h: and 64 digits)");
  }
  CLI_ASSIGN(PatientId patient, ReadPatientId(arguments[1], common));
  CLI_ASSIGN(auto record, ReadElsewhere(arguments[2], "record"));
  if (!record && !common.allow_argv && patient.IsPartOf(arguments[2]))
    return RefuseClear("record's id holds the patient's: it", true);
  return RecordId{arguments[0], std::move(patient), record ? std::move(*record) : Secret(arguments[2])};
}

}  // namespace cli
