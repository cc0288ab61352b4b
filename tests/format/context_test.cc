// The context encoder: known answers, and that no two contexts share their bytes.
#include "format/context.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "crypto/hash.h"
#include "format/page.h"
#include "support/vectors.h"

namespace mseal::format {
namespace {

using Items = std::vector<std::pair<int, Bytes>>;
using Named = std::pair<int, Items>;  // kind and items

Bytes Encode(const Named& named) {
  Context context(static_cast<ContextKind>(named.first));
  for (const auto& [item, value] : named.second) context.Add(static_cast<ContextItem>(item), value);
  const ByteView bytes = context.bytes();
  return Bytes(bytes.begin(), bytes.end());
}

TEST(Context, AgreesWithTheKnownAnswers) {
  for (const test::Case& one : test::LoadCases("format/context.json", "cases")) {
    Named named{static_cast<int>(one.Number("kind")), {}};
    const std::vector<Bytes> values = one.HexList("values");
    std::string_view items = one.Text("items");
    for (const Bytes& value : values) {
      const std::size_t comma = std::min(items.find(','), items.size());
      named.second.emplace_back(std::stoi(std::string(items.substr(0, comma))), Bytes(value.begin() + 1, value.end()));
      items.remove_prefix(std::min(comma + 1, items.size()));
    }
    const Bytes encoded = Encode(named);
    EXPECT_EQ(test::ToHex(encoded), one.Text("bytes")) << one.Text("name");
    EXPECT_EQ(test::ToHex(crypto::Hash("medseal.v1.ctx", encoded)), one.Text("digest")) << one.Text("name");
  }
}

TEST(Context, ExampleOnThePageIsThatOfASlot) {
  Bytes slot;
  for (const test::Case& one : test::LoadCases("format/context.json", "cases")) {
    if (one.Text("name") == "slot") slot = one.Hex("bytes");
  }
  EXPECT_EQ(test::ToHex(test::PageExample("context")), test::ToHex(slot));
}

TEST(Context, NumberIsEightBytesBigEndian) {
  Context number(ContextKind::kMetaKey);
  number.AddNumber(ContextItem::kEpoch, 0x0102030405060708);
  const ByteArray<8> bytes{1, 2, 3, 4, 5, 6, 7, 8};
  Context same(ContextKind::kMetaKey);
  same.Add(ContextItem::kEpoch, bytes);
  EXPECT_TRUE(SameBytes(number.bytes(), same.bytes()));
}

// Few different items and values, so that near misses come up all the time: an empty value, a value that looks like
// another item, the same bytes cut elsewhere.
class Drawer {
 public:
  Named Draw() {
    Named named{1 + Below(3), {}};
    for (int left = Below(4); left > 0; --left) named.second.emplace_back(1 + Below(3), Value());
    return named;
  }

 private:
  int Below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  Bytes Value() {
    static const std::vector<Bytes> kValues = {
        {},       {0},         {1}, {0, 0}, {1, 0, 0, 0, 0}, {2, 0, 0, 0, 1}, {0, 2, 0, 0, 0, 0}, {1, 0, 0, 0, 1, 0},
        Bytes(8), Bytes(13, 1)};
    return kValues[static_cast<std::size_t>(Below(static_cast<int>(kValues.size())))];
  }
  std::mt19937 random_{1};
};

TEST(Context, TwoContextsShareBytesOnlyIfTheyNameTheSameInTheSameOrder) {
  Drawer drawer;
  std::map<Bytes, Named> seen;
  int met_again = 0;
  for (int i = 0; i < 200'000; ++i) {
    const Named named = drawer.Draw();
    const auto [place, fresh] = seen.emplace(Encode(named), named);
    if (fresh) continue;
    ++met_again;
    ASSERT_EQ(place->second, named) << test::ToHex(place->first);
  }
  EXPECT_GT(met_again, 1000);
  EXPECT_GT(seen.size(), 20'000u);
}

TEST(Context, NoContextIsTheBeginningOfAnotherWithTheSameNumberOfItems) {
  Drawer drawer;
  std::map<Bytes, std::size_t> seen;  // encoding, number of items
  for (int i = 0; i < 50'000; ++i) {
    const Named named = drawer.Draw();
    seen.emplace(Encode(named), named.second.size());
  }
  for (auto at = seen.begin(); at != seen.end(); ++at) {
    for (auto next = std::next(at); next != seen.end(); ++next) {
      const bool begins =
          std::equal(at->first.begin(), at->first.end(), next->first.begin(),
                     next->first.begin() + static_cast<std::ptrdiff_t>(std::min(at->first.size(), next->first.size())));
      if (!begins) break;
      ASSERT_NE(at->second, next->second) << test::ToHex(at->first) << " " << test::ToHex(next->first);
    }
  }
}

TEST(ContextDeathTest, WhatDoesNotFitStopsTheProcess) {
  Context context(ContextKind::kRecord);
  EXPECT_DEATH(context.Add(ContextItem::kStore, Bytes(65)), "");
  for (int i = 0; i < 3; ++i) context.Add(ContextItem::kStore, Bytes(64));
  EXPECT_DEATH(context.Add(ContextItem::kStore, Bytes(64)), "");
}

}  // namespace
}  // namespace mseal::format
