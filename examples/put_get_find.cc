// Makes a vault, seals one record, reads it back and finds it by a searched field. Usage: put_get_find_cc FOLDER
#include <cstdio>
#include <medseal/medseal.hpp>

namespace {

constexpr char kSchema[] = R"(
  syntax = "proto3";
  import "medseal/options.proto";
  option (medseal.v1.class) = { name: "identity" };
  message Patient {
    option (medseal.v1.record) = {};
    string name = 1 [(medseal.v1.field) = { class: "identity" find: EXACT normalize: NAME }];
    string note = 2;  // no options: sealed under `general`
  }
)";

int Complain(const medseal::Error& error) {
  std::fprintf(stderr, "%s: %s\n", error.code_name(), error.message());
  return medseal_exit_code(error.code());
}

int Print(const char* what, medseal::Record& record) {
  const auto json = record.Json();
  if (!json.ok()) return Complain(json.error());
  std::printf("%s version %d: %.*s\n", what, int(record.version()), int(json->size()), json->data());
  return 0;
}

int Work(medseal::Session& session) {
  const medseal::Ref ref{.type = "Patient", .patient = "p-1", .record = "p-1"};
  const auto put = session.Put({.ref = ref, .message = R"({"name": "Zoé Martin", "note": "fasting"})"});
  if (!put.ok()) return Complain(put.error());
  auto got = session.Get(ref);
  if (!got.ok()) return Complain(got.error());
  if (const int failed = Print("got", *got)) return failed;

  auto found = session.Find("Patient", "name", medseal::AsBytes("ZOE MARTIN"));
  if (!found.ok()) return Complain(found.error());
  auto match = found->Next();
  if (!match.ok()) return Complain(match.error());
  return match->has_value() ? Print("found", **match) : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]), 2;
  const std::string store = std::string(argv[1]) + "/store", path = std::string(argv[1]) + "/keyring";
  const medseal::Keyring keyring{.path = path, .secret = medseal::AsBytes("a long passphrase")};
  const medseal::ByteView password = medseal::AsBytes("tram gravel lantern");
  const auto made = medseal::Vault::Init(
      {.store = store, .keyring = keyring, .schema = {.proto = kSchema}, .person = "ada", .password = password});
  if (!made.ok()) return Complain(made.error());
  auto vault = medseal::Vault::Open({.store = store, .keyring = keyring});
  if (!vault.ok()) return Complain(vault.error());
  auto session = vault->Login({.person = "ada", .password = password, .purpose = "care"});
  return session.ok() ? Work(*session) : Complain(session.error());
}
