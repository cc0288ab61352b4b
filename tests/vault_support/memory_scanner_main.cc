// Opens a vault as one person, reads one patient and says how often each of the given byte strings stands in its own
// memory, before and after logout. Run by memory_test.cc; needles of 16 bytes come inverted on standard input.
#include <cstdio>
#include <vector>

#include "support/memory_scan.h"
#include "vault/listing.h"
#include "vault/vault.h"

namespace {

using namespace mseal;

constexpr std::size_t kWindow = 16;

std::vector<test::Needle> ReadNeedles() {
  std::vector<test::Needle> needles;
  ByteArray<kWindow> window;
  while (std::fread(window.data(), window.size(), 1, stdin) == 1) {
    for (std::uint8_t& byte : window) byte = static_cast<std::uint8_t>(~byte);
    needles.push_back(test::Needle::TakenFrom(window));
  }
  return needles;
}

Status ReadPatient(vault::Session& session, ByteView patient) {
  MS_ASSIGN(auto call, session.Enter());
  MS_ASSIGN(const auto listing, vault::ListPatient(call.core(), call.desk(), {patient, nullptr}));
  for (;;) {
    MS_ASSIGN(const auto record, listing->Next());
    if (record == nullptr) return Status::Ok();
  }
}

void Report(const std::vector<test::Needle>& needles) {
  for (const test::Needle& needle : needles) std::printf("%zu ", test::CountInMemory(needle));
  std::printf("\n");
}

Status Run(char** argv, const std::vector<test::Needle>& needles) {
  vault::OpenOptions options;
  options.store = argv[1];
  options.keyring = argv[2];
  options.secret.bytes = SecretBytes::CopyOf(AsBytes(argv[3]));
  MS_ASSIGN(const auto vault, vault::Vault::Open(options));
  MS_ASSIGN(const auto session, vault->Login(argv[4], AsBytes(argv[5]), "care"));
  MS_TRY(ReadPatient(*session, AsBytes(argv[6])));
  Report(needles);
  session->Logout();
  Report(needles);
  return vault->Close();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  const Status status = Run(argv, ReadNeedles());
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.message().c_str());
  return status.ok() ? 0 : 1;
}
