// The texts the library carries: what every schema may import, and the built-in rules.
#pragma once

#include <string_view>

namespace mseal::schema {

inline constexpr std::string_view kOptionsFile = "medseal/options.proto";
inline constexpr std::string_view kLabFile = "medseal/lab.proto";
inline constexpr std::string_view kDirectoryFile = "medseal/directory.proto";

extern const std::string_view kOptionsProto;    // include/medseal/options.proto
extern const std::string_view kLabProto;        // include/medseal/lab.proto
extern const std::string_view kDirectoryProto;  // lib/schema/directory.proto
extern const std::string_view kBuiltInRules;    // lib/schema/rules.txt

}  // namespace mseal::schema
