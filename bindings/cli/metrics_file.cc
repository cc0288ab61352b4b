#include "metrics_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>

namespace cli {
namespace {

Error Failed(const std::string& path) { return IoError(path + ": " + strerror(errno)); }

Status WriteWhole(const std::string& path, std::string_view text) {
  std::unique_ptr<FILE, int (*)(FILE*)> file(fopen(path.c_str(), "wxe"), fclose);
  if (file == nullptr) return Failed(path);
  if (fwrite(text.data(), 1, text.size(), file.get()) != text.size()) return Failed(path);
  if (fchmod(fileno(file.get()), S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH) != 0) return Failed(path);
  return fclose(file.release()) == 0 ? Status() : Status(Failed(path));
}

}  // namespace

// The collector takes *.prom only, so it never sees the name beside.
Status WriteMetricsFile(medseal::Vault& vault, const std::string& path) {
  CLI_ASSIGN(const medseal::Buffer text, vault.RenderMetrics(MEDSEAL_METRICS_PROMETHEUS));
  const std::string beside = path + "." + std::to_string(getpid());
  Status status = WriteWhole(beside, medseal::AsText(text.bytes()));
  if (status.ok() && rename(beside.c_str(), path.c_str()) != 0) status = Failed(path);
  if (!status.ok()) unlink(beside.c_str());
  return status;
}

}  // namespace cli
