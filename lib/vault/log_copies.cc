// Copies segments and looks at what came back.
#include "vault/log_copies.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "audit/checkpoint.h"
#include "audit/log_drop.h"
#include "audit/log_stub.h"
#include "audit/note.h"
#include "vault/backup_places.h"
#include "vault/copied_folder.h"
#include "vault/store_files.h"

namespace mseal::vault {
namespace {

namespace fs = std::filesystem;

Status Rename(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  return error ? Status::IoError("a copy of the log cannot be renamed: " + error.message()) : Status::Ok();
}

// Beside its place first: a copy is whole or not there.
Status BringCopy(const std::string& from, const std::string& to) {
  const std::string beside = to + ".new";
  std::error_code ignored;  // nothing may be there
  fs::remove(beside, ignored);
  MS_TRY(CopyFile(from, beside));
  return Rename(beside, to);
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

// Whether the log was at these positions when it had `end` entries; those beyond that are passed over, for what was
// appended since is not what was lost.
Result<bool> WasAt(const std::string& folder, const keys::StoreId& id, std::uint64_t end,
                   std::vector<audit::LogPosition> positions) {
  std::erase_if(positions, [&](const audit::LogPosition& one) { return one.size > end; });
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
  MS_TRY(BringCopy(own + checkpoint, folder + checkpoint + ".next"));
  // Before the segments: a copy without those that were dropped says so.
  if (fs::exists(audit::LogStubPath(own), error))
    MS_TRY(BringCopy(audit::LogStubPath(own), audit::LogStubPath(folder)));
  MS_ASSIGN(const auto numbers, audit::ListSegments(own));
  MS_ASSIGN(const auto copied, audit::ListSegments(folder));
  const std::uint64_t last_copied = copied.empty() ? 0 : copied.back();
  for (const std::uint64_t number : numbers) {
    const std::string from = audit::SegmentPath(own, number), to = audit::SegmentPath(folder, number);
    // The last of a copy was copied before it was finished, and has its size from the beginning.
    const bool known = number < numbers.back() && number < last_copied && IsThere(from, to);
    if (!known) MS_TRY(BringCopy(from, to));
  }
  MS_TRY(Rename(folder + checkpoint + ".next", folder + checkpoint));
  // What was dropped for good is not kept by its copies.
  MS_TRY(audit::RemoveBefore(folder, numbers.front()));
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
  MS_TRY(Rename(LogFolder(store), LogFolder(store) + ".damaged"));
  return copy;
}

namespace {

// Against what was signed when it was made, and what was anchored.
Result<RestoredLog> Judge(const Core& core, const std::string& store, const audit::LogPosition& anchored,
                          const std::string& checkpoint) {
  const std::uint64_t end = core.access_log->log().found().position.size;
  const auto signed_at = SignedPosition(core, checkpoint);
  if (!signed_at.ok() || signed_at->size > end) return RestoredLog::kForked;
  MS_ASSIGN(const bool fits, WasAt(LogFolder(store), core.identity.store, end, {anchored, *signed_at}));
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
