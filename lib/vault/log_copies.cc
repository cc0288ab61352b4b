// Copies segments and looks at what came back.
#include "vault/log_copies.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "audit/checkpoint.h"
#include "audit/log_stub.h"
#include "audit/note.h"
#include "vault/backup_places.h"
#include "vault/copied_folder.h"
#include "vault/store_files.h"

namespace mseal::vault {
namespace {

namespace fs = std::filesystem;

Status Failed(const char* what) {
  if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
    return {StatusCode::kResourceExhausted, "there is no room for the copy of the log"};
  return Status::IoError(std::string(what) + ": " + std::strerror(errno));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int operator*() const { return number_; }

 private:
  int number_;
};

// Beside its place, synced, then renamed: a copy is whole or not there.
Status CopyFile(const std::string& from, const std::string& to) {
  const Descriptor in(open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  const std::string beside = to + ".new";
  const Descriptor out(open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (*in < 0 || *out < 0) return Failed("a file of the log cannot be copied");
  Bytes buffer(1 << 20);
  for (;;) {
    const ssize_t size = read(*in, buffer.data(), buffer.size());
    if (size < 0) return Failed("a file of the log cannot be read");
    if (size == 0) break;
    for (ssize_t done = 0; done < size;) {
      const ssize_t wrote = write(*out, buffer.data() + done, static_cast<std::size_t>(size - done));
      if (wrote < 0) return Failed("the copy of the log cannot be written");
      done += wrote;
    }
  }
  if (fdatasync(*out) != 0) return Failed("the copy of the log cannot be synced");
  return std::rename(beside.c_str(), to.c_str()) == 0 ? Status::Ok() : Failed("the copy of the log cannot be renamed");
}

// A finished segment never changes: one of the same size is there already.
bool IsThere(const std::string& from, const std::string& to) {
  struct stat a = {}, b = {};
  return stat(from.c_str(), &a) == 0 && stat(to.c_str(), &b) == 0 && a.st_size == b.st_size;
}

// What the copy's own checkpoint says, if the log's key signed it.
Result<audit::LogPosition> SignedPosition(const Core& core, const std::string& text) {
  const AccessLog& log = *core.access_log;
  const audit::NoteKey key{log.origin(), crypto::VerifyKeyOf(log.keys().signer)};
  MS_ASSIGN(const audit::OpenedNote note, audit::OpenNote(text, {&key, 1}));
  MS_ASSIGN(const audit::Checkpoint checkpoint, audit::ParseCheckpoint(note.text));
  return audit::LogPosition{checkpoint.size, checkpoint.root};
}

// Whether the log was at these positions; those beyond its end are passed over.
Result<bool> WasAt(const std::string& folder, const keys::StoreId& id, std::vector<audit::LogPosition> positions) {
  std::vector<std::uint64_t> sizes;
  for (const audit::LogPosition& one : positions) sizes.push_back(one.size);
  std::sort(sizes.begin(), sizes.end());
  bool fits = true;
  const auto compare = [&](const audit::LogPosition& at) {
    for (const audit::LogPosition& one : positions) fits &= one.size != at.size || one.root == at.root;
    return Status::Ok();
  };
  MS_TRY(audit::WalkLog(folder, id, sizes, compare, {}).status());
  return fits;
}

}  // namespace

Status CopyLogTo(Core& core, const std::string& folder) {
  if (core.access_log == nullptr) return Status::Ok();
  std::error_code error;
  fs::create_directories(folder, error);
  fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return Status::IoError("the folder for the log's copy cannot be made: " + error.message());
  MS_TRY(core.access_log->Checkpoint().status());
  const std::string own = core.access_log->log().options().folder;
  const std::string checkpoint = "/checkpoint";
  MS_TRY(CopyFile(own + checkpoint, folder + checkpoint + ".next"));
  // Before the segments: a copy without those that were dropped says so.
  if (fs::exists(audit::LogStubPath(own), error)) MS_TRY(CopyFile(audit::LogStubPath(own), audit::LogStubPath(folder)));
  MS_ASSIGN(const auto numbers, audit::ListSegments(own));
  for (const std::uint64_t number : numbers) {
    const std::string from = audit::SegmentPath(own, number), to = audit::SegmentPath(folder, number);
    // The last of a copy may have been copied before it was finished.
    const bool known = number + 1 < numbers.back() && IsThere(from, to);
    if (!known) MS_TRY(CopyFile(from, to));
  }
  if (std::rename((folder + checkpoint + ".next").c_str(), (folder + checkpoint).c_str()) != 0)
    return Failed("the copy of the checkpoint cannot be renamed");
  return SyncFolderOf(folder + checkpoint);
}

Result<LogCopy> RestoreLog(const std::string& from, const std::string& store, const keys::StoreId& id) {
  std::error_code error;
  if (!fs::is_directory(from, error)) return LogCopy{};
  MS_TRY(CopyFolder(from, LogFolder(store)));
  LogCopy copy;
  const auto checkpoint = ReadWholeFile(audit::CheckpointPath(LogFolder(store)));
  if (checkpoint.ok()) copy.checkpoint = AsText(*checkpoint);
  const auto walked = audit::WalkLog(LogFolder(store), id, {}, {}, {});
  if (walked.code() == StatusCode::kIoError) return walked.status();
  if (walked.ok()) copy.state = walked->segments != 0 ? RestoredLog::kFits : RestoredLog::kMissing;
  if (walked.ok()) return copy;
  copy.state = RestoredLog::kDamaged;
  fs::rename(LogFolder(store), LogFolder(store) + ".damaged", error);
  if (error) return Status::IoError("the damaged copy of the log cannot be set aside: " + error.message());
  return copy;
}

namespace {

// Against what was signed when it was made, and what was anchored.
Result<RestoredLog> Judge(const Core& core, const std::string& store, const audit::LogPosition& anchored,
                          const std::string& checkpoint) {
  const auto signed_at = SignedPosition(core, checkpoint);
  if (!signed_at.ok() || signed_at->size > core.access_log->log().found().position.size) return RestoredLog::kForked;
  MS_ASSIGN(const bool fits, WasAt(LogFolder(store), core.identity.store, {anchored, *signed_at}));
  return fits ? RestoredLog::kFits : RestoredLog::kForked;
}

}  // namespace

Status RecordRestore(Core& core, const std::string& store, const keys::Anchor& before, LogCopy& copy,
                     std::uint64_t& lost) {
  lost = 0;
  if (core.access_log == nullptr) return Status::Ok();
  const audit::LogPosition anchored{before.audit_size, before.audit_root};
  const std::uint64_t there = copy.state == RestoredLog::kFits ? core.access_log->log().found().position.size : 0;
  if (copy.state == RestoredLog::kFits) {
    MS_ASSIGN(copy.state, Judge(core, store, anchored, copy.checkpoint));
  }
  lost = anchored.size > there ? anchored.size - there : 0;
  MS_TRY(core.access_log->log().Mark(format::LogMarkKind::kRestored));
  static constexpr std::string_view kSaid[] = {"the log goes on from the copy", "there was no copy of the log",
                                               "the copy of the log was damaged and set aside",
                                               "the copy of the log is not what was signed"};
  audit::Access access{.operation = audit::Operation::kRestore};
  access.outcome = copy.state == RestoredLog::kFits ? audit::Outcome::kDone : audit::Outcome::kFailed;
  access.number = lost;
  access.detail = kSaid[static_cast<std::size_t>(copy.state)];
  const Desk nobody;
  return core.Record(nobody, access);
}

}  // namespace mseal::vault
