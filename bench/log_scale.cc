// Questions to a large log of accesses: a vault is filled, persons read until the log has as many entries as asked for,
// and then who-saw, seen-by and exposure are asked. Everything goes through the C API.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "made_patients.h"
#include "medseal/medseal.hpp"

namespace mseal::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kSecret = "bench passphrase";
constexpr std::string_view kPassword = "gravel lantern 17";
constexpr medseal::Cost kFloor{19 * 1024, 2};  // of Argon2id: it is not what is measured
constexpr std::size_t kThreads = 2;

struct Options {
  std::uint64_t patients = kLeakedPatients;
  std::uint64_t entries = 10'000'000;
  std::uint64_t persons = 100;
  std::string folder;
};

// A benchmark that cannot go on has nothing to say.
void Need(const medseal::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "log_scale: %s: %s\n", status.error().code_name(), status.error().message());
  std::exit(1);
}
template <typename T>
T Need(medseal::Result<T> result) {
  if (!result.ok()) Need(medseal::Status(result.error()));
  return std::move(*result);
}

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string NameOf(std::uint64_t person) { return "person-" + std::to_string(person); }

// Each has one of their own; it may not hold the name.
std::string PasswordOf(const std::string& name) {
  return std::string(kPassword) + "/" + std::to_string(std::hash<std::string>()(name));
}

class Scale {
 public:
  explicit Scale(const Options& options) : options_(options), made_(1) {}

  void Run() {
    Open();
    Fill();
    for (std::uint64_t i = 0; i < options_.persons; ++i) AddPerson(i);
    Read();
    Ask();
  }

 private:
  void Open() {
    const std::string schema(MadePatients::Schema());
    const std::string store = options_.folder + "/store", keyring = options_.folder + "/keyring";
    const std::string password = PasswordOf("founder");
    const medseal::Keyring raw_keyring{keyring, medseal::AsBytes(kSecret), false};
    medseal::InitOptions init;
    init.store = store;
    init.keyring = raw_keyring;
    init.schema.proto = schema;
    init.schema.file_name = "visit.proto";
    init.person = "founder";
    init.password = medseal::AsBytes(password);
    init.cost = kFloor;
    Need(medseal::Vault::Init(init));
    medseal::OpenOptions open;
    open.store = store;
    open.keyring = raw_keyring;
    open.durability = MEDSEAL_PROCESS;
    open.cache_patients = options_.patients;
    vault_.emplace(Need(medseal::Vault::Open(open)));
    founder_.emplace(Login("founder"));
  }

  medseal::Session Login(const std::string& person) {
    const std::string password = PasswordOf(person);
    return Need(vault_->Login({.person = person, .password = medseal::AsBytes(password), .purpose = "care"}));
  }

  void Fill() {
    const auto start = Clock::now();
    std::string visit;
    for (std::uint64_t i = 0; i < options_.patients; ++i) {
      made_.MakeVisit(i, visit);
      const std::string id = made_.Id(i);
      medseal::PutItem item;
      item.ref = {.type = MadePatients::kType.data(), .patient = std::string_view(id), .record = "1"};
      item.message = visit;
      item.format = MEDSEAL_PROTO;
      std::vector<medseal_put_result> results;
      Need(founder_->PutBatch({&item, 1}, &results));
      std::copy_n(results[0].record_handle, MEDSEAL_RECORD_HANDLE_SIZE, handles_.emplace_back().begin());
    }
    std::printf("fill: %llu patients, %.0f s\n", static_cast<unsigned long long>(options_.patients),
                SecondsSince(start));
  }

  void AddPerson(std::uint64_t number) {
    const std::string name = NameOf(number);
    const std::string password = PasswordOf(name);
    const std::vector<const char*> classes{"general", "identity"};
    Need(founder_->AddPerson(
        {.name = name, .password = medseal::AsBytes(password), .classes = classes, .cost = kFloor}));
  }

  // Each person in turn, by as many threads as the machine has processors.
  void Read() {
    const auto start = Clock::now();
    const std::uint64_t each = options_.entries / options_.persons;
    for (std::uint64_t person = 0; person < options_.persons; ++person) {
      medseal::Session session = Login(NameOf(person));
      std::vector<std::thread> threads;
      for (std::size_t thread = 0; thread < kThreads; ++thread)
        threads.emplace_back([&, thread] { ReadAs(session, person * kThreads + thread, each / kThreads); });
      for (std::thread& thread : threads) thread.join();
    }
    const double seconds = SecondsSince(start);
    std::uint64_t bytes = 0;
    for (const auto& file : fs::directory_iterator(options_.folder + "/store/audit")) bytes += file.file_size();
    std::printf("read: %llu entries, %.0f s, %.0f a second, %.2f GB of log\n",
                static_cast<unsigned long long>(options_.entries), seconds,
                static_cast<double>(options_.entries) / seconds, static_cast<double>(bytes) / 1e9);
  }

  void ReadAs(medseal::Session& session, std::uint64_t seed, std::uint64_t count) {
    std::mt19937_64 random(seed);
    for (std::uint64_t i = 0; i < count; ++i)
      static_cast<void>(Need(session.Get(handles_[random() % handles_.size()])));
  }

  std::uint64_t Count(const medseal::AuditQuery& query) {
    std::uint64_t count = 0;
    Need(founder_->AuditEntries(query, [&](const medseal_audit_entry&) { return ++count != 0; }));
    return count;
  }

  void Ask() {
    for (int round = 0; round < 3; ++round) {
      medseal::PatientHandle patient;
      std::copy_n(handles_[static_cast<std::size_t>(round) * 1009 % handles_.size()].begin(), patient.size(),
                  patient.begin());
      const auto start = Clock::now();
      const std::uint64_t count = Count({.patient = medseal::Patient(patient)});
      std::printf("who-saw: %llu entries, %.3f s%s\n", static_cast<unsigned long long>(count), SecondsSince(start),
                  round == 0 ? " (writes the indexes that are not there yet)" : "");
    }
    const std::string person = NameOf(options_.persons / 2);
    auto start = Clock::now();
    const std::uint64_t count = Count({.person = person});
    std::printf("seen-by: %llu entries, %.3f s\n", static_cast<unsigned long long>(count), SecondsSince(start));
    start = Clock::now();
    const medseal::Exposure exposure = Need(founder_->ExposureOf({.person = person}));
    std::printf("exposure: %llu patients, %llu reads, %.3f s\n",
                static_cast<unsigned long long>(exposure.summary.patients),
                static_cast<unsigned long long>(exposure.summary.reads), SecondsSince(start));
  }

  const Options& options_;
  MadePatients made_;
  std::optional<medseal::Vault> vault_;
  std::optional<medseal::Session> founder_;
  std::vector<medseal::RecordHandle> handles_;
};

}  // namespace
}  // namespace mseal::bench

int main(int count, char** words) {
  mseal::bench::Options options;
  CLI::App app("Questions to a large log of accesses.");
  app.add_option("--patients", options.patients)->check(CLI::Range(1, 10'000'000));
  app.add_option("--entries", options.entries)->check(CLI::Range(1, 1'000'000'000));
  app.add_option("--persons", options.persons)->check(CLI::Range(1, 10'000));
  app.add_option("--folder", options.folder, "an empty one for the vault; a temporary one if not given");
  CLI11_PARSE(app, count, words);
  const bool own = options.folder.empty();
  if (own) {
    std::string pattern = (std::filesystem::temp_directory_path() / "medseal-log-XXXXXX").string();
    options.folder = mkdtemp(pattern.data());
  }
  mseal::bench::Scale(options).Run();
  std::error_code ignored;
  if (own) std::filesystem::remove_all(options.folder, ignored);
  return 0;
}
