// erase, certificate make and verify, purge, rotate epoch: how patients and keys die.
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "confirm.h"
#include "ids.h"
#include "job_commands.h"
#include "json.h"
#include "lines.h"
#include "new_file.h"
#include "output.h"
#include "secrets.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

using Number = std::array<std::uint8_t, 16>;

template <std::size_t N>
std::string Hex(const std::uint8_t (&bytes)[N]) {
  std::string hex;
  for (const std::uint8_t byte : bytes) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::optional<std::vector<std::uint8_t>> FromHex(std::string_view text, std::size_t size) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (text.size() != 2 * size) return std::nullopt;
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::size_t high = kDigits.find(text[i]), low = kDigits.find(text[i + 1]);
    if (high == kDigits.npos || low == kDigits.npos) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return bytes;
}

void WriteErasure(const medseal_erasure_info& info, bool json) {
  const std::string handle = HandleText(info.patient_handle);
  const char* state = info.state == MEDSEAL_ERASURE_DEAD ? "dead" : "withdrawn";
  if (!json)
    return WriteLine(fmt::format("{}  {}  certificate {}  {} rows, {} postings", handle, state,
                                 Hex(info.certificate_number), Grouped(info.rows), Grouped(info.postings)));
  JsonLine line("erasure");
  line.Text("patient", handle).Text("state", state).Text("certificate", Hex(info.certificate_number));
  line.Number("rows", info.rows).Number("bytes", info.bytes).Number("postings", info.postings);
  line.Number("unreadable", info.unreadable).Text("withdrawn", TimeIso(info.withdrawn_ms));
  if (info.dead_ms != 0) line.Text("dead", TimeIso(info.dead_ms));
  WriteLine(line.Done());
}

Outcome GiveCertificate(medseal::Vault& vault, const medseal::PatientHandle& patient, const std::string& path) {
  CLI_ASSIGN(const medseal::Buffer text, vault.Certificate(patient));
  const medseal::ByteView bytes = text.bytes();
  if (path.empty()) return Write({reinterpret_cast<const char*>(bytes.data()), bytes.size()}), kDone;
  CLI_TRY(WriteNewFile(path, bytes, "the certificate"));
  Say(fmt::format("certificate written to {}", path));
  return kDone;
}

// Who is to be erased, and where that was read.
struct Named {
  std::string id;
  std::string place;  // empty: the command line
};

// The ids of a file, one a line; what it names is erased together.
Result<std::vector<Named>> IdsOf(const EraseArguments& arguments) {
  if (arguments.file.empty() == arguments.patient.empty())
    return InvalidArgument("name one patient, or a file of them with --file");
  if (!arguments.patient.empty()) return std::vector<Named>{{arguments.patient, {}}};
  if (!arguments.certificate.empty())
    return InvalidArgument("--certificate is for one patient: later, medseal certificate make NUMBER");
  const int descriptor = open(arguments.file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return Error(MEDSEAL_NOT_FOUND, "the file of patients cannot be opened");
  LineReader lines(descriptor);
  std::vector<Named> ids;
  std::string line;
  for (std::uint64_t number = 1;; ++number) {
    const auto more = lines.Next(line);
    if (!more.ok() || !*more) {
      close(descriptor);
      if (!more.ok()) return more.error();
      return ids;
    }
    if (!line.empty()) ids.push_back({line, fmt::format("{}:{}", arguments.file, number)});
  }
}

Result<std::vector<PatientId>> ReadIds(const Common& common, const std::vector<Named>& named) {
  std::vector<PatientId> ids;
  for (const Named& one : named) {
    if (!one.place.empty()) {
      ids.emplace_back(Secret(std::string(one.id)));
      continue;
    }
    CLI_ASSIGN(PatientId id, ReadPatientId(one.id, common));
    ids.push_back(std::move(id));
  }
  return ids;
}

// One of a file who cannot be erased keeps nobody else from it. Where nobody could, the first reason is the answer.
Outcome EraseAll(medseal::Vault& vault, const Common& common, const EraseArguments& arguments,
                 const std::vector<Named>& ids, std::vector<medseal_erasure_info>& erased) {
  CLI_ASSIGN(medseal::Session session, LogIn(vault, common));
  CLI_ASSIGN(const std::vector<PatientId> read, ReadIds(common, ids));
  std::vector<medseal::Patient> patients;
  for (const PatientId& id : read) patients.push_back(id.ref());
  std::optional<Error> first;
  const auto tell = [&](std::size_t index, medseal_code code, const medseal_erasure_info* info, const char* why) {
    if (info != nullptr) return WriteErasure(erased.emplace_back(*info), common.json), true;
    if (!ids[index].place.empty()) SayRejected(ids[index].place, why, code);
    if (!first.has_value()) first = Error(code, why);
    return true;
  };
  CLI_TRY(session.EraseMany(patients, arguments.reason, tell));
  if (!first.has_value()) return kDone;
  if (erased.empty()) return *first;
  return kSomeRejected;
}

// Works on the epoch changes that were joined, then says what became of each patient.
Outcome SeeThemDead(medseal::Vault& vault, const Common& common, const std::vector<medseal_erasure_info>& erased) {
  std::uint32_t last = 0;
  for (const medseal_erasure_info& info : erased) last = std::max(last, info.job);
  CLI_ASSIGN(const auto jobs, vault.Jobs());
  for (const medseal_job_info& job : jobs) {
    // Those that began earlier end earlier.
    if (job.kind != MEDSEAL_JOB_EPOCH_CHANGE || job.state == MEDSEAL_JOB_DONE || job.number > last) continue;
    const Outcome worked = WorkOnJob(vault, nullptr, common, job.number, 0);
    if (worked.ok()) continue;
    Say("withdrawn, not dead yet: go on with medseal rotate status, then medseal rotate resume");
    return worked;
  }
  for (const medseal_erasure_info& before : erased) {
    CLI_ASSIGN(const medseal_erasure_info now,
               vault.FindErasure(medseal::internal::Copied<16>(before.certificate_number)));
    if (now.state != before.state) WriteErasure(now, common.json);
  }
  return kDone;
}

}  // namespace

Outcome ErasePatients(const Common& common, const EraseArguments& arguments) {
  CLI_ASSIGN(const std::vector<Named> ids, IdsOf(arguments));
  CLI_TRY(Confirm(common, fmt::format("erase {} patient(s) for good?", ids.size())));
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    std::vector<medseal_erasure_info> erased;
    const Outcome withdrawn = EraseAll(vault, common, arguments, ids, erased);
    if (!withdrawn.ok()) return withdrawn;
    const Outcome died = SeeThemDead(vault, common, erased);
    if (arguments.certificate.empty()) return died.ok() ? withdrawn : died;
    const Outcome given =
        GiveCertificate(vault, medseal::internal::Copied<16>(erased.front().patient_handle), arguments.certificate);
    return died.ok() ? given : died;
  });
}

Outcome MakeCertificate(const Common& common, const CertificateArguments& arguments) {
  const auto number = FromHex(arguments.what, 16);
  if (!number) return InvalidArgument("a certificate is named by its number, 32 hex digits");
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    Number wanted;
    std::copy(number->begin(), number->end(), wanted.begin());
    CLI_ASSIGN(const medseal_erasure_info info, vault.FindErasure(wanted));
    medseal::PatientHandle patient;
    std::copy(std::begin(info.patient_handle), std::end(info.patient_handle), patient.begin());
    return GiveCertificate(vault, patient, arguments.out);
  });
}

Outcome VerifyCertificate(const Common& common, const CertificateArguments& arguments) {
  CLI_ASSIGN(const Secret text, ReadFile(arguments.what));
  std::vector<std::uint8_t> founder;
  if (!arguments.founder.empty()) {
    const auto key = FromHex(arguments.founder, 32);
    if (!key) return InvalidArgument("a founder's key has 64 hex digits");
    founder = *key;
  }
  CLI_ASSIGN(const medseal_certificate_info info, medseal::VerifyCertificate(medseal::AsBytes(text.text()), founder));
  const char* state = info.dead != 0 ? "dead" : "withdrawn";
  if (common.json) {
    JsonLine line("certificate");
    line.Text("state", state).Flag("complete", info.complete != 0).Text("founder_key", Hex(info.founder_key));
    WriteLine(line.Done());
    return kDone;
  }
  WriteLine(fmt::format("as it was signed  {}{}  founder {}", state, info.complete != 0 ? ", complete" : "",
                        Hex(info.founder_key)));
  if (founder.empty()) Say("compare the founder's key with the one on your own papers, or give it with --founder");
  return kDone;
}

Outcome PurgeStore(const Common& common, const PurgeArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    medseal_purge_report report;
    CLI_TRY(vault.Purge(arguments.patience_seconds * 1000, nullptr, &report));
    if (common.json) {
      JsonLine line("purge");
      line.Flag("complete", report.complete != 0).Number("waited_ms", report.waited_ms);
      line.Number("snapshots_held", report.snapshots_held).Number("cursors_held", report.cursors_held);
      line.Number("files_before", report.files_before).Number("files_after", report.files_after);
      line.Number("bytes_before", report.bytes_before).Number("bytes_after", report.bytes_after);
      WriteLine(line.Done());
    } else {
      WriteLine(fmt::format("{}  {} in {} files, before {} in {}  waited {:.1f} s",
                            report.complete != 0 ? "purged" : "held up", Size(report.bytes_after), report.files_after,
                            Size(report.bytes_before), report.files_before,
                            static_cast<double>(report.waited_ms) / 1000));
    }
    if (report.complete == 0)
      Say(fmt::format("{} reader(s) of older states hold it up: deleted rows are in the files still",
                      report.snapshots_held + report.cursors_held));
    return kDone;
  });
}

Outcome ChangeEpoch(const Common& common) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    CLI_ASSIGN(const std::uint32_t job, vault.ChangeEpoch());
    const Outcome worked = WorkOnJob(vault, nullptr, common, job, 0);
    if (worked.ok()) Say("copies of the disk from before open with no secret that is registered any more");
    return worked;
  });
}

}  // namespace cli
