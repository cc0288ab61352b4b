// Reads and opens checkpoints.
#include "audit/checkpoint_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "audit/note.h"

namespace mseal::audit {
namespace {

constexpr std::size_t kLongestFile = 64 * 1024;

}  // namespace

Result<std::string> ReadCheckpointFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0 && errno == ENOENT) return std::string();
  if (file < 0) return Status::IoError("the log's checkpoint cannot be opened");
  std::string text(kLongestFile + 1, '\0');
  const ssize_t size = read(file, text.data(), text.size());
  close(file);
  if (size < 0) return Status::IoError("the log's checkpoint cannot be read");
  if (static_cast<std::size_t>(size) > kLongestFile) return Status::Corrupt("the log's checkpoint is too long");
  text.resize(static_cast<std::size_t>(size));
  if (text.empty()) return Status::Corrupt("the log's checkpoint is empty");
  return text;
}

Result<Checkpoint> OpenCheckpoint(std::string_view note, std::string_view key) {
  if (key.empty()) {
    MS_ASSIGN(const UnprovenNote unproven, ParseNote(note));
    return ParseCheckpoint(unproven.text);
  }
  MS_ASSIGN(const NoteKey known, ParseNoteKey(key));
  MS_ASSIGN(const OpenedNote opened, OpenNote(note, {&known, 1}));
  return ParseCheckpoint(opened.text);
}

}  // namespace mseal::audit
