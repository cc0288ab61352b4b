// Subkeys and the keyed hashes in row keys, as the page defines them.
#include <gtest/gtest.h>

#include "base/writer.h"
#include "crypto/hash.h"
#include "crypto/kdf.h"
#include "format/page.h"
#include "support/vectors.h"

namespace mseal::test {
namespace {

TEST(Prf, SubkeysAndRowKeysAgreeWithTheKnownAnswers) {
  for (const Case& one : LoadCases("format/prf.json", "cases")) {
    const auto key = one.Fixed<32>("key");
    const Bytes message = one.Hex("message");
    const std::string& purpose = one.Text("purpose");
    const bool wide = one.Hex("out").size() == 32;
    const std::string out =
        wide ? ToHex(crypto::Prf32(key, purpose, message)) : ToHex(crypto::Prf16(key, purpose, message));
    EXPECT_EQ(out, one.Text("out")) << one.Text("name");
    if (!one.Text("name").starts_with("subkey")) continue;
    EXPECT_EQ(ToHex(crypto::Subkey(key, purpose).Reveal()), one.Text("out")) << one.Text("name");
  }
}

TEST(Prf, PageShowsWhatARecordTagIsMadeOf) {
  Bytes name;
  Writer(name).Prefixed8(AsBytes("LabResult")).Raw(AsBytes("lab-2021-000042"));
  EXPECT_EQ(ToHex(PageExample("record_tag")), ToHex(name));
  for (const Case& one : LoadCases("format/prf.json", "cases")) {
    if (one.Text("name") != "record tag") continue;
    EXPECT_EQ(one.Text("message"), ToHex(name));
  }
}

}  // namespace
}  // namespace mseal::test
