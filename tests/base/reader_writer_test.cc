// Reader and Writer mirror each other, and hostile lengths end in a failure, never in a read past the end.
#include <gtest/gtest.h>

#include "base/reader.h"
#include "base/writer.h"

namespace mseal {
namespace {

template <typename Buffer>
Buffer Written() {
  Buffer buffer;
  BasicWriter<Buffer>(buffer)
      .U8(0x01)
      .U16(0x0203)
      .U32(0x04050607)
      .U64(0x08090a0b0c0d0e0f)
      .Raw(AsBytes("raw"))
      .Prefixed(AsBytes("four"))
      .Prefixed16(AsBytes("two"))
      .Prefixed8(AsBytes("one"))
      .Prefixed({});
  return buffer;
}

void ReadAll(Reader& in) {
  in.U8();
  in.U16();
  in.U32();
  in.U64();
  in.Fixed<3>();
  in.Prefixed();
  in.Prefixed16();
  in.Prefixed8();
  in.Prefixed();
}

TEST(Writer, WritesBigEndianAndLengths) {
  const Bytes expected{1, 2, 3,   4,   5,   6,   7, 8, 9,   10,  11,  12, 13,  14,  15,  'r', 'a', 'w', 0, 0,
                       0, 4, 'f', 'o', 'u', 'r', 0, 3, 't', 'w', 'o', 3,  'o', 'n', 'e', 0,   0,   0,   0};
  EXPECT_EQ(Written<Bytes>(), expected);
}

TEST(Writer, WritesTheSameIntoSecretBytes) {
  const SecretBytes secret = Written<SecretBytes>();
  EXPECT_TRUE(SameBytes(secret.Reveal(), Written<Bytes>()));
}

TEST(Reader, ReadsBackWhatTheWriterWrote) {
  const Bytes bytes = Written<Bytes>();
  Reader in(bytes);
  EXPECT_EQ(in.U8(), 0x01);
  EXPECT_EQ(in.U16(), 0x0203);
  EXPECT_EQ(in.U32(), 0x04050607u);
  EXPECT_EQ(in.U64(), 0x08090a0b0c0d0e0fu);
  EXPECT_EQ(in.Fixed<3>(), (ByteArray<3>{'r', 'a', 'w'}));
  EXPECT_EQ(AsText(in.Prefixed()), "four");
  EXPECT_EQ(AsText(in.Prefixed16()), "two");
  EXPECT_EQ(AsText(in.Prefixed8()), "one");
  EXPECT_EQ(in.Prefixed().size(), 0u);
  EXPECT_TRUE(in.Done());
}

TEST(Reader, CutAtAnyLengthFails) {
  const Bytes bytes = Written<Bytes>();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Bytes cut(bytes.begin(),
                    bytes.begin() + static_cast<std::ptrdiff_t>(size));  // its own memory, for sanitizers
    Reader in(cut);
    ReadAll(in);
    EXPECT_FALSE(in.ok()) << size;
    EXPECT_FALSE(in.Done()) << size;
  }
}

TEST(Reader, BytesLeftOverAreNotDone) {
  Bytes bytes = Written<Bytes>();
  bytes.push_back(0);
  Reader in(bytes);
  ReadAll(in);
  EXPECT_TRUE(in.ok());
  EXPECT_FALSE(in.Done());
  EXPECT_EQ(in.remaining(), 1u);
  EXPECT_EQ(in.Rest().size(), 1u);
  EXPECT_TRUE(in.Done());
}

TEST(Reader, HostileLengthsAreRefused) {
  for (const Bytes& hostile : {Bytes{0xff, 0xff, 0xff, 0xff, 1}, Bytes{0, 0, 0, 2, 1}, Bytes{0x80, 0, 0, 0, 1}}) {
    Reader in(hostile);
    EXPECT_TRUE(in.Prefixed().empty());
    EXPECT_FALSE(in.ok());
  }
  const Bytes bytes(8);
  Reader in(bytes);
  in.U8();
  EXPECT_TRUE(in.Take(static_cast<std::size_t>(-1)).empty());
  EXPECT_FALSE(in.ok());
}

TEST(Reader, StaysFailedAndGivesZeroes) {
  const Bytes bytes{1, 2, 3};
  Reader in(bytes);
  EXPECT_EQ(in.U32(), 0u);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.U8(), 0);  // one would be there
  EXPECT_EQ(in.Fixed<2>(), (ByteArray<2>{}));
  EXPECT_TRUE(in.Rest().empty());
  EXPECT_EQ(in.remaining(), 0u);
  EXPECT_FALSE(in.ok());
}

TEST(Reader, FailIsFinal) {
  const Bytes bytes{1};
  Reader in(bytes);
  in.Fail();
  EXPECT_EQ(in.U8(), 0);
  EXPECT_FALSE(in.Done());
}

TEST(Reader, EmptyInputIsDoneAtOnce) { EXPECT_TRUE(Reader({}).Done()); }

}  // namespace
}  // namespace mseal
