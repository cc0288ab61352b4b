// Sizes that come from callers, asked about before they meet a length field.
#include <gtest/gtest.h>

#include "format/header.h"
#include "format/keys_of_rows.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

constexpr std::uint32_t kLab = 14;  // public and ordered, in LabResult
constexpr std::uint32_t kFirstUnknown = 5000;

class Limits : public testing::Test {
 protected:
  void SetUp() override { session_ = laboratory_.LoginAs(Laboratory::kFounder); }

  Status PutResult(const Bytes& message) {
    return laboratory_.Put(*session_, "patient", "LabResult", "record", message);
  }
  StatusCode GetResult() { return laboratory_.Get(*session_, "patient", "LabResult", "record").code(); }

  // Fields that the schema does not know, each just small enough to lie in its group.
  static Bytes UnknownFields(std::uint32_t count) {
    const std::string value(65'000, 'x');
    Bytes message;
    for (std::uint32_t i = 0; i < count; ++i) {
      const Bytes field = TextField(kFirstUnknown + i, value);
      message.insert(message.end(), field.begin(), field.end());
    }
    return message;
  }

  Laboratory laboratory_;
  std::shared_ptr<vault::Session> session_;
};

TEST_F(Limits, AskingForATypeLongerThanAnyFindsNothing) {
  ASSERT_TRUE(PutResult(TextField(kLab, "L-1")).ok());
  const std::string type(format::kLongestType + 1, 'T');
  EXPECT_FALSE(laboratory_.Get(*session_, "patient", type, "record").ok());
  EXPECT_FALSE(laboratory_.Delete(*session_, "patient", type, "record").ok());
  EXPECT_EQ(GetResult(), StatusCode::kOk);
}

TEST_F(Limits, OrderedValueLongerThanItsLengthFieldIsRefused) {
  EXPECT_EQ(PutResult(TextField(kLab, std::string(format::kLongestOrdered + 1, 'L'))).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(GetResult(), StatusCode::kNotFound);
  EXPECT_TRUE(PutResult(TextField(kLab, std::string(format::kLongestOrdered, 'L'))).ok());
  EXPECT_EQ(GetResult(), StatusCode::kOk);
}

TEST_F(Limits, MoreSmallValuesThanARowTakesAreRefusedAndNothingIsWritten) {
  EXPECT_EQ(PutResult(UnknownFields(1100)).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(GetResult(), StatusCode::kNotFound);
  EXPECT_TRUE(PutResult(UnknownFields(100)).ok());
  EXPECT_EQ(GetResult(), StatusCode::kOk);
  EXPECT_TRUE(laboratory_.Verify(session_.get()).ok());
}

// Whoever writes to the disk may write any key: one that no context could hold must not stop the process.
TEST_F(Limits, MetaKeyLongerThanAnyIdIsRefusedAtOpening) {
  Bytes key{0, 0, 0, 1, static_cast<std::uint8_t>(format::MetaKind::kStatement)};
  key.resize(key.size() + 300, 0x5a);
  session_.reset();
  laboratory_.Overwrite(store::Table::kMeta, key, Bytes(100, 1));
  EXPECT_EQ(laboratory_.Open().code(), StatusCode::kCorrupt);
}

}  // namespace
}  // namespace mseal::test
