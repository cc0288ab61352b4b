// How the steps of a command end, and two macros that leave a function with a step's failure.
#pragma once

#include <string>
#include <string_view>

#include "medseal/medseal.hpp"

namespace cli {

using medseal::Error;
using medseal::Result;
using medseal::Secret;
using medseal::Status;

inline Error InvalidArgument(const std::string& message) { return {MEDSEAL_INVALID_ARGUMENT, message}; }
inline Error IoError(const std::string& message) { return {MEDSEAL_IO_ERROR, message}; }
inline Error Cancelled() { return {MEDSEAL_CANCELLED, "interrupted"}; }

}  // namespace cli

#define CLI_TRY(expression)                             \
  do {                                                  \
    const ::medseal::Status cli_status_ = (expression); \
    if (!cli_status_.ok()) return cli_status_.error();  \
  } while (false)

#define CLI_CONCAT_INNER_(a, b) a##b
#define CLI_CONCAT_(a, b) CLI_CONCAT_INNER_(a, b)
#define CLI_ASSIGN_INNER_(temporary, target, expression) \
  auto temporary = (expression);                         \
  if (!temporary.ok()) return temporary.error();         \
  target = std::move(*temporary)

// CLI_ASSIGN(auto x, Call()): the value of a Result, or leaves the function with its failure.
#define CLI_ASSIGN(target, expression) CLI_ASSIGN_INNER_(CLI_CONCAT_(cli_result_, __LINE__), target, expression)
