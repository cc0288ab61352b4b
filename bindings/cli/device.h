// On which device files lie: what is lost together, and stolen together.
#pragma once

#include <string>

namespace cli {

// False too where one of them is not there.
bool OnOneDevice(const std::string& one, const std::string& other);

}  // namespace cli
