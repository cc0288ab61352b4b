// A desk with the medseal command on it: a folder with a vault, people with password files, and verbs to work with
// both.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mseal::test {

using Words = std::vector<std::string>;

// How a run of the command ended.
struct Ran {
  int exit_code = -1;
  std::string out;
  std::string err;
};

// A run that has not ended yet. Ends it when dropped.
class Running {
 public:
  Running(pid_t child, int in, int out, int err) : child_(child), in_(in), out_(out), err_(err) {}
  Running(Running&& other) noexcept;
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running();

  pid_t id() const { return child_; }
  void Send(const std::string& text);
  void Signal(int number);
  // The first line of its stdout, once it is there.
  std::string FirstLine();
  // Closes its stdin and waits for its end.
  Ran Finish();

 private:
  pid_t child_;
  int in_, out_, err_;
  std::string seen_;
};

class Desk : public testing::Test {
 protected:
  Desk();
  ~Desk() override;

  // Runs `medseal WORDS` without a terminal. People are known by their password files; "ada" is the founder.
  Ran Run(const Words& words, const std::string& input = "");
  Ran As(const std::string& person, const Words& words, const std::string& input = "");
  Running Start(const Words& words);
  // The same under a shell's redirection, such as "2>&-". Gives the exit code.
  int RunRedirected(const Words& words, const std::string& redirection);
  // The same on a terminal of its own, which answers each question with the next of `answers`. `err` stays empty: all
  // that the terminal showed is in `out`.
  Ran RunOnTerminal(const Words& words, const std::vector<std::string>& answers);

  // A vault with the laboratory schema and its founder.
  void MakeVault();
  void AddPerson(const std::string& name, const std::string& classes);
  // Puts one line as ada and gives the handle that was printed for the record.
  std::string Put(const std::string& type, const std::string& line);
  // Gives the person a role that audits: they sign what takes several persons.
  void LetSign(const std::string& name);

  void After(int days);  // the runs from now on think it is so many days later

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  std::string Write(const std::string& name, const std::string& content);  // gives its path
  static std::string PasswordOf(const std::string& person);                // as AddPerson and MakeVault write it
  void WritePassword(const std::string& person, const std::string& password);
  std::uintmax_t LogSize() const;  // bytes that commits have written since the store was opened

  std::map<std::string, std::string> environment_;  // of the runs; an empty value takes the variable away

 private:
  std::filesystem::path folder_;
};

// What every line of --json output must be: an object with its version and kind. Gives the values of `key`, one a line;
// lists and objects as JSON, "(absent)" where a line lacks it.
std::vector<std::string> JsonValues(const std::string& lines, const std::string& key);

}  // namespace mseal::test
