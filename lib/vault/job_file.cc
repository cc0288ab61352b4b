// Writes, removes and reads the job file.
#include "vault/job_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/clock.h"
#include "crypto/hash.h"
#include "vault/store_files.h"

namespace mseal::vault {
namespace {

using format::JobFileContent;

constexpr std::chrono::seconds kBetweenWrites{1};

std::string PathIn(const std::string& store) { return store + "/medseal.job"; }
std::string Beside(const std::string& path) { return path + ".new"; }

crypto::Digest ChecksumOf(ByteView file) {
  return crypto::Hash("medseal.v1.jobfl", file.first(format::kJobFileCovered));
}

// Whole under the name, or nothing.
bool Replace(const std::string& path, ByteView content) {
  const std::string beside = Beside(path);
  unlink(beside.c_str());  // of a process that died; nobody else writes here while the vault is locked
  const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return false;
  const bool written = write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  close(file);
  if (written && rename(beside.c_str(), path.c_str()) == 0) return true;
  unlink(beside.c_str());
  return false;
}

Status NotOurs() { return Status::Corrupt("the job file is damaged, or not one of medseal's"); }

// As many bytes as there should be, and one more if it has them. Nothing that is no regular file is read.
Result<Bytes> ReadOnceWhole(const std::string& path) {
  // O_NONBLOCK: a pipe in its place must not hold up whoever asks.
  const int file = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return Status::NotFound("no job was worked on since the vault was opened");
  if (file < 0 && errno == ELOOP) return NotOurs();
  if (file < 0) return Status::IoError("the job file cannot be opened: " + std::generic_category().message(errno));
  struct stat facts = {};
  const bool regular = fstat(file, &facts) == 0 && S_ISREG(facts.st_mode);
  Bytes content(format::kJobFileSize + 1);
  const ssize_t got = regular ? read(file, content.data(), content.size()) : 0;
  close(file);
  if (!regular) return NotOurs();
  if (got < 0) return Status::IoError("the job file cannot be read");
  content.resize(static_cast<std::size_t>(got));
  return content;
}

}  // namespace

JobFile::JobFile(const std::string& store) : path_(PathIn(store)) {
  unlink(path_.c_str());
  unlink(Beside(path_).c_str());
}

JobFile::~JobFile() { unlink(path_.c_str()); }

// A file that cannot be written says nothing, or what it said before with the time of then: no reason to end a job.
void JobFile::Write(JobFileContent content) {
  content.written_ms = NowMs();
  content.checksum = ChecksumOf(format::WriteJobFile(content));
  if (Replace(path_, format::WriteJobFile(content))) written_ = std::chrono::steady_clock::now();
}

void JobFile::WriteNowAndThen(const JobFileContent& content) {
  if (!written_.has_value() || std::chrono::steady_clock::now() - *written_ >= kBetweenWrites) Write(content);
}

Result<JobFileContent> PeekJob(const std::string& store) {
  MS_TRY(CheckVaultAt(store));
  MS_ASSIGN(const bool locked, StoreLock::IsTaken(store));
  if (!locked) return Status::Stale("no process has the vault open: open it to see its jobs");
  MS_ASSIGN(const Bytes file, ReadOnceWhole(PathIn(store)));
  MS_ASSIGN(const JobFileContent content, format::ParseJobFile(file));
  if (content.checksum != ChecksumOf(file)) return NotOurs();
  return content;
}

}  // namespace mseal::vault
