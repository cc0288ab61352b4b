// The command line, understood: which command to run, with what.
#pragma once

#include <functional>

#include "common.h"
#include "work.h"

namespace cli {

struct Parsed {
  Common common;
  std::function<Outcome(const Common&)> run;  // empty: `exit_code` is all there is to do, such as after --help
  int exit_code = 0;
};

// Prints help, version and mistakes by itself. A mistake is told without the words it was made with: they may be a
// value.
Parsed Parse(int count, char** words);

}  // namespace cli
