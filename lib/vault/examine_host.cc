// Asks the kernel, and looks where files lie.
#include "vault/examine_host.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <fstream>
#include <iterator>
#include <set>

#include "base/key_slab.h"
#include "keys/keyring_file.h"
#include "vault/store_files.h"

namespace mseal::vault {
namespace {

// Of the kernel's own files, which tell no size.
std::string TextOf(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void ExamineCoreDumps(Findings& out) {
  rlimit limit{};
  if (getrlimit(RLIMIT_CORE, &limit) != 0) limit.rlim_cur = RLIM_INFINITY;
  JudgeCoreDumps(prctl(PR_GET_DUMPABLE) != 0, limit.rlim_cur, TextOf("/proc/sys/kernel/core_pattern"), out);
}

void ExamineSecretFile(const std::string& path, const std::string& store, std::string_view what, Findings& out) {
  if (path.empty() || !OnSameDevice(path, store)) return;
  out.push_back({Severity::kRed, "secret_on_same_device",
                 std::string(what) + " lies on the same device as the store: who takes the disk has both",
                 "keep it elsewhere; medseal thief says what it opens"});
}

}  // namespace

void JudgeCoreDumps(bool dumpable, std::uint64_t limit, std::string_view pattern, Findings& out) {
  if (!dumpable) return;
  const bool piped = pattern.starts_with('|');
  if (limit > 0)
    out.push_back({Severity::kRed, "core_dumps", "a crash writes this process's memory to a file, opened values too",
                   "ulimit -c 0, or LimitCORE=0 in its unit"});
  else if (piped)
    out.push_back({Severity::kYellow, "core_dumps_piped",
                   "a crash hands this process's memory to a program, whatever the limit of core dumps is",
                   "have that program store nothing (systemd-coredump: Storage=none)"});
}

std::size_t CountRocksLibraries(std::string_view maps) {
  std::set<std::string_view> files;
  while (!maps.empty()) {
    const std::string_view line = maps.substr(0, maps.find('\n'));
    maps.remove_prefix(std::min(line.size() + 1, maps.size()));
    const std::size_t path = line.find('/');
    if (path != line.npos && line.find("/librocksdb", path) != line.npos) files.insert(line.substr(path));
  }
  return files.size();
}

void ExamineHost(Findings& out) {
  if (ReportKeySlab().unlocked_bytes != 0)
    out.push_back({Severity::kRed, "memory_not_locked",
                   "some keys may reach swap: the system refused to lock their memory",
                   "raise ulimit -l, or LimitMEMLOCK in the unit"});
  ExamineCoreDumps(out);
  if (CountRocksLibraries(TextOf("/proc/self/maps")) > 1)
    out.push_back({Severity::kRed, "rocksdb_twice", "two copies of RocksDB are mapped into this process",
                   "link one: each believes that it alone has the database open"});
}

void ExamineFiles(const OpenOptions& options, const SecretFiles& files, Findings& out) {
  const auto uri = keys::ParseProviderUri(options.keyring);
  if (uri.ok() && !uri->token.has_value()) {
    if (OnSameDevice(uri->file, options.store))
      out.push_back({Severity::kYellow, "keyring_on_same_device",
                     "the keyring lies on the same device as the store: its passphrase is all that is between",
                     "medseal provider move --to a file on another device, or a token"});
    const auto facts = keys::LookAtKeyring(uri->file);
    if (facts.ok() && facts->readable_by_others)
      out.push_back(
          {Severity::kRed, "keyring_readable", "other users of this machine can read the keyring", "chmod 600 it"});
  }
  ExamineSecretFile(files.passphrase, options.store, "the secret of the keyring", out);
  ExamineSecretFile(files.password, options.store, "a person's secret", out);
}

}  // namespace mseal::vault
