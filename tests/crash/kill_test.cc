// The process that imports is killed at any moment, again and again: nothing acknowledged is ever lost.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "support/test_data.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

int Rounds() {
  const char* rounds = std::getenv("MEDSEAL_CRASH_ROUNDS");
  return rounds != nullptr ? std::atoi(rounds) : 50;
}

std::vector<std::string> Files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(TestData("fhir"))) {
    const auto ending = entry.path().extension();
    if (ending == ".json" || ending == ".ndjson") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Starts the importer, kills it `wait` after its record number `count` was acknowledged, and returns all that were
// until then.
struct Death {
  std::vector<keys::RecordHandle> acknowledged;
  bool killed = false;
};

Death ImportAndKill(const Laboratory& lab, const std::string& prefix, std::size_t count,
                    std::chrono::microseconds wait) {
  int pipe_ends[2];
  EXPECT_EQ(pipe(pipe_ends), 0);
  std::vector<std::string> words{MEDSEAL_CRASH_IMPORTER, lab.store(), lab.keyring(), prefix};
  for (const std::string& file : Files()) words.push_back(file);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    dup2(pipe_ends[1], STDOUT_FILENO);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(pipe_ends[1]);
  Death death;
  keys::RecordHandle handle;
  std::size_t filled = 0;
  for (;;) {
    const ssize_t got = read(pipe_ends[0], handle.data() + filled, handle.size() - filled);
    if (got <= 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled < handle.size()) continue;
    death.acknowledged.push_back(handle);
    filled = 0;
    if (death.acknowledged.size() != count) continue;
    std::this_thread::sleep_for(wait);
    kill(child, SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  close(pipe_ends[0]);
  death.killed = WIFSIGNALED(status);
  EXPECT_TRUE(death.killed || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
  return death;
}

void ExpectOpens(vault::Session& session, const keys::RecordHandle& handle, int round) {
  auto call = session.Enter();
  const vault::RecordReader reader(call->core(), call->desk());
  const auto record = reader.Read(handle, {});
  ASSERT_TRUE(record.ok()) << "round " << round
                           << ": an acknowledged record does not open: " << record.status().message();
  ASSERT_FALSE((*record)->message.empty());
}

TEST(KilledImport, LosesNothingAcknowledgedAndLeavesNothingBroken) {
  Laboratory lab;
  std::mt19937 random(20211);
  int killed_while_writing = 0;
  std::size_t acknowledged = 0;
  const int rounds = Rounds();
  for (int round = 0; round < rounds; ++round) {
    const Death death = ImportAndKill(lab, "round " + std::to_string(round) + " ", 1 + random() % 40,
                                      std::chrono::microseconds(random() % 5000));
    if (death.killed && !death.acknowledged.empty()) ++killed_while_writing;
    acknowledged += death.acknowledged.size();
    const auto founder = lab.LoginAs(Laboratory::kFounder);
    for (const keys::RecordHandle& handle : death.acknowledged) ExpectOpens(*founder, handle, round);
    ASSERT_TRUE(lab.Verify(founder.get()).ok()) << "round " << round;
    lab.Close();
  }
  std::printf("%d rounds, %d killed while writing, %zu records acknowledged\n", rounds, killed_while_writing,
              acknowledged);
  EXPECT_GT(killed_while_writing, rounds / 2);
}

}  // namespace
}  // namespace mseal::test
