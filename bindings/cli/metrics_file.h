// The file of `--metrics FILE`, for the textfile collector of node_exporter: whole at any moment, and readable by its
// user, since it names nobody.
#pragma once

#include <string>

#include "status.h"

namespace cli {

// Writes beside `path`, then takes its name. IoError: what was there stays.
Status WriteMetricsFile(medseal::Vault& vault, const std::string& path);

}  // namespace cli
