// Reads /proc/self/mem mapping by mapping.
#include "support/memory_scan.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <span>

#include "base/secret_bytes.h"

namespace mseal::test {
namespace {

constexpr std::size_t kLargestMapping = std::size_t{1} << 30;
constexpr std::size_t kStep = 64 * 1024;

// What is read goes here and is passed over when the scan meets this array itself.
alignas(64) std::uint8_t window[kStep + 4096];

struct Mapping {
  std::uint64_t begin, end;
};

// Nothing here allocates: the heap hands out first what was freed last, and that is just what is looked for.
struct MappingTable {
  char text[1 << 20];
  Mapping rows[16 * 1024];
  std::size_t size = 0;
};
MappingTable table;

void ReadText() {
  const int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (maps < 0) std::abort();
  std::size_t size = 0;
  for (ssize_t got = 1; got > 0; size += static_cast<std::size_t>(got)) {
    got = read(maps, table.text + size, sizeof(table.text) - 1 - size);
    if (got < 0) std::abort();
  }
  close(maps);
  if (size + 1 == sizeof(table.text)) std::abort();  // more mappings than this scan is made for
  table.text[size] = '\0';
}

void FindReadableMappings() {
  ReadText();
  table.size = 0;
  for (const char* line = table.text; line != nullptr && *line != '\0';) {
    char* after = nullptr;
    const Mapping mapping{std::strtoull(line, &after, 16), std::strtoull(after + 1, &after, 16)};
    const bool readable = after[1] == 'r';
    if (readable && mapping.end - mapping.begin <= kLargestMapping) table.rows[table.size++] = mapping;
    if (table.size == std::size(table.rows)) std::abort();
    line = std::strchr(after, '\n');
    if (line != nullptr) ++line;
  }
}

bool InWindow(std::uint64_t address) {
  const auto begin = reinterpret_cast<std::uint64_t>(window);
  return address >= begin && address < begin + sizeof(window);
}

std::size_t CountIn(const Needle& needle, std::uint64_t address, std::size_t size) {
  std::size_t count = 0;
  const std::uint8_t* const end = window + size;
  for (const std::uint8_t* at = window; at + needle.size() <= end; ++at) {
    at = static_cast<const std::uint8_t*>(std::memchr(at, needle.first(), static_cast<std::size_t>(end - at)));
    if (at == nullptr || at + needle.size() > end) break;
    if (needle.At(at) && !InWindow(address + static_cast<std::size_t>(at - window))) ++count;
  }
  return count;
}

}  // namespace

Needle Needle::TakenFrom(MutableBytes bytes) {
  Needle needle;
  for (std::uint8_t& byte : bytes) needle.inverted_.push_back(static_cast<std::uint8_t>(~byte));
  Wipe(bytes);
  return needle;
}

bool Needle::At(const std::uint8_t* place) const {
  for (std::size_t i = 0; i < inverted_.size(); ++i) {
    if (static_cast<std::uint8_t>(~place[i]) != inverted_[i]) return false;
  }
  return true;
}

std::size_t CountInMemory(const Needle& needle) {
  if (needle.size() < 16 || needle.size() > 4096) std::abort();  // rule: long enough not to be met by chance
  const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  if (memory < 0) std::abort();
  std::size_t count = 0;
  FindReadableMappings();
  for (const Mapping& mapping : std::span(table.rows, table.size)) {
    for (std::uint64_t at = mapping.begin; at < mapping.end; at += kStep) {
      const std::size_t wanted = std::min<std::uint64_t>(kStep + needle.size() - 1, mapping.end - at);
      const ssize_t got = pread(memory, window, wanted, static_cast<off_t>(at));
      if (got > 0) count += CountIn(needle, at, static_cast<std::size_t>(got));
    }
  }
  close(memory);
  Wipe(window);
  return count;
}

}  // namespace mseal::test
