// Writes beside, syncs, renames.
#include "keys/new_file.h"

#include <fcntl.h>

#include <cerrno>
#include <filesystem>

#include "crypto/random.h"
#include "keys/file.h"

namespace mseal::keys {
namespace {

// A name of its own for each attempt: two makers of one file must not write into each other's.
std::string PathBeside(const std::string& path) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string beside = path + std::string(kUnfinishedMark);
  for (int i = 0; i < 8; ++i) beside += kDigits[crypto::PooledBelow(16)];
  return beside;
}

}  // namespace

NewFile::~NewFile() {
  if (!made_.empty()) io_.Unlink(made_);
}

Status NewFile::Write(ByteView content) {
  const std::string beside = PathBeside(path_);
  MS_ASSIGN(File file, File::Create(io_, beside));
  made_ = beside;
  MS_TRY(file.WriteAt(0, content));
  return file.Sync();
}

Status NewFile::Publish() {
  const int result = io_.RenameNew(made_, path_);
  if (result == -EEXIST) return Status::AlreadyExists("something has the name of a new key file");
  if (result < 0) return Status::IoError("naming a key file");
  made_ = path_;
  return Status::Ok();
}

Status SyncFolderOf(FileIo& io, const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const int descriptor = io.Open(folder, O_RDONLY | O_DIRECTORY, 0);
  if (descriptor < 0) return Status::IoError("opening the folder of a key file");
  const int result = io.Sync(descriptor);
  io.Close(descriptor);
  return result < 0 ? Status::IoError("syncing the folder of a key file") : Status::Ok();
}

}  // namespace mseal::keys
