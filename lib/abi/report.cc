// Codes, messages, incident numbers, and the small functions about them.
#include "abi/call.h"
#include "abi/handles.h"
#include "vault/on_record.h"

namespace mseal::abi {

static_assert(static_cast<int>(StatusCode::kForked) == MEDSEAL_FORKED, "the numbers of both lists are the same");
static_assert(static_cast<int>(StatusCode::kIoError) == MEDSEAL_IO_ERROR &&
              static_cast<int>(StatusCode::kStale) == MEDSEAL_STALE);

medseal_code Report(const Status& status, medseal_error* error) {
  const auto code = static_cast<medseal_code>(status.code());
  if (error == nullptr || error->size < sizeof(error->size)) return code;
  medseal_error filled{};
  filled.size = error->size;
  filled.code = code;
  if (!status.ok()) {
    filled.incident = status.incident() != 0 ? status.incident() : vault::DrawIncident();
    const std::string& message = status.message();
    std::memcpy(filled.message, message.data(), std::min(message.size(), sizeof(filled.message) - 1));
  }
  std::memcpy(error, &filled, std::min(error->size, sizeof(filled)));
  return code;
}

}  // namespace mseal::abi

const char* medseal_version(void) { return "0.1.0"; }

const char* medseal_code_name(medseal_code code) {
  return mseal::CodeName(static_cast<mseal::StatusCode>(code)).data();
}

int medseal_exit_code(medseal_code code) {
  switch (code) {
    case MEDSEAL_OK:
      return 0;
    case MEDSEAL_INVALID_ARGUMENT:
      return 2;
    case MEDSEAL_NOT_FOUND:
      return 4;
    case MEDSEAL_ERASED:
      return 5;
    case MEDSEAL_PERMISSION_DENIED:
      return 6;
    case MEDSEAL_NO_VAULT:
      return 10;
    case MEDSEAL_LOCKED:
      return 11;
    case MEDSEAL_WRONG_SECRET:
      return 12;
    case MEDSEAL_AUTH_FAILED:
    case MEDSEAL_CORRUPT:
    case MEDSEAL_STALE:
      return 13;
    case MEDSEAL_KEY_UNAVAILABLE:
      return 14;
    case MEDSEAL_CANCELLED:
      return 130;
    default:
      return 1;
  }
}

medseal_bytes medseal_buffer_bytes(const medseal_buffer* buffer) {
  return buffer == nullptr ? medseal_bytes{} : mseal::abi::Lend(buffer->bytes.Reveal());
}

void medseal_free(medseal_buffer* buffer) { delete buffer; }
