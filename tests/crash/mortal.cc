#include "crash/mortal.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mseal::test {
namespace {

[[noreturn]] void Become(std::vector<std::string>& words, int output) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  dup2(output, STDOUT_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}

std::string ReadAll(int input) {
  std::string text;
  char buffer[256];
  for (ssize_t got = 0; (got = read(input, buffer, sizeof(buffer))) > 0;)
    text.append(buffer, static_cast<std::size_t>(got));
  if (!text.empty()) text.pop_back();
  return text;
}

}  // namespace

Death RunMortal(std::vector<std::string> words) {
  int pipe_ends[2];
  EXPECT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) Become(words, pipe_ends[1]);
  close(pipe_ends[1]);
  Death death;
  death.said = ReadAll(pipe_ends[0]);
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) << death.said;
  death.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return death;
}

}  // namespace mseal::test
