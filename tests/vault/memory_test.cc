// Classes are keys: a process where nobody logged in who holds a class has none of its bytes in memory.
#include <gtest/gtest.h>
#include <stdio.h>

#include <array>
#include <fstream>
#include <sstream>

#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

constexpr std::size_t kWindow = 16;
constexpr std::size_t kWindows = kKeySize - kWindow + 1;
constexpr std::string_view kPhysician = "physician";
constexpr std::string_view kReceptionist = "receptionist";

// Every window of a key, inverted.
Bytes WindowsOf(KeyView key) {
  Bytes windows;
  for (std::size_t at = 0; at < kWindows; ++at) {
    for (std::size_t i = 0; i < kWindow; ++i) windows.push_back(static_cast<std::uint8_t>(~key[at + i]));
  }
  return windows;
}

// The most often that a window of each key was found.
struct Sight {
  std::vector<std::size_t> while_open;
  std::vector<std::size_t> after_logout;
};

class Memory : public ::testing::Test {
 protected:
  // In this order: key of class `hiv`, the patient's data key of it, the same two of class `identity`.
  void SetUp() override {
    lab_.AddPerson(kPhysician, {"identity", "general", "hiv"});
    lab_.AddPerson(kReceptionist, {"identity", "general"});
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    ASSERT_TRUE(lab_.Put(*founder, "alice", "Patient", "1", TextField(3, "Martin") + NumberField(10, 2)).ok());
    const auto alice = lab_.HandleOf(*founder, "alice");
    auto call = founder->Enter();
    const auto chain = call->core().registry->chain();
    const auto keys = *call->core().patients->Load(alice);
    people::Session& session = *call->desk().session;
    for (const std::string_view name : {"hiv", "identity"}) {
      const auto number = *chain->FindClass(name);
      needles_ = needles_ + WindowsOf((*session.ClassKeyAt(number, 1))->Reveal());
      needles_ = needles_ + WindowsOf(session.DataKeys(*keys)->classes[number].current->Reveal());
    }
  }

  static std::vector<std::size_t> MostPerKey(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::size_t> most;
    std::size_t count = 0;
    for (std::size_t i = 0; in >> count; ++i) {
      if (i % kWindows == 0) most.push_back(0);
      most.back() = std::max(most.back(), count);
    }
    return most;
  }

  Sight LookInto(std::string_view person) {
    lab_.Close();
    const std::string answer = (lab_.folder() / "answer").string();
    std::ostringstream command;
    command << MEDSEAL_MEMORY_SCANNER << " '" << lab_.store() << "' '" << lab_.keyring() << "' '"
            << Laboratory::kPassphrase << "' '" << person << "' '" << PasswordOf(person) << "' alice > '" << answer
            << "'";
    FILE* pipe = popen(command.str().c_str(), "w");
    EXPECT_NE(pipe, nullptr);
    EXPECT_EQ(fwrite(needles_.data(), 1, needles_.size(), pipe), needles_.size());
    EXPECT_EQ(pclose(pipe), 0);
    std::ifstream in(answer);
    std::string open, after;
    EXPECT_TRUE(std::getline(in, open) && std::getline(in, after));
    return {MostPerKey(open), MostPerKey(after)};
  }

  Laboratory lab_;
  Bytes needles_;
};

TEST_F(Memory, ProcessWithoutAClassHasNoByteOfItsKeys) {
  const Sight sight = LookInto(kReceptionist);
  ASSERT_EQ(sight.while_open.size(), 4u);
  EXPECT_EQ(sight.while_open[0], 0u) << "class key of hiv";
  EXPECT_EQ(sight.while_open[1], 0u) << "data key of hiv";
  EXPECT_GT(sight.while_open[2], 0u) << "the scan sees what is there";
  EXPECT_GT(sight.while_open[3], 0u) << "the scan sees what is there";
}

TEST_F(Memory, ProcessWithTheClassHasItsKeysUntilLogout) {
  const Sight sight = LookInto(kPhysician);
  ASSERT_EQ(sight.while_open.size(), 4u);
  ASSERT_EQ(sight.after_logout.size(), 4u);
  for (const std::size_t count : sight.while_open) EXPECT_GT(count, 0u);
  for (const std::size_t count : sight.after_logout) EXPECT_EQ(count, 0u);
}

}  // namespace
}  // namespace mseal::test
