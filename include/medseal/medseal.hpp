// medseal for C++20: owners, spans and results over medseal.h. Header only; throws nothing of its own.
//
// The contracts are those of medseal.h; a comment here says only what differs. Arguments are borrowed for the call.
// What a Record gives lives as long as the Record. Owners move and do not copy; they may be dropped in any order.
//
//   auto vault = medseal::Vault::Open({.store = "store", .keyring = {.path = "keyring", .secret = passphrase.view()}});
//   if (!vault.ok()) return Complain(vault.error());
//   auto session = vault->Login({.person = "ada", .password = password.view(), .purpose = "care"});
#ifndef MEDSEAL_HPP
#define MEDSEAL_HPP

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "medseal/medseal.h"

namespace medseal {

using ByteView = std::span<const std::uint8_t>;
using PatientHandle = std::array<std::uint8_t, MEDSEAL_PATIENT_HANDLE_SIZE>;
using RecordHandle = std::array<std::uint8_t, MEDSEAL_RECORD_HANDLE_SIZE>;

inline ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view AsText(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// Zero-terminated text of the caller's; without a value it reads as the default.
class Name {
 public:
  constexpr Name(const char* text = nullptr) : text_(text) {}  // NOLINT(google-explicit-constructor)
  Name(const std::string& text) : text_(text.c_str()) {}       // NOLINT(google-explicit-constructor)
  constexpr const char* c_str() const { return text_; }

 private:
  const char* text_;
};

// Why a call failed.
class Error {
 public:
  Error() = default;
  Error(medseal_code code, std::string_view message) {
    raw_.code = code;
    std::memcpy(raw_.message, message.data(), std::min(message.size(), sizeof raw_.message - 1));
  }
  medseal_code code() const { return raw_.code; }
  const char* code_name() const { return medseal_code_name(raw_.code); }
  const char* message() const { return raw_.message; }
  std::uint64_t incident() const { return raw_.incident; }
  medseal_error* raw() { return &raw_; }

 private:
  medseal_error raw_{sizeof(medseal_error), MEDSEAL_OK, 0, {}};
};

// A value, or the Error that says why there is none. Reading the value of a failed one stops the process.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor): reads as `return value`
  Result(const Error& error) : error_(error) {}  // NOLINT(google-explicit-constructor): reads as `return error`

  bool ok() const { return value_.has_value(); }
  const Error& error() const { return error_; }
  T& operator*() & { return Checked(); }
  const T& operator*() const& { return const_cast<Result*>(this)->Checked(); }
  T&& operator*() && { return std::move(Checked()); }
  T* operator->() { return &Checked(); }
  const T* operator->() const { return &const_cast<Result*>(this)->Checked(); }

 private:
  T& Checked() {
    if (!value_.has_value()) std::abort();  // rule: look at ok() before the value
    return *value_;
  }
  std::optional<T> value_;
  Error error_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(const Error& error) : error_(error) {}  // NOLINT(google-explicit-constructor): reads as `return error`
  bool ok() const { return error_.code() == MEDSEAL_OK; }
  const Error& error() const { return error_; }

 private:
  Error error_;
};

using Status = Result<void>;

// Overwrites `size` bytes in a way the compiler keeps.
inline void Wipe(void* bytes, std::size_t size) {
  volatile unsigned char* at = static_cast<volatile unsigned char*>(bytes);
  while (size-- > 0) *at++ = 0;
}

// A password, an id or a value on its way in: moves, does not copy, wipes itself. Growing wipes the old place.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view text) { Append(AsBytes(text)); }
  Secret(Secret&& other) noexcept { Swap(other); }
  Secret& operator=(Secret&& other) noexcept {
    Secret taken(std::move(other));
    Swap(taken);
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { Wipe(data_.get(), capacity_); }

  ByteView view() const { return {data_.get(), size_}; }
  std::string_view text() const { return AsText(view()); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  void Append(ByteView bytes) {
    if (size_ + bytes.size() > capacity_) Grow(size_ + bytes.size());
    if (!bytes.empty()) std::memcpy(data_.get() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  // Drops all bytes after the first `size`.
  void Cut(std::size_t size) {
    if (size >= size_) return;
    Wipe(data_.get() + size, size_ - size);
    size_ = size;
  }

 private:
  void Grow(std::size_t needed) {
    Secret larger;
    larger.capacity_ = std::max<std::size_t>(64, 2 * needed);
    larger.data_.reset(new std::uint8_t[larger.capacity_]);
    larger.Append(view());
    Swap(larger);
  }
  void Swap(Secret& other) noexcept {
    data_.swap(other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

namespace internal {

template <auto kFree>
struct Freer {
  template <typename T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};
template <typename T, auto kFree>
using Owner = std::unique_ptr<T, Freer<kFree>>;

template <typename Struct>
Struct Sized() {
  Struct out{};
  out.size = sizeof(Struct);
  return out;
}

// Calls a function of medseal.h, whose last argument is always the error.
template <typename Function, typename... Arguments>
Status Call(Function function, Arguments... arguments) {
  Error error;
  const medseal_code code = function(arguments..., error.raw());
  if (code == MEDSEAL_OK) return {};
  error.raw()->code = code;
  return error;
}

inline medseal_bytes Raw(ByteView bytes) { return {bytes.data(), bytes.size()}; }
inline ByteView View(medseal_bytes bytes) { return {static_cast<const std::uint8_t*>(bytes.data), bytes.size}; }

template <std::size_t kSize>
std::array<std::uint8_t, kSize> Copied(const std::uint8_t* bytes) {
  std::array<std::uint8_t, kSize> out{};
  if (bytes != nullptr) std::memcpy(out.data(), bytes, kSize);
  return out;
}

}  // namespace internal

// ---- What calls take
// ---------------------------------------------------------------------------------------------------

struct Keyring {
  Name path = {};
  ByteView secret = {};
  bool secret_is_key = false;
};

struct Cost {
  std::uint32_t memory_kib = 0;
  std::uint32_t passes = 0;
};

struct Schema {
  std::string_view proto = {};
  Name file_name = {};
  ByteView descriptor_set = {};
  std::string_view rules = {};
};

struct InitOptions {
  Name store = {};
  Keyring keyring = {};
  Schema schema = {};
  medseal_suite suite = MEDSEAL_SUITE_AUTO;
  Name person = {};
  ByteView password = {};
  Cost cost = {};
};

struct OpenOptions {
  Name store = {};
  Keyring keyring = {};
  medseal_durability durability = MEDSEAL_POWER;
  bool accept_stale = false;
  std::size_t cache_patients = 0;
  std::size_t cache_bytes = 0;
  medseal_audit audit = MEDSEAL_AUDIT_GROUP;
  medseal_alert_callback alert_callback = nullptr;
  void* alert_context = nullptr;
};

struct AlertRule {
  std::string name = {};
  std::string policy = {};  // that turns it off; empty: always on
  std::string help = {};
  bool on = false;
};
struct AlertSink {
  std::uint32_t id = 0;
  medseal_sink_kind kind = MEDSEAL_SINK_FILE;
  std::vector<std::string> words = {};
};

struct DeclaredJob {
  std::string name = {};
  std::string person = {};
  std::vector<std::string> types = {};
  std::vector<std::string> fields = {};  // TYPE.FIELD; none: all fields of the types
  std::uint32_t patients = 0;            // in one window
  std::uint32_t from_minute = 0;
  std::uint32_t to_minute = 0;
  std::uint32_t days = 0;  // bit 0 Monday; 0: every day
  std::uint64_t until_ms = 0;
  // Told, and not read when a job is declared.
  medseal_declared_job_state state = MEDSEAL_DECLARED_JOB_IN_FORCE;
  std::string declared_by = {};
  std::string second = {};
  std::uint64_t declared_ms = 0;
  std::uint64_t used_ms = 0;  // 0: never
  std::uint64_t window_ms = 0;
  std::uint32_t read = 0;
};

struct LoginOptions {
  Name person = {};
  ByteView password = {};
  Name purpose = {};
  Name on_behalf_of = {};
  Name origin = {};
  ByteView key_file = {};  // instead of a password
  Name job = {};           // a declared one; empty: none
  Name token = {};         // the person's, by its URI; `password` is then its PIN
};

// A patient by external id, or by the handle that a put or a record gave.
class Patient {
 public:
  Patient() = default;                                              // nobody
  Patient(std::string_view id) : id_(AsBytes(id)) {}                // NOLINT(google-explicit-constructor)
  Patient(const char* id) : Patient(std::string_view(id)) {}        // NOLINT(google-explicit-constructor)
  Patient(const PatientHandle& handle) : handle_(handle.data()) {}  // NOLINT(google-explicit-constructor)
  ByteView id() const { return id_; }
  const std::uint8_t* handle() const { return handle_; }

 private:
  ByteView id_ = {};
  const std::uint8_t* handle_ = nullptr;
};

struct Ref {
  Name type = {};
  Patient patient = {};
  std::string_view record = {};
};

struct PutItem {
  Ref ref = {};
  std::string_view message = {};
  medseal_format format = MEDSEAL_JSON;
  medseal_put_mode mode = MEDSEAL_REPLACE;
  std::uint64_t expected_version = 0;
  std::span<const char* const> clear = {};
  bool skip_unchanged = false;
};

struct GetOptions {
  std::span<const char* const> fields = {};
  std::uint64_t version = 0;
  bool masked = false;
};

struct PersonOptions {
  Name name = {};
  medseal_person_kind kind = MEDSEAL_HUMAN;
  ByteView password = {};
  std::span<const char* const> classes = {};
  Cost cost = {};
  ByteView key_file = {};  // instead of a password
  std::span<const char* const> roles = {};
  bool only_check = false;
  Name token = {};  // by its URI; `password` is then its PIN
};

// The secret until now and the one from now on: of each pair one.
struct SecretChange {
  ByteView password = {};
  ByteView key_file = {};
  ByteView new_password = {};
  ByteView new_key_file = {};
  Cost cost = {};
  Name token = {};      // by its URI; `password` is then its PIN
  Name new_token = {};  // likewise
};

// What medseal_person_info says of a person's logins.
struct PersonLogins {
  std::uint32_t failed = 0;
  std::uint64_t locked_until_ms = 0;
};

struct PersonInfo {
  std::string name = {};
  medseal_person_kind kind = MEDSEAL_HUMAN;
  bool founder = false;
  std::vector<std::string> classes = {};
  std::vector<std::uint32_t> class_operations = {};  // of each
  std::vector<std::string> roles = {};
  std::uint32_t operations = 0;  // over the vault
  bool disabled = false;
  std::optional<PersonLogins> logins = {};  // none: the session's person is not told
};

struct RoleOptions {
  Name name = {};
  std::uint32_t operations = 0;
  std::span<const char* const> classes = {};
};
struct RoleInfo {
  std::string name = {};
  std::uint32_t operations = 0;
  std::vector<std::string> classes = {};
};

// A setting that binds everybody.
struct PolicyInfo {
  std::string name = {};
  std::uint64_t value = 0;
  std::uint64_t initial = 0;
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  medseal_weaker weaker = MEDSEAL_WEAKER_HIGHER;
  std::string help = {};
};

// Takes one share to be kept, before the set counts; false: nothing is changed (CANCELLED).
using ShareTaker = std::function<bool(std::uint32_t number, ByteView text)>;
struct RecoverySetup {
  std::uint32_t shares = 0;     // 0: 5
  std::uint32_t threshold = 0;  // 0: 3
};

// What a patient is held back by.
struct Mark {
  std::uint64_t since_ms = 0;
  std::string by = {};
  Secret reason = {};
};
struct MarkInfo {
  PatientHandle patient = {};
  std::optional<Mark> hold = {};
  std::optional<Mark> restriction = {};
};

// A class that somebody read in need.
struct BrokenGlass {
  std::uint64_t number = 0;
  std::string person = {};
  std::string class_name = {};
  std::uint64_t from_ms = 0;
  std::uint64_t until_ms = 0;
  Secret reason = {};
  bool overdue = false;
  std::string reviewed_by = {};  // empty: nobody yet
  std::uint64_t reviewed_ms = 0;
  Secret verdict = {};
};

// What takes several persons. The state as medseal_approval_state has it.
struct Approval {
  std::uint64_t number = 0;
  medseal_approval_state state = MEDSEAL_APPROVAL_OPEN;
  Secret action = {};
  std::vector<PatientHandle> patients = {};
  std::string asked_by = {};
  std::uint64_t asked_ms = 0;
  std::uint64_t expires_ms = 0;
  std::uint32_t needed = 0;
  std::vector<std::string> signers = {};
  std::string ended_by = {};
  std::uint64_t ended_ms = 0;
  std::array<std::uint8_t, 32> digest = {};  // what Sign takes
};

// What a mandate takes of one record type.
struct MandateTake {
  std::string type = {};
  std::vector<std::string> fields = {};
};
struct MandateRecipient {
  std::array<std::uint8_t, 32> key = {};  // X25519, public
  std::string name = {};
};
// As medseal_mandate; empty texts are none.
struct MandateOptions {
  medseal_mandate_direction direction = MEDSEAL_MANDATE_IMPORT;
  std::string from = {}, to = {}, purpose = {};
  std::vector<MandateTake> takes = {};
  std::string since = {}, until = {};
  std::vector<ByteView> patients = {};  // external ids
  std::vector<MandateRecipient> recipients = {};
  bool keep_unknown = false;
  std::uint64_t most_rows = 0;
  std::uint64_t expires_ms = 0;
  std::string erase_by = {};
  std::uint32_t signers = 0;
};
// What a signed order says, and who stands behind it.
struct Mandate {
  std::string text = {};
  std::array<std::uint8_t, 16> id = {};
  medseal_mandate_direction direction = MEDSEAL_MANDATE_IMPORT;
  std::vector<std::string> signers = {};
  std::uint32_t needed = 0;
  bool expired = false;
  std::uint64_t expires_ms = 0;
};

// Which entries of the log: everything that is set has to fit.
struct AuditQuery {
  std::optional<Patient> patient = {};
  Name person = {};
  std::uint64_t since_ms = 0;
  std::uint64_t until_ms = 0;  // not included; 0: now
  Name operation = {};
  Name outcome = {};
  std::uint64_t from_index = 0;
  // Of an exposure alone, in the place of a person.
  bool of_backup = false;
  Name backup_place = {};  // empty: the first that has it
  std::uint32_t backup = 0;
  Name key_class = {};
  std::uint32_t key_version = 0;
};
struct ExposedPatient {
  PatientHandle patient = {};
  std::vector<std::string> classes = {};
  std::uint64_t reads = 0;
  std::uint64_t fields = 0;
  std::uint64_t first_ms = 0;
  std::uint64_t last_ms = 0;
  bool canary = false;  // planted: nobody's data
  std::vector<std::string> not_assessed = {};
};
struct Exposure {
  medseal_exposure_summary summary = {};
  std::vector<ExposedPatient> patients = {};
};

struct StepOptions {
  std::uint64_t rows_per_second = 0;  // at most; 0: as fast as it goes
  std::uint64_t time_budget_ms = 0;   // return with progress after this long; 0: run to the end
};

struct RetentionOptions {
  bool run = false;
  Name type = {};
  std::uint64_t until_ms = 0;
  std::uint32_t share = 0;
};

struct ImportOptions {
  medseal_source source = MEDSEAL_FHIR;
  std::span<const char* const> files = {};
  Name lab = {};
};

struct ThiefOptions {
  Name store = {};
  Name keyring_path = {};
  Name passphrase_path = {};
  Name password_path = {};
  Name person = {};
};

// Files that lie on this machine, as far as the caller knows them.
struct DoctorOptions {
  Name passphrase_path = {};
  Name password_path = {};
};
struct Finding {
  medseal_severity severity = MEDSEAL_NOTE;
  std::string code = {};
  std::string text = {};
  std::string advice = {};
};

struct BackupInfo {
  std::string place = {};
  medseal_backup_info facts = {};  // its `place` is NULL
};

struct PlaceInfo {
  std::string path = {};
  medseal_place_info facts = {};  // its `path` is NULL
  std::vector<BackupInfo> backups = {};
};

struct RestoreOptions {
  Name from = {};
  std::uint32_t backup = 0;  // of a place; 0: the newest
  Name bundle = {};
  Name store = {};
  Keyring keyring = {};
  std::uint64_t sample = 0;  // of a drill: patients to open; 0: all
};

struct RestoredPatient {
  medseal_restored_as how = MEDSEAL_STAYS_ERASED;
  PatientHandle handle = {};
};

// A class of a compromised person; begun says whether its rotation is.
struct RotatedClass {
  std::string name = {};
  medseal_code begun = MEDSEAL_OK;
  std::uint32_t job = 0;
};

struct RootInfo {
  std::string uri = {};
  bool own = false;
  bool on_token = false;
  medseal_code changed = MEDSEAL_OK;
};

struct ProviderInfo {
  std::string uri = {};
  medseal_provider_info facts = {};  // its `uri` is NULL
};

// Follows a long call, on the thread that made it.
class Watcher {
 public:
  virtual ~Watcher() = default;
  // False ends the call with CANCELLED.
  virtual bool OnProgress(const medseal_progress&) noexcept { return true; }
  virtual void OnReject(const char* /*file*/, std::uint64_t /*line*/, const char* /*segment*/,
                        const char* /*why*/) noexcept {}
  // A share that is not counted.
  virtual void OnBadShare(std::size_t /*index*/, medseal_share_fault /*fault*/, const char* /*why*/) noexcept {}
  virtual void OnRetentionType(const medseal_retention_type&) noexcept {}
  virtual void OnRetentionItem(const medseal_retention_item&) noexcept {}
  virtual void OnProblem(const char* /*what*/, const std::uint8_t* /*patient_handle*/) noexcept {}
};

namespace internal {

inline medseal_keyring Raw(const Keyring& keyring) {
  auto out = Sized<medseal_keyring>();
  out.path = keyring.path.c_str();
  out.secret = Raw(keyring.secret);
  out.secret_is_key = keyring.secret_is_key ? 1 : 0;
  return out;
}
inline medseal_cost Raw(const Cost& cost) { return {sizeof(medseal_cost), cost.memory_kib, cost.passes}; }
inline medseal_schema Raw(const Schema& schema) {
  auto out = Sized<medseal_schema>();
  out.proto = Raw(AsBytes(schema.proto));
  out.file_name = schema.file_name.c_str();
  out.descriptor_set = Raw(schema.descriptor_set);
  out.rules = Raw(AsBytes(schema.rules));
  return out;
}
inline medseal_ref Raw(const Ref& ref) {
  auto out = Sized<medseal_ref>();
  out.type = ref.type.c_str();
  out.patient = Raw(ref.patient.id());
  out.patient_handle = ref.patient.handle();
  out.record = Raw(AsBytes(ref.record));
  return out;
}
// Borrows the words.
inline std::vector<const char*> Pointers(const std::vector<std::string>& words) {
  std::vector<const char*> out;
  for (const std::string& word : words) out.push_back(word.c_str());
  return out;
}
// What borrows the query lives as long as it.
struct RawAuditQuery {
  explicit RawAuditQuery(const AuditQuery& given) : ref(Sized<medseal_ref>()), query(Sized<medseal_audit_query>()) {
    const auto or_null = [](const Name& name) {
      return name.c_str() == nullptr || *name.c_str() == 0 ? nullptr : name.c_str();
    };
    if (given.patient) ref = Raw(Ref{.patient = *given.patient}), query.patient = &ref;
    query.person = or_null(given.person);
    query.since_ms = given.since_ms;
    query.until_ms = given.until_ms;
    query.operation = or_null(given.operation);
    query.outcome = or_null(given.outcome);
    query.from_index = given.from_index;
    query.of_backup = given.of_backup ? 1 : 0;
    query.backup_place = or_null(given.backup_place);
    query.backup = given.backup;
    query.key_class = or_null(given.key_class);
    query.key_version = given.key_version;
  }
  RawAuditQuery(const RawAuditQuery&) = delete;
  RawAuditQuery& operator=(const RawAuditQuery&) = delete;

  medseal_ref ref;
  medseal_audit_query query;
};
inline medseal_put_item Raw(const PutItem& item) {
  auto out = Sized<medseal_put_item>();
  out.ref = Raw(item.ref);
  out.message = Raw(AsBytes(item.message));
  out.format = item.format;
  out.mode = item.mode;
  out.expected_version = item.expected_version;
  out.clear = item.clear.data();
  out.clear_count = item.clear.size();
  out.skip_unchanged = item.skip_unchanged ? 1 : 0;
  return out;
}
inline medseal_get_options Raw(const GetOptions& options) {
  return {sizeof(medseal_get_options), options.fields.data(), options.fields.size(), options.version,
          options.masked ? 1 : 0};
}

inline int ForwardProgress(void* watcher, const medseal_progress* progress) {
  return static_cast<Watcher*>(watcher)->OnProgress(*progress) ? 0 : 1;
}
inline void ForwardReject(void* watcher, const char* file, std::uint64_t line, const char* segment, const char* why) {
  static_cast<Watcher*>(watcher)->OnReject(file, line, segment, why);
}
inline void ForwardBadShare(void* watcher, std::size_t index, medseal_share_fault fault, const char* why) {
  static_cast<Watcher*>(watcher)->OnBadShare(index, fault, why);
}
inline int ForwardShare(void* taker, std::uint32_t number, medseal_bytes text) {
  return (*static_cast<const ShareTaker*>(taker))(number, View(text)) ? 0 : 1;
}
inline void ForwardRetentionType(void* watcher, const medseal_retention_type* type) {
  static_cast<Watcher*>(watcher)->OnRetentionType(*type);
}
inline void ForwardRetentionItem(void* watcher, const medseal_retention_item* item) {
  static_cast<Watcher*>(watcher)->OnRetentionItem(*item);
}
inline void ForwardProblem(void* watcher, const char* what, const std::uint8_t* patient_handle) {
  static_cast<Watcher*>(watcher)->OnProblem(what, patient_handle);
}

}  // namespace internal

// ---- Owners
// ------------------------------------------------------------------------------------------------------------

class Buffer {
 public:
  explicit Buffer(medseal_buffer* raw) : raw_(raw) {}
  ByteView bytes() const { return internal::View(medseal_buffer_bytes(raw_.get())); }

 private:
  internal::Owner<medseal_buffer, medseal_free> raw_;
};

class Record {
 public:
  explicit Record(medseal_record* raw) : raw_(raw) {}
  const char* type() const { return medseal_record_type(raw_.get()); }
  ByteView id() const { return internal::View(medseal_record_id(raw_.get())); }
  std::uint64_t version() const { return medseal_record_version(raw_.get()); }
  std::uint64_t written_ms() const { return medseal_record_written_ms(raw_.get()); }
  ByteView message() const { return internal::View(medseal_record_message(raw_.get())); }
  PatientHandle patient() const {
    return internal::Copied<MEDSEAL_PATIENT_HANDLE_SIZE>(medseal_record_patient_handle(raw_.get()));
  }
  RecordHandle handle() const {
    return internal::Copied<MEDSEAL_RECORD_HANDLE_SIZE>(medseal_record_handle(raw_.get()));
  }
  std::vector<std::string_view> masked() const {
    std::vector<std::string_view> out(medseal_record_masked_count(raw_.get()));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = medseal_record_masked(raw_.get(), i);
    return out;
  }
  std::vector<std::string_view> redacted() const {
    std::vector<std::string_view> out(medseal_record_redacted_count(raw_.get()));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = medseal_record_redacted(raw_.get(), i);
    return out;
  }
  // NULL: no such field.
  const char* ClassOf(Name field) const { return medseal_record_class(raw_.get(), field.c_str()); }
  Result<std::string_view> Json() {
    medseal_bytes json{};
    const Status status = internal::Call(medseal_record_json, raw_.get(), &json);
    if (!status.ok()) return status.error();
    return AsText(internal::View(json));
  }

 private:
  internal::Owner<medseal_record, medseal_record_free> raw_;
};

class Cursor {
 public:
  explicit Cursor(medseal_cursor* raw) : raw_(raw) {}
  // Nothing at the end.
  Result<std::optional<Record>> Next() {
    medseal_record* record = nullptr;
    const Status status = internal::Call(medseal_next, raw_.get(), &record);
    if (!status.ok()) return status.error();
    if (record == nullptr) return std::optional<Record>();
    return std::optional<Record>(Record(record));
  }

 private:
  internal::Owner<medseal_cursor, medseal_cursor_free> raw_;
};

class Upload {
 public:
  explicit Upload(medseal_upload* raw) : raw_(raw) {}
  Status Append(ByteView piece) { return internal::Call(medseal_upload_append, raw_.get(), internal::Raw(piece)); }
  Result<medseal_put_result> Publish(std::uint64_t expected_version = 0) {
    auto out = internal::Sized<medseal_put_result>();
    const Status status = internal::Call(medseal_upload_publish, raw_.get(), expected_version, &out);
    if (!status.ok()) return status.error();
    return out;
  }

 private:
  internal::Owner<medseal_upload, medseal_upload_free> raw_;
};

struct Piece {
  Buffer bytes;
  std::uint64_t value_size = 0;  // of the whole value
};

class Session {
 public:
  explicit Session(medseal_session* raw) : raw_(raw) {}
  medseal_session* raw() const { return raw_.get(); }
  void Logout() { medseal_logout(raw_.get()); }

  Result<medseal_put_result> Put(const PutItem& item) {
    const medseal_put_item raw = internal::Raw(item);
    auto out = internal::Sized<medseal_put_result>();
    const Status status = internal::Call(medseal_put, raw_.get(), &raw, &out);
    if (!status.ok()) return status.error();
    return out;
  }
  // `results` takes what became of each item, after a failure too.
  Status PutBatch(std::span<const PutItem> items, std::vector<medseal_put_result>* results = nullptr) {
    std::vector<medseal_put_item> raw;
    raw.reserve(items.size());
    for (const PutItem& item : items) raw.push_back(internal::Raw(item));
    if (results != nullptr) results->assign(items.size(), internal::Sized<medseal_put_result>());
    return internal::Call(medseal_put_batch, raw_.get(), raw.data(), raw.size(),
                          results == nullptr ? nullptr : results->data());
  }

  Result<Record> Get(const Ref& ref, const GetOptions& options = {}) {
    const medseal_ref raw = internal::Raw(ref);
    const medseal_get_options raw_options = internal::Raw(options);
    return Made<Record, medseal_record>(medseal_get, &raw, &raw_options);
  }
  Result<Record> Get(const RecordHandle& handle, const GetOptions& options = {}) {
    const medseal_get_options raw_options = internal::Raw(options);
    return Made<Record, medseal_record>(medseal_get_handle, handle.data(), &raw_options);
  }
  Result<Cursor> History(const Ref& ref) {
    const medseal_ref raw = internal::Raw(ref);
    return Made<Cursor, medseal_cursor>(medseal_history, &raw);
  }
  Status Delete(const Ref& ref, std::uint64_t expected_version = 0) {
    const medseal_ref raw = internal::Raw(ref);
    return internal::Call(medseal_delete, raw_.get(), &raw, expected_version);
  }

  Result<Cursor> RecordsOf(const Patient& patient) {
    const medseal_ref raw = internal::Raw(Ref{.patient = patient});
    return Made<Cursor, medseal_cursor>(medseal_patient, &raw);
  }
  Result<Cursor> Find(Name type, Name field, ByteView value) {
    return Made<Cursor, medseal_cursor>(medseal_find, type.c_str(), field.c_str(), internal::Raw(value));
  }
  // An empty `last` means to the end.
  Result<Cursor> Range(Name type, Name field, ByteView first, ByteView last) {
    return Made<Cursor, medseal_cursor>(medseal_range, type.c_str(), field.c_str(), internal::Raw(first),
                                        internal::Raw(last), 0);
  }
  Result<Cursor> WithPrefix(Name type, Name field, ByteView prefix) {
    return Made<Cursor, medseal_cursor>(medseal_range, type.c_str(), field.c_str(), internal::Raw(prefix),
                                        medseal_bytes{}, 1);
  }
  Result<Cursor> Scan(Name type, const RecordHandle* after = nullptr) {
    return Made<Cursor, medseal_cursor>(medseal_scan, type.c_str(), after == nullptr ? nullptr : after->data());
  }

  Result<Upload> BeginUpload(const Ref& ref, Name field) {
    const medseal_ref raw = internal::Raw(ref);
    return Made<Upload, medseal_upload>(medseal_upload_begin, &raw, field.c_str());
  }
  Result<Piece> ReadValue(const Ref& ref, Name field, std::uint64_t offset, std::size_t length) {
    const medseal_ref raw = internal::Raw(ref);
    medseal_buffer* value = nullptr;
    std::uint64_t size = 0;
    const Status status =
        internal::Call(medseal_read_value, raw_.get(), &raw, field.c_str(), offset, length, &value, &size);
    if (!status.ok()) return status.error();
    return Piece{Buffer(value), size};
  }

  // `second.purpose` is not read.
  Status Join(const LoginOptions& second) {
    auto raw = internal::Sized<medseal_login_options>();
    raw.person = second.person.c_str();
    raw.password = internal::Raw(second.password);
    raw.key_file = internal::Raw(second.key_file);
    raw.token = second.token.c_str();
    return internal::Call(medseal_session_join, raw_.get(), &raw);
  }
  Result<medseal_erasure_info> Erase(const Patient& patient, Name reason) {
    const medseal_ref raw = internal::Raw(Ref{.patient = patient});
    auto info = internal::Sized<medseal_erasure_info>();
    const Status status = internal::Call(medseal_erase, raw_.get(), &raw, reason.c_str(), &info);
    if (!status.ok()) return status.error();
    return info;
  }
  // `visit(std::size_t index, medseal_code code, const medseal_erasure_info* info, const char* why)` answers whether to
  // go on.
  template <typename Visit>
  Status EraseMany(const std::vector<Patient>& patients, Name reason, Visit&& visit) {
    std::vector<medseal_ref> refs;
    for (const Patient& patient : patients) refs.push_back(internal::Raw(Ref{.patient = patient}));
    using Function = std::remove_reference_t<Visit>;
    const medseal_erased_callback forward = [](void* context, std::size_t index, medseal_code code,
                                               const medseal_erasure_info* info, const char* why) {
      return (*static_cast<Function*>(context))(index, code, info, why) ? 0 : 1;
    };
    return internal::Call(medseal_erase_many, raw_.get(), refs.data(), refs.size(), reason.c_str(), forward,
                          const_cast<void*>(static_cast<const void*>(std::addressof(visit))));
  }
  Result<std::vector<Approval>> Approvals() {
    std::vector<Approval> out;
    const Status status =
        internal::Call(medseal_approvals, raw_.get(), &Session::TakeApproval, static_cast<void*>(&out));
    if (!status.ok()) return status.error();
    return out;
  }
  Status SignApproval(const Approval& shown) {
    return internal::Call(medseal_approval_sign, raw_.get(), shown.number, shown.digest.data());
  }
  // The text to be read and signed.
  Result<Buffer> NewMandate(const MandateOptions& options) {
    std::vector<std::vector<const char*>> fields;
    std::vector<medseal_mandate_take> takes;
    for (const MandateTake& take : options.takes) {
      auto& names = fields.emplace_back();
      for (const std::string& field : take.fields) names.push_back(field.c_str());
      auto& raw = takes.emplace_back(internal::Sized<medseal_mandate_take>());
      raw.type = take.type.c_str();
      raw.fields = names.data();
      raw.field_count = names.size();
    }
    std::vector<medseal_mandate_recipient> recipients;
    for (const MandateRecipient& recipient : options.recipients) {
      auto& raw = recipients.emplace_back(internal::Sized<medseal_mandate_recipient>());
      raw.key = recipient.key.data();
      raw.name = recipient.name.c_str();
    }
    std::vector<medseal_bytes> patients;
    for (const ByteView patient : options.patients) patients.push_back(internal::Raw(patient));
    auto raw = internal::Sized<medseal_mandate>();
    raw.direction = options.direction;
    raw.from = options.from.c_str();
    raw.to = options.to.c_str();
    raw.purpose = options.purpose.c_str();
    raw.takes = takes.data();
    raw.take_count = takes.size();
    raw.since = options.since.c_str();
    raw.until = options.until.c_str();
    raw.patients = patients.data();
    raw.patient_count = patients.size();
    raw.recipients = recipients.data();
    raw.recipient_count = recipients.size();
    raw.keep_unknown = options.keep_unknown ? 1 : 0;
    raw.most_rows = options.most_rows;
    raw.expires_ms = options.expires_ms;
    raw.erase_by = options.erase_by.c_str();
    raw.signers = options.signers;
    medseal_buffer* text = nullptr;
    const Status status = internal::Call(medseal_mandate_new, raw_.get(), &raw, &text);
    if (!status.ok()) return status.error();
    return Buffer(text);
  }
  // The file with the signatures of whoever is at the session and may sign.
  Result<Buffer> SignMandate(ByteView file) {
    medseal_buffer* out = nullptr;
    const Status status = internal::Call(medseal_mandate_sign, raw_.get(), internal::Raw(file), &out);
    if (!status.ok()) return status.error();
    return Buffer(out);
  }
  Status WithdrawApproval(std::uint64_t number) {
    return internal::Call(medseal_approval_withdraw, raw_.get(), number);
  }
  Status Hold(const Patient& patient, Name reason) {
    const medseal_ref raw = internal::Raw(Ref{.patient = patient});
    return internal::Call(medseal_hold, raw_.get(), &raw, reason.c_str());
  }
  Status Release(const Patient& patient) {
    const medseal_ref raw = internal::Raw(Ref{.patient = patient});
    return internal::Call(medseal_release, raw_.get(), &raw);
  }
  Status Restrict(const Patient& patient, Name reason) {
    const medseal_ref raw = internal::Raw(Ref{.patient = patient});
    return internal::Call(medseal_restrict, raw_.get(), &raw, reason.c_str());
  }
  Status Unrestrict(const Patient& patient) {
    const medseal_ref raw = internal::Raw(Ref{.patient = patient});
    return internal::Call(medseal_unrestrict, raw_.get(), &raw);
  }
  Status ForgetProviderCopy(Name uri) { return internal::Call(medseal_provider_forget, raw_.get(), uri.c_str()); }
  Result<std::vector<MarkInfo>> Marks() {
    std::vector<MarkInfo> out;
    const Status status = internal::Call(medseal_marks, raw_.get(), &Session::TakeMark, static_cast<void*>(&out));
    if (!status.ok()) return status.error();
    return out;
  }

  // The number under which it is reviewed. An empty class: the only one there is behind glass; 0 minutes: as policy
  // says.
  Result<std::uint64_t> BreakGlass(Name class_name, Name reason, std::uint64_t minutes = 0) {
    std::uint64_t number = 0;
    const Status status =
        internal::Call(medseal_break_glass, raw_.get(), class_name.c_str(), reason.c_str(), minutes, &number);
    if (!status.ok()) return status.error();
    return number;
  }
  Result<std::vector<BrokenGlass>> BrokenGlasses() {
    std::vector<BrokenGlass> out;
    const Status status =
        internal::Call(medseal_broken_glasses, raw_.get(), &Session::TakeGlass, static_cast<void*>(&out));
    if (!status.ok()) return status.error();
    return out;
  }
  Status ReviewBrokenGlass(std::uint64_t number, Name verdict) {
    return internal::Call(medseal_break_glass_review, raw_.get(), number, verdict.c_str());
  }

  // `visit(const medseal_audit_entry&)` answers whether to go on; what the entry shows is good during the call.
  template <typename Visit>
  Status AuditEntries(const AuditQuery& query, Visit&& visit) {
    const internal::RawAuditQuery raw(query);
    using Function = std::remove_reference_t<Visit>;
    const medseal_audit_callback forward = [](void* context, const medseal_audit_entry* entry) {
      return (*static_cast<Function*>(context))(*entry) ? 0 : 1;
    };
    return internal::Call(medseal_audit_entries, raw_.get(), &raw.query, forward,
                          const_cast<void*>(static_cast<const void*>(std::addressof(visit))));
  }
  Result<Exposure> ExposureOf(const AuditQuery& query) {
    const internal::RawAuditQuery raw(query);
    Exposure exposure{.summary = internal::Sized<medseal_exposure_summary>(), .patients = {}};
    const Status status = internal::Call(medseal_exposure, raw_.get(), &raw.query, &Session::TakeExposed,
                                         static_cast<void*>(&exposure.patients), &exposure.summary);
    if (!status.ok()) return status.error();
    return exposure;
  }

  // The same, patient after patient, for more of them than memory should hold: `visit(ExposedPatient)` answers whether
  // to go on.
  template <typename Visit>
  Result<medseal_exposure_summary> VisitExposure(const AuditQuery& query, Visit&& visit) {
    const internal::RawAuditQuery raw(query);
    using Function = std::remove_reference_t<Visit>;
    const medseal_exposed_callback forward = [](void* context, const medseal_exposed_patient* info) {
      std::vector<ExposedPatient> one;
      TakeExposed(&one, info);
      return (*static_cast<Function*>(context))(std::move(one.front())) ? 0 : 1;
    };
    auto summary = internal::Sized<medseal_exposure_summary>();
    const Status status = internal::Call(medseal_exposure, raw_.get(), &raw.query, forward,
                                         const_cast<void*>(static_cast<const void*>(std::addressof(visit))), &summary);
    if (!status.ok()) return status.error();
    return summary;
  }

  // Without `run` it only looks.
  Result<medseal_audit_drop_report> DropAudit(std::uint64_t before_ms, bool run) {
    auto report = internal::Sized<medseal_audit_drop_report>();
    const Status status = internal::Call(medseal_audit_drop, raw_.get(), before_ms, run ? 1 : 0, &report);
    if (!status.ok()) return status.error();
    return report;
  }

  Status AddPerson(const PersonOptions& options) {
    const medseal_cost cost = internal::Raw(options.cost);
    auto raw = internal::Sized<medseal_person_options>();
    raw.name = options.name.c_str();
    raw.kind = options.kind;
    raw.password = internal::Raw(options.password);
    raw.classes = options.classes.data();
    raw.class_count = options.classes.size();
    raw.cost = &cost;
    raw.key_file = internal::Raw(options.key_file);
    raw.roles = options.roles.data();
    raw.role_count = options.roles.size();
    raw.only_check = options.only_check ? 1 : 0;
    raw.token = options.token.c_str();
    return internal::Call(medseal_person_add, raw_.get(), &raw);
  }
  Status Grant(Name person, Name class_name) {
    return internal::Call(medseal_person_grant, raw_.get(), person.c_str(), class_name.c_str());
  }
  Status Unlock(Name person) { return internal::Call(medseal_person_unlock, raw_.get(), person.c_str()); }
  Status Revoke(Name person, Name class_name) {
    return internal::Call(medseal_person_revoke, raw_.get(), person.c_str(), class_name.c_str());
  }
  Status EnablePerson(Name person, bool enabled) {
    return internal::Call(medseal_person_enable, raw_.get(), person.c_str(), enabled ? 1 : 0);
  }
  Status RenamePerson(Name person, Name name) {
    return internal::Call(medseal_person_rename, raw_.get(), person.c_str(), name.c_str());
  }
  Status DefineRole(const RoleOptions& role) {
    auto raw = internal::Sized<medseal_role>();
    raw.name = role.name.c_str();
    raw.operations = role.operations;
    raw.classes = role.classes.data();
    raw.class_count = role.classes.size();
    return internal::Call(medseal_role_define, raw_.get(), &raw);
  }
  Status GiveRole(Name person, Name role) {
    return internal::Call(medseal_role_give, raw_.get(), person.c_str(), role.c_str());
  }
  Status TakeRole(Name person, Name role) {
    return internal::Call(medseal_role_take, raw_.get(), person.c_str(), role.c_str());
  }
  Result<std::vector<RoleInfo>> Roles() {
    std::vector<RoleInfo> out;
    const Status status = internal::Call(medseal_roles, raw_.get(), &Session::TakeRoleInfo, static_cast<void*>(&out));
    if (!status.ok()) return status.error();
    return out;
  }
  Status RotatePerson(Name person, ByteView password, const Cost& cost = {}) {
    const medseal_cost raw = internal::Raw(cost);
    return internal::Call(medseal_rotate_person, raw_.get(), person.c_str(), internal::Raw(password), &raw);
  }
  Status RotatePersonToKeyFile(Name person, ByteView key_file) {
    return internal::Call(medseal_rotate_person_to_key_file, raw_.get(), person.c_str(), internal::Raw(key_file));
  }
  Status RotatePersonToToken(Name person, Name token, ByteView pin) {
    return internal::Call(medseal_rotate_person_to_token, raw_.get(), person.c_str(), token.c_str(),
                          internal::Raw(pin));
  }
  Status ChangeSecret(const SecretChange& change) {
    const medseal_cost cost = internal::Raw(change.cost);
    auto raw = internal::Sized<medseal_secret_change_options>();
    raw.password = internal::Raw(change.password);
    raw.key_file = internal::Raw(change.key_file);
    raw.new_password = internal::Raw(change.new_password);
    raw.new_key_file = internal::Raw(change.new_key_file);
    raw.cost = &cost;
    raw.token = change.token.c_str();
    raw.new_token = change.new_token.c_str();
    return internal::Call(medseal_secret_change, raw_.get(), &raw);
  }
  // `classes` (never null) is filled whatever ends the call.
  Status RotateCompromisedPerson(Name person, ByteView password, const Cost& cost, std::vector<RotatedClass>* classes) {
    classes->clear();
    const medseal_cost raw = internal::Raw(cost);
    return internal::Call(medseal_rotate_person_compromised, raw_.get(), person.c_str(), internal::Raw(password), &raw,
                          &Session::TakeRotated, static_cast<void*>(classes));
  }
  Result<std::vector<PersonInfo>> Persons() {
    std::vector<PersonInfo> out;
    const Status status = internal::Call(medseal_persons, raw_.get(), &Session::TakePerson, static_cast<void*>(&out));
    if (!status.ok()) return status.error();
    return out;
  }

  Result<std::vector<PolicyInfo>> Policies() {
    std::vector<PolicyInfo> out;
    const Status status = internal::Call(medseal_policies, raw_.get(), &Session::TakePolicy, static_cast<void*>(&out));
    if (!status.ok()) return status.error();
    return out;
  }
  Result<std::vector<AlertRule>> AlertRules() {
    std::vector<AlertRule> out;
    const Status status =
        internal::Call(medseal_alert_rules, raw_.get(), &Session::TakeAlertRule, static_cast<void*>(&out));
    if (!status.ok()) return status.error();
    return out;
  }
  Result<std::vector<AlertSink>> AlertSinks() {
    std::vector<AlertSink> out;
    const Status status = internal::Call(medseal_alert_sinks, raw_.get(), &Session::TakeSink, static_cast<void*>(&out));
    if (!status.ok()) return status.error();
    return out;
  }
  // The id that it got.
  Result<std::uint32_t> AddAlertSink(medseal_sink_kind kind, std::span<const char* const> words) {
    std::uint32_t id = 0;
    const Status status = internal::Call(medseal_alert_sink_add, raw_.get(), kind, words.data(), words.size(), &id);
    if (!status.ok()) return status.error();
    return id;
  }
  Status RemoveAlertSink(std::uint32_t id) { return internal::Call(medseal_alert_sink_remove, raw_.get(), id); }
  Status TestAlerts() { return internal::Call(medseal_alert_test, raw_.get()); }
  Status DeclareJob(const DeclaredJob& job) {
    const std::vector<const char*> types = internal::Pointers(job.types), fields = internal::Pointers(job.fields);
    auto raw = internal::Sized<medseal_declared_job>();
    raw.name = job.name.c_str();
    raw.person = job.person.c_str();
    raw.types = types.data();
    raw.type_count = types.size();
    raw.fields = fields.data();
    raw.field_count = fields.size();
    raw.patients = job.patients;
    raw.from_minute = job.from_minute;
    raw.to_minute = job.to_minute;
    raw.days = job.days;
    raw.until_ms = job.until_ms;
    return internal::Call(medseal_declared_job_declare, raw_.get(), &raw);
  }
  Status RevokeDeclaredJob(Name name) { return internal::Call(medseal_declared_job_revoke, raw_.get(), name.c_str()); }
  // An empty name: all of them.
  Result<std::vector<DeclaredJob>> DeclaredJobs(Name name = {}) {
    std::vector<DeclaredJob> out;
    const Status status = internal::Call(medseal_declared_jobs, raw_.get(), name.c_str(), &Session::TakeDeclaredJob,
                                         static_cast<void*>(&out));
    if (!status.ok()) return status.error();
    return out;
  }
  Status PlantCanaries(std::uint32_t count) { return internal::Call(medseal_canary_plant, raw_.get(), count); }
  // The number of the job that the erasure of those before joined; 0: none.
  Result<std::uint32_t> RotateCanaries() {
    std::uint32_t job = 0;
    const Status status = internal::Call(medseal_canary_rotate, raw_.get(), &job);
    if (!status.ok()) return status.error();
    return job;
  }
  Result<std::vector<PatientHandle>> Canaries() {
    std::vector<PatientHandle> out;
    const Status status = internal::Call(medseal_canaries, raw_.get(), &Session::TakeCanary, static_cast<void*>(&out));
    if (!status.ok()) return status.error();
    return out;
  }
  Status SetPolicy(Name name, std::uint64_t value) {
    return internal::Call(medseal_policy_set, raw_.get(), name.c_str(), value);
  }

  Status SetUpRecovery(const RecoverySetup& setup, const ShareTaker& take) {
    auto raw = internal::Sized<medseal_recovery_setup_options>();
    raw.shares = setup.shares;
    raw.threshold = setup.threshold;
    raw.on_share = internal::ForwardShare;
    raw.context = const_cast<ShareTaker*>(&take);
    return internal::Call(medseal_recovery_setup, raw_.get(), &raw);
  }

  // The number of the new version.
  Result<std::uint32_t> LoadSchema(const Schema& schema) {
    const medseal_schema raw = internal::Raw(schema);
    std::uint32_t version = 0;
    const Status status = internal::Call(medseal_schema_load, raw_.get(), &raw, &version);
    if (!status.ok()) return status.error();
    return version;
  }
  Result<Buffer> ShowSchema() { return Made<Buffer, medseal_buffer>(medseal_schema_show); }

  // Fills `report` whatever ends the call.
  Status Import(const ImportOptions& options, Watcher* watcher, medseal_import_report* report) {
    auto raw = internal::Sized<medseal_import_options>();
    raw.source = options.source;
    raw.files = options.files.data();
    raw.file_count = options.files.size();
    raw.lab = options.lab.c_str();
    raw.on_progress = watcher == nullptr ? nullptr : internal::ForwardProgress;
    raw.on_reject = watcher == nullptr ? nullptr : internal::ForwardReject;
    raw.context = watcher;
    *report = internal::Sized<medseal_import_report>();
    return internal::Call(medseal_import, raw_.get(), &raw, report);
  }

  // Fills `report` whatever ends the call.
  Status Retention(const RetentionOptions& options, Watcher* watcher, medseal_retention_report* report) {
    auto raw = internal::Sized<medseal_retention_options>();
    raw.run = options.run ? 1 : 0;
    raw.type = options.type.c_str();
    raw.until_ms = options.until_ms;
    raw.share = options.share;
    if (watcher != nullptr) {
      raw.on_progress = internal::ForwardProgress;
      raw.on_type = internal::ForwardRetentionType;
      raw.on_item = internal::ForwardRetentionItem;
    }
    raw.context = watcher;
    *report = internal::Sized<medseal_retention_report>();
    return internal::Call(medseal_retention, raw_.get(), &raw, report);
  }

  // The number of the job that begins.
  Result<std::uint32_t> RotateClass(Name class_name, std::span<const char* const> revoked = {}) {
    std::uint32_t job = 0;
    const Status status =
        internal::Call(medseal_rotate_class, raw_.get(), class_name.c_str(), revoked.data(), revoked.size(), &job);
    if (!status.ok()) return status.error();
    return job;
  }
  Result<std::uint32_t> ResealClass(Name class_name) {
    std::uint32_t job = 0;
    const Status status = internal::Call(medseal_reseal_class, raw_.get(), class_name.c_str(), &job);
    if (!status.ok()) return status.error();
    return job;
  }
  Result<std::uint32_t> ResealSuite(medseal_suite suite) {
    std::uint32_t job = 0;
    const Status status = internal::Call(medseal_reseal_suite, raw_.get(), suite, &job);
    if (!status.ok()) return status.error();
    return job;
  }
  Result<std::uint32_t> RotateIndex(Name type, Name field) {
    std::uint32_t job = 0;
    const Status status = internal::Call(medseal_rotate_index, raw_.get(), type.c_str(), field.c_str(), &job);
    if (!status.ok()) return status.error();
    return job;
  }

 private:
  // A call whose output is a new handle.
  template <typename T, typename Raw, typename Function, typename... Arguments>
  Result<T> Made(Function function, Arguments... arguments) {
    Raw* made = nullptr;
    const Status status = internal::Call(function, raw_.get(), arguments..., &made);
    if (!status.ok()) return status.error();
    return T(made);
  }
  static int TakeExposed(void* patients, const medseal_exposed_patient* info) {
    static_cast<std::vector<ExposedPatient>*>(patients)->push_back(
        {.patient = internal::Copied<MEDSEAL_PATIENT_HANDLE_SIZE>(info->patient_handle),
         .classes = {info->classes, info->classes + info->class_count},
         .reads = info->reads,
         .fields = info->fields,
         .first_ms = info->first_ms,
         .last_ms = info->last_ms,
         .canary = info->canary != 0,
         .not_assessed = {info->not_assessed, info->not_assessed + info->not_assessed_count}});
    return 0;
  }
  static int TakeMark(void* marks, const medseal_mark_info* info) {
    MarkInfo mark{internal::Copied<MEDSEAL_PATIENT_HANDLE_SIZE>(info->patient_handle), {}, {}};
    const auto entry = [](std::uint64_t since_ms, const char* by, medseal_bytes reason) {
      return Mark{since_ms, by, Secret(AsText(internal::View(reason)))};
    };
    if (info->held != 0) mark.hold = entry(info->hold_since_ms, info->hold_by, info->hold_reason);
    if (info->restricted != 0)
      mark.restriction = entry(info->restriction_since_ms, info->restriction_by, info->restriction_reason);
    static_cast<std::vector<MarkInfo>*>(marks)->push_back(std::move(mark));
    return 0;
  }
  static int TakeApproval(void* approvals, const medseal_approval* info) {
    Approval approval{.number = info->number,
                      .state = info->state,
                      .action = Secret(AsText(internal::View(info->action))),
                      .asked_by = info->asked_by,
                      .asked_ms = info->asked_ms,
                      .expires_ms = info->expires_ms,
                      .needed = info->needed,
                      .signers = {info->signers, info->signers + info->signer_count},
                      .ended_by = info->ended_by == nullptr ? "" : info->ended_by,
                      .ended_ms = info->ended_ms,
                      .digest = internal::Copied<32>(info->digest)};
    for (std::size_t i = 0; i < info->patient_count; ++i)
      approval.patients.push_back(
          internal::Copied<MEDSEAL_PATIENT_HANDLE_SIZE>(info->patient_handles + i * MEDSEAL_PATIENT_HANDLE_SIZE));
    static_cast<std::vector<Approval>*>(approvals)->push_back(std::move(approval));
    return 0;
  }
  static int TakeGlass(void* glasses, const medseal_broken_glass* info) {
    static_cast<std::vector<BrokenGlass>*>(glasses)->push_back(
        {.number = info->number,
         .person = info->person,
         .class_name = info->class_name,
         .from_ms = info->from_ms,
         .until_ms = info->until_ms,
         .reason = Secret(AsText(internal::View(info->reason))),
         .overdue = info->overdue != 0,
         .reviewed_by = info->reviewed_by == nullptr ? "" : info->reviewed_by,
         .reviewed_ms = info->reviewed_ms,
         .verdict = Secret(AsText(internal::View(info->verdict)))});
    return 0;
  }
  static void TakeRotated(void* classes, const medseal_rotated_class* rotated) {
    static_cast<std::vector<RotatedClass>*>(classes)->push_back({rotated->name, rotated->begun, rotated->job});
  }
  static int TakeAlertRule(void* rules, const medseal_alert_rule* info) {
    static_cast<std::vector<AlertRule>*>(rules)->push_back({info->name, info->policy, info->help, info->on != 0});
    return 0;
  }
  static int TakeSink(void* sinks, const medseal_alert_sink* info) {
    static_cast<std::vector<AlertSink>*>(sinks)->push_back(
        {info->id, info->kind, {info->words, info->words + info->word_count}});
    return 0;
  }
  static int TakeDeclaredJob(void* jobs, const medseal_declared_job* info) {
    static_cast<std::vector<DeclaredJob>*>(jobs)->push_back({.name = info->name,
                                                             .person = info->person,
                                                             .types = {info->types, info->types + info->type_count},
                                                             .fields = {info->fields, info->fields + info->field_count},
                                                             .patients = info->patients,
                                                             .from_minute = info->from_minute,
                                                             .to_minute = info->to_minute,
                                                             .days = info->days,
                                                             .until_ms = info->until_ms,
                                                             .state = info->state,
                                                             .declared_by = info->declared_by,
                                                             .second = info->second,
                                                             .declared_ms = info->declared_ms,
                                                             .used_ms = info->used_ms,
                                                             .window_ms = info->window_ms,
                                                             .read = info->read});
    return 0;
  }
  static int TakeCanary(void* patients, const std::uint8_t* handle) {
    static_cast<std::vector<PatientHandle>*>(patients)->push_back(
        internal::Copied<MEDSEAL_PATIENT_HANDLE_SIZE>(handle));
    return 0;
  }
  static int TakePolicy(void* policies, const medseal_policy_info* info) {
    static_cast<std::vector<PolicyInfo>*>(policies)->push_back(
        {info->name, info->value, info->initial, info->least, info->most, info->weaker, info->help});
    return 0;
  }
  static int TakePerson(void* persons, const medseal_person_info* info) {
    PersonInfo person{.name = info->name, .kind = info->kind, .founder = info->founder != 0};
    person.classes.assign(info->classes, info->classes + info->class_count);
    person.class_operations.assign(info->class_operations, info->class_operations + info->class_count);
    person.roles.assign(info->roles, info->roles + info->role_count);
    person.operations = info->operations;
    person.disabled = info->disabled != 0;
    if (info->logins_told != 0) person.logins = {{info->failed_logins, info->locked_until_ms}};
    static_cast<std::vector<PersonInfo>*>(persons)->push_back(std::move(person));
    return 0;
  }
  static int TakeRoleInfo(void* roles, const medseal_role* info) {
    RoleInfo role{.name = info->name, .operations = info->operations};
    role.classes.assign(info->classes, info->classes + info->class_count);
    static_cast<std::vector<RoleInfo>*>(roles)->push_back(std::move(role));
    return 0;
  }

  internal::Owner<medseal_session, medseal_session_free> raw_;
};

class Vault {
 public:
  static Status Init(const InitOptions& options) {
    const medseal_keyring keyring = internal::Raw(options.keyring);
    const medseal_schema schema = internal::Raw(options.schema);
    const medseal_cost cost = internal::Raw(options.cost);
    auto raw = internal::Sized<medseal_init_options>();
    raw.store = options.store.c_str();
    raw.keyring = &keyring;
    raw.schema = &schema;
    raw.suite = options.suite;
    raw.person = options.person.c_str();
    raw.password = internal::Raw(options.password);
    raw.cost = &cost;
    return internal::Call(medseal_init, &raw);
  }
  static Result<Vault> Open(const OpenOptions& options) {
    const medseal_keyring keyring = internal::Raw(options.keyring);
    auto raw = internal::Sized<medseal_open_options>();
    raw.store = options.store.c_str();
    raw.keyring = &keyring;
    raw.durability = options.durability;
    raw.accept_stale = options.accept_stale ? 1 : 0;
    raw.cache_patients = options.cache_patients;
    raw.cache_bytes = options.cache_bytes;
    raw.audit = options.audit;
    raw.alert_callback = options.alert_callback;
    raw.alert_context = options.alert_context;
    medseal_vault* vault = nullptr;
    const Status status = internal::Call(medseal_open, &raw, &vault);
    if (!status.ok()) return status.error();
    return Vault(vault);
  }

  medseal_vault* raw() const { return raw_.get(); }
  Status Close() { return internal::Call(medseal_close, raw_.get()); }
  Result<medseal_status_info> Info() {
    auto info = internal::Sized<medseal_status_info>();
    const Status status = internal::Call(medseal_status, raw_.get(), &info);
    if (!status.ok()) return status.error();
    return info;
  }
  Result<Buffer> RenderMetrics(medseal_metrics_format format) {
    medseal_buffer* text = nullptr;
    const Status status = internal::Call(medseal_metrics_render, raw_.get(), format, &text);
    if (!status.ok()) return status.error();
    return Buffer(text);
  }
  Result<Session> Login(const LoginOptions& options) {
    auto raw = internal::Sized<medseal_login_options>();
    raw.person = options.person.c_str();
    raw.password = internal::Raw(options.password);
    raw.purpose = options.purpose.c_str();
    raw.on_behalf_of = options.on_behalf_of.c_str();
    raw.origin = options.origin.c_str();
    raw.key_file = internal::Raw(options.key_file);
    raw.job = options.job.c_str();
    raw.token = options.token.c_str();
    medseal_session* session = nullptr;
    const Status status = internal::Call(medseal_login, raw_.get(), &raw, &session);
    if (!status.ok()) return status.error();
    return Session(session);
  }
  // Fills `report` after AUTH_FAILED too: that only says that there were problems.
  Status Verify(const Session* session, Watcher* watcher, medseal_verify_report* report) {
    *report = internal::Sized<medseal_verify_report>();
    return internal::Call(medseal_verify, raw_.get(), Raw(session),
                          watcher == nullptr ? nullptr : internal::ForwardProgress,
                          watcher == nullptr ? nullptr : internal::ForwardProblem, static_cast<void*>(watcher), report);
  }

  // `session`: null where nobody is logged in.
  Result<std::vector<Finding>> Doctor(const Session* session, const DoctorOptions& options) {
    auto raw = internal::Sized<medseal_doctor_options>();
    raw.passphrase_path = options.passphrase_path.c_str();
    raw.password_path = options.password_path.c_str();
    std::vector<Finding> out;
    const medseal_finding_callback take = [](void* findings, const medseal_finding* one) {
      static_cast<std::vector<Finding>*>(findings)->push_back({one->severity, one->code, one->text, one->advice});
      return 0;
    };
    medseal_severity* const not_asked = nullptr;
    const Status status =
        internal::Call(medseal_doctor, raw_.get(), Raw(session), &raw, take, static_cast<void*>(&out), not_asked);
    if (!status.ok()) return status.error();
    return out;
  }

  // The number of the job that begins.
  Result<std::uint32_t> IndexReEpoch() {
    std::uint32_t job = 0;
    const Status status = internal::Call(medseal_index_re_epoch, raw_.get(), &job);
    if (!status.ok()) return status.error();
    return job;
  }

  // `session`: null for what the host does by itself. `info` says how far the job came when the answer is OK or
  // CANCELLED.
  Status StepJob(const Session* session, std::uint32_t job, const StepOptions& options, Watcher* watcher,
                 medseal_job_info* info) {
    auto raw = internal::Sized<medseal_job_options>();
    raw.rows_per_second = options.rows_per_second;
    raw.time_budget_ms = options.time_budget_ms;
    raw.on_progress = watcher == nullptr ? nullptr : internal::ForwardProgress;
    raw.context = watcher;
    *info = internal::Sized<medseal_job_info>();
    return internal::Call(medseal_job_step, raw_.get(), Raw(session), job, &raw, info);
  }
  Status PauseJob(const Session* session, std::uint32_t job) {
    return internal::Call(medseal_job_pause, raw_.get(), Raw(session), job);
  }
  Status ResumeJob(const Session* session, std::uint32_t job) {
    return internal::Call(medseal_job_resume, raw_.get(), Raw(session), job);
  }
  Result<medseal_recovery_info> RecoveryStatus() {
    auto info = internal::Sized<medseal_recovery_info>();
    const Status status = internal::Call(medseal_recovery_status, raw_.get(), &info);
    if (!status.ok()) return status.error();
    return info;
  }
  // Both fill `info` whatever ends the call.
  Status DrillRecovery(std::span<const ByteView> shares, Watcher* watcher, medseal_recovery_info* info) {
    return Recover(medseal_recovery_drill, shares, {}, {}, watcher, info);
  }
  Status OpenRecovery(std::span<const ByteView> shares, ByteView password, const Cost& cost, Watcher* watcher,
                      medseal_recovery_info* info) {
    return Recover(medseal_recovery_open, shares, password, cost, watcher, info);
  }

  Result<medseal_erasure_info> FindErasure(const std::array<std::uint8_t, 16>& certificate_number) {
    auto info = internal::Sized<medseal_erasure_info>();
    const Status status = internal::Call(medseal_erasure_find, raw_.get(), certificate_number.data(), &info);
    if (!status.ok()) return status.error();
    return info;
  }
  Result<medseal_audit_key_info> AuditKey() {
    auto info = internal::Sized<medseal_audit_key_info>();
    const Status status = internal::Call(medseal_audit_key, raw_.get(), &info);
    if (!status.ok()) return status.error();
    return info;
  }
  // Whether it is in force; `told`, which may be null, has what it says whenever it is one of this vault's that nobody changed.
  Status VerifyMandate(ByteView file, Mandate* told = nullptr) {
    const auto take = [](void* context, const medseal_mandate_info* info) {
      auto* out = static_cast<Mandate*>(context);
      out->text.assign(static_cast<const char*>(info->text.data), info->text.size);
      std::copy_n(info->id, out->id.size(), out->id.begin());
      out->direction = info->direction;
      out->signers.assign(info->signers, info->signers + info->signer_count);
      out->needed = info->needed;
      out->expired = info->expired != 0;
      out->expires_ms = info->expires_ms;
    };
    const medseal_mandate_callback callback = told == nullptr ? nullptr : static_cast<medseal_mandate_callback>(take);
    return internal::Call(medseal_mandate_verify, raw_.get(), internal::Raw(file), callback, static_cast<void*>(told));
  }
  Result<Buffer> AuditCheckpoint() {
    medseal_buffer* made = nullptr;
    const Status status = internal::Call(medseal_audit_checkpoint, raw_.get(), &made);
    if (!status.ok()) return status.error();
    return Buffer(made);
  }
  Result<Buffer> Certificate(const PatientHandle& patient) {
    medseal_buffer* made = nullptr;
    const Status status = internal::Call(medseal_certificate, raw_.get(), patient.data(), &made);
    if (!status.ok()) return status.error();
    return Buffer(made);
  }
  // The number of the job that begins.
  Result<std::uint32_t> ChangeEpoch() {
    std::uint32_t job = 0;
    const Status status = internal::Call(medseal_epoch_change, raw_.get(), &job);
    if (!status.ok()) return status.error();
    return job;
  }
  Status Purge(std::uint64_t patience_ms, Watcher* watcher, medseal_purge_report* report) {
    auto raw = internal::Sized<medseal_purge_options>();
    raw.patience_ms = patience_ms;
    raw.on_progress = watcher == nullptr ? nullptr : internal::ForwardProgress;
    raw.context = watcher;
    *report = internal::Sized<medseal_purge_report>();
    return internal::Call(medseal_purge, raw_.get(), &raw, report);
  }
  Result<std::vector<medseal_job_info>> Jobs() {
    std::vector<medseal_job_info> out;
    const Status status = internal::Call(medseal_jobs, raw_.get(), &Vault::TakeJob, static_cast<void*>(&out));
    if (!status.ok()) return status.error();
    return out;
  }

  // ---- backups, none of which takes a session; an empty place means all

  Status RegisterPlace(Name path, medseal_place_kind kind) {
    return internal::Call(medseal_backup_register, raw_.get(), path.c_str(), kind);
  }
  Status ForgetPlace(Name path) { return internal::Call(medseal_backup_forget, raw_.get(), path.c_str()); }
  // Fills `made` for each place that was tried, whatever ends the call.
  Status CreateBackups(Name place, Watcher* watcher, std::vector<BackupInfo>* made) {
    BackupTaker taker{watcher, made};
    return internal::Call(medseal_backup_create, raw_.get(), OrNull(place), &BackupTaker::Progress, &BackupTaker::Take,
                          static_cast<void*>(&taker));
  }
  Result<std::vector<PlaceInfo>> Backups(Name place = {}) {
    std::vector<PlaceInfo> out;
    const Status status = internal::Call(medseal_backup_list, raw_.get(), OrNull(place), &Vault::TakePlace,
                                         &Vault::TakeBackupOfPlace, static_cast<void*>(&out));
    if (!status.ok()) return status.error();
    return out;
  }
  // Fills `checked` with each outcome, whatever ends the call; number 0 is a place's bundle.
  Status VerifyBackups(Name place, std::uint32_t number, std::vector<BackupInfo>* checked) {
    BackupTaker taker{nullptr, checked};
    return internal::Call(medseal_backup_verify, raw_.get(), OrNull(place), number, &BackupTaker::Take,
                          static_cast<void*>(&taker));
  }
  // How many were removed. One of `keep` and `made_before_s` is 0.
  Result<std::uint64_t> PruneBackups(Name place, std::uint32_t keep, std::uint64_t made_before_s) {
    std::uint64_t removed = 0;
    const Status status =
        internal::Call(medseal_backup_prune, raw_.get(), place.c_str(), keep, made_before_s, &removed);
    if (!status.ok()) return status.error();
    return removed;
  }
  Status WriteBundle(Name folder) { return internal::Call(medseal_backup_bundle, raw_.get(), folder.c_str()); }
  // Whether the store stood still until `work()` returned, which does not throw.
  template <typename Work>
  Result<bool> Freeze(std::uint64_t longest_ms, Work&& work) {
    using Function = std::remove_reference_t<Work>;
    void (*const forward)(void*) = [](void* context) { (*static_cast<Function*>(context))(); };
    int intact = 0;
    const Status status = internal::Call(medseal_backup_freeze, raw_.get(), longest_ms, forward,
                                         const_cast<void*>(static_cast<const void*>(std::addressof(work))), &intact);
    if (!status.ok()) return status.error();
    return intact != 0;
  }

  Result<std::vector<ProviderInfo>> ProviderCopies() {
    std::vector<ProviderInfo> out;
    const Status status =
        internal::Call(medseal_provider_copies, raw_.get(), &Vault::TakeProvider, static_cast<void*>(&out));
    if (!status.ok()) return status.error();
    return out;
  }
  Status AddProviderCopy(const Keyring& copy, const Cost& cost) {
    const medseal_keyring raw_copy = internal::Raw(copy);
    const medseal_cost raw_cost = internal::Raw(cost);
    return internal::Call(medseal_provider_add, raw_.get(), &raw_copy, &raw_cost);
  }
  Status MoveProvider(const Keyring& to, const Cost& cost) {
    const medseal_keyring raw_to = internal::Raw(to);
    const medseal_cost raw_cost = internal::Raw(cost);
    return internal::Call(medseal_provider_move, raw_.get(), &raw_to, &raw_cost);
  }
  // An empty secret: all copies are on tokens. `copies` (never null) is filled whatever ends the call.
  Status RotateRoot(ByteView secret, bool secret_is_key, const Cost& cost, std::vector<RootInfo>* copies) {
    copies->clear();
    const medseal_cost raw_cost = internal::Raw(cost);
    auto raw = internal::Sized<medseal_root_options>();
    raw.secret = internal::Raw(secret);
    raw.secret_is_key = secret_is_key ? 1 : 0;
    raw.cost = &raw_cost;
    return internal::Call(medseal_rotate_root, raw_.get(), &raw, &Vault::TakeRoot, static_cast<void*>(copies));
  }

 private:
  static medseal_session* Raw(const Session* session) { return session == nullptr ? nullptr : session->raw(); }
  template <typename Function>
  Status Recover(Function function, std::span<const ByteView> shares, ByteView password, const Cost& cost,
                 Watcher* watcher, medseal_recovery_info* info) {
    std::vector<medseal_bytes> raw_shares;
    for (const ByteView share : shares) raw_shares.push_back(internal::Raw(share));
    const medseal_cost raw_cost = internal::Raw(cost);
    auto raw = internal::Sized<medseal_recovery_options>();
    raw.shares = raw_shares.data();
    raw.share_count = raw_shares.size();
    raw.on_bad_share = watcher == nullptr ? nullptr : internal::ForwardBadShare;
    raw.context = watcher;
    raw.password = internal::Raw(password);
    raw.cost = &raw_cost;
    *info = internal::Sized<medseal_recovery_info>();
    return internal::Call(function, raw_.get(), &raw, info);
  }
  static int TakeJob(void* jobs, const medseal_job_info* info) {
    static_cast<std::vector<medseal_job_info>*>(jobs)->push_back(*info);
    return 0;
  }
  static const char* OrNull(const Name& name) { return *name.c_str() == 0 ? nullptr : name.c_str(); }
  struct BackupTaker {
    Watcher* watcher;
    std::vector<BackupInfo>* taken;
    static int Progress(void* context, const medseal_progress* progress) {
      Watcher* const watcher = static_cast<BackupTaker*>(context)->watcher;
      return watcher == nullptr || watcher->OnProgress(*progress) ? 0 : 1;
    }
    static int Take(void* context, const medseal_backup_info* info) {
      static_cast<BackupTaker*>(context)->taken->push_back(Owned(*info));
      return 0;
    }
  };
  static BackupInfo Owned(const medseal_backup_info& info) {
    BackupInfo owned{info.place, info};
    owned.facts.place = nullptr;
    return owned;
  }
  static int TakePlace(void* places, const medseal_place_info* info) {
    PlaceInfo place{info->path, *info, {}};
    place.facts.path = nullptr;
    static_cast<std::vector<PlaceInfo>*>(places)->push_back(std::move(place));
    return 0;
  }
  static int TakeBackupOfPlace(void* places, const medseal_backup_info* info) {
    static_cast<std::vector<PlaceInfo>*>(places)->back().backups.push_back(Owned(*info));
    return 0;
  }
  static void TakeRoot(void* copies, const medseal_root_info* info) {
    static_cast<std::vector<RootInfo>*>(copies)->push_back(
        {info->uri, info->own != 0, info->on_token != 0, info->changed});
  }
  static int TakeProvider(void* copies, const medseal_provider_info* info) {
    ProviderInfo copy{info->uri, *info};
    copy.facts.uri = nullptr;
    static_cast<std::vector<ProviderInfo>*>(copies)->push_back(std::move(copy));
    return 0;
  }
  explicit Vault(medseal_vault* raw) : raw_(raw) {}
  internal::Owner<medseal_vault, medseal_vault_free> raw_;
};

inline Status CheckSchema(const Schema& current, const Schema& next) {
  const medseal_schema raw_current = internal::Raw(current);
  const medseal_schema raw_next = internal::Raw(next);
  return internal::Call(medseal_schema_check, &raw_current, &raw_next);
}

// Of the job that the process which has the vault at `store` open worked on last; STALE when no process has it open.
inline Result<medseal_job_glimpse> PeekJob(const std::string& store) {
  auto glimpse = internal::Sized<medseal_job_glimpse>();
  const Status status = internal::Call(medseal_job_peek, store.c_str(), &glimpse);
  if (!status.ok()) return status.error();
  return glimpse;
}

// ---- The log, proven to outsiders: `store` is the vault's folder. An empty key leaves open who signed.

struct AuditVerifyOptions {
  std::string store;
  std::string checkpoint;
  std::string key;
};
inline Result<medseal_audit_report> VerifyAudit(const AuditVerifyOptions& options, Watcher* watcher = nullptr) {
  auto raw = internal::Sized<medseal_audit_verify_options>();
  raw.store = options.store.c_str();
  raw.checkpoint = internal::Raw(AsBytes(options.checkpoint));
  raw.key = options.key.empty() ? nullptr : options.key.c_str();
  raw.on_progress = watcher == nullptr ? nullptr : internal::ForwardProgress;
  raw.context = watcher;
  auto report = internal::Sized<medseal_audit_report>();
  const Status status = internal::Call(medseal_audit_verify, &raw, &report);
  if (!status.ok()) return status.error();
  return report;
}

struct AuditProof {
  std::uint64_t from = 0;  // the entry's index, or the size of the older log
  std::uint64_t tree_size = 0;
  std::array<std::uint8_t, 32> leaf{};
  std::vector<std::uint8_t> hashes;  // 32 bytes each
  std::string checkpoint;
};

namespace internal {

inline void TakeProof(void* out, const medseal_audit_proof* proof) {
  auto& taken = *static_cast<AuditProof*>(out);
  const ByteView hashes = View(proof->hashes);
  taken = {proof->from,
           proof->tree_size,
           Copied<32>(proof->leaf),
           {hashes.begin(), hashes.end()},
           std::string(AsText(View(proof->checkpoint)))};
}
inline medseal_audit_proof Raw(const AuditProof& proof) {
  auto raw = Sized<medseal_audit_proof>();
  raw.from = proof.from;
  raw.tree_size = proof.tree_size;
  std::memcpy(raw.leaf, proof.leaf.data(), sizeof raw.leaf);
  raw.hashes = Raw(ByteView(proof.hashes));
  raw.checkpoint = Raw(AsBytes(proof.checkpoint));
  return raw;
}

}  // namespace internal

inline Result<AuditProof> ProveAuditEntry(const std::string& store, std::uint64_t index) {
  AuditProof proof;
  const Status status =
      internal::Call(medseal_audit_prove_entry, store.c_str(), index, internal::TakeProof, static_cast<void*>(&proof));
  if (!status.ok()) return status.error();
  return proof;
}
inline Result<AuditProof> ProveAuditGrowth(const std::string& store, std::string_view old_checkpoint) {
  AuditProof proof;
  const Status status =
      internal::Call(medseal_audit_prove_growth, store.c_str(), internal::Raw(AsBytes(old_checkpoint)),
                     internal::TakeProof, static_cast<void*>(&proof));
  if (!status.ok()) return status.error();
  return proof;
}
inline Status CheckAuditEntry(const AuditProof& proof, const std::string& key = {}) {
  const medseal_audit_proof raw = internal::Raw(proof);
  return internal::Call(medseal_audit_check_entry, &raw, key.empty() ? nullptr : key.c_str());
}
inline Status CheckAuditGrowth(const AuditProof& proof, std::string_view old_checkpoint, const std::string& key = {}) {
  const medseal_audit_proof raw = internal::Raw(proof);
  return internal::Call(medseal_audit_check_growth, &raw, internal::Raw(AsBytes(old_checkpoint)),
                        key.empty() ? nullptr : key.c_str());
}

// A witness's key for others, from the 32 bytes that they keep.
inline Result<Buffer> WitnessKey(Name name, ByteView seed) {
  medseal_buffer* made = nullptr;
  const Status status = internal::Call(medseal_witness_key, name.c_str(), internal::Raw(seed), &made);
  if (!status.ok()) return status.error();
  return Buffer(made);
}

struct WitnessOptions {
  Name name = {};
  ByteView seed = {};
  std::string log_key;
  std::string checkpoint;             // the first that they sign
  std::string last;                   // or what they signed last,
  const AuditProof* proof = nullptr;  // and that a new checkpoint's log goes on from it
};
inline Result<Buffer> SignAsWitness(const WitnessOptions& options) {
  auto proof = internal::Sized<medseal_audit_proof>();
  if (options.proof != nullptr) proof = internal::Raw(*options.proof);
  auto raw = internal::Sized<medseal_witness_options>();
  raw.name = options.name.c_str();
  raw.seed = internal::Raw(options.seed);
  raw.log_key = options.log_key.c_str();
  raw.checkpoint = internal::Raw(AsBytes(options.checkpoint));
  raw.last = internal::Raw(AsBytes(options.last));
  raw.proof = options.proof == nullptr ? nullptr : &proof;
  medseal_buffer* made = nullptr;
  const Status status = internal::Call(medseal_witness_sign, &raw, &made);
  if (!status.ok()) return status.error();
  return Buffer(made);
}
// When the witness signed, in ms.
inline Result<std::uint64_t> CheckWitness(std::string_view note, const std::string& witness_key) {
  std::uint64_t signed_ms = 0;
  const Status status =
      internal::Call(medseal_witness_check, internal::Raw(AsBytes(note)), witness_key.c_str(), &signed_ms);
  if (!status.ok()) return status.error();
  return signed_ms;
}

// `founder_key`: 32 bytes, or empty: then compare the one in the answer.
inline Result<medseal_certificate_info> VerifyCertificate(ByteView certificate, ByteView founder_key = {}) {
  auto info = internal::Sized<medseal_certificate_info>();
  const Status status = internal::Call(medseal_certificate_verify, internal::Raw(certificate),
                                       founder_key.empty() ? nullptr : founder_key.data(), &info);
  if (!status.ok()) return status.error();
  return info;
}

namespace internal {

// What borrows the options lives as long as they.
struct RawRestore {
  RawRestore(const RestoreOptions& options, Watcher* watcher)
      : keyring(Raw(options.keyring)), raw(Sized<medseal_restore_options>()) {
    raw.from = options.from.c_str();
    raw.backup = options.backup;
    raw.bundle = options.bundle.c_str();
    raw.store = options.store.c_str();
    raw.keyring = &keyring;
    raw.sample = options.sample;
    raw.on_progress = watcher == nullptr ? nullptr : ForwardProgress;
    raw.context = watcher;
  }
  RawRestore(const RawRestore&) = delete;
  RawRestore& operator=(const RawRestore&) = delete;

  medseal_keyring keyring;
  medseal_restore_options raw;
};

inline void TakeRestored(void* patients, medseal_restored_as how, const std::uint8_t* handle) {
  static_cast<std::vector<RestoredPatient>*>(patients)->push_back({how, Copied<sizeof(PatientHandle)>(handle)});
}

}  // namespace internal

inline Status Restore(const RestoreOptions& options, Watcher* watcher, std::vector<RestoredPatient>* patients,
                      medseal_restore_report* report) {
  const internal::RawRestore restore(options, watcher);
  *report = internal::Sized<medseal_restore_report>();
  return internal::Call(medseal_restore, &restore.raw, &internal::TakeRestored, static_cast<void*>(patients), report);
}
// `options.store` is where the scratch directory is made. Fills `report` after AUTH_FAILED too.
inline Status Drill(const RestoreOptions& options, Watcher* watcher, medseal_restore_report* report) {
  const internal::RawRestore restore(options, watcher);
  *report = internal::Sized<medseal_restore_report>();
  return internal::Call(medseal_backup_drill, &restore.raw, report);
}

// Gives each line to `line(what, name, count, bytes, detail)`. The value says whether what lies there opens some
// person's fields.
template <typename Line>
Result<bool> Thief(const ThiefOptions& options, Line&& line) {
  auto raw = internal::Sized<medseal_thief_options>();
  raw.store = options.store.c_str();
  raw.keyring_path = options.keyring_path.c_str();
  raw.passphrase_path = options.passphrase_path.c_str();
  raw.password_path = options.password_path.c_str();
  raw.person = options.person.c_str();
  using Function = std::remove_reference_t<Line>;
  const medseal_thief_callback forward = [](void* context, const char* what, const char* name, std::uint64_t count,
                                            std::uint64_t bytes, const char* detail) {
    (*static_cast<Function*>(context))(what, name, count, bytes, detail);
  };
  int opens = 0;
  const Status status = internal::Call(medseal_thief, &raw, forward,
                                       const_cast<void*>(static_cast<const void*>(std::addressof(line))), &opens);
  if (!status.ok()) return status.error();
  return opens != 0;
}

}  // namespace medseal

#endif  // MEDSEAL_HPP
