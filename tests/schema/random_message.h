// Messages of any type with random content, made by reflection.
#pragma once

#include <google/protobuf/message.h>

#include <random>

namespace mseal::schema::test {

enum class UnknownFields { kSome, kNone };

// Sets about half of the fields, in nested messages too.
void FillRandomly(google::protobuf::Message& message, std::mt19937_64& random, UnknownFields unknown);

}  // namespace mseal::schema::test
