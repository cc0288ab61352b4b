// What is made of a value before it is searched.
#pragma once

#include "base/secret_bytes.h"
#include "base/status.h"
#include "schema/plan.h"

namespace mseal::schema {

struct Normalized {
  SecretBytes value;  // empty when there is nothing to search by
  bool suspect =
      false;  // well-formed but wrong, such as a NIR with a wrong control key: kept and flagged, never repaired
};

// Never fails on odd input: what does not look like its kind is normalised as ID and flagged.
Normalized Normalize(Normalizer normalizer, ByteView value);

// The version of what NAME folds by (the ICU version): part of an index's generation.
std::uint32_t NormalizerVersion();

}  // namespace mseal::schema
