// Keeps what protobuf has to say about hostile input out of the tests' output.
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

namespace {

class Quiet : public ::testing::Environment {
 public:
  void SetUp() override { google::protobuf::SetLogHandler(nullptr); }
};

[[maybe_unused]] const auto* const kQuiet = ::testing::AddGlobalTestEnvironment(new Quiet);

}  // namespace
