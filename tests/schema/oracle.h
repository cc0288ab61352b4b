// Messages of the type All (schemas.h), handled by protobuf's reflection with descriptors that are none of the
// schema's.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>

#include <map>
#include <memory>
#include <string>

#include "schema/descriptors.h"
#include "schema/random_message.h"

namespace mseal::schema::test {

// Deterministic: maps are sorted.
std::string Serialized(const pb::Message& message);

class Oracle {
 public:
  explicit Oracle(const std::string& proto);

  std::unique_ptr<pb::Message> New();
  std::unique_ptr<pb::Message> Random(std::uint64_t seed, UnknownFields unknown = UnknownFields::kSome);
  // The message in `wire`, or null.
  std::unique_ptr<pb::Message> Parsed(const std::string& wire);
  // The wire bytes of each field of `message`.
  std::map<int, std::string> ByField(const pb::Message& message);

 private:
  std::shared_ptr<const Descriptors> descriptors_;
  pb::DynamicMessageFactory factory_;
  const pb::Descriptor* type_;
};

// For Kinds().
Oracle& KindsOracle();

}  // namespace mseal::schema::test
