// Which passwords are refused, and that no refusal repeats one.
#include "people/password_rules.h"

#include <gmock/gmock.h>

namespace mseal::people {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kLeast = 12;

Status Check(std::string_view password, std::string_view person = "marie curie", std::uint64_t least = kLeast) {
  return CheckPassword(AsBytes(password), person, least);
}

TEST(PasswordRules, SeveralWordsPassWhateverTheirLetters) {
  for (const std::string_view password :
       {"tram gravel lantern", "Été à Brest 1987", "k7#vQ2!mZp0x", "山田山川海空雲雨風雪花月", "correct horse battery",
        "p assword gravel lantern"})
    EXPECT_TRUE(Check(password).ok()) << password << ": " << Check(password).message();
}

TEST(PasswordRules, LengthCountsCharactersNotBytes) {
  EXPECT_THAT(Check("gravel tram").message(), HasSubstr("12 characters"));
  EXPECT_TRUE(Check("gravel trams").ok());
  EXPECT_FALSE(Check("éééàààèèèùù").ok());  // 11 characters, 22 bytes
  EXPECT_TRUE(Check("gravel", "x", 6).ok());
  EXPECT_EQ(Check("").code(), StatusCode::kInvalidArgument);
}

TEST(PasswordRules, WhatRepeatsItselfCountsOnce) {
  for (const std::string_view password :
       {"aaaaaaaaaaaaaaaa", "abababababababab", "gravelgravelgravel", "Gravel gravel Gravel ", "éééééééééééééééé"})
    EXPECT_THAT(Check(password).message(), HasSubstr("repeats")) << password;
  EXPECT_TRUE(Check("tramgravel!! tramgravel!!").ok());
}

TEST(PasswordRules, PlainRowsAreRefused) {
  for (const std::string_view password :
       {"123456789012", "0987654321098", "abcdefghijklmnop", "ZYXWVUTSRQPONM", "qwertyuiopasd", "azertyuiopqsd",
        "lkjhgfdsapoiuytrewq", "1234 5678 9012 3456"})
    EXPECT_THAT(Check(password).message(), HasSubstr("plain row")) << password;
}

TEST(PasswordRules, NameOfThePersonMayNotBeInIt) {
  for (const std::string_view password :
       {"marie curie 1867", "MarieCurie1867!", "xx-Marie.Curie-xx", "marie-curie-marie"})
    EXPECT_THAT(Check(password).message(), HasSubstr("name of the person")) << password;
  EXPECT_THAT(Check("ÉMILIE du chatelet", "Émilie").message(), HasSubstr("name of the person"));
  EXPECT_TRUE(Check("gravel lantern jo", "jo").ok());  // two letters are in too many words
  EXPECT_THAT(Check("MedSeal lantern 7").message(), HasSubstr("this software"));
}

TEST(PasswordRules, WhatGuessersTryFirstIsRefusedInAnyDress) {
  for (const std::string_view password :
       {"password1234", "Password2024!", "PASSWORDPASSWORD", "mot de passe 12", "MotDePasse2024", "p@ssw0rd12345",
        "iloveyouforever", "Correct Horse Battery Staple", "azertyuiop123", "1q2w3e4r5t6y", "Bonjour!!!!!!!!",
        "administrateur"})
    EXPECT_FALSE(Check(password).ok()) << password;
  EXPECT_FALSE(Check("qwerty12", "x", 8).ok());
  EXPECT_FALSE(Check("soleil99", "x", 8).ok());
}

TEST(PasswordRules, ListHasSmallLettersAndNoLineTwice) {
  std::vector<std::string_view> lines;
  for (std::string_view list = kWorstPasswords; !list.empty();) {
    const std::size_t end = list.find('\n');
    ASSERT_NE(end, std::string_view::npos);
    const std::string_view line = list.substr(0, end);
    list.remove_prefix(end + 1);
    if (line.starts_with('#')) continue;
    EXPECT_EQ(std::count_if(line.begin(), line.end(), [](char c) { return c <= ' ' || (c >= 'A' && c <= 'Z'); }), 0)
        << line;
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  EXPECT_EQ(std::adjacent_find(lines.begin(), lines.end()), lines.end())
      << *std::adjacent_find(lines.begin(), lines.end());
  EXPECT_GT(lines.size(), 200u);
}

TEST(PasswordRules, NoRefusalRepeatsThePassword) {
  for (const std::string_view password :
       {"password1234", "abcdefghijklmnop", "xyzzyxyzzyxyzzy", "marie curie 1867", "lanterns"})
    EXPECT_THAT(Check(password).message(), testing::Not(HasSubstr(std::string(password)))) << password;
}

}  // namespace
}  // namespace mseal::people
