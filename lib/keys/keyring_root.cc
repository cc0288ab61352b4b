// Writes beside, exchanges, overwrites.
#include "keys/keyring_root.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include "crypto/hash.h"
#include "crypto/random.h"
#include "keys/new_file.h"

namespace mseal::keys {
namespace {

namespace fs = std::filesystem;

// Behind a symbolic link: the exchange takes place where the file is.
std::string Target(const std::string& path) {
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  return error ? path : target.string();
}

std::string NextPathOf(const std::string& target) { return target + ".next-root"; }

Status OverwriteAll(File& file) {
  MS_ASSIGN(const FileFacts facts, file.Look());
  Bytes bytes(std::min<std::uint64_t>(facts.size, format::kKeyringSize));
  crypto::SystemRandom(bytes);
  MS_TRY(file.WriteAt(0, bytes));
  return file.Sync();
}

Status OverwriteAndUnlink(FileIo& io, const std::string& path, File& file) {
  MS_TRY(OverwriteAll(file));
  const int result = io.Unlink(path);
  if (result < 0 && result != -ENOENT) return Status::IoError("an old key file that was overwritten cannot be removed");
  return SyncFolderOf(io, path);
}

// Half written, it says of nobody whose it is; larger than a keyring, it is none.
Status CheckOurs(const File& file, const ByteArray<16>& instance) {
  MS_ASSIGN(const FileFacts facts, file.Look());
  const auto header = ReadKeyringHeader(file);
  if (header.code() == StatusCode::kIoError) return header.status();
  const bool anothers = header.ok() && header->binding.instance != instance;
  if (anothers || facts.size > format::kKeyringSize)
    return Status::AlreadyExists("something else lies where the next keyring is to be");
  return Status::Ok();
}

Status CheckSame(const KeyringSlots& slots, const KeyringSlots& written) {
  for (const std::uint32_t epoch : slots.Epochs()) {
    MS_ASSIGN(const EpochSecret known, slots.Open(epoch));
    MS_ASSIGN(const EpochSecret again, written.Open(epoch));
    if (!crypto::SameSecret(known.Reveal(), again.Reveal()))
      return Status::IoError("the next keyring does not open as written");
  }
  return Status::Ok();
}

Result<KeyringSlots> ReadBack(FileIo& io, const std::string& path, KeyBytes key) {
  MS_ASSIGN(File file, File::Open(io, path));
  MS_ASSIGN(const KeyringHeader header, ReadKeyringHeader(file));
  MS_TRY(CheckKey(key.Reveal(), header));
  KeyringSlots written(std::move(file), std::move(key), header.binding);
  MS_TRY(written.Inspect());
  return written;
}

Status WriteWhole(FileIo& io, const std::string& path, ByteView content) {
  MS_ASSIGN(File file, File::Create(io, path));
  MS_TRY(file.WriteAt(0, content));
  MS_TRY(file.Sync());
  if (!file.CheckOnMedium(0, content).ok()) return Status::IoError("the next keyring does not read back as written");
  return SyncFolderOf(io, path);
}

}  // namespace

Result<KeyringSlots> WriteNextKeyring(FileIo& io, const std::string& path, const KeyringSlots& slots, KeyBytes key,
                                      const KeyringHeader& header) {
  const std::string next = NextPathOf(Target(path));
  MS_TRY(DropNextKeyring(io, path, header.binding.instance));
  Bytes content = SealKeyringHeader(key.Reveal(), header);
  MS_ASSIGN(const Bytes pages, slots.SealedUnder(key.Reveal()));
  content.insert(content.end(), pages.begin(), pages.end());
  MS_TRY(WriteWhole(io, next, content));
  MS_ASSIGN(KeyringSlots written, ReadBack(io, next, std::move(key)));
  MS_TRY(CheckSame(slots, written));
  return written;
}

Status ExchangeWithNext(FileIo& io, const std::string& path) {
  const std::string target = Target(path);
  const int result = io.Exchange(NextPathOf(target), target);
  if (result == -EINVAL || result == -ENOSYS)
    return Status::Unsupported("the keyring's file system cannot exchange two files: move the provider elsewhere");
  return result < 0 ? Status::IoError("the next keyring cannot take its place") : Status::Ok();
}

Status DropNextKeyring(FileIo& io, const std::string& path, const ByteArray<16>& instance) {
  const std::string next = NextPathOf(Target(path));
  auto file = File::Open(io, next);
  if (file.code() == StatusCode::kNotFound) return Status::Ok();
  MS_TRY(file.status());
  MS_TRY(CheckOurs(*file, instance));
  return OverwriteAndUnlink(io, next, *file);
}

Status DropUnfinished(FileIo& io, const std::string& path) {
  const fs::path whole(path);
  const std::string prefix = whole.filename().string() + std::string(kUnfinishedMark);
  std::error_code error;
  std::vector<std::string> left;
  const fs::path folder = whole.has_parent_path() ? whole.parent_path() : fs::path(".");
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().filename().string().starts_with(prefix)) left.push_back(entry.path().string());
  }
  if (error) return Status::IoError("the folder of a keyring cannot be listed: " + error.message());
  for (const std::string& each : left) {
    MS_ASSIGN(File file, File::Open(io, each));
    MS_TRY(OverwriteAndUnlink(io, each, file));
  }
  return Status::Ok();
}

}  // namespace mseal::keys
