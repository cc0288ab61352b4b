// Finding and listing: by normalised value, by range and prefix, by type page by page, by patient.
#include <gtest/gtest.h>

#include <set>

#include "vault_support/records.h"

namespace mseal::test {
namespace {

using Words = std::vector<std::string>;

class Listings : public ::testing::Test {
 protected:
  void SetUp() override { founder_ = lab_.LoginAs(Laboratory::kFounder); }

  void PutPatient(std::string_view patient, const Bytes& message, std::string_view record = "") {
    ASSERT_TRUE(lab_.Put(*founder_, patient, "Patient", record.empty() ? patient : record, message).ok());
  }
  Words Find(std::string_view field, std::string_view value) {
    return Sorted(Ids(lab_.Find(*founder_, "Patient", field, value)));
  }
  Words Range(std::string_view first, std::string_view last, bool prefix = false) {
    auto call = founder_->Enter();
    return Ids(
        Drain(vault::ListRange(call->core(), call->desk(), "Patient", "lab", AsBytes(first), AsBytes(last), prefix)));
  }

  Laboratory lab_;
  std::shared_ptr<vault::Session> founder_;
};

// ---- find

TEST_F(Listings, NamesAreFoundWhateverTheirAccentsAndCase) {
  PutPatient("a", TextField(3, "Lefèvre"));
  PutPatient("b", TextField(3, "LEFEVRE"));
  PutPatient("c", TextField(3, "Lefe\xcc\x80vre"));  // the accent apart
  PutPatient("d", TextField(3, "Lefebvre"));
  for (const std::string_view name : {"lefevre", "Lefèvre", "LEFÈVRE"}) {
    EXPECT_EQ(Find("family", name), (Words{"a", "b", "c"})) << name;
  }
  EXPECT_EQ(Seen(lab_.Get(*founder_, "a", "Patient", "a")), TextField(3, "Lefèvre"));  // kept as it came
}

TEST_F(Listings, NirIsFoundWithAndWithoutItsSeparators) {
  PutPatient("a", TextField(1, "1 84 12 76 451 089 46"));
  PutPatient("b", TextField(1, "2 69 05 2A 588 157 80"));  // Corsica
  EXPECT_EQ(Find("nir", "184127645108946"), Words{"a"});
  EXPECT_EQ(Find("nir", "1 84 12 76 451 089 46"), Words{"a"});
  EXPECT_EQ(Find("nir", "2 69 05 2a 588 157 80"), Words{"b"});
  EXPECT_EQ(Find("nir", "184127645108947"), Words{});
}

TEST_F(Listings, DatesAndNumbersAreFoundInTheFormsTheyComeIn) {
  PutPatient("a", TextField(5, "1984-12-05") + TextField(2, "123-45-6789"));
  EXPECT_EQ(Find("birth_date", "19841205"), Words{"a"});
  EXPECT_EQ(Find("ssn", "123456789"), Words{"a"});
}

TEST_F(Listings, ReplacedValueIsFoundNoMore) {
  PutPatient("a", TextField(3, "Martin"));
  PutPatient("a", TextField(3, "Dupont"));
  EXPECT_EQ(Find("family", "Martin"), Words{});
  EXPECT_EQ(Find("family", "Dupont"), Words{"a"});
}

TEST_F(Listings, SearchingIsAuthorisedLikeReading) {
  lab_.AddPerson("desk", {"identity", "general"});
  PutPatient("a", TextField(2, "123-45-6789") + TextField(3, "Martin"));
  const auto desk = lab_.LoginAs("desk");
  EXPECT_EQ(lab_.Find(*desk, "Patient", "ssn", "123-45-6789").code(), StatusCode::kPermissionDenied);
  const auto found = lab_.Find(*desk, "Patient", "family", "Martin");
  ASSERT_EQ(found->size(), 1u);
  EXPECT_TRUE(Redacts(*found->front(), "ssn"));
}

TEST_F(Listings, WhatHasNoIndexCannotBeSearched) {
  EXPECT_EQ(lab_.Find(*founder_, "Patient", "hiv", "2").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(lab_.Find(*founder_, "Patient", "shoe_size", "42").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(lab_.Find(*founder_, "Nonsense", "family", "M").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(lab_.Find(*founder_, "Patient", "family", " ").code(), StatusCode::kInvalidArgument);
  auto call = founder_->Enter();
  EXPECT_EQ(vault::ListRange(call->core(), call->desk(), "Patient", "family", {}, {}, true).code(),
            StatusCode::kInvalidArgument);
}

TEST_F(Listings, ManyOfOneNameAreAllFoundWhileSomeGo) {
  constexpr int kMany = 37;
  std::set<std::string> there;
  for (int i = 0; i < kMany; ++i) {
    PutPatient("p" + std::to_string(i), TextField(3, "Martin"));
    there.insert("p" + std::to_string(i));
  }
  for (int i = 0; i < kMany; i += 3) {
    ASSERT_TRUE(lab_.Delete(*founder_, "p" + std::to_string(i), "Patient", "p" + std::to_string(i)).ok());
    there.erase("p" + std::to_string(i));
  }
  EXPECT_EQ(Find("family", "Martin"), Words(there.begin(), there.end()));
  for (const std::string_view patient : {"q1", "q2"}) {
    PutPatient(patient, TextField(3, "Martin"));
    there.emplace(patient);
  }
  EXPECT_EQ(Find("family", "Martin"), Words(there.begin(), there.end()));
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
}

TEST(ListingsOfUnique, ValueIsTakenOnceAndFreeAgainAfterItsRecordWent) {
  Laboratory lab(crypto::Suite::kChaCha20Poly1305,
                 "syntax = \"proto3\"; import \"medseal/options.proto\";"
                 "message Card { option (medseal.v1.record) = { retention: \"1y\" }; string number = 1 "
                 "[(medseal.v1.field) = { find: EXACT unique: true normalize: ID }]; }");
  const auto founder = lab.LoginAs(Laboratory::kFounder);
  const auto index_rows = [&] {
    auto call = founder->Enter();
    std::size_t count = 0;
    for (auto cursor = call->core().rows->Scan(store::Table::kIndex, {}, {}); cursor->Valid(); cursor->Next()) ++count;
    return count;
  };
  ASSERT_TRUE(lab.Put(*founder, "a", "Card", "a", TextField(1, "AB-1")).ok());
  ASSERT_TRUE(lab.Put(*founder, "b", "Card", "b", TextField(1, "AB-2")).ok());
  const std::size_t rows = index_rows();
  EXPECT_EQ(lab.Put(*founder, "b", "Card", "b", TextField(1, "ab 1")).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(Ids(lab.Find(*founder, "Card", "number", "AB1")), Words{"a"});
  ASSERT_TRUE(lab.Put(*founder, "a", "Card", "a", TextField(1, "AB-1")).ok());  // its own is no obstacle
  ASSERT_TRUE(lab.Delete(*founder, "a", "Card", "a").ok());
  ASSERT_TRUE(lab.Put(*founder, "b", "Card", "b", TextField(1, "AB-1")).ok());
  EXPECT_EQ(Ids(lab.Find(*founder, "Card", "number", "AB1")), Words{"b"});
  EXPECT_EQ(index_rows(), rows);  // the filler's place was taken
  EXPECT_TRUE(lab.Verify(founder.get()).ok());
}

// ---- range and prefix

TEST_F(Listings, RangesAreHalfOpenAndInOrder) {
  const Words labs = {"A", "A1", "B", "C", "D"};
  for (auto lab = labs.rbegin(); lab != labs.rend(); ++lab) PutPatient(*lab, TextField(14, *lab));
  EXPECT_EQ(Range("", ""), labs);
  EXPECT_EQ(Range("B", ""), (Words{"B", "C", "D"}));
  EXPECT_EQ(Range("", "B"), (Words{"A", "A1"}));
  EXPECT_EQ(Range("A1", "D"), (Words{"A1", "B", "C"}));
  EXPECT_EQ(Range("D", "A"), Words{});
  EXPECT_EQ(Range("A", "", true), (Words{"A", "A1"}));
  EXPECT_EQ(Range("AB", "", true), Words{});
}

// Zero bytes and bytes above every letter keep their order and are nobody's prefix.
TEST_F(Listings, OddBytesKeepTheirPlaceInTheOrder) {
  const std::vector<std::string> labs = {
      "A", std::string("A\0", 2), std::string("A\0B", 3), std::string("A\1", 2), "AB", "A\xc3\xbf"};
  for (std::size_t i = 0; i < labs.size(); ++i) PutPatient(std::to_string(i), TextField(14, labs[i]));
  EXPECT_EQ(Range("", ""), (Words{"0", "1", "2", "3", "4", "5"}));
  EXPECT_EQ(Range("A", "", true).size(), 6u);
  EXPECT_EQ(Range(std::string_view("A\0", 2), "", true), (Words{"1", "2"}));
  EXPECT_EQ(Range(std::string_view("A\0B", 3), std::string_view("AB")), (Words{"2", "3"}));
}

TEST_F(Listings, ChangedPublicValueMovesInTheOrder) {
  PutPatient("a", TextField(14, "A"));
  PutPatient("a", TextField(14, "Z"));
  EXPECT_EQ(Range("", "B"), Words{});
  EXPECT_EQ(Range("Z", ""), Words{"a"});
}

// ---- scan, patient

TEST_F(Listings, PagesOfAScanGiveEveryRecordOnce) {
  std::set<std::string> expected;
  for (int patient = 0; patient < 7; ++patient) {
    for (int record = 0; record < 3; ++record) {
      const std::string id = std::to_string(patient) + "/" + std::to_string(record);
      PutPatient("p" + std::to_string(patient), TextField(3, "N"), id);
      expected.insert(id);
    }
    ASSERT_TRUE(lab_.Put(*founder_, "p" + std::to_string(patient), "LabResult", "r", Glucose("5")).ok());
  }
  for (const std::size_t page : {1, 2, 5, 100}) {
    std::multiset<std::string> seen;
    std::optional<keys::RecordHandle> after;
    auto call = founder_->Enter();
    for (bool more = true; more;) {
      const auto listing = vault::ListType(call->core(), call->desk(), "Patient", after);
      ASSERT_TRUE(listing.ok());
      for (std::size_t i = 0; i < page && more; ++i) {
        const auto record = (*listing)->Next();
        ASSERT_TRUE(record.ok());
        more = *record != nullptr;
        if (!more) break;
        seen.emplace(AsText((*record)->record_id.Reveal()));
        after = (*record)->handle;
      }
    }
    EXPECT_EQ(seen, std::multiset<std::string>(expected.begin(), expected.end())) << page;
  }
  auto call = founder_->Enter();
  EXPECT_EQ(vault::ListType(call->core(), call->desk(), "Nonsense", {}).code(), StatusCode::kInvalidArgument);
}

TEST_F(Listings, PatientGivesItsOwnRecordsWithoutTheDirectory) {
  PutPatient("a", TextField(3, "Martin"));
  PutPatient("b", TextField(3, "Martin"));
  ASSERT_TRUE(lab_.Put(*founder_, "a", "LabResult", "r", Glucose("5")).ok());
  EXPECT_EQ(Sorted(Ids(lab_.Patient(*founder_, "a"))), (Words{"a", "r"}));
  EXPECT_EQ(lab_.Patient(*founder_, "c").code(), StatusCode::kNotFound);
  const keys::PatientHandle nobody{};
  auto call = founder_->Enter();
  EXPECT_EQ(vault::ListPatient(call->core(), call->desk(), {{}, &nobody}).code(), StatusCode::kNotFound);
}

TEST_F(Listings, ListingShowsOnePointInTime) {
  for (const std::string_view patient : {"a", "b"}) PutPatient(patient, TextField(3, "Martin") + TextField(14, "Lab"));
  auto call = founder_->Enter();
  vault::Core& core = call->core();
  std::vector<Result<vault::ListingPtr>> listings;
  listings.push_back(vault::ListFound(core, call->desk(), "Patient", "family", AsBytes("Martin")));
  listings.push_back(vault::ListRange(core, call->desk(), "Patient", "lab", {}, {}, false));
  listings.push_back(vault::ListType(core, call->desk(), "Patient", {}));
  ASSERT_TRUE(lab_.Delete(*founder_, "a", "Patient", "a").ok());
  PutPatient("b", TextField(3, "Dupont"));
  PutPatient("c", TextField(3, "Martin") + TextField(14, "Lab"));
  for (auto& listing : listings) {
    const auto records = Drain(std::move(listing));
    EXPECT_EQ(Sorted(Ids(records)), (Words{"a", "b"}));
    for (const OpenedPtr& record : *records) {
      EXPECT_EQ(MessageOf(*record), TextField(3, "Martin") + TextField(14, "Lab"));
    }
  }
}

}  // namespace
}  // namespace mseal::test
