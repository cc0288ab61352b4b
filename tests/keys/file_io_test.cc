// What the system calls of the keyring's files take care of.
#include "keys/file_io.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace mseal::keys {
namespace {

TEST(FileIo, FileDoesNotTakeTheNumberOfAClosedStandardStream) {
  const int kept = ::dup(STDIN_FILENO);
  ::close(STDIN_FILENO);
  const int opened = SystemFileIo().Open("/dev/null", O_RDONLY, 0);
  EXPECT_EQ(::fcntl(STDIN_FILENO, F_GETFD), -1);  // free as before
  EXPECT_GT(opened, STDERR_FILENO);
  EXPECT_EQ(::fcntl(opened, F_GETFD), FD_CLOEXEC);
  SystemFileIo().Close(opened);
  if (kept >= 0) ::dup2(kept, STDIN_FILENO), ::close(kept);
}

}  // namespace
}  // namespace mseal::keys
