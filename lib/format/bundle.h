// The files of a bundle: a list that holds the small rows and names the parts, and parts that hold key rows. Layouts:
// FORMAT.md, "Bundle".
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::format {

// A row as the store has it, sealed. Borrowed from what was parsed, or from the writer.
struct BundleRow {
  std::uint8_t table = 0;  // store::Table
  ByteView key;
  ByteView value;
};

// A part holds the key rows of one bucket.
struct BundlePart {
  std::uint64_t number = 0;
  std::uint32_t bucket = 0;
  std::uint32_t rows = 0;
  std::uint64_t size = 0;
  ByteArray<32> digest{};       // of the file
  ByteArray<32> rows_digest{};  // of its rows alone: a bucket whose rows are the same needs no new part
};

struct BundleList {
  ByteArray<16> store{};
  ByteArray<16> place{};
  std::uint64_t number = 0;  // from 1, higher with each renewal
  std::uint32_t epoch = 0;
  std::uint64_t made_ms = 0;
  std::uint8_t bucket_bits = 0;
  std::uint64_t commits = 0;        // the store's commit counter, not beyond what the bundle has
  std::uint32_t newest_backup = 0;  // of the place; 0: none, or that could not be told
  std::vector<BundleRow> rows;      // bucket keys and meta
  std::vector<BundlePart> parts;
};

// The list without its seal; a sealed digest of these bytes follows.
Bytes WriteBundleList(const BundleList& list);
struct SealedBundleList {
  BundleList list;   // borrows the bytes
  ByteView covered;  // what the digest is of
  ByteView seal;
};
Result<SealedBundleList> ParseBundleList(ByteView bytes);  // UnsupportedVersion, Corrupt

Bytes WriteBundlePart(std::uint64_t number, const std::vector<BundleRow>& rows);
Result<std::vector<BundleRow>> ParseBundlePart(ByteView bytes, std::uint64_t number);  // UnsupportedVersion, Corrupt

// The file that says which place a folder is.
struct PlaceMark {
  ByteArray<16> store{};
  ByteArray<16> place{};
};
Bytes WritePlaceMark(const PlaceMark& mark);
Result<PlaceMark> ParsePlaceMark(ByteView bytes);  // UnsupportedVersion, Corrupt

}  // namespace mseal::format
