// Test vectors: JSON files of tests/vectors as flat cases of named texts.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace mseal::test {

// Stops the program, with a message, when `hex` is not an even number of hex digits.
Bytes FromHex(std::string_view hex);
std::string ToHex(ByteView bytes);

// One case. Members of nested objects are named with a dot ("publicKey.pk"), members of arrays of simple values are
// joined with a comma and counted in "name.count", numbers and booleans are as in JSON. Asking for what is not there stops the program.
class Case {
 public:
  explicit Case(std::map<std::string, std::string> fields) : fields_(std::move(fields)) {}

  bool Has(const std::string& name) const { return fields_.contains(name); }
  const std::string& Text(const std::string& name) const;
  Bytes Hex(const std::string& name) const { return FromHex(Text(name)); }
  // The members of an array of hex texts. An array of one empty text reads like an empty array.
  std::vector<Bytes> HexList(const std::string& name) const;
  std::uint64_t Number(const std::string& name) const;
  // The value of hex field `name`, which must have exactly N bytes.
  template <std::size_t N>
  ByteArray<N> Fixed(const std::string& name) const {
    ByteArray<N> out;
    CopyBytes(Sized(name, N), out);
    return out;
  }

 private:
  Bytes Sized(const std::string& name, std::size_t size) const;

  std::map<std::string, std::string> fields_;
};

// The cases of tests/vectors/`file`: the objects of the array `list`, or of the arrays that a path such as
// "testGroups/tests" reaches, or of the file itself when `list` is empty; a case also has the fields of the object around it. Never empty: stops the program when
// the file cannot be read or has no case, so that no test passes for want of vectors.
std::vector<Case> LoadCases(const std::string& file, std::string_view list);

// How the cases of one file fared, for the record.
struct Tally {
  std::string file;
  int valid = 0;    // accepted, as they should be
  int invalid = 0;  // refused for their content, as they should be
  int refused = 0;  // refused for a size or cost that is not offered

  int total() const { return valid + invalid + refused; }
};

// Prints the tally and puts it into the test report.
void Record(const Tally& tally);

}  // namespace mseal::test
