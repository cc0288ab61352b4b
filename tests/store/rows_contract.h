// What every engine behind Rows must do; an engine runs these by instantiating RowsContract with a way to make one.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/rows.h"

namespace mseal::store {

// An empty store of an engine, which can be closed and opened again.
class EngineUnderTest {
 public:
  virtual ~EngineUnderTest() = default;
  virtual std::unique_ptr<Rows> Open() = 0;
};

class RowsContract : public testing::TestWithParam<std::function<std::unique_ptr<EngineUnderTest>()>> {
 protected:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  RowsContract() : engine_(GetParam()()), rows_(engine_->Open()) {}

  Status Put(Table table, std::string_view key, std::string_view value, Durability durability = Durability::kProcess);
  Status Delete(Table table, std::string_view key);
  // The row's value, or the name of the code why there is none.
  std::string Get(Table table, std::string_view key, const Snapshot* at = nullptr) const;
  Pairs Walk(std::string_view first, std::string_view last, const Snapshot* at = nullptr) const;
  void Reopen() { rows_.reset(), rows_ = engine_->Open(); }

  std::unique_ptr<EngineUnderTest> engine_;
  std::unique_ptr<Rows> rows_;
};

}  // namespace mseal::store
