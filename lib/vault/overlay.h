// One logical change in the making: a batch whose own writes are seen by its reads.
#pragma once

#include <map>
#include <optional>

#include "store/rows.h"

namespace mseal::vault {

class Overlay {
 public:
  // Borrows `rows`, which must outlive it.
  explicit Overlay(store::Rows& rows) : rows_(rows), batch_(own_) {}
  // Adds to a batch that somebody else commits, and which must outlive it.
  Overlay(store::Rows& rows, store::Batch& batch) : rows_(rows), batch_(batch) {}
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  Status Get(store::Table table, ByteView key, Bytes& value) const;
  void Put(store::Table table, ByteView key, ByteView value);
  void Delete(store::Table table, ByteView key);
  // Whether this change wrote or deleted the row: then no precondition on what is stored can be stated any more.
  bool Wrote(store::Table table, ByteView key) const;
  store::Batch& batch() { return batch_; }
  store::Rows& rows() { return rows_; }

 private:
  struct Place {
    store::Table table;
    Bytes key;
    auto operator<=>(const Place&) const = default;
  };
  store::Rows& rows_;
  store::Batch own_;
  store::Batch& batch_;
  std::map<Place, std::optional<Bytes>> written_;
};

}  // namespace mseal::vault
