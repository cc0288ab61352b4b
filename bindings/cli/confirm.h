// The question before what cannot be taken back.
#pragma once

#include <string>

#include "common.h"
#include "status.h"

namespace cli {

// The person at the terminal says yes, or --yes was given.
//   Cancelled        they did not
//   InvalidArgument  there is no terminal to ask on
Status Confirm(const Common& common, const std::string& question);

}  // namespace cli
