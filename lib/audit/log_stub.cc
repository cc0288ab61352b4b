// Writes and reads the stub of what was dropped.
#include "audit/log_stub.h"

#include <charconv>

#include "audit/checkpoint_file.h"
#include "audit/replaced_file.h"

namespace mseal::audit {
namespace {

constexpr std::string_view kFirstKept = "first kept segment ";
constexpr std::string_view kFirstShown = "first shown entry ";
constexpr std::string_view kAt = "dropped at ";

bool TakeNumber(std::string_view line, std::string_view start, std::uint64_t& out) {
  if (!line.starts_with(start)) return false;
  line.remove_prefix(start.size());
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), out);
  return error == std::errc() && end == line.data() + line.size() && out != 0;
}

}  // namespace

std::string LogStubPath(const std::string& folder) { return folder + "/dropped"; }

std::string WriteLogStub(std::string_view origin, const LogStub& stub) {
  return WriteCheckpoint({.origin = std::string(origin),
                          .size = stub.dropped.size,
                          .root = stub.dropped.root,
                          .extensions = {std::string(kFirstKept) + std::to_string(stub.first_segment),
                                         std::string(kFirstShown) + std::to_string(stub.first_entry),
                                         std::string(kAt) + std::to_string(stub.at_ms)}});
}

Result<std::optional<LogStub>> ReadLogStub(const std::string& folder, const keys::StoreId& store,
                                           std::string_view key) {
  MS_ASSIGN(const std::string note, ReadCheckpointFile(LogStubPath(folder)));
  if (note.empty()) return std::optional<LogStub>();
  MS_ASSIGN(const Checkpoint checkpoint, OpenCheckpoint(note, key));
  if (checkpoint.origin != LogOrigin(store)) return Status::AuthFailed("the stub of dropped entries is of another log");
  LogStub stub{.dropped = {checkpoint.size, checkpoint.root}};
  if (checkpoint.extensions.size() != 3 || !TakeNumber(checkpoint.extensions[0], kFirstKept, stub.first_segment) ||
      !TakeNumber(checkpoint.extensions[1], kFirstShown, stub.first_entry) ||
      !TakeNumber(checkpoint.extensions[2], kAt, stub.at_ms))
    return Status::Corrupt("the stub of dropped entries is none");
  return std::optional<LogStub>(stub);
}

Status PutLogStub(const std::string& folder, std::string_view note) {
  return ReplaceFile(LogStubPath(folder), AsBytes(note), "the stub of dropped entries");
}

}  // namespace mseal::audit
