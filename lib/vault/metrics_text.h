// Families of samples as text: the exposition format of Prometheus (text, 0.0.4), or JSON.
#pragma once

#include <string>

#include "vault/metrics_report.h"

namespace mseal::vault {

std::string MetricsAsPrometheus(const std::vector<MetricFamily>& families);

// An array of {"name", "type", "help", "samples"}; a sample is {"labels": {...}, "value": n}, of a histogram
// {"labels", "count", "sum", "buckets": [{"le", "count"}, ...]}.
std::string MetricsAsJson(const std::vector<MetricFamily>& families);

}  // namespace mseal::vault
