// The job file: what processes that may not open the vault see of its jobs. Layout: FORMAT.md, "Job file".
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "format/job_file.h"

namespace mseal::vault {

// The file in the folder of a vault that this process has locked. What is there when it is made, or is left when it is
// dropped, is removed. One thread at a time.
class JobFile {
 public:
  explicit JobFile(const std::string& store);
  ~JobFile();
  JobFile(const JobFile&) = delete;
  JobFile& operator=(const JobFile&) = delete;

  // Replaces the file; `content` lacks its checksum and when it was written.
  void Write(format::JobFileContent content);
  // The same, unless that was done less than a second ago.
  void WriteNowAndThen(const format::JobFileContent& content);

 private:
  std::string path_;
  std::optional<std::chrono::steady_clock::time_point> written_;
};

// What the process that has the vault open last wrote. Not authenticated: whoever writes to the folder can make it.
//   NoVault    there is none;  NotFound  no job was worked on since that process opened the vault
//   Stale      no process has the vault open: its jobs are to be asked for there
//   Corrupt, UnsupportedVersion  it is damaged, or of another kind;  IoError
Result<format::JobFileContent> PeekJob(const std::string& store);

}  // namespace mseal::vault
