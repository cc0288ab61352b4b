// Writes both forms. Names, helps and labels are this library's own words: letters, digits, blanks and plain marks, so
// that nothing needs to be escaped.
#include "vault/metrics_text.h"

#include <charconv>

namespace mseal::vault {
namespace {

const char* TypeName(FamilyKind kind) {
  switch (kind) {
    case FamilyKind::kCounter:
      return "counter";
    case FamilyKind::kGauge:
      return "gauge";
    case FamilyKind::kHistogram:
      return "histogram";
  }
  std::abort();  // the enumeration is closed
}

// The shortest digits that read back as the same number.
std::string Digits(double value) {
  char text[40];
  const auto end = std::to_chars(std::begin(text), std::end(text), value).ptr;
  return {text, end};
}
std::string Digits(std::uint64_t value) { return std::to_string(value); }

std::string Quoted(const std::string& text) { return '"' + text + '"'; }

// {a="b",c="d"}, or nothing.
std::string Braces(const Sample::Labels& labels, const std::string& bound = {}) {
  std::string text;
  const auto add = [&](const std::string& name, const std::string& value) {
    text += (text.empty() ? "" : ",") + name + "=" + Quoted(value);
  };
  for (const auto& [name, value] : labels) add(name, value);
  if (!bound.empty()) add("le", bound);
  return text.empty() ? text : '{' + text + '}';
}

void WriteHistogram(const std::string& name, const HistogramSample& histogram, std::string& out) {
  for (const auto& [bound, count] : histogram.buckets)
    out += name + "_bucket" + Braces(histogram.labels, Digits(bound)) + ' ' + Digits(count) + '\n';
  out += name + "_bucket" + Braces(histogram.labels, "+Inf") + ' ' + Digits(histogram.count) + '\n';
  out += name + "_sum" + Braces(histogram.labels) + ' ' + Digits(histogram.sum) + '\n';
  out += name + "_count" + Braces(histogram.labels) + ' ' + Digits(histogram.count) + '\n';
}

std::string JsonLabels(const Sample::Labels& labels) {
  std::string text = "{";
  for (const auto& [name, value] : labels) text += (text.size() == 1 ? "" : ",") + Quoted(name) + ":" + Quoted(value);
  return text + "}";
}

std::string JsonOf(const Sample& sample) {
  return R"({"labels":)" + JsonLabels(sample.labels) + R"(,"value":)" + Digits(sample.value) + "}";
}

std::string JsonOf(const HistogramSample& histogram) {
  std::string text = R"({"labels":)" + JsonLabels(histogram.labels) + R"(,"count":)" + Digits(histogram.count) +
                     R"(,"sum":)" + Digits(histogram.sum) + R"(,"buckets":[)";
  for (const auto& [bound, count] : histogram.buckets) {
    text += (text.back() == '[' ? "" : ",");
    text += R"({"le":)" + Digits(bound) + R"(,"count":)" + Digits(count) + "}";
  }
  return text + "]}";
}

}  // namespace

std::string MetricsAsPrometheus(const std::vector<MetricFamily>& families) {
  std::string out;
  for (const MetricFamily& family : families) {
    out += "# HELP " + family.name + ' ' + family.help + '\n';
    out += "# TYPE " + family.name + ' ' + TypeName(family.kind) + '\n';
    for (const Sample& sample : family.samples)
      out += family.name + Braces(sample.labels) + ' ' + Digits(sample.value) + '\n';
    for (const HistogramSample& histogram : family.histograms) WriteHistogram(family.name, histogram, out);
  }
  return out;
}

std::string MetricsAsJson(const std::vector<MetricFamily>& families) {
  std::string out = "[";
  for (const MetricFamily& family : families) {
    out += out.size() == 1 ? "" : ",";
    out += R"({"name":)" + Quoted(family.name) + R"(,"type":)" + Quoted(TypeName(family.kind)) + R"(,"help":)" +
           Quoted(family.help) + R"(,"samples":[)";
    for (const Sample& sample : family.samples) out += (out.back() == '[' ? "" : ",") + JsonOf(sample);
    for (const HistogramSample& histogram : family.histograms)
      out += (out.back() == '[' ? "" : ",") + JsonOf(histogram);
    out += "]}";
  }
  return out + "]";
}

}  // namespace mseal::vault
