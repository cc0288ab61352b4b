// The worked examples of lib/format/FORMAT.md, as bytes.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace mseal::test {

// Names of the page's hex blocks (those that begin with ```hex NAME), in the page's order.
std::vector<std::string> PageExamples();

// The bytes of one: of each line the hex digits before the first space. Stops the program when there is no such block.
Bytes PageExample(const std::string& name);

}  // namespace mseal::test
