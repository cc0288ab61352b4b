// Every way out of every parser: the vector files, cuts, flips, bytes after the end.
#include <gtest/gtest.h>

#include "format/layouts.h"
#include "support/vectors.h"

namespace mseal::test {
namespace {

std::string TestName(std::string name) {
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

class EveryLayout : public testing::TestWithParam<Layout> {};

INSTANTIATE_TEST_SUITE_P(Format, EveryLayout, testing::ValuesIn(Layouts()),
                         [](const auto& layout) { return TestName(layout.param.name); });

// Accepted bytes are canonical, refused ones end with one of the two codes that parsers have.
void ExpectCanonicalOrRefused(const Layout& layout, ByteView bytes, const std::string& what) {
  const Result<Bytes> again = layout.again(bytes);
  if (again.ok()) {
    EXPECT_TRUE(SameBytes(*again, bytes)) << layout.name << ", " << what << ": read and written again it differs";
  } else {
    EXPECT_TRUE(again.code() == StatusCode::kCorrupt || again.code() == StatusCode::kUnsupportedVersion)
        << layout.name << ", " << what << ": " << CodeName(again.code());
  }
}

TEST_P(EveryLayout, ExampleIsReadAndWrittenAgainUnchanged) {
  const Result<Bytes> again = GetParam().again(GetParam().example);
  ASSERT_TRUE(again.ok()) << CodeName(again.code());
  EXPECT_EQ(ToHex(*again), ToHex(GetParam().example));
}

TEST_P(EveryLayout, CutAnywhereIsRefusedOrEndsInFewerBytes) {
  const Layout& layout = GetParam();
  for (std::size_t size = 0; size < layout.example.size(); ++size) {
    const ByteView cut = ByteView(layout.example).first(size);
    // An empty public part is no cut: it is what a record without public fields has.
    const bool may_stand = layout.open_end || (layout.name == "public_part" && (size == 0 || size == 13));
    if (may_stand) {
      ExpectCanonicalOrRefused(layout, cut, "cut to " + std::to_string(size));
    } else {
      EXPECT_FALSE(layout.again(cut).ok()) << layout.name << " cut to " << size;
    }
  }
}

TEST_P(EveryLayout, EveryFlippedBitIsRefusedOrMeansSomethingElse) {
  const Layout& layout = GetParam();
  Bytes bytes = layout.example;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    ExpectCanonicalOrRefused(layout, bytes, "bit " + std::to_string(bit));
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
}

TEST_P(EveryLayout, BytesAfterTheEndAreRefused) {
  const Layout& layout = GetParam();
  for (const std::uint8_t filler : {0x00, 0x01, 0xff}) {
    for (const std::size_t count : {1, 2, 16, 31, 33, 4095}) {
      Bytes longer = layout.example;
      longer.resize(longer.size() + count, filler);
      if (layout.open_end) {
        ExpectCanonicalOrRefused(layout, longer, std::to_string(count) + " bytes more");
      } else {
        EXPECT_FALSE(layout.again(longer).ok()) << layout.name << " with " << count << " bytes more";
      }
    }
  }
}

TEST_P(EveryLayout, RunsOfOneByteAreCanonicalOrRefused) {
  for (const std::uint8_t filler : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
    for (std::size_t size = 0; size < 5000; size += size < 300 ? 1 : 97)
      ExpectCanonicalOrRefused(GetParam(), Bytes(size, filler),
                               std::to_string(size) + " times " + std::to_string(filler));
  }
}

class VectorFile : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Format, VectorFile,
                         testing::Values("sealed", "row", "public_part", "header", "group", "key_row", "head",
                                         "posting", "stream", "chunk", "job", "job_file", "erasure", "epoch_end",
                                         "provider_copy", "provider_change", "backup_place", "place_mark",
                                         "backup_facts", "bundle_part", "bundle_list", "recovery", "mark", "mark_tally",
                                         "known_time", "given_up_copy", "log_segment", "log_chain", "log_mark",
                                         "log_audit_key", "log_access", "log_who", "log_what", "log_keys",
                                         "login_attempts", "login_key", "kept_alert", "alert_sinks", "habit",
                                         "canaries", "broken_glass", "declared_job", "former_canary", "approval"),
                         [](const auto& file) { return std::string(file.param); });

TEST_P(VectorFile, EveryCaseEndsWithItsCode) {
  const std::string file = std::string("format/") + GetParam() + ".json";
  Tally tally{.file = file};
  for (const Case& one : LoadCases(file, "cases")) {
    // A record without public fields has an empty public part.
    if (std::string(GetParam()) == "public_part" && one.Text("name") == "no bytes") continue;
    const Result<Bytes> again = LayoutOf(GetParam()).again(one.Hex("bytes"));
    EXPECT_EQ(CodeName(again.code()), one.Text("code")) << file << ": " << one.Text("name");
    if (again.ok()) {
      EXPECT_EQ(ToHex(*again), one.Text("bytes")) << file << ": " << one.Text("name");
    }
    ++(one.Text("code") == "Ok" ? tally.valid : tally.invalid);
  }
  EXPECT_GT(tally.invalid, tally.valid);
  Record(tally);
}

}  // namespace
}  // namespace mseal::test
