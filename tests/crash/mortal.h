// Runs a process that is meant to die.
#pragma once

#include <string>
#include <vector>

namespace mseal::test {

struct Death {
  int signal = 0;    // that killed it; 0: it came to its end
  std::string said;  // on its standard output, without the last line feed
};

// Runs `words` to its death or its end, which is a failure unless its exit code is 0.
Death RunMortal(std::vector<std::string> words);

}  // namespace mseal::test
