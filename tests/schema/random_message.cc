// Filling of messages.
#include "schema/random_message.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include <bit>
#include <cmath>
#include <string>

namespace mseal::schema::test {
namespace {

namespace pb = google::protobuf;

std::uint64_t Below(std::mt19937_64& random, std::uint64_t bound) { return random() % bound; }

std::string Text(std::mt19937_64& random) {
  static const char* const kParts[] = {"a",    "Z", "9", " ",  "\"",   "\\", "\n",
                                       "\x7f", "é", "ß", "語", "🧬", "</", "\x01"};
  std::string text;
  for (std::uint64_t i = Below(random, 12); i > 0; --i) text += kParts[Below(random, std::size(kParts))];
  return text;
}

// Small numbers, large ones and the edges.
std::uint64_t Number(std::mt19937_64& random) {
  switch (Below(random, 5)) {
    case 0:
      return Below(random, 3);
    case 1:
      return ~Below(random, 3);
    case 2:
      return std::uint64_t{1} << Below(random, 64);
    default:
      return random() >> Below(random, 64);
  }
}

template <typename Real, typename Bits>
Real AnyReal(std::mt19937_64& random) {
  const Real real =
      Below(random, 2) ? std::bit_cast<Real>(static_cast<Bits>(random())) : static_cast<Real>(Below(random, 100)) / 8;
  return std::isnan(real) ? std::numeric_limits<Real>::quiet_NaN() : real;
}

class Filler {
 public:
  Filler(pb::Message& message, std::mt19937_64& random, UnknownFields unknown, int depth)
      : message_(message), reflection_(*message.GetReflection()), random_(random), unknown_(unknown), depth_(depth) {}

  void Fill() {
    const pb::Descriptor& type = *message_.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      if (Below(random_, 2)) Field(*type.field(i));
    }
    if (unknown_ == UnknownFields::kNone) return;
    for (std::uint64_t i = Below(random_, 3); i > 0; --i) Unknown();
  }

 private:
  void Field(const pb::FieldDescriptor& field) {
    if (!field.is_repeated()) return Value(field, false);
    if (field.is_map()) return Value(field, true);  // one entry: keys must differ
    for (std::uint64_t i = Below(random_, 4); i > 0; --i) Value(field, true);
  }

  void Unknown() {
    pb::UnknownFieldSet& unknown = *reflection_.MutableUnknownFields(&message_);
    const int number = 5000 + static_cast<int>(Below(random_, 20));
    switch (Below(random_, 4)) {
      case 0:
        return unknown.AddVarint(number, Number(random_));
      case 1:
        return unknown.AddFixed32(number, static_cast<std::uint32_t>(random_()));
      case 2:
        return unknown.AddFixed64(number, random_());
      default:
        return unknown.AddLengthDelimited(number, Text(random_));
    }
  }

#define PUT(Kind, value) \
  add ? reflection_.Add##Kind(&message_, &field, value) : reflection_.Set##Kind(&message_, &field, value)
  void Value(const pb::FieldDescriptor& field, bool add) {
    switch (field.cpp_type()) {
      case pb::FieldDescriptor::CPPTYPE_INT32:
        return PUT(Int32, static_cast<std::int32_t>(Number(random_)));
      case pb::FieldDescriptor::CPPTYPE_INT64:
        return PUT(Int64, static_cast<std::int64_t>(Number(random_)));
      case pb::FieldDescriptor::CPPTYPE_UINT32:
        return PUT(UInt32, static_cast<std::uint32_t>(Number(random_)));
      case pb::FieldDescriptor::CPPTYPE_UINT64:
        return PUT(UInt64, Number(random_));
      case pb::FieldDescriptor::CPPTYPE_DOUBLE:
        return PUT(Double, (AnyReal<double, std::uint64_t>(random_)));
      case pb::FieldDescriptor::CPPTYPE_FLOAT:
        return PUT(Float, (AnyReal<float, std::uint32_t>(random_)));
      case pb::FieldDescriptor::CPPTYPE_BOOL:
        return PUT(Bool, Below(random_, 2) == 1);
      case pb::FieldDescriptor::CPPTYPE_ENUM:
        return PUT(EnumValue, static_cast<int>(Below(random_, 9)));
      case pb::FieldDescriptor::CPPTYPE_STRING:
        return PUT(String, Text(random_));
      case pb::FieldDescriptor::CPPTYPE_MESSAGE:
        return Nested(field, add);
    }
  }
#undef PUT

  void Nested(const pb::FieldDescriptor& field, bool add) {
    if (depth_ == 0) return;
    pb::Message* nested =
        add ? reflection_.AddMessage(&message_, &field) : reflection_.MutableMessage(&message_, &field);
    Filler filler(*nested, random_, unknown_, depth_ - 1);
    field.is_map() ? filler.FillEntry() : filler.Fill();
  }

  // Key and value both: an entry without them is written in another way than it is read.
  void FillEntry() {
    const pb::Descriptor& type = *message_.GetDescriptor();
    Value(*type.map_key(), false);
    if (type.map_value()->message_type() != nullptr) {
      Filler(*reflection_.MutableMessage(&message_, type.map_value()), random_, unknown_, depth_).Fill();
    } else {
      Value(*type.map_value(), false);
    }
  }

  pb::Message& message_;
  const pb::Reflection& reflection_;
  std::mt19937_64& random_;
  UnknownFields unknown_;
  int depth_;
};

}  // namespace

void FillRandomly(pb::Message& message, std::mt19937_64& random, UnknownFields unknown) {
  Filler(message, random, unknown, 3).Fill();
}

}  // namespace mseal::schema::test
