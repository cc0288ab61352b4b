// A SoftHSM token of a test's own, in a folder that goes with it.
#pragma once

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "store_support/temp_folder.h"

namespace mseal::keys {

// What is made is the token "medseal" with the PIN 1234. SoftHSM reads where it is from the environment.
class SoftToken {
 public:
  SoftToken() {
    std::filesystem::create_directory(tokens());
    std::ofstream(configuration()) << "directories.tokendir = " << tokens().string()
                                   << "\nobjectstore.backend = file\nlog.level = ERROR\n";
    setenv("SOFTHSM2_CONF", configuration().c_str(), 1);
    Make("medseal");
  }
  ~SoftToken() { unsetenv("SOFTHSM2_CONF"); }

  void Make(const std::string& label) const {
    const std::string command =
        "softhsm2-util --init-token --free --label " + label + " --pin 1234 --so-pin 12345678 >/dev/null";
    if (std::system(command.c_str()) != 0) std::abort();  // no test can go on without its token
  }
  std::filesystem::path tokens() const { return folder_.path() / "tokens"; }
  std::string configuration() const { return (folder_.path() / "softhsm2.conf").string(); }

 private:
  store::TempFolder folder_;
};

}  // namespace mseal::keys
