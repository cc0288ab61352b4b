// Makes, fills and copies the benchmark's vault.
#include "bench_vault.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "store/rocks.h"
#include "vault/init.h"

namespace mseal::bench {
namespace {

constexpr std::string_view kSchema = R"(syntax = "proto3";
package bench;
import "medseal/options.proto";
option (medseal.v1.class) = { name: "identity" };
option (medseal.v1.class) = { name: "hiv" no_index: true };
message Visit {
  option (medseal.v1.record) = { history: NONE };
  string name = 1 [(medseal.v1.field) = { class: "identity" find: EXACT normalize: NAME }];
  string given = 2 [(medseal.v1.field) = { class: "identity" }];
  string birth_date = 3 [(medseal.v1.field) = { class: "identity" }];
  string address = 4 [(medseal.v1.field) = { class: "identity" }];
  string code = 5;
  string value = 6;
  string unit = 7;
  string taken = 8;
  string prescriber = 9;
  string note = 10;
  string hiv = 11 [(medseal.v1.field) = { class: "hiv" }];
  string viral_load = 12 [(medseal.v1.field) = { class: "hiv" }];
}
)";

void AppendText(Bytes& message, std::uint8_t field, std::string text, std::size_t size) {
  text.resize(size, 'x');
  message.push_back(static_cast<std::uint8_t>(field << 3 | 2));
  if (size >= 0x80)
    message.push_back(static_cast<std::uint8_t>(size | 0x80)), message.push_back(static_cast<std::uint8_t>(size >> 7));
  else
    message.push_back(static_cast<std::uint8_t>(size));
  message.insert(message.end(), text.begin(), text.end());
}

// A benchmark that cannot be set up has nothing to say.
void Need(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "bench: %s: %s\n", std::string(CodeName(status.code())).c_str(), status.message().c_str());
  std::exit(1);
}
template <typename T>
T Need(Result<T> result) {
  Need(result.status());
  return std::move(*result);
}

}  // namespace

std::string PatientId(std::size_t number) { return "patient-" + std::to_string(number); }
std::string FindableName(std::size_t number) { return "Family " + std::to_string(number) + " "; }

Bytes MakeVisit(std::size_t number) {
  static constexpr std::size_t kSizes[12] = {24, 16, 10, 60, 12, 8, 8, 25, 30, 333, 8, 8};
  Bytes message;
  for (std::uint8_t field = 1; field <= 12; ++field)
    AppendText(message, field, field == 1 ? FindableName(number) : std::to_string(number) + "/" + std::to_string(field),
               kSizes[field - 1]);
  return message;
}

BenchVault& BenchVault::Instance() {
  static BenchVault instance;
  return instance;
}

BenchVault::BenchVault() {
  std::string pattern = (std::filesystem::temp_directory_path() / "medseal-bench-XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
  vault::InitOptions init;
  init.store = folder_ + "/store";
  init.keyring = folder_ + "/keyring";
  init.secret.bytes = SecretBytes::CopyOf(AsBytes("bench passphrase"));
  init.schema.proto = kSchema;
  init.person = "bench";
  init.password = SecretBytes::CopyOf(AsBytes("gravel lantern 17"));
  init.cost = crypto::kArgon2Floor;
  Need(vault::InitVault(init));
  Open();
  Fill();
  CopyToPlain();
  WarmUp();
}

void BenchVault::Open() {
  vault::OpenOptions open;
  open.store = folder_ + "/store";
  open.keyring = folder_ + "/keyring";
  open.secret.bytes = SecretBytes::CopyOf(AsBytes("bench passphrase"));
  open.durability = store::Durability::kProcess;
  open.audited = log_ != Log::kNone;
  open.audit = log_ == Log::kSync ? audit::LogSync::kEach : audit::LogSync::kGroup;
  vault_ = Need(vault::Vault::Open(open));
  session_ = Need(vault_->Login("bench", AsBytes("gravel lantern 17"), "research"));
}

void BenchVault::ReopenWith(Log log) {
  if (log == log_) return;
  session_.reset();
  vault_.reset();
  log_ = log;
  Open();
  WarmUp();
}

BenchVault::~BenchVault() {
  session_.reset();
  vault_.reset();
  plain_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void BenchVault::Fill() {
  auto call = Need(session_->Enter());
  for (std::size_t i = 0; i < kPatients; ++i) {
    const std::string patient = PatientId(i);
    const Bytes message = MakeVisit(i);
    vault::PutItem item;
    item.patient.external_id = AsBytes(patient);
    item.request.type = kType;
    item.request.record_id = AsBytes(kRecordId);
    item.request.message = message;
    std::vector<vault::PutAnswer> answers;
    Need(vault::PutAll(call.core(), call.desk(), {&item, 1}, answers));
    handles_.push_back(answers.front().outcome.handle);
  }
}

Result<std::unique_ptr<vault::OpenedRecord>> BenchVault::Get(std::size_t number) {
  MS_ASSIGN(vault::Call call, session_->Enter());
  return vault::RecordReader(call.core(), call.desk()).Read(handles_[number], {});
}

Status BenchVault::Put(std::size_t number) {
  const Bytes message = MakeVisit(number);
  const keys::PatientHandle patient = keys::PatientOf(handles_[number]);
  vault::PutItem item;
  item.patient.handle = &patient;
  item.request.type = kType;
  item.request.record_id = AsBytes(kRecordId);
  item.request.message = message;
  MS_ASSIGN(vault::Call call, session_->Enter());
  std::vector<vault::PutAnswer> answers;
  return vault::PutAll(call.core(), call.desk(), {&item, 1}, answers);
}

// Every key row and data key is at hand, as in a vault that has been at work for a while.
void BenchVault::WarmUp() {
  auto call = Need(session_->Enter());
  Bytes value;
  for (const keys::RecordHandle& handle : handles_) {
    Need(vault::RecordReader(call.core(), call.desk()).Read(handle, {}).status());
    Need(plain_->Get(store::Table::kRecords, handle, value));
  }
}

void BenchVault::CopyToPlain() {
  auto call = Need(session_->Enter());
  store::RocksOptions options;
  options.create = true;
  plain_ = Need(store::OpenRocks(folder_ + "/plain", options));
  for (const keys::RecordHandle& handle : handles_) {
    store::Batch batch;
    Need(call.core().rows->Get(store::Table::kRecords, handle, plain_value_));
    batch.Put(store::Table::kRecords, handle, plain_value_);
    Need(plain_->Commit(batch, store::Durability::kProcess));
    plain_keys_.emplace_back(handle.begin(), handle.end());
    stored_bytes_ += plain_value_.size();
  }
}

}  // namespace mseal::bench
