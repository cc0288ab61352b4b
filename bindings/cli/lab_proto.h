// The text of include/medseal/lab.proto, put in by the build.
#pragma once

#include <string_view>

namespace cli {

std::string_view LabProto();

}  // namespace cli
