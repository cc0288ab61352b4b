// A mandate from its first draft to the second signature.
#include <fstream>
#include <sstream>

#include "cli/desk.h"

namespace mseal::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class CliMandate : public Desk {
 protected:
  CliMandate() {
    MakeVault();
    AddPerson("grace", "general");
    LetSign("grace");
  }
  Words New(const std::string& name, const Words& more = {}) {
    Words words = {"mandate", "new", Path(name), "import", "--from", "HEXALAB 4", "--to", "this vault", "--for", "migration",
                   "--take", "Patient:family,given", "--take", "LabResult:result", "--rows", "500000", "--expires", "2199-12-31"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  std::string TextOf(const std::string& name) const {
    std::stringstream text;
    text << std::ifstream(Path(name)).rdbuf();
    return text.str();
  }
};

TEST_F(CliMandate, IsWrittenReadSignedByTwoAndInForce) {
  const Ran made = Run(New("m.txt", {"--since", "2019-01-01", "--erase-by", "2199-12-31"}));
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(TextOf("m.txt"), HasSubstr("take: Patient: family, given\ntake: LabResult: result\nsince: 2019-01-01\n"));
  EXPECT_EQ(Run({"mandate", "verify", Path("m.txt")}).exit_code, 6);
  const Ran shown = Run({"mandate", "show", Path("m.txt")});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("0 of 2 persons signed: nobody; it is not in force"));
  ASSERT_EQ(Run({"mandate", "sign", Path("m.txt"), "--yes"}).exit_code, 0);
  EXPECT_EQ(Run({"mandate", "sign", Path("m.txt"), "--yes"}).exit_code, 1);
  const Ran second = As("grace", {"mandate", "sign", Path("m.txt"), "--yes"});
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(second.out, HasSubstr("rows at most: 500000")) << "what is signed is shown first";
  const Ran verified = Run({"mandate", "verify", Path("m.txt"), "--json"});
  EXPECT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_THAT(JsonValues(verified.out, "signers"), ElementsAre(R"(["ada","grace"])"));
  EXPECT_FALSE(std::filesystem::exists(Path("m.txt.new")));
  EXPECT_THAT(Run({"audit", "show", "--operation", "approval"}).out, HasSubstr("signs a mandate"));
}

TEST_F(CliMandate, AnEditedOneIsTamperedWith) {
  ASSERT_EQ(Run(New("m.txt")).exit_code, 0);
  ASSERT_EQ(Run({"mandate", "sign", Path("m.txt"), "--yes"}).exit_code, 0);
  std::string text = TextOf("m.txt");
  text.replace(text.find("500000"), 6, "900000");
  Write("edited", text);
  for (const char* verb : {"verify", "show", "sign"})
    EXPECT_EQ(Run({"mandate", verb, Path("edited"), "--yes"}).exit_code, 13) << verb;
  EXPECT_EQ(TextOf("edited"), text);
  EXPECT_EQ(Run({"mandate", "verify", Write("empty", "")}).exit_code, 13);
  EXPECT_EQ(Run({"mandate", "verify", Write("noise", std::string(100'000, '\n'))}).exit_code, 13);
  EXPECT_EQ(Run({"mandate", "verify", Path("absent")}).exit_code, 2);
}

TEST_F(CliMandate, WhatMakesNoSenseIsNotWritten) {
  const auto refused = [&](const Words& more) {
    const Ran ran = Run(New("bad.txt", more));
    EXPECT_FALSE(std::filesystem::exists(Path("bad.txt")));
    return ran.exit_code;
  };
  EXPECT_EQ(refused({"--take", "Shoe:size"}), 2);
  EXPECT_EQ(refused({"--take", "Document"}), 2);
  EXPECT_EQ(refused({"--since", "2021-02-30"}), 2);
  EXPECT_EQ(refused({"--recipient", std::string(64, 'a') + " somebody"}), 2);
  EXPECT_EQ(refused({"--recipient", "key"}), 2);
  EXPECT_EQ(refused({"--patients", Write("nobody", "\n\n")}), 2);
  EXPECT_EQ(As("grace", {"mandate", "new", Path("bad.txt"), "import", "--from", "a", "--to", "b", "--for", "migration", "--rows", "1",
                         "--expires", "2199-12-31"})
                .exit_code,
            2)
      << "there is no \"all\"";
  ASSERT_EQ(Run(New("m.txt")).exit_code, 0);
  EXPECT_EQ(Run(New("m.txt")).exit_code, 1) << "no file's place is taken";
}

TEST_F(CliMandate, PatientsOfAListAreNotNamedInIt) {
  ASSERT_EQ(Run(New("m.txt", {"--patients", Write("list", "p-1\r\np-2\np-1\n")})).exit_code, 0);
  EXPECT_THAT(TextOf("m.txt"), HasSubstr("patients: 2 of the list with digest "));
  EXPECT_THAT(TextOf("m.txt"), Not(HasSubstr("p-1")));
}

}  // namespace
}  // namespace mseal::test
