// Registers and checks backup places.
#include "vault/backup_places.h"

#include <sys/stat.h>

#include <filesystem>
#include <system_error>

#include "base/clock.h"
#include "keys/file.h"
#include "keys/new_file.h"
#include "vault/store_files.h"

namespace mseal::vault {
namespace {

namespace fs = std::filesystem;
using keys::MetaKind;

std::string MarkPath(const std::string& place) { return place + "/medseal-place"; }

keys::FileIo& IoOf(const Core& core) { return core.file_io == nullptr ? keys::SystemFileIo() : *core.file_io; }

Result<format::PlaceMark> ReadMark(const std::string& place) {
  MS_ASSIGN(const Bytes bytes, ReadWholeFile(MarkPath(place)));
  return format::ParsePlaceMark(bytes);
}

Status MakeFolder(const std::string& path) {
  if (::mkdir(path.c_str(), S_IRWXU) == 0 || errno == EEXIST) return Status::Ok();
  return Status::IoError("the backup place cannot be made: " + std::generic_category().message(errno));
}

Status CheckEmpty(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error) && fs::is_empty(path, error)) return Status::Ok();
  return Status::InvalidArgument("the folder is neither empty nor a backup place of this store");
}

// The mark that is there, or a new one.
Result<PlaceId> MarkPlace(Core& core, const std::string& path) {
  const auto known = ReadMark(path);
  if (known.ok() && known->store == core.identity.store) return known->place;
  if (known.ok() || known.code() != StatusCode::kNotFound)
    return Status::InvalidArgument("the folder is another store's backup place, or its mark is damaged");
  MS_TRY(CheckEmpty(path));
  format::PlaceMark mark{core.identity.store, {}};
  crypto::SystemRandom(mark.place);
  keys::NewFile file(IoOf(core), MarkPath(path));
  MS_TRY(file.Write(format::WritePlaceMark(mark)));
  MS_TRY(file.Publish());
  MS_TRY(keys::SyncFolderOf(IoOf(core), MarkPath(path)));
  file.Keep();
  return mark.place;
}

}  // namespace

Result<Bytes> ReadWholeFile(const std::string& path) {
  MS_ASSIGN(const keys::File file, keys::File::OpenToRead(keys::SystemFileIo(), path));
  MS_ASSIGN(const keys::FileFacts facts, file.Look());
  Bytes bytes(facts.size);
  MS_TRY(file.ReadAt(0, bytes));
  return bytes;
}

Status RegisterPlace(Core& core, const std::string& store, const std::string& path, format::PlaceKind kind) {
  MS_TRY(core.CheckWritable());
  if (path.empty()) return Status::InvalidArgument("a backup place is a folder");
  if (IsInside(path, store)) return Status::InvalidArgument("a backup place may not lie inside the store");
  const std::string full = fs::absolute(path).lexically_normal().string();
  MS_TRY(MakeFolder(full));
  MS_ASSIGN(const PlaceId id, MarkPlace(core, full));
  MS_TRY(MakeFolder(full + "/bundle"));
  store::Batch batch;
  core.meta->RequireAbsent(batch, MetaKind::kBackupPlace, id);
  core.meta->Put(batch, MetaKind::kBackupPlace, id, format::WriteBackupPlace({kind, NowMs(), full}));
  const Status committed = core.CommitAs(batch, store::Durability::kPower);
  if (committed.code() == StatusCode::kConflict) return Status::AlreadyExists("the place is registered");
  return committed;
}

Status ForgetPlace(Core& core, const std::string& path) {
  if (path.empty()) return Status::InvalidArgument("a backup place is a folder");
  const std::string full = fs::absolute(path).lexically_normal().string();
  store::Batch batch;
  MS_TRY(ForEachPlace(core, [&](const Place& place) {
    if (place.facts.path == full) core.meta->Delete(batch, MetaKind::kBackupPlace, place.id);
    return Status::Ok();
  }));
  if (batch.empty()) return Status::NotFound("no such backup place is registered");
  return core.CommitAs(batch, store::Durability::kPower);
}

Status ForEachPlace(const Core& core, const std::function<Status(const Place&)>& visit) {
  return core.meta->ForEach(MetaKind::kBackupPlace, [&](ByteView id, const SecretBytes& content) -> Status {
    Place place;
    CopyBytes(id, place.id);
    MS_ASSIGN(place.facts, format::ParseBackupPlace(content.Reveal()));
    return visit(place);
  });
}

Status CheckReachable(const Core& core, const Place& place) {
  const auto mark = ReadMark(place.facts.path);
  if (!mark.ok()) return Status::KeyUnavailable("a backup place cannot be reached: " + place.facts.path);
  if (mark->store == core.identity.store && mark->place == place.id) return Status::Ok();
  return Status::KeyUnavailable("another folder lies where a backup place was: " + place.facts.path);
}

}  // namespace mseal::vault
