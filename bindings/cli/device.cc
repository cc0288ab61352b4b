#include "device.h"

#include <sys/stat.h>

namespace cli {

bool OnOneDevice(const std::string& one, const std::string& other) {
  struct stat a {
  }, b{};
  return stat(one.c_str(), &a) == 0 && stat(other.c_str(), &b) == 0 && a.st_dev == b.st_dev;
}

}  // namespace cli
