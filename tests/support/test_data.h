// Where tests find medical records to work on.
#pragma once

#include <string>
#include <string_view>

namespace mseal::test {

// The path of `sub_path` ("fhir/pathling-ndjson-9-patients/Patient.ndjson") in the collection in use: the folder that
// MEDSEAL_TEST_DATA names, else ../shared/data beside the source, else the excerpts in tests/data. The first call
// prints which. Stops the program when MEDSEAL_TEST_DATA names no folder.
std::string TestData(std::string_view sub_path);

// True when the collection is the checked-in excerpts, which hold a part of every folder's files only.
bool TestDataIsExcerpt();

}  // namespace mseal::test
