// Names, numbers and results as a French laboratory has them, from a counter and a seed.
#include "made_patients.h"

#include <array>
#include <cstdio>

namespace mseal::bench {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSchemaText = R"(syntax = "proto3";
package bench;
import "medseal/options.proto";
option (medseal.v1.class) = { name: "identity" };
option (medseal.v1.class) = { name: "national_id" };
option (medseal.v1.class) = { name: "contact" };
option (medseal.v1.class) = { name: "hiv" no_index: true };
message Visit {
  option (medseal.v1.record) = { history: NONE };
  string nir = 1 [(medseal.v1.field) = { class: "national_id" find: EXACT normalize: NIR mask: LAST4 }];
  string family = 2 [(medseal.v1.field) = { class: "identity" find: EXACT normalize: NAME }];
  string given = 3 [(medseal.v1.field) = { class: "identity" }];
  string birth_date = 4 [(medseal.v1.field) = { class: "identity" }];
  string address = 5 [(medseal.v1.field) = { class: "contact" }];
  string phone = 6 [(medseal.v1.field) = { class: "contact" }];
  string code = 7;
  string value = 8;
  string unit = 9;
  string taken = 10;
  string note = 11;
  string hiv = 12 [(medseal.v1.field) = { class: "hiv" size: 16 }];
}
)";

constexpr std::array kFamilies = {
    "Martin"sv,   "Bernard"sv, "Thomas"sv,   "Petit"sv,   "Robert"sv,  "Richard"sv, "Durand"sv,  "Dubois"sv,
    "Moreau"sv,   "Laurent"sv, "Simon"sv,    "Michel"sv,  "Lefèvre"sv, "Leroy"sv,   "Roux"sv,    "David"sv,
    "Bertrand"sv, "Morel"sv,   "Fournier"sv, "Girard"sv,  "Bonnet"sv,  "Dupont"sv,  "Lambert"sv, "Fontaine"sv,
    "Rousseau"sv, "Vincent"sv, "Müller"sv,   "Lévêque"sv, "Faure"sv,   "André"sv,   "Mercier"sv, "Blanc"sv};
constexpr std::array kGiven = {"Zoé"sv,   "Marie"sv, "Jean"sv,  "Camille"sv, "Hélène"sv, "Noël"sv,
                               "Léa"sv,   "Louis"sv, "Inès"sv,  "Gabriel"sv, "Chloé"sv,  "Raphaël"sv,
                               "Anaïs"sv, "Hugo"sv,  "Lucie"sv, "Théo"sv};
constexpr std::array kStreets = {"rue de la République"sv, "avenue Victor-Hugo"sv, "rue des Écoles"sv,
                                 "place du Marché"sv};
constexpr std::array kTowns = {"35000 Rennes"sv, "56100 Lorient"sv, "22000 Saint-Brieuc"sv, "29200 Brest"sv};

struct Test {
  std::string_view loinc, unit;
  unsigned low, high;  // of the value, in tenths
};
constexpr std::array kTests = {Test{"718-7", "g/dL", 80, 180}, Test{"2345-7", "mg/dL", 600, 2600},
                               Test{"2160-0", "mg/dL", 4, 40}, Test{"3016-3", "mIU/L", 1, 90}};

// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
class Numbers {
 public:
  explicit Numbers(std::uint64_t state) : state_(state) {}
  unsigned Below(unsigned limit) { return static_cast<unsigned>(Next() % limit); }
  unsigned From(unsigned low, unsigned high) { return low + Below(high - low + 1); }
  template <std::size_t N>
  std::string_view Any(const std::array<std::string_view, N>& list) {
    return list[Below(N)];
  }

 private:
  std::uint64_t Next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  std::uint64_t state_;
};

template <typename... Parts>
std::string Print(const char* format, Parts... parts) {
  char text[512];
  const int size = std::snprintf(text, sizeof text, format, parts...);
  return {text, static_cast<std::size_t>(size)};
}

// A varint length has two bytes from 128 on; no field is longer than 16 383.
void Append(std::string& out, unsigned field, std::string_view text) {
  out.push_back(static_cast<char>(field << 3 | 2));
  if (text.size() >= 0x80) out.push_back(static_cast<char>(text.size() | 0x80));
  out.push_back(static_cast<char>(text.size() >= 0x80 ? text.size() >> 7 : text.size()));
  out.append(text);
}

struct Birth {
  unsigned year, month, day;
};

// 13 digits and their key, 97 less the remainder.
std::string MakeNir(Numbers& numbers, const Birth& birth) {
  std::uint64_t nir = numbers.From(1, 2);
  nir = nir * 100 + birth.year % 100;
  nir = nir * 100 + birth.month;
  nir = nir * 100 + numbers.From(21, 95);
  nir = nir * 1000 + numbers.From(1, 899);
  nir = nir * 1000 + numbers.From(1, 999);
  return Print("%013llu%02u", static_cast<unsigned long long>(nir), static_cast<unsigned>(97 - nir % 97));
}

std::string MakeNote(Numbers& numbers) {
  return Print("Prélèvement à jeun, %u h. Contrôle dans %u mois, courrier envoyé au prescripteur ; dossier relu.",
               numbers.From(6, 11), numbers.From(1, 12));
}

void AppendPerson(Numbers& numbers, std::string& out) {
  const Birth birth{numbers.From(1925, 2020), numbers.From(1, 12), numbers.From(1, 28)};
  Append(out, 1, MakeNir(numbers, birth));
  const std::string_view family = numbers.Any(kFamilies);
  Append(out, 2, std::string(family) + "-" + std::string(numbers.Any(kFamilies)));
  Append(out, 3, numbers.Any(kGiven));
  Append(out, 4, Print("%04u-%02u-%02u", birth.year, birth.month, birth.day));
  Append(out, 5, Print("%u %s, %s", numbers.From(1, 240), numbers.Any(kStreets).data(), numbers.Any(kTowns).data()));
  Append(out, 6, Print("+33 6 %08u", numbers.Below(100'000'000)));
}

void AppendResult(Numbers& numbers, std::string& out) {
  const Test& test = kTests[numbers.Below(kTests.size())];
  const unsigned value = numbers.From(test.low, test.high);
  Append(out, 7, test.loinc);
  Append(out, 8, Print("%u.%u", value / 10, value % 10));
  Append(out, 9, test.unit);
  Append(out, 10,
         Print("2021-%02u-%02uT%02u:%02u:00Z", numbers.From(1, 12), numbers.From(1, 28), numbers.From(6, 18),
               numbers.Below(60)));
  Append(out, 11, MakeNote(numbers));
}

}  // namespace

std::string_view MadePatients::Schema() { return kSchemaText; }

std::string MadePatients::Id(std::uint64_t number) const {
  return Print("lab-%07llu", static_cast<unsigned long long>(number));
}

void MadePatients::MakeVisit(std::uint64_t number, std::string& out) const {
  Numbers numbers(seed_ * 0x100000001b3 + number);
  out.clear();
  AppendPerson(numbers, out);
  AppendResult(numbers, out);
  const unsigned hiv = numbers.Below(1000);
  Append(out, 12, hiv < 5 ? "positive"sv : hiv < 40 ? "negative"sv : "not tested"sv);
}

}  // namespace mseal::bench
