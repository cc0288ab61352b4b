// Writes warnings as lines, as long as the disk takes them.
#include "store/warning_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <mutex>

namespace mseal::store {
namespace {

constexpr off_t kLargestFile = 1 << 20;
constexpr std::size_t kLongestLine = 1024;

std::string TimeNow() {
  const time_t now = ::time(nullptr);
  tm calendar{};
  ::gmtime_r(&now, &calendar);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ ", &calendar));
}

class WarningLog : public rocksdb::Logger {
 public:
  explicit WarningLog(std::string file) : Logger(rocksdb::InfoLogLevel::WARN_LEVEL), file_(std::move(file)) {}
  ~WarningLog() override {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  void LogHeader(const char*, va_list) override {}  // the settings at each opening; the OPTIONS file has them

  using Logger::Logv;
  void Logv(const char* format, va_list values) override {
    char text[kLongestLine];
    const int length = std::vsnprintf(text, sizeof text, format, values);
    if (length > 0) Append(TimeNow() + text + "\n");
  }

 private:
  void Append(const std::string& line) {
    const std::lock_guard lock(mutex_);
    if (descriptor_ < 0) {
      descriptor_ = ::open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    }
    struct stat info {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &info) != 0) return;
    if (info.st_size > kLargestFile && ::ftruncate(descriptor_, 0) != 0) return;
    if (::write(descriptor_, line.data(), line.size()) < 0) return;
  }

  const std::string file_;
  std::mutex mutex_;
  int descriptor_ = -1;
};

}  // namespace

std::shared_ptr<rocksdb::Logger> MakeWarningLog(const std::string& folder) {
  return std::make_shared<WarningLog>(folder + "/LOG");
}

}  // namespace mseal::store
