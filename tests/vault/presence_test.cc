// Presence is not a diagnosis: what a thief of the disk counts and measures is the same whether a patient has values of
// a sensitive class, which values, and whoever wrote them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "format/keys_of_rows.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

using store::Table;

constexpr std::uint32_t kHiv = 10;  // of Patient: unknown 0, negative 1, positive 2
constexpr std::string_view kPhysician = "physician";
constexpr std::string_view kReceptionist = "receptionist";

Bytes Nested(std::uint32_t number, const Bytes& message) { return TextField(number, AsText(message)); }

Bytes ResultOf(std::string_view loinc, std::string_view value) {
  const Bytes coding = TextField(1, "http://loinc.org") + TextField(2, loinc);
  return Nested(1, Nested(1, Nested(1, coding)) + TextField(2, value));
}

Bytes HivTest(std::string_view value) { return ResultOf("75622-1", value); }

// What a thief sees of one patient: the sizes of keys and values of every row, table by table.
using Shape = std::map<Table, std::vector<std::pair<std::size_t, std::size_t>>>;

class Presence : public ::testing::TestWithParam<crypto::Suite> {
 protected:
  void SetUp() override {
    if (!crypto::CheckSuite(GetParam()).ok()) GTEST_FAIL() << "this machine cannot do the suite under test";
    lab_.AddPerson(kPhysician, {"identity", "general", "national_id", "hiv", "genetic", "narrative"});
    lab_.AddPerson(kReceptionist, {"identity", "general", "national_id"});
  }

  // One patient with what everybody writes, and `more` in the record under test.
  void Write(std::string_view patient, std::string_view writer, const Bytes& more, std::string_view type = "Patient") {
    const auto session = lab_.LoginAs(writer);
    const Bytes everybody = TextField(2, "123-45-6789") + TextField(3, "Martin");
    ASSERT_TRUE(lab_.Put(*session, patient, "Patient", "1", type == "Patient" ? everybody + more : everybody).ok());
    if (type != "Patient") {
      ASSERT_TRUE(lab_.Put(*session, patient, type, "r", more).ok());
    }
    patients_[std::string(patient)] = {lab_.HandleOf(*session, patient), comparison_};
  }

  // Patients of another comparison.
  void Next() { ++comparison_; }

  std::map<std::string, Shape> Shapes() {
    std::map<std::string, Shape> shapes;
    for (const Table table : {Table::kRecords, Table::kHeads, Table::kKeys}) {
      for (const StoredRow& row : lab_.AllRows(table)) {
        for (const auto& [name, patient] : patients_) {
          const keys::PatientHandle& handle = patient.handle;
          const Bytes prefix =
              table == Table::kKeys ? format::KeyRowPrefix(handle) : Bytes(handle.begin(), handle.end());
          if (row.key.size() < prefix.size() || !std::equal(prefix.begin(), prefix.end(), row.key.begin())) continue;
          shapes[name][table].emplace_back(row.key.size(), row.value.size());
        }
      }
    }
    for (auto& [name, shape] : shapes) {
      for (auto& [table, sizes] : shape) std::sort(sizes.begin(), sizes.end());
    }
    return shapes;
  }

  void ExpectAllAlike(std::size_t records) {
    const auto shapes = Shapes();
    ASSERT_EQ(shapes.size(), patients_.size());
    std::map<int, std::string> first;
    for (const auto& [name, shape] : shapes) {
      const std::string& other = first.emplace(patients_[name].comparison, name).first->second;
      EXPECT_EQ(shape, shapes.at(other)) << name << " can be told from " << other;
      EXPECT_EQ(shape.at(Table::kRecords).size(), records);
      EXPECT_EQ(shape.at(Table::kHeads).size(), 1u);
      EXPECT_EQ(shape.at(Table::kKeys).size(), 1u);
    }
  }

  Laboratory lab_{GetParam()};
  struct Patient {
    keys::PatientHandle handle{};
    int comparison = 0;
  };
  std::map<std::string, Patient> patients_;
  int comparison_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Suites, Presence,
                         ::testing::Values(crypto::Suite::kChaCha20Poly1305, crypto::Suite::kAes256Gcm),
                         [](const auto& suite) {
                           return suite.param == crypto::Suite::kAes256Gcm ? "Aes256Gcm" : "ChaCha20Poly1305";
                         });

TEST_P(Presence, HivStatusDoesNotShowWhateverItIsAndWhoeverWroteTheRecord) {
  Write("absent", kPhysician, {});
  Write("unknown", kPhysician, NumberField(kHiv, 0));
  Write("negative", kPhysician, NumberField(kHiv, 1));
  Write("positive", kPhysician, NumberField(kHiv, 2));
  Write("void", kReceptionist, {});  // holds no key of the class
  Write("of the founder", Laboratory::kFounder, NumberField(kHiv, 2));
  ExpectAllAlike(2);  // directory and patient
}

// Padding could hide a difference by luck: here the row's size before it goes through a whole step of the padding.
TEST_P(Presence, PaddingIsNotWhatHidesTheStatus) {
  for (std::size_t length = 0; length < 256; length += 8) {
    Next();
    const std::string at = std::to_string(length);
    const Bytes note = TextField(14, std::string(length, 'L'));  // public: shifts everything behind it byte by byte
    Write("absent" + at, kPhysician, note);
    Write("positive" + at, kPhysician, note + NumberField(kHiv, 2));
    Write("void" + at, kReceptionist, note);
  }
  ExpectAllAlike(2);
}

TEST_P(Presence, HivResultLooksLikeAnyOther) {
  Write("positive", kPhysician, HivTest("positive"), "LabResult");
  Write("negative", kPhysician, HivTest("negative"), "LabResult");
  Write("glucose", kPhysician, ResultOf("2345-7", "5.4"), "LabResult");
  Write("glucose by the desk", kReceptionist, ResultOf("2345-7", "5.4"), "LabResult");
  Write("nothing yet", kReceptionist, TextField(3, "final"), "LabResult");
  ExpectAllAlike(3);
}

TEST_P(Presence, AddedAndChangedStatusLeavesTheSameHistory) {
  for (const std::string_view patient : {"a", "b", "c"}) Write(patient, kReceptionist, {});
  const auto physician = lab_.LoginAs(kPhysician);
  const auto update = vault::PutMode::kUpdate;
  ASSERT_TRUE(lab_.Put(*physician, "a", "Patient", "1", NumberField(kHiv, 2), update).ok());
  ASSERT_TRUE(lab_.Put(*physician, "b", "Patient", "1", TextField(4, "Anne"), update).ok());
  const auto receptionist = lab_.LoginAs(kReceptionist);
  ASSERT_TRUE(lab_.Put(*receptionist, "c", "Patient", "1", TextField(4, "Anne"), update).ok());
  ExpectAllAlike(3);
}

// A long text shows that a row is long, never of which class it is.
TEST_P(Presence, LongTextDoesNotShowItsClass) {
  const std::string text(150'000, 'n');
  for (std::size_t length = 0; length < 256; length += 32) {
    Next();
    const std::string at = std::to_string(length);
    const Bytes lab = TextField(14, std::string(length, 'L'));
    Write("narrative" + at, kPhysician, TextField(4, text) + lab, "GenomicReport");
    Write("genetic" + at, kPhysician, TextField(5, text) + lab, "GenomicReport");
    Write("general" + at, kPhysician, TextField(3, text) + lab, "GenomicReport");
  }
  ExpectAllAlike(3 + 3);  // three chunks
}

TEST_P(Presence, IndexHasNoRowForASensitiveValue) {
  Write("absent", kPhysician, {});
  const std::size_t rows = lab_.AllRows(Table::kIndex).size();
  Write("positive", kPhysician, NumberField(kHiv, 2));
  EXPECT_EQ(lab_.AllRows(Table::kIndex).size(), 2 * rows);
}

}  // namespace
}  // namespace mseal::test
