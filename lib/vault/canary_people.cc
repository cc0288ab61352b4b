// Draws people and their results.
#include "vault/canary_people.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "base/writer.h"
#include "crypto/hash.h"

namespace mseal::vault {
namespace {

using namespace std::string_view_literals;
using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::array kFamilies = {
    "Martin"sv,    "Bernard"sv,    "Thomas"sv,   "Petit"sv,    "Robert"sv,   "Richard"sv,   "Durand"sv,
    "Dubois"sv,    "Moreau"sv,     "Laurent"sv,  "Simon"sv,    "Michel"sv,   "Lefebvre"sv,  "Leroy"sv,
    "Roux"sv,      "David"sv,      "Bertrand"sv, "Morel"sv,    "Fournier"sv, "Girard"sv,    "Bonnet"sv,
    "Dupont"sv,    "Lambert"sv,    "Fontaine"sv, "Rousseau"sv, "Vincent"sv,  "Muller"sv,    "Lefèvre"sv,
    "Faure"sv,     "André"sv,      "Mercier"sv,  "Blanc"sv,    "Guérin"sv,   "Boyer"sv,     "Garnier"sv,
    "Chevalier"sv, "François"sv,   "Legrand"sv,  "Gauthier"sv, "Garcia"sv,   "Perrin"sv,    "Robin"sv,
    "Clément"sv,   "Morin"sv,      "Nicolas"sv,  "Henry"sv,    "Roussel"sv,  "Mathieu"sv,   "Gautier"sv,
    "Masson"sv,    "Marchand"sv,   "Duval"sv,    "Denis"sv,    "Dumont"sv,   "Marie"sv,     "Lemaire"sv,
    "Noël"sv,      "Meyer"sv,      "Dufour"sv,   "Meunier"sv,  "Brun"sv,     "Blanchard"sv, "Giraud"sv,
    "Joly"sv,      "Rivière"sv,    "Lucas"sv,    "Brunet"sv,   "Gaillard"sv, "Barbier"sv,   "Arnaud"sv,
    "Martinez"sv,  "Gérard"sv,     "Roche"sv,    "Renard"sv,   "Schmitt"sv,  "Roy"sv,       "Le Gall"sv,
    "Colin"sv,     "Vidal"sv,      "Caron"sv,    "Picard"sv,   "Roger"sv,    "Fabre"sv,     "Aubert"sv,
    "Lemoine"sv,   "Renaud"sv,     "Dumas"sv,    "Lacroix"sv,  "Olivier"sv,  "Philippe"sv,  "Bourgeois"sv,
    "Pierre"sv,    "Benoît"sv,     "Rey"sv,      "Leclerc"sv,  "Payet"sv,    "Rolland"sv,   "Leclercq"sv,
    "Guillaume"sv, "Lecomte"sv,    "Lopez"sv,    "Jean"sv,     "Dupuy"sv,    "Guillot"sv,   "Hubert"sv,
    "Berger"sv,    "Carpentier"sv, "Sanchez"sv,  "Benali"sv,   "Diallo"sv,   "Traoré"sv,    "Nguyen"sv,
    "Da Silva"sv,  "Fernandez"sv,  "Haddad"sv,   "Kowalski"sv, "Santoni"sv,  "Le Goff"sv,   "Etcheverry"sv,
    "Weber"sv};

// Given names come and go: those of the old, of the middle and of the young.
using Names = std::array<std::string_view, 16>;
constexpr std::array<Names, 3> kWomen = {
    {{"Jeanne"sv, "Monique"sv, "Jacqueline"sv, "Denise"sv, "Simone"sv, "Paulette"sv, "Yvette"sv, "Nicole"sv,
      "Françoise"sv, "Thérèse"sv, "Colette"sv, "Ginette"sv, "Odette"sv, "Bernadette"sv, "Huguette"sv, "Marie"sv},
     {"Nathalie"sv, "Isabelle"sv, "Sylvie"sv, "Catherine"sv, "Valérie"sv, "Sandrine"sv, "Christine"sv, "Céline"sv,
      "Stéphanie"sv, "Karine"sv, "Virginie"sv, "Aurélie"sv, "Hélène"sv, "Fatima"sv, "Delphine"sv, "Corinne"sv},
     {"Emma"sv, "Léa"sv, "Chloé"sv, "Manon"sv, "Inès"sv, "Camille"sv, "Jade"sv, "Louise"sv, "Zoé"sv, "Lina"sv,
      "Alice"sv, "Clara"sv, "Anaïs"sv, "Sarah"sv, "Lucie"sv, "Yasmine"sv}}};
constexpr std::array<Names, 3> kMen = {
    {{"Jean"sv, "Pierre"sv, "Michel"sv, "André"sv, "Roger"sv, "René"sv, "Marcel"sv, "Robert"sv, "Jacques"sv, "Claude"sv,
      "Raymond"sv, "Henri"sv, "Georges"sv, "Gérard"sv, "Lucien"sv, "Maurice"sv},
     {"Philippe"sv, "Christophe"sv, "Laurent"sv, "Stéphane"sv, "Frédéric"sv, "Thierry"sv, "Olivier"sv, "Pascal"sv,
      "Nicolas"sv, "Sébastien"sv, "David"sv, "Éric"sv, "Bruno"sv, "Mohamed"sv, "Franck"sv, "Didier"sv},
     {"Lucas"sv, "Hugo"sv, "Enzo"sv, "Théo"sv, "Nathan"sv, "Louis"sv, "Gabriel"sv, "Jules"sv, "Raphaël"sv, "Adam"sv,
      "Mathis"sv, "Noah"sv, "Maxime"sv, "Antoine"sv, "Rayan"sv, "Clément"sv}}};

constexpr std::array kStreets = {"rue de la République"sv, "avenue Victor-Hugo"sv, "rue des Écoles"sv,
                                 "place du Marché"sv,      "rue Pasteur"sv,        "rue de l'Église"sv,
                                 "rue Jean-Jaurès"sv,      "rue du Moulin"sv,      "impasse des Lilas"sv,
                                 "rue Nationale"sv,        "allée des Tilleuls"sv, "boulevard Gambetta"sv};

// A town with its department: where people live, and mostly were born.
struct Town {
  std::string_view department, postcode, name;
};
constexpr std::array kTowns = {
    Town{"35", "35000", "Rennes"},     Town{"56", "56100", "Lorient"},  Town{"22", "22000", "Saint-Brieuc"},
    Town{"29", "29200", "Brest"},      Town{"44", "44000", "Nantes"},   Town{"49", "49100", "Angers"},
    Town{"75", "75011", "Paris"},      Town{"69", "69003", "Lyon"},     Town{"13", "13005", "Marseille"},
    Town{"31", "31000", "Toulouse"},   Town{"33", "33000", "Bordeaux"}, Town{"59", "59000", "Lille"},
    Town{"67", "67000", "Strasbourg"}, Town{"06", "06000", "Nice"},     Town{"34", "34000", "Montpellier"},
    Town{"2A", "20000", "Ajaccio"},    Town{"2B", "20200", "Bastia"}};

struct Analyte {
  std::string_view loinc, display, unit;
  double low, high;  // of what is usual
  int decimals;
  double skew;  // how far beyond the range sick people go, in widths of it
};
constexpr std::array kAnalytes = {Analyte{"2951-2", "Sodium", "mmol/L", 136, 145, 0, 0.3},
                                  Analyte{"2823-3", "Potassium", "mmol/L", 3.5, 5.1, 1, 0.3},
                                  Analyte{"14749-6", "Glucose", "mmol/L", 3.9, 5.8, 1, 2.0},
                                  Analyte{"14682-9", "Créatinine", "µmol/L", 50, 105, 0, 1.5},
                                  Analyte{"718-7", "Hémoglobine", "g/dL", 12.5, 16.5, 1, 0.2},
                                  Analyte{"777-3", "Plaquettes", "G/L", 150, 400, 0, 0.3},
                                  Analyte{"6690-2", "Leucocytes", "G/L", 4, 10, 1, 0.8},
                                  Analyte{"3016-3", "TSH", "mIU/L", 0.4, 4, 2, 1.0},
                                  Analyte{"1988-5", "CRP", "mg/L", 0.2, 5, 1, 8.0},
                                  Analyte{"14647-2", "Cholestérol total", "mmol/L", 3.5, 5.5, 1, 0.7},
                                  Analyte{"1742-6", "ALAT", "U/L", 8, 45, 0, 1.5},
                                  Analyte{"4548-4", "Hémoglobine A1c", "%", 4.2, 6, 1, 0.9}};

// Numbers that only the seed foretells.
class Draws {
 public:
  Draws(KeyView seed, std::uint64_t number) : seed_(KeyBytes::CopyOf(seed)), number_(number) {}

  std::uint64_t Below(std::uint64_t limit) { return Next() % limit; }  // limits are small: the bias is too
  std::uint64_t From(std::uint64_t low, std::uint64_t high) { return low + Below(high - low + 1); }
  bool OneIn(std::uint64_t count) { return Below(count) == 0; }
  double Share() { return static_cast<double>(Next() >> 11) / static_cast<double>(std::uint64_t{1} << 53); }
  // About normal, from 0 to 1, around the middle.
  double Bell() {
    double sum = 0;
    for (int i = 0; i < 4; ++i) sum += Share();
    return sum / 4;
  }
  template <typename List>
  const auto& Any(const List& list) {
    return list[Below(list.size())];
  }

 private:
  std::uint64_t Next() {
    Bytes block;
    Writer(block).U64(number_).U64(count_++);
    const auto drawn = crypto::Prf16(seed_.Reveal(), "canary people", block);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) value = value << 8 | drawn[i];
    return value;
  }

  KeyBytes seed_;
  std::uint64_t number_;
  std::uint64_t count_ = 0;
};

template <typename... Parts>
std::string Print(const char* format, Parts... parts) {
  char text[512];
  const int size = std::snprintf(text, sizeof text, format, parts...);
  return {text, static_cast<std::size_t>(size)};
}

std::string Text(sys_days day) {
  const year_month_day date(day);
  return Print("%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
               static_cast<unsigned>(date.day()));
}

struct Person {
  bool woman;
  sys_days born;
  int age;
  Town home;
  Town birthplace;
};

// Laboratories see the old more than the young, and women a little more than men.
Person DrawPerson(Draws& draws, sys_days today) {
  Person person;
  person.woman = draws.Below(100) < 56;
  const std::uint64_t age_days =
      static_cast<std::uint64_t>(draws.OneIn(9) ? draws.Share() * 18 * 365.25 : (18 + 78 * draws.Bell()) * 365.25);
  person.born = today - days(age_days + 1);
  person.age = static_cast<int>(static_cast<double>(age_days) / 365.25);
  person.home = draws.Any(kTowns);
  person.birthplace = draws.OneIn(3) ? draws.Any(kTowns) : person.home;
  return person;
}

// Sex, year, month, department, commune, order; then the key, 97 less the remainder, Corsica counting as 19 and 18.
// Before 1976 Corsica was department 20.
std::string NirOf(Draws& draws, const Person& person) {
  const year_month_day born(person.born);
  std::string department(person.birthplace.department);
  if (department[0] == '2' && department[1] >= 'A' && born.year() < std::chrono::year(1976)) department = "20";
  const auto commune = static_cast<unsigned>(draws.From(1, 360));
  const auto order = static_cast<unsigned>(draws.From(1, 480));
  const std::string nir = Print("%d%02d%02u%s%03u%03u", person.woman ? 2 : 1, static_cast<int>(born.year()) % 100,
                                static_cast<unsigned>(born.month()), department.c_str(), commune, order);
  std::string digits = nir;
  if (department == "2A") digits.replace(5, 2, "19");
  if (department == "2B") digits.replace(5, 2, "18");
  return nir + Print("%02u", static_cast<unsigned>(97 - std::stoull(digits) % 97));
}

std::string GivenName(Draws& draws, const Person& person) {
  const std::size_t generation = person.age > 65 ? 0 : person.age > 32 ? 1 : 2;
  std::string name(draws.Any((person.woman ? kWomen : kMen)[generation]));
  if (draws.OneIn(12)) name += "-" + std::string(draws.Any((person.woman ? kWomen : kMen)[generation]));
  return name;
}

std::string FamilyName(Draws& draws) {
  std::string name(draws.Any(kFamilies));
  if (draws.OneIn(14)) name += "-" + std::string(draws.Any(kFamilies));
  return name;
}

std::string PhoneOf(Draws& draws, const Person& person) {
  const auto kind = static_cast<unsigned>(person.age > 70 ? draws.From(2, 6) : draws.From(6, 7));
  return Print("0%u%08u", kind, static_cast<unsigned>(draws.Below(100'000'000)));
}

std::string AddressOf(Draws& draws, const Person& person) {
  const auto number = static_cast<unsigned>(draws.From(1, 140));
  return std::to_string(number) + " " + std::string(draws.Any(kStreets)) + ", " + std::string(person.home.postcode) +
         " " + std::string(person.home.name);
}

// One draw a statement: arguments would be drawn in the order that a compiler likes.
MadeRecord MakePerson(Draws& draws, const Person& person) {
  const std::string nir = NirOf(draws, person);
  const std::string family = FamilyName(draws);
  const std::string given = GivenName(draws, person);
  const std::string phone = PhoneOf(draws, person);
  const std::string address = AddressOf(draws, person);
  const std::string json = R"({"nir":")" + nir + R"(","family":")" + family + R"(","given":")" + given +
                           R"(","birth_date":")" + Text(person.born) + R"(","gender":")" +
                           (person.woman ? "female" : "male") + R"(","phone":[")" + phone + R"("],"address":[")" +
                           address + R"("]})";
  return {"Patient", SecretBytes::CopyOf(AsBytes(json))};
}

// Mostly within the range; one in seven beyond it, further with age.
double DrawValue(Draws& draws, const Analyte& analyte, const Person& person) {
  const double width = analyte.high - analyte.low;
  if (!draws.OneIn(7)) return analyte.low + width * draws.Bell();
  const double beyond = width * analyte.skew * draws.Share() * (0.5 + person.age / 100.0);
  return draws.OneIn(4) ? std::max(analyte.low - beyond / 4, analyte.low / 2) : analyte.high + beyond;
}

MadeRecord MakeResult(Draws& draws, const Person& person, const Analyte& analyte, sys_days taken) {
  const double value = DrawValue(draws, analyte, person);
  const char* interpretation = value < analyte.low ? "L" : value > analyte.high ? "H" : "N";
  const auto hour = static_cast<unsigned>(draws.From(7, 11));
  const auto minute = static_cast<unsigned>(draws.Below(60));
  const std::string when = Text(taken) + Print("T%02u:%02u:00+01:00", hour, minute);
  const std::string json = R"({"result":{"code":{"coding":[{"system":"http://loinc.org","code":")" +
                           std::string(analyte.loinc) + R"(","display":")" + std::string(analyte.display) +
                           R"("}]},"value":")" + Print("%.*f", analyte.decimals, value) + R"(","unit":")" +
                           std::string(analyte.unit) + R"(","reference_range":")" +
                           Print("%g-%g", analyte.low, analyte.high) + R"(","interpretation":")" + interpretation +
                           R"("},"taken":")" + when + R"(","status":"final"})";
  return {"LabResult", SecretBytes::CopyOf(AsBytes(json))};
}

}  // namespace

std::vector<MadeRecord> MakePatient(KeyView seed, std::uint64_t number, sys_days today) {
  Draws draws(seed, number);
  const Person person = DrawPerson(draws, today);
  std::vector<MadeRecord> records;
  records.push_back(MakePerson(draws, person));
  const std::uint64_t results = 1 + draws.Below(draws.OneIn(3) ? 12 : 5);
  const auto known_days = static_cast<std::uint64_t>((today - person.born).count());
  const sys_days taken = today - days(draws.Below(std::min<std::uint64_t>(known_days, 3 * 365)));
  const std::size_t first = draws.Below(kAnalytes.size());
  for (std::uint64_t i = 0; i < results; ++i)
    records.push_back(MakeResult(draws, person, kAnalytes[(first + i) % kAnalytes.size()], taken));
  return records;
}

}  // namespace mseal::vault
