// Asks before what cannot be undone.
#pragma once

#include <string>

#include "common.h"
#include "status.h"

namespace cli {

// The person at the terminal says yes, or --yes was given; else nothing is done.
//   InvalidArgument  there is no terminal to ask on;  Cancelled  they said something else
Status Confirm(const Common& common, const std::string& question);

}  // namespace cli
