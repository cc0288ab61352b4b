// The machine and the process that a vault is open in: whether key memory can leave them.
#pragma once

#include <string_view>

#include "vault/doctor.h"

namespace mseal::vault {

void ExamineHost(Findings& out);
// Where the keyring and the files with secrets lie.
void ExamineFiles(const OpenOptions& options, const SecretFiles& files, Findings& out);

// ---- what ExamineHost asks, for a machine as it is described

// `limit`: of the size of a core dump; `pattern`: where the kernel puts it; not `dumpable`: it makes none.
void JudgeCoreDumps(bool dumpable, std::uint64_t limit, std::string_view pattern, Findings& out);
// How many different files of RocksDB's library are mapped, by the text of /proc/self/maps.
std::size_t CountRocksLibraries(std::string_view maps);

}  // namespace mseal::vault
