// People that are made up: whole, plausible, various, and told by the seed alone.
#include "vault/canary_people.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "schema/normalize.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

using vault::MadeRecord;
using vault::MakePatient;

constexpr std::uint64_t kPeople = 2000;
const std::chrono::sys_days kToday = std::chrono::year(2026) / 1 / 31;

std::vector<MadeRecord> Make(std::uint64_t number, std::uint8_t seed = 7) {
  ByteArray<32> bytes{};
  bytes.fill(seed);
  return MakePatient(bytes, number, kToday);
}

std::string JsonOf(const MadeRecord& record) { return std::string(AsText(record.json.Reveal())); }

std::string Member(const std::string& json, const std::string& name) {
  std::smatch found;
  const std::regex member("\"" + name + "\":\\[?\"([^\"]*)\"");
  return std::regex_search(json, found, member) ? found[1].str() : "";
}

std::set<std::string> ValuesOf(const std::string& member) {
  std::set<std::string> values;
  for (std::uint64_t n = 0; n < kPeople; ++n) values.insert(Member(JsonOf(Make(n)[0]), member));
  return values;
}

TEST(CanaryPeople, AreTheSameFromTheSameSeedAndOthersFromAnother) {
  for (std::uint64_t n = 0; n < 20; ++n) {
    const auto once = Make(n), again = Make(n), other = Make(n, 8);
    ASSERT_EQ(once.size(), again.size());
    for (std::size_t i = 0; i < once.size(); ++i) EXPECT_EQ(JsonOf(once[i]), JsonOf(again[i]));
    EXPECT_NE(JsonOf(once[0]), JsonOf(other[0]));
    EXPECT_NE(JsonOf(once[0]), JsonOf(Make(n + 1)[0]));
  }
}

// A vault plants them again from the seed it kept: another version of this library must make the same.
TEST(CanaryPeople, AreTheSameInEveryVersion) {
  EXPECT_EQ(JsonOf(Make(0)[0]),
            R"({"nir":"113122A28123923","family":"Picard","given":"Louis","birth_date":"2013-12-02","gender":"male",)"
            R"("phone":["0753593179"],"address":["73 impasse des Lilas, 20000 Ajaccio"]})");
}

TEST(CanaryPeople, HaveNirsWhoseKeyIsRight) {
  bool corsica_a = false, corsica_b = false;
  for (std::uint64_t n = 0; n < kPeople; ++n) {
    const std::string nir = Member(JsonOf(Make(n)[0]), "nir");
    ASSERT_EQ(nir.size(), 15u);
    EXPECT_FALSE(schema::Normalize(schema::Normalizer::kNir, AsBytes(nir)).suspect) << nir;
    std::string wrong = nir;
    wrong[14] = wrong[14] == '9' ? '8' : static_cast<char>(wrong[14] + 1);
    EXPECT_TRUE(schema::Normalize(schema::Normalizer::kNir, AsBytes(wrong)).suspect);
    corsica_a |= nir.substr(5, 2) == "2A";
    corsica_b |= nir.substr(5, 2) == "2B";
  }
  EXPECT_TRUE(corsica_a && corsica_b);
}

TEST(CanaryPeople, HaveANirThatFitsTheirBirthAndSex) {
  for (std::uint64_t n = 0; n < kPeople; ++n) {
    const std::string json = JsonOf(Make(n)[0]), nir = Member(json, "nir"), born = Member(json, "birth_date");
    EXPECT_EQ(nir.substr(1, 2), born.substr(2, 2));
    EXPECT_EQ(nir.substr(3, 2), born.substr(5, 2));
    EXPECT_EQ(nir[0], Member(json, "gender") == "female" ? '2' : '1');
    const bool corsica = nir[6] == 'A' || nir[6] == 'B';
    EXPECT_FALSE(corsica && born < "1976") << "Corsica was department 20 then";
    EXPECT_LT(born, "2026-01-31");
    EXPECT_GT(born, "1920");
  }
}

TEST(CanaryPeople, AreVarious) {
  EXPECT_GT(ValuesOf("nir").size(), kPeople - 5);
  EXPECT_GT(ValuesOf("family").size(), 100u);
  EXPECT_GT(ValuesOf("given").size(), 80u);
  EXPECT_GT(ValuesOf("birth_date").size(), kPeople * 9 / 10);
  EXPECT_EQ(ValuesOf("gender"), (std::set<std::string>{"female", "male"}));
  EXPECT_GT(ValuesOf("address").size(), kPeople * 9 / 10);
  std::map<std::string, int> decades;
  for (const std::string& born : ValuesOf("birth_date")) ++decades[born.substr(0, 3)];
  EXPECT_GE(decades.size(), 9u);
  for (const auto& [decade, count] : decades) EXPECT_LT(count, static_cast<int>(kPeople / 2)) << decade;
}

TEST(CanaryPeople, HaveResultsOfEveryKindThatAreMostlyNormal) {
  std::map<std::string, std::set<std::string>> values;
  std::map<std::string, int> interpretations;
  std::set<std::size_t> counts;
  for (std::uint64_t n = 0; n < kPeople; ++n) {
    const auto records = Make(n);
    counts.insert(records.size() - 1);
    for (std::size_t i = 1; i < records.size(); ++i) {
      const std::string json = JsonOf(records[i]);
      values[Member(json, "code")].insert(Member(json, "value"));
      ++interpretations[Member(json, "interpretation")];
      EXPECT_GE(Member(json, "taken"), Member(JsonOf(records[0]), "birth_date"));
      EXPECT_LT(Member(json, "taken"), "2026-02");
      EXPECT_GT(std::stod(Member(json, "value")), -0.001);
    }
  }
  EXPECT_EQ(values.size(), 12u);
  for (const auto& [code, of_code] : values) EXPECT_GT(of_code.size(), 8u) << code;
  EXPECT_GT(interpretations["N"], 4 * (interpretations["H"] + interpretations["L"]));
  EXPECT_GT(interpretations["L"], 20);
  EXPECT_GE(counts.size(), 10u);
  EXPECT_EQ(*counts.begin(), 1u);
  EXPECT_LE(*counts.rbegin(), 12u);
}

// What is made goes into a vault as any record does, and is found as any patient is.
TEST(CanaryPeople, FitTheReadySchema) {
  Laboratory lab;
  const auto founder = lab.LoginAs(Laboratory::kFounder);
  const auto schema = founder->Enter()->core().schemas.current()->schema;
  for (std::uint64_t n = 0; n < 10; ++n) {
    const auto records = Make(n);
    ASSERT_EQ(records[0].type, "Patient");
    for (std::size_t i = 0; i < records.size(); ++i) {
      const auto wire = schema->FromJson(*schema->FindType(records[i].type), records[i].json.Reveal());
      ASSERT_TRUE(wire.ok()) << wire.status().message();
      const Bytes message(wire->Reveal().begin(), wire->Reveal().end());
      ASSERT_TRUE(lab.Put(*founder, std::to_string(n), records[i].type, std::to_string(i), message).ok());
    }
    const auto found = lab.Find(*founder, "Patient", "nir", Member(JsonOf(records[0]), "nir"));
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->size(), 1u);
  }
}

}  // namespace
}  // namespace mseal::test
