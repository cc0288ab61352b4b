// Words for records in tests: what a put asks, and what a reader sees.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "vault_support/laboratory.h"

namespace mseal::test {

using OpenedPtr = std::unique_ptr<vault::OpenedRecord>;

inline vault::PutRequest Request(std::string_view type, std::string_view record, const Bytes& message,
                                 vault::PutMode mode = vault::PutMode::kReplace) {
  vault::PutRequest request;
  request.type = type;
  request.record_id = AsBytes(record);
  request.message = message;
  request.mode = mode;
  return request;
}

inline Result<vault::PutOutcome> Put(vault::Session& session, std::string_view patient,
                                     const vault::PutRequest& request) {
  MS_ASSIGN(auto call, session.Enter());
  const vault::PutItem item{{AsBytes(patient), nullptr}, request};
  std::vector<vault::PutAnswer> answers;
  MS_TRY(vault::PutAll(call.core(), call.desk(), {&item, 1}, answers));
  return answers.front().outcome;
}

inline Bytes MessageOf(const vault::OpenedRecord& record) {
  const ByteView message = record.message.Reveal();
  return Bytes(message.begin(), message.end());
}

// A record's message, or nothing when it could not be read: then the test fails.
inline Bytes Seen(const Result<OpenedPtr>& record) {
  if (!record.ok()) return ADD_FAILURE() << CodeName(record.code()) << ": " << record.status().message(), Bytes{};
  return MessageOf(**record);
}

inline std::vector<std::string> Ids(const Result<std::vector<OpenedPtr>>& records) {
  std::vector<std::string> ids;
  if (!records.ok()) ADD_FAILURE() << CodeName(records.code()) << ": " << records.status().message();
  if (!records.ok()) return ids;
  for (const OpenedPtr& record : *records) ids.emplace_back(AsText(record->record_id.Reveal()));
  return ids;
}

inline std::vector<std::string> Sorted(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  return words;
}

inline bool Redacts(const vault::OpenedRecord& record, std::string_view field) {
  return std::find(record.redacted.begin(), record.redacted.end(), field) != record.redacted.end();
}

inline std::string ClassOf(const vault::OpenedRecord& record, std::string_view field) {
  for (const auto& [name, class_name] : record.classes) {
    if (name == field) return class_name;
  }
  return "no such field";
}

inline Bytes Nested(std::uint32_t number, const Bytes& message) { return TextField(number, AsText(message)); }

// A LabResult's result: the rules make `hiv` of an HIV test and `general` of glucose.
inline Bytes ResultOf(std::string_view loinc, std::string_view value) {
  const Bytes coding = TextField(1, "http://loinc.org") + TextField(2, loinc);
  return Nested(1, Nested(1, Nested(1, coding)) + TextField(2, value));
}
inline Bytes HivTest(std::string_view value) { return ResultOf("75622-1", value); }
inline Bytes Glucose(std::string_view value) { return ResultOf("2345-7", value); }

}  // namespace mseal::test
