// What the opaque handles hold.
#pragma once

#include <chrono>
#include <memory>

#include "medseal/medseal.h"
#include "vault/listing.h"
#include "vault/upload.h"
#include "vault/vault.h"

struct medseal_vault {
  std::shared_ptr<mseal::vault::Vault> vault;
};

struct medseal_session {
  std::shared_ptr<mseal::vault::Session> session;
};

struct medseal_record {
  std::unique_ptr<mseal::vault::OpenedRecord> opened;
  mseal::SecretBytes json;
  mseal::keys::PatientHandle patient{};
};

struct medseal_buffer {
  mseal::SecretBytes bytes;
};

namespace mseal::abi {

// A listing or an upload as a child of its session: dropped when the vault closes.
template <typename T>
class Held : public vault::Child {
 public:
  Held(std::shared_ptr<vault::Session> session, std::unique_ptr<T> held)
      : Child(std::move(session)), held_(std::move(held)) {}
  ~Held() override {
    Leave();
    // In a forked child the database's threads are gone: what it holds is left alone.
    if (ProcessWasForked()) static_cast<void>(held_.release());
  }
  void Drop() override { held_.reset(); }
  T* get() { return held_.get(); }
  // It pins what the store was when it was opened, and so holds up a purge: it has a longest age.
  bool TooOld() const { return std::chrono::steady_clock::now() - opened_ > kLongestAge; }

 private:
  static constexpr std::chrono::hours kLongestAge{1};
  std::unique_ptr<T> held_;
  std::chrono::steady_clock::time_point opened_ = std::chrono::steady_clock::now();
};

medseal_record* MakeRecord(std::unique_ptr<vault::OpenedRecord> opened);
// Good as long as the chain; empty: there is nobody of that number.
inline const char* NameOf(const people::Chain& chain, people::PersonNumber number) {
  const people::Person* const person = chain.FindPerson(number);
  return person == nullptr ? "" : person->name.c_str();
}
// The patient and record a caller names; the result borrows the ref. InvalidArgument.
Result<vault::PatientName> PatientOf(const medseal_ref& ref, keys::PatientHandle& place);

}  // namespace mseal::abi

struct medseal_cursor {
  mseal::abi::Held<mseal::vault::Listing> child;
};

struct medseal_upload {
  mseal::abi::Held<mseal::vault::Upload> child;
};
