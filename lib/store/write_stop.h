// Remembers that a write went wrong, for as long as the store is open.
#pragma once

#include <rocksdb/listener.h>

#include <mutex>
#include <string>

#include "store/rocks_status.h"

namespace mseal::store {

// After a failed write the log may end in half a record, and what is appended behind that would be lost at the next
// open. RocksDB stops itself for most failures and then tries to go on by itself; here the first failure, in a call or
// in the background, stops writing until the store is opened again and its log read anew.
class WriteStop : public rocksdb::EventListener {
 public:
  const char* Name() const override { return "medseal.WriteStop"; }

  // Ok while nothing went wrong. Names the first failure: callers that come later meet only this.
  Status Check() const {
    const std::lock_guard lock(mutex_);
    if (cause_.ok()) return Status::Ok();
    return Status::IoError("writing stopped after a failure; open the store again (" + cause_.message() + ")");
  }
  void Stop(const Status& cause) {
    const std::lock_guard lock(mutex_);
    if (cause_.ok()) cause_ = cause;
  }

  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* error) override {
    if (!error->ok()) Stop(FromRocks(*error, "writing in the background"));
  }
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* recover) override {
    *recover = false;
  }

 private:
  mutable std::mutex mutex_;
  Status cause_;
};

}  // namespace mseal::store
