// The normalisers: what is alike becomes the same, what is wrong is kept and flagged.
#include "schema/normalize.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "support/memory_scan.h"

namespace mseal::schema::test {
namespace {

constexpr Normalizer kAll[] = {Normalizer::kAsIs, Normalizer::kNir, Normalizer::kName, Normalizer::kDate,
                               Normalizer::kId};

// The normal form; a flagged one ends in "?".
std::string Form(Normalizer normalizer, std::string_view value) {
  const Normalized normalized = Normalize(normalizer, AsBytes(value));
  return std::string(AsText(normalized.value.Reveal())) + (normalized.suspect ? "?" : "");
}
std::string Nir(std::string_view value) { return Form(Normalizer::kNir, value); }
std::string Name(std::string_view value) { return Form(Normalizer::kName, value); }
std::string Date(std::string_view value) { return Form(Normalizer::kDate, value); }
std::string Id(std::string_view value) { return Form(Normalizer::kId, value); }

TEST(NormalizeNir, SeparatorsDropAndAMissingKeyIsAdded) {
  for (const char* same :
       {"255081416802538", "2 55 08 14 168 025 38", "2-55-08-14-168-025-38", "2.55.08.14.168.025 38", "2550814168025",
        "2 55 08 14 168 025", "  255081416802538\n", "2\u00a055\u202f08 14168025\u200938"}) {
    EXPECT_EQ(Nir(same), "255081416802538") << same;
  }
}

TEST(NormalizeNir, AWrongKeyIsKeptAndFlagged) {
  EXPECT_EQ(Nir("255081416802539"), "255081416802539?");
  EXPECT_EQ(Nir("255081416802583"), "255081416802583?");
}

TEST(NormalizeNir, CorsicaCountsAsNineteenAndEighteen) {
  // The keys are 97 less 1800619123456, or 1800618123456, modulo 97.
  EXPECT_EQ(Nir("180062A12345603"), "180062a12345603");
  EXPECT_EQ(Nir("180062A123456"), "180062a12345603");
  EXPECT_EQ(Nir("1 80 06 2b 123 456 30"), "180062b12345630");
  EXPECT_EQ(Nir("180062B12345600"), "180062b12345600?");
}

TEST(NormalizeNir, WhatIsNoNirIsTakenAsAnIdAndFlagged) {
  EXPECT_EQ(Nir("999-12-3456"), "999123456?");
  EXPECT_EQ(Nir("180062C123456"), "180062c123456?");
  EXPECT_EQ(Nir("080062A12345612"), "080062a12345612?");
  EXPECT_EQ(Nir("2550814168025381"), "2550814168025381?");
  EXPECT_EQ(Nir("not known"), "notknown?");
  EXPECT_EQ(Nir("2550814168025A8"), "2550814168025a8?");
}

TEST(NormalizeName, CaseAccentsAndWidthMakeNoDifference) {
  EXPECT_EQ(Name("Édith"), "edith");
  EXPECT_EQ(Name("E\u0301DITH"), "edith");
  EXPECT_EQ(Name("Ｅdith"), "edith");
  EXPECT_EQ(Name("MÜLLER"), Name("Mu\u0308ller"));
  EXPECT_EQ(Name("ŁUKASZ"), "lukasz");
  EXPECT_EQ(Name("Đorđe Søren Þór"), "dorde soren thor");
}

TEST(NormalizeName, LigaturesAreSpelledOut) {
  EXPECT_EQ(Name("Cœur"), "coeur");
  EXPECT_EQ(Name("ŒUVRE"), "oeuvre");
  EXPECT_EQ(Name("Lætitia"), "laetitia");
  EXPECT_EQ(Name("Weiß"), Name("WEISS"));
  EXPECT_EQ(Name("ﬁn"), "fin");
}

TEST(NormalizeName, ApostrophesHyphensAndBlanksAreAlike) {
  for (const char* same : {"D'Arc Marie-Anne", "d’arc marie anne", "D\u02bcArc  Marie\u2011Anne", " D Arc Marie‐Anne ",
                           "D`Arc\tMarie–Anne", "D.Arc, Marie Anne"}) {
    EXPECT_EQ(Name(same), "d arc marie anne") << same;
  }
}

TEST(NormalizeName, OtherScriptsAreFoldedToo) {
  EXPECT_EQ(Name("ΑΘΗΝΆ"), Name("αθηνα"));
  EXPECT_EQ(Name("Лев Толсто́й"), Name("ЛЕВ ТОЛСТОЙ"));
  EXPECT_EQ(Name("محمّد"), Name("محمد"));
  EXPECT_EQ(Name("山田　太郎"), "山田 太郎");
}

TEST(NormalizeName, NothingToSearchByGivesNothing) {
  EXPECT_EQ(Name(""), "");
  EXPECT_EQ(Name(" -' "), "");
}

TEST(NormalizeName, WhatIsNotUtf8IsKeptAndFlagged) { EXPECT_EQ(Name("Ren\xe9"), "Ren\xe9?"); }

TEST(NormalizeName, LongTextIsFoldedAsAWhole) {
  std::string text, folded;
  for (int i = 0; i < 3000; ++i) text += "É à", folded += i == 0 ? "e" : "", folded += i == 0 ? " a" : "e a";
  EXPECT_EQ(Name(text), folded);
}

TEST(NormalizeDate, IsoAndHl7BecomeOneForm) {
  for (const char* same : {"1980-05-17", "19800517", "1980-05-17T23:59:59Z", "1980-05-17 10:00", "198005171530",
                           "19800517153000.123+0100", " 1980-05-17 ", "19800517+0200"}) {
    EXPECT_EQ(Date(same), "1980-05-17") << same;
  }
  EXPECT_EQ(Date("1980"), "1980");
  EXPECT_EQ(Date("1980-05"), "1980-05");
  EXPECT_EQ(Date("198005"), "1980-05");
  EXPECT_EQ(Date("2024-02-29"), "2024-02-29");
}

TEST(NormalizeDate, WhatIsNoDateIsTakenAsAnIdAndFlagged) {
  EXPECT_EQ(Date("17/05/1980"), "17051980?");
  EXPECT_EQ(Date("1980-02-30"), "19800230?");
  EXPECT_EQ(Date("2023-02-29"), "20230229?");
  EXPECT_EQ(Date("1980-13"), "198013?");
  EXPECT_EQ(Date("00000517"), "00000517?");
  EXPECT_EQ(Date("198"), "198?");
  EXPECT_EQ(Date("1980-5-17"), "1980517?");
  EXPECT_EQ(Date("1980-05T10:00"), "198005t10:00?");
  EXPECT_EQ(Date("19800517 soon"), "19800517soon?");
  EXPECT_EQ(Date("198005170"), "198005170?");
  EXPECT_EQ(Date("unknown"), "unknown?");
  EXPECT_EQ(Date(""), "");
  EXPECT_EQ(Date("  "), "");
}

TEST(NormalizeId, CaseBlanksAndSeparatorsMakeNoDifference) {
  for (const char* same : {"AB-12/34", "ab 12.34", "Ab_1234", "ＡＢ１２３４", "AB\u201012\u00a034"})
    EXPECT_EQ(Id(same), "ab1234") << same;
  EXPECT_EQ(Id("é"), "é") << "an id's accents count";
  EXPECT_EQ(Id("- -"), "");
}

TEST(NormalizeAsIs, ChangesNothing) {
  EXPECT_EQ(Form(Normalizer::kAsIs, " É-1\xff "), " É-1\xff ");
  EXPECT_EQ(Form(Normalizer::kAsIs, ""), "");
}

// A normal form is its own: what is searched for may have been normalised before.
void ExpectStable(Normalizer normalizer, std::string_view value) {
  const Normalized once = Normalize(normalizer, AsBytes(value));
  const Normalized twice = Normalize(normalizer, once.value.Reveal());
  EXPECT_TRUE(SameBytes(once.value.Reveal(), twice.value.Reveal())) << value << " by " << static_cast<int>(normalizer);
}

TEST(Normalize, NaughtyStringsAndTheirPiecesNeverFail) {
  std::ostringstream text;
  text << std::ifstream(MEDSEAL_VECTORS "/strings/blns.json").rdbuf();
  google::protobuf::ListValue list;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(text.str(), &list).ok());
  ASSERT_EQ(list.values_size(), 515);
  for (const auto& one : list.values()) {
    const std::string& value = one.string_value();
    for (const Normalizer normalizer : kAll) {
      for (std::size_t size = 0; size <= std::min<std::size_t>(value.size(), 60); ++size)
        Form(normalizer, value.substr(0, size));
      Form(normalizer, value);
    }
    ExpectStable(Normalizer::kName, value);
    ExpectStable(Normalizer::kId, value);
  }
}

TEST(Normalize, LeavesNothingOfAValueInMemory) {
  SecretBytes value;
  std::uint32_t state = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(&value)) | 1;
  for (int i = 0; i < 40; ++i) {
    state = state * 1664525 + 1013904223;
    value.Append(ByteArray<1>{static_cast<std::uint8_t>('a' + (state >> 16) % 26)});
  }
  SecretBytes with_accent = SecretBytes::CopyOf(value.Reveal());
  with_accent.Append(AsBytes("É"));
  for (const Normalizer normalizer : kAll) (void)Normalize(normalizer, std::as_const(with_accent).Reveal());
  with_accent = SecretBytes();
  EXPECT_EQ(mseal::test::CountInMemory(mseal::test::Needle::TakenFrom(value.Reveal())), 0u);
}

TEST(Normalize, TheVersionNamesIcu) {
  EXPECT_NE(NormalizerVersion(), 0u);
  EXPECT_EQ(NormalizerVersion(), NormalizerVersion());
}

}  // namespace
}  // namespace mseal::schema::test
