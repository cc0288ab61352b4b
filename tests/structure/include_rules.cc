// The rules of design and style on includes as two tables, and the walk over the files that applies them.
#include "structure/include_rules.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>

namespace mseal::test {
namespace {

namespace fs = std::filesystem;

// Includes point from a higher to a lower number. bindings and examples see the public headers and nothing else.
const std::map<std::string, int, std::less<>> kLayer = {
    {"lib/abi", 5},     {"lib/vault", 4}, {"lib/people", 3}, {"lib/audit", 3},  {"lib/keys", 3},  {"lib/schema", 3},
    {"lib/sources", 3}, {"lib/seal", 2},  {"lib/crypto", 1}, {"lib/format", 1}, {"lib/store", 1}, {"lib/base", 0},
};
const std::set<std::pair<std::string_view, std::string_view>> kSideways = {
    {"lib/people", "lib/keys"}, {"lib/audit", "lib/keys"}, {"lib/sources", "lib/schema"}};

// Third-party headers by the beginning of their name, and the folders that own them.
const std::vector<std::pair<std::string_view, std::set<std::string_view>>> kOwners = {
    {"sodium", {"lib/crypto"}},
    {"intel-ipsec-mb.h", {"lib/crypto"}},
    {"libgfshare.h", {"lib/crypto"}},
    {"nettle/", {"lib/crypto"}},
    {"rocksdb/", {"lib/store"}},
    {"p11-kit/", {"lib/keys"}},
    {"google/protobuf/", {"lib/schema"}},
    {"unicode/", {"lib/schema"}},
    {"simdjson", {"lib/sources"}},
    {"rapidjson/", {"lib/sources"}},
    {"zlib.h", {"lib/sources"}},
    {"nlohmann/", {"bindings/cli"}},
    {"CLI/", {"bindings/cli"}},
    {"fmt/", {"lib/sources", "bindings/cli"}},
};

// Headers of the language and the system: free for all.
const std::set<std::string_view> kSystemFolders = {"sys", "linux", "net", "netinet", "arpa"};
const std::set<std::string_view> kSystemHeaders = {
    "assert", "complex",   "cpuid",  "ctype",  "dirent",   "dlfcn",     "endian",    "errno",    "fcntl",
    "fenv",   "float",     "getopt", "glob",   "grp",      "immintrin", "inttypes",  "langinfo", "limits",
    "locale", "malloc",    "math",   "netdb",  "nl_types", "poll",      "pthread",   "pwd",      "regex",
    "sched",  "semaphore", "setjmp", "signal", "spawn",    "stdarg",    "stdatomic", "stdbool",  "stddef",
    "stdint", "stdio",     "stdlib", "string", "strings",  "sysexits",  "syslog",    "termios",  "threads",
    "time",   "uchar",     "unistd", "wchar",  "wctype",   "x86intrin"};

bool IsSystemHeader(std::string_view name) {
  const std::size_t slash = name.find('/');
  if (slash != std::string_view::npos) return kSystemFolders.contains(name.substr(0, slash));
  if (name.ends_with(".h")) return kSystemHeaders.contains(name.substr(0, name.size() - 2));
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
}

const std::set<std::string_view>* OwnersOf(std::string_view name) {
  for (const auto& [prefix, owners] : kOwners) {
    if (name.starts_with(prefix)) return &owners;
  }
  return nullptr;
}

struct Include {
  std::string from;  // file
  std::size_t line;
  std::string name;  // as written
  std::string to;    // file of the repository, empty for a header of others

  std::string Where() const { return from + ":" + std::to_string(line) + ": "; }
};

// "lib/store", "bindings/cli", "include/medseal"; "examples" for a file right below it.
std::string FolderOf(const std::string& file) {
  const std::size_t first = file.find('/'), second = file.find('/', first + 1);
  return file.substr(0, second == std::string::npos ? first : second);
}

// The compiler's search: beside the including file, then lib/, then include/.
std::string Resolve(const SourceFiles& files, const std::string& from, const std::string& name) {
  for (const fs::path& directory : {fs::path(from).parent_path(), fs::path("lib"), fs::path("include")}) {
    std::string candidate = (directory / name).lexically_normal().string();
    if (files.contains(candidate)) return candidate;
  }
  return {};
}

// Takes blanks and then `word` off the front of `text`; false when something else stands there.
bool Skip(std::string_view& text, std::string_view word) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// The header that a line includes, without its quotes; a macro in place of a header comes back as it is.
std::optional<std::string> HeaderIn(std::string_view line) {
  if (!Skip(line, "#") || !Skip(line, "include")) return std::nullopt;
  if (!Skip(line, "\"") && !Skip(line, "<")) return std::string(line);
  return std::string(line.substr(0, line.find_first_of("\">")));
}

std::vector<Include> IncludesOf(const SourceFiles& files) {
  std::vector<Include> includes;
  for (const auto& [file, content] : files) {
    std::istringstream lines(content);
    std::string text;
    for (std::size_t line = 1; std::getline(lines, text); ++line) {
      const std::optional<std::string> header = HeaderIn(text);
      if (header) includes.push_back({file, line, *header, Resolve(files, file, *header)});
    }
  }
  return includes;
}

bool FolderMayInclude(const std::string& from, const std::string& to) {
  if (from == to) return true;
  if (to == "include/medseal") return from == "lib/abi" || from.starts_with("bindings") || from.starts_with("examples");
  const auto upper = kLayer.find(from), lower = kLayer.find(to);
  if (upper == kLayer.end() || lower == kLayer.end()) return false;
  return upper->second > lower->second || kSideways.contains({from, to});
}

std::optional<std::string> ViolationOf(const Include& include) {
  const std::string from = FolderOf(include.from);
  if (!include.to.empty()) {
    if (FolderMayInclude(from, FolderOf(include.to))) return std::nullopt;
    return include.Where() + from + " may not include " + FolderOf(include.to) + " (" + include.name + ")";
  }
  if (IsSystemHeader(include.name)) return std::nullopt;
  const std::set<std::string_view>* owners = OwnersOf(include.name);
  if (owners == nullptr) return include.Where() + include.name + " is not there, and no folder owns such a header";
  if (owners->contains(from)) return std::nullopt;
  return include.Where() + from + " does not own " + include.name;
}

bool IsThirdParty(const Include& include) { return include.to.empty() && !IsSystemHeader(include.name); }

// Headers of lib that a file of another folder sees, directly or through other headers.
std::set<std::string> SharedHeaders(const std::vector<Include>& includes) {
  std::set<std::string> shared;
  for (const Include& include : includes) {
    if (include.to.starts_with("lib/") && FolderOf(include.from) != FolderOf(include.to)) shared.insert(include.to);
  }
  for (std::size_t before = SIZE_MAX; before != shared.size();) {
    before = shared.size();
    for (const Include& include : includes) {
      if (include.to.starts_with("lib/") && shared.contains(include.from)) shared.insert(include.to);
    }
  }
  return shared;
}

bool IsSource(const fs::path& file) {
  static const std::set<std::string> endings = {".h", ".hpp", ".c", ".cc", ".cpp"};
  return endings.contains(file.extension().string());
}

std::string ReadText(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

SourceFiles ReadSourceFiles(const fs::path& repository) {
  SourceFiles files;
  for (const char* top : {"lib", "bindings", "examples", "include"}) {
    for (const auto& entry : fs::recursive_directory_iterator(repository / top)) {
      if (!entry.is_regular_file() || !IsSource(entry.path())) continue;
      files[entry.path().lexically_relative(repository).generic_string()] = ReadText(entry.path());
    }
  }
  return files;
}

std::vector<std::string> IncludeViolations(const SourceFiles& files) {
  const std::vector<Include> includes = IncludesOf(files);
  const std::set<std::string> shared = SharedHeaders(includes);
  std::vector<std::string> violations;
  for (const Include& include : includes) {
    if (const auto violation = ViolationOf(include)) violations.push_back(*violation);
    if (IsThirdParty(include) && shared.contains(include.from)) {
      violations.push_back(include.Where() + "other folders include this header, so it may not include " +
                           include.name);
    }
  }
  return violations;
}

}  // namespace mseal::test
