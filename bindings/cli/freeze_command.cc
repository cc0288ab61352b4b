// backup freeze: another tool copies the store while it stands still.
#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "commands.h"
#include "json.h"
#include "output.h"
#include "talk.h"

namespace cli {
namespace {

// Runs the command to its end. Descriptors with secrets are not handed on. 0 or what went wrong.
std::string RunCommand(const std::vector<std::string>& command) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  pid_t child = 0;
  const int spawned = posix_spawnp(&child, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (spawned != 0) return "the command cannot be run: " + std::generic_category().message(spawned);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return WIFEXITED(status) ? fmt::format("the command ended with {}", WEXITSTATUS(status)) : "the command was killed";
}

}  // namespace

Outcome FreezeForCopy(const Common& common, const FreezeArguments& arguments) {
  return WithVault(common, [&](medseal::Vault& vault) -> Outcome {
    const std::string store = std::filesystem::absolute(common.store).lexically_normal().string();
    setenv("MEDSEAL_STORE", store.c_str(), 1);
    std::string trouble;
    CLI_ASSIGN(const bool intact,
               vault.Freeze(arguments.longest_s * 1000, [&] { trouble = RunCommand(arguments.command); }));
    if (!trouble.empty()) return IoError(trouble + ": do not trust the copy");
    if (!intact)
      return IoError(
          fmt::format("the command took longer than {} s and the store went on: do not trust the copy, and "
                      "copy again with a longer --max",
                      arguments.longest_s));
    if (common.json) WriteLine(JsonLine("frozen").Flag("intact", true).Done());
    Say("the store stood still all the while: the copy is one; it needs a bundle, and the newest serves");
    return kDone;
  });
}

}  // namespace cli
