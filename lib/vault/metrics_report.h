// Everything a vault can be measured by, gathered: families of samples as monitoring systems know them. No label names
// a person, a patient, a record, a class or a vault.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "vault/vault.h"

namespace mseal::vault {

struct Sample {
  using Labels = std::vector<std::pair<std::string, std::string>>;
  Labels labels;
  double value = 0;
};

struct HistogramSample {
  Sample::Labels labels;
  std::vector<std::pair<double, std::uint64_t>> buckets;  // upper bound, all up to it; without the last, infinite one
  std::uint64_t count = 0;
  double sum = 0;
};

enum class FamilyKind : std::uint8_t { kCounter, kGauge, kHistogram };

// Has samples of its kind only.
struct MetricFamily {
  std::string name;
  std::string help;
  FamilyKind kind = FamilyKind::kGauge;
  std::vector<Sample> samples;
  std::vector<HistogramSample> histograms;
};

// Reads jobs from the store, and the anchor from the provider unless it was moved since the vault was opened.
// Closed, Forked; errors of either.
Result<std::vector<MetricFamily>> GatherMetrics(Vault& vault);

}  // namespace mseal::vault
