// The RocksDB engine keeps the contract of Rows.
#include "store/rocks.h"
#include "store/rows_contract.h"
#include "store_support/temp_folder.h"

namespace mseal::store {
namespace {

class RocksUnderTest : public EngineUnderTest {
 public:
  std::unique_ptr<Rows> Open() override {
    RocksOptions options;
    options.create = !std::exchange(made_, true);
    auto rows = OpenRocks(folder_.store(), options);
    if (!rows.ok()) ADD_FAILURE() << rows.status().message();
    return std::move(*rows);
  }

 private:
  TempFolder folder_;
  bool made_ = false;
};

INSTANTIATE_TEST_SUITE_P(Rocks, RowsContract,
                         testing::Values([] { return std::unique_ptr<EngineUnderTest>(new RocksUnderTest); }));

}  // namespace
}  // namespace mseal::store
