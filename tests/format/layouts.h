// Every layout that some parser takes apart, each with a way there and back: bytes that a parser accepts must be the
// very bytes that the layout's writer gives for what was read, or two different values on disk would mean the same.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::test {

struct Layout {
  std::string name;  // of its vector file, where it has one of this form
  Bytes example;
  std::function<Result<Bytes>(ByteView)> again;  // parses, then writes what was read
  bool open_end = false;                         // ends in bytes of any number, so that not every cut can be seen
};

const std::vector<Layout>& Layouts();
const Layout& LayoutOf(const std::string& name);

// The bytes of the first case of tests/vectors/format/`name`.json, which is the layout's worked example.
Bytes WorkedExample(const std::string& name);

}  // namespace mseal::test
