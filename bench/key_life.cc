// The life of keys at the size of the leak of 2021: one vault is filled, its keys rotate under readers, one patient is
// erased among all, a class is resealed, an index is built anew, and the vault comes back from a backup. Each part says
// what it cost. Everything goes through the C API.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "counters.h"
#include "made_patients.h"
#include "medseal/medseal.hpp"
#include "readers.h"

namespace mseal::bench {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view kSecret = "bench passphrase";
constexpr std::string_view kPassword = "gravel lantern 17";
constexpr medseal::Cost kFloor{19 * 1024, 2};  // of Argon2id: it is not what is measured

struct Options {
  std::uint64_t patients = kLeakedPatients;
  std::uint64_t seed = 1;
  std::uint32_t seconds = 10;
  std::string folder;
  std::string out;
};

// A benchmark that cannot go on has nothing to say.
void Need(const medseal::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "key_life: %s: %s\n", status.error().code_name(), status.error().message());
  std::exit(1);
}
template <typename T>
T Need(medseal::Result<T> result) {
  if (!result.ok()) Need(medseal::Status(result.error()));
  return std::move(*result);
}

std::uint64_t BytesUnder(const fs::path& folder) {
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) bytes += entry.file_size();
  return bytes;
}

json ToJson(const Spent& spent) {
  return {{"seconds", spent.seconds},
          {"cpu_seconds", spent.cpu_seconds},
          {"sync_seconds", spent.sync_seconds},
          {"syncs", spent.syncs},
          {"bytes_written", spent.bytes_written},
          {"seals", spent.seals},
          {"sealed_bytes", spent.sealed_bytes}};
}

json ToJson(const ReaderFigures& readers) {
  return {{"reads_per_second", readers.reads_per_second},
          {"p50_us", readers.p50_us},
          {"p99_us", readers.p99_us},
          {"p999_us", readers.p999_us},
          {"failed", readers.failed}};
}

// Prints each part as it ends and keeps it for the JSON.
class Report {
 public:
  explicit Report(const Options& options) {
    all_["patients"] = options.patients;
    all_["seed"] = options.seed;
    all_["fields"] = 12;
    std::printf("%-34s %9s %9s %9s %7s %11s %10s\n", "part", "seconds", "cpu s", "in sync s", "syncs", "MB written",
                "seals");
  }
  json& Add(const std::string& part, const Spent& spent) {
    std::printf("%-34s %9.3f %9.3f %9.3f %7llu %11.2f %10llu\n", part.c_str(), spent.seconds, spent.cpu_seconds,
                spent.sync_seconds, static_cast<unsigned long long>(spent.syncs),
                static_cast<double>(spent.bytes_written) / 1e6, static_cast<unsigned long long>(spent.seals));
    std::fflush(stdout);
    return all_["parts"][part] = ToJson(spent);
  }
  void Add(const std::string& part, const ReaderFigures& readers) {
    std::printf("  readers %-24s %9.0f reads/s, p50 %.1f us, p99 %.1f us, p99.9 %.1f us, %llu failed\n", part.c_str(),
                readers.reads_per_second, readers.p50_us, readers.p99_us, readers.p999_us,
                static_cast<unsigned long long>(readers.failed));
    std::fflush(stdout);
    all_["readers"][part] = ToJson(readers);
  }
  void Say(const std::string& name, std::uint64_t value, const char* unit) {
    std::printf("  %-32s %llu %s\n", name.c_str(), static_cast<unsigned long long>(value), unit);
    std::fflush(stdout);
    all_["sizes"][name] = value;
  }
  void Write(const std::string& path) const { std::ofstream(path) << all_.dump(2) << '\n'; }

 private:
  json all_ = json::object();
};

Spent CostOf(const std::function<void()>& work) {
  const Spent before = SpentSoFar();
  work();
  return SpentSoFar() - before;
}

class Life {
 public:
  Life(const Options& options, Report& report)
      : options_(options), report_(report), made_(options.seed), folder_(options.folder) {}

  void Run() {
    Begin();
    Fill();
    RotateClasses();
    ChangeEpoch();
    Reseal();
    RotateIndex();
    ReEpochIndex();
    BackUp("backup, first");
    EraseOne();
    BackUp("backup after one erasure");
    Restore();
  }

 private:
  std::string Path(const char* name) const { return (folder_ / name).string(); }
  medseal::Keyring Ring(const std::string& path) const { return {path, medseal::AsBytes(kSecret), false}; }

  void Begin() {
    const std::string store = Path("store"), ring = Path("ring/a"), copy = Path("ring/b");
    for (const char* name : {"ring", "place-1", "place-2"}) fs::create_directory(folder_ / name);
    medseal::InitOptions init;
    init.store = store;
    init.keyring = Ring(ring);
    init.schema.proto = MadePatients::Schema();
    init.schema.file_name = "visit.proto";
    init.person = "bench";
    init.password = medseal::AsBytes(kPassword);
    init.cost = kFloor;
    Need(medseal::Vault::Init(init));
    Open();
    Need(vault_->AddProviderCopy(Ring(copy), kFloor));
    for (const char* place : {"place-1", "place-2"}) Need(vault_->RegisterPlace(Path(place), MEDSEAL_PLACE_BACKUPS));
  }

  void Open() {
    const std::string store = Path("store"), ring = Path("ring/a");
    medseal::OpenOptions open;
    open.store = store;
    open.keyring = Ring(ring);
    open.durability = MEDSEAL_PROCESS;
    open.cache_patients = 100'000;
    vault_.emplace(Need(medseal::Vault::Open(open)));
    medseal::LoginOptions login;
    login.person = "bench";
    login.password = medseal::AsBytes(kPassword);
    login.purpose = "research";
    session_.emplace(Need(vault_->Login(login)));
  }

  void Fill() {
    handles_.resize(options_.patients);
    report_.Add("fill", CostOf([this] {
                  for (std::uint64_t i = 0; i < options_.patients; i += kBatch) PutBatch(i);
                }))["patients"] = options_.patients;
    report_.Say("bytes on disk", Need(vault_->Info()).bytes_on_disk, "bytes");
  }

  void PutBatch(std::uint64_t first) {
    const std::uint64_t count = std::min<std::uint64_t>(kBatch, options_.patients - first);
    std::vector<std::string> ids(count), messages(count);
    std::vector<medseal::PutItem> items(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      ids[i] = made_.Id(first + i);
      made_.MakeVisit(first + i, messages[i]);
      items[i].ref = {.type = MadePatients::kType.data(), .patient = std::string_view(ids[i]), .record = "1"};
      items[i].message = messages[i];
      items[i].format = MEDSEAL_PROTO;
    }
    std::vector<medseal_put_result> results;
    Need(session_->PutBatch(items, &results));
    for (std::uint64_t i = 0; i < count; ++i)
      std::copy_n(results[i].record_handle, MEDSEAL_RECORD_HANDLE_SIZE, handles_[first + i].begin());
  }

  // Alone; beside a thread that only computes, since there may be fewer cores than threads; and beside a rotation.
  void RotateClasses() {
    report_.Add("alone", ReadFor(false));
    report_.Add("beside a busy thread", ReadFor(true));
    Step("rotate class contact", Need(session_->RotateClass("contact")));
    Readers readers(*session_, handles_);
    Step("rotate class hiv, two readers", Need(session_->RotateClass("hiv")));
    report_.Add("during the rotation", readers.Stop());
  }

  ReaderFigures ReadFor(bool busy) {
    std::atomic<bool> stop{false};
    std::thread other([&] {
      while (busy && !stop.load(std::memory_order_relaxed)) {
      }
    });
    Readers readers(*session_, handles_);
    std::this_thread::sleep_for(std::chrono::seconds(options_.seconds));
    const ReaderFigures figures = readers.Stop();
    stop = true;
    other.join();
    return figures;
  }

  // Steps a job to the end of its own work.
  medseal_job_info Step(const std::string& part, std::uint32_t job) {
    auto info = medseal::internal::Sized<medseal_job_info>();
    json& costs = report_.Add(part, CostOf([&] { Need(vault_->StepJob(&*session_, job, {}, nullptr, &info)); }));
    costs["changed"] = info.changed;
    costs["seen"] = info.seen;
    return info;
  }

  void ChangeEpoch() {
    for (const medseal_job_info& job : Need(vault_->Jobs()))
      if (job.kind == MEDSEAL_JOB_EPOCH_CHANGE && job.state == MEDSEAL_JOB_RUNNING)
        return void(Step("epoch change, all buckets", job.number));
    Step("epoch change, all buckets", Need(vault_->ChangeEpoch()));
  }

  void Reseal() { Step("reseal class hiv", Need(session_->ResealClass("hiv"))); }
  void RotateIndex() { Step("rotate index Visit.family", Need(session_->RotateIndex("Visit", "family"))); }
  void ReEpochIndex() { Step("index re-epoch", Need(vault_->IndexReEpoch())); }

  void BackUp(const std::string& part) {
    std::vector<medseal::BackupInfo> made;
    report_.Add(part, CostOf([&] { Need(vault_->CreateBackups({}, nullptr, &made)); }));
    report_.Say(part + ": place", BytesUnder(folder_ / "place-1"), "bytes");
    report_.Say(part + ": its bundle", BytesUnder(folder_ / "place-1/bundle"), "bytes");
  }

  // Step by step, as the job names them: what must be small is what comes before the purge.
  void EraseOne() {
    const std::uint64_t number = options_.patients / 2;
    const std::string id = made_.Id(number);
    medseal_erasure_info erased = medseal::internal::Sized<medseal_erasure_info>();
    report_.Add("erase one: withdrawn",
                CostOf([&] { erased = Need(session_->Erase(std::string_view(id), "asked for")); }));
    auto info = medseal::internal::Sized<medseal_job_info>();
    std::map<std::uint32_t, Spent> steps;
    medseal::StepOptions little;
    little.time_budget_ms = 1;
    do {
      const std::uint32_t step = std::max(info.pass, 3u);
      steps[step] = steps[step] + CostOf([&] { Need(vault_->StepJob(nullptr, erased.job, little, nullptr, &info)); });
    } while (info.state != MEDSEAL_JOB_DONE);
    handles_.erase(handles_.begin() + static_cast<std::ptrdiff_t>(number));
    for (const auto& [step, spent] : steps) report_.Add("erase one: step " + std::to_string(step), spent);
  }

  void Restore() {
    session_.reset();
    Need(vault_->Close());
    vault_.reset();
    fs::remove_all(folder_ / "store");
    const std::string from = Path("place-1"), store = Path("store"), ring = Path("ring/a");
    medseal::RestoreOptions options;
    options.from = from;
    options.store = store;
    options.keyring = Ring(ring);
    std::vector<medseal::RestoredPatient> left_out;
    medseal_restore_report restored;
    report_.Add("restore", CostOf([&] { Need(medseal::Restore(options, nullptr, &left_out, &restored)); }));
    report_.Say("restored", restored.patients, "patients");
    Open();
    report_.Add("from the restored vault", ReadFor(false));
  }

  static constexpr std::uint64_t kBatch = 100;
  const Options& options_;
  Report& report_;
  MadePatients made_;
  fs::path folder_;
  std::optional<medseal::Vault> vault_;
  std::optional<medseal::Session> session_;
  std::vector<medseal::RecordHandle> handles_;
};

// Made empty, and removed when the program ends, however it does.
class Folder {
 public:
  explicit Folder(std::string path) : path_(std::move(path)) {
    if (path_.empty()) {
      path_ = (fs::temp_directory_path() / "medseal-key-life-XXXXXX").string();
      if (mkdtemp(path_.data()) == nullptr) path_.clear();
    } else if (!fs::create_directories(path_)) {
      path_.clear();
    }
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

int Main(int argc, char** argv) {
  CLI::App app("The life of keys in one vault: what rotation, erasure, reseal, backup and restore cost.");
  static Options options;
  app.add_option("--patients", options.patients, "how many, with one record of 12 fields each")->capture_default_str();
  app.add_option("--seed", options.seed, "of the patients")->capture_default_str();
  app.add_option("--seconds", options.seconds, "of reading, where nothing else goes on")->capture_default_str();
  app.add_option("--folder", options.folder, "where to work; must not exist; default: a temporary one");
  app.add_option("--json", options.out, "write the figures there too");
  CLI11_PARSE(app, argc, argv);
  static const Folder folder(options.folder);
  if (folder.path().empty()) return std::fprintf(stderr, "key_life: the folder cannot be made, or exists\n"), 1;
  options.folder = folder.path();
  Report report(options);
  Life(options, report).Run();
  if (!options.out.empty()) report.Write(options.out);
  return 0;
}

}  // namespace
}  // namespace mseal::bench

int main(int argc, char** argv) { return mseal::bench::Main(argc, argv); }
