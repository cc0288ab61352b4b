// Includes point down: in this repository, and proven on small ones where they do not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "structure/include_rules.h"

namespace mseal::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A repository where `from` holds one include and every folder has an a.h.
std::vector<std::string> ViolationsOf(const std::string& from, const std::string& include) {
  SourceFiles files = {{"include/medseal/medseal.h", ""}, {"bindings/cli/a.h", ""}, {"examples/a.h", ""}};
  for (const char* folder :
       {"abi", "vault", "people", "audit", "keys", "schema", "sources", "seal", "crypto", "format", "store", "base"}) {
    files[std::string("lib/") + folder + "/a.h"] = "";
  }
  files[from] = "// One job.\n#include " + include + "\n";
  return IncludeViolations(files);
}

TEST(Includes, PointDownInThisRepository) {
  const SourceFiles files = ReadSourceFiles(MEDSEAL_SOURCE);
  ASSERT_TRUE(files.contains("lib/base/status.h"));
  EXPECT_THAT(IncludeViolations(files), IsEmpty());
}

TEST(Includes, MayReachEveryLowerLayer) {
  for (const char* lower : {"vault", "keys", "seal", "store", "base"}) {
    EXPECT_THAT(ViolationsOf("lib/abi/b.cc", std::string("\"") + lower + "/a.h\""), IsEmpty()) << lower;
  }
  EXPECT_THAT(ViolationsOf("lib/vault/b.cc", "\"store/a.h\""), IsEmpty());
  EXPECT_THAT(ViolationsOf("lib/seal/b.cc", "\"crypto/a.h\""), IsEmpty());
  EXPECT_THAT(ViolationsOf("lib/base/b.cc", "\"base/a.h\""), IsEmpty());
}

TEST(Includes, MayNotPointUp) {
  EXPECT_THAT(ViolationsOf("lib/store/b.cc", "\"seal/a.h\""),
              ElementsAre("lib/store/b.cc:2: lib/store may not include lib/seal (seal/a.h)"));
  EXPECT_THAT(ViolationsOf("lib/base/b.h", "\"crypto/a.h\""), ElementsAre(HasSubstr("lib/base may not include")));
  EXPECT_THAT(ViolationsOf("lib/vault/b.cc", "\"abi/a.h\""), ElementsAre(HasSubstr("lib/vault may not include")));
  EXPECT_THAT(ViolationsOf("lib/keys/b.cc", "\"../vault/a.h\""), ElementsAre(HasSubstr("lib/keys may not include")));
}

TEST(Includes, MayNotPointSidewaysExceptWhereTheDesignSaysSo) {
  EXPECT_THAT(ViolationsOf("lib/crypto/b.cc", "\"format/a.h\""), ElementsAre(HasSubstr("lib/format")));
  EXPECT_THAT(ViolationsOf("lib/keys/b.cc", "\"people/a.h\""), ElementsAre(HasSubstr("lib/people")));
  EXPECT_THAT(ViolationsOf("lib/schema/b.cc", "\"sources/a.h\""), ElementsAre(HasSubstr("lib/sources")));
  EXPECT_THAT(ViolationsOf("lib/people/b.cc", "\"schema/a.h\""), ElementsAre(HasSubstr("lib/schema")));
  EXPECT_THAT(ViolationsOf("lib/people/b.cc", "\"keys/a.h\""), IsEmpty());
  EXPECT_THAT(ViolationsOf("lib/audit/b.cc", "\"keys/a.h\""), IsEmpty());
  EXPECT_THAT(ViolationsOf("lib/sources/b.cc", "\"schema/a.h\""), IsEmpty());
}

TEST(Includes, BindingsAndExamplesSeeThePublicHeadersAlone) {
  EXPECT_THAT(ViolationsOf("bindings/cli/main.cc", "<medseal/medseal.h>"), IsEmpty());
  EXPECT_THAT(ViolationsOf("bindings/cli/main.cc", "\"a.h\""), IsEmpty());
  EXPECT_THAT(ViolationsOf("examples/put.c", "<medseal/medseal.h>"), IsEmpty());
  EXPECT_THAT(ViolationsOf("bindings/cli/main.cc", "\"base/a.h\""), ElementsAre(HasSubstr("lib/base")));
  EXPECT_THAT(ViolationsOf("examples/put.cc", "\"../lib/vault/a.h\""), ElementsAre(HasSubstr("lib/vault")));
  EXPECT_THAT(ViolationsOf("examples/put.cc", "\"../bindings/cli/a.h\""), ElementsAre(HasSubstr("bindings/cli")));
}

TEST(Includes, OnlyTheAbiKnowsThePublicHeader) {
  EXPECT_THAT(ViolationsOf("lib/abi/b.cc", "<medseal/medseal.h>"), IsEmpty());
  EXPECT_THAT(ViolationsOf("lib/vault/b.cc", "<medseal/medseal.h>"), ElementsAre(HasSubstr("include/medseal")));
  EXPECT_THAT(ViolationsOf("include/medseal/medseal.hpp", "\"medseal.h\""), IsEmpty());
  EXPECT_THAT(ViolationsOf("include/medseal/medseal.hpp", "\"base/a.h\""), ElementsAre(HasSubstr("lib/base")));
}

TEST(Includes, ThirdPartyHeadersStayWithTheirOwner) {
  const std::pair<const char*, const char*> owned[] = {
      {"<sodium.h>", "lib/crypto"},
      {"<rocksdb/db.h>", "lib/store"},
      {"<p11-kit/pkcs11.h>", "lib/keys"},
      {"<unicode/normalizer2.h>", "lib/schema"},
      {"<google/protobuf/descriptor.h>", "lib/schema"},
      {"<simdjson.h>", "lib/sources"},
      {"<rapidjson/reader.h>", "lib/sources"},
      {"<nlohmann/json.hpp>", "bindings/cli"},
      {"<CLI/CLI.hpp>", "bindings/cli"},
  };
  for (const auto& [header, owner] : owned) {
    EXPECT_THAT(ViolationsOf(owner + std::string("/b.cc"), header), IsEmpty()) << header;
    for (const char* other : {"lib/base", "lib/vault", "lib/abi", "include/medseal", "examples"}) {
      EXPECT_THAT(ViolationsOf(other + std::string("/b.cc"), header), ElementsAre(HasSubstr("does not own"))) << header;
    }
  }
}

TEST(Includes, AHeaderNobodyOwnsIsRefused) {
  EXPECT_THAT(ViolationsOf("lib/crypto/b.cc", "<openssl/evp.h>"), ElementsAre(HasSubstr("no folder owns")));
  EXPECT_THAT(ViolationsOf("lib/vault/b.cc", "\"keys/missing.h\""), ElementsAre(HasSubstr("is not there")));
  EXPECT_THAT(ViolationsOf("lib/vault/b.cc", "HEADER_OF_THE_DAY"), ElementsAre(HasSubstr("is not there")));
  EXPECT_THAT(ViolationsOf("lib/vault/b.cc", "<sys/stat.h>"), IsEmpty());
  EXPECT_THAT(ViolationsOf("lib/vault/b.cc", "<string_view>"), IsEmpty());
}

TEST(Includes, ASharedHeaderKeepsItsLibraryToItself) {
  SourceFiles files = {{"lib/store/engine.h", "#include <rocksdb/db.h>\n"},
                       {"lib/store/rows.h", "#include \"store/engine.h\"\n"},
                       {"lib/store/rows.cc", "#include \"store/rows.h\"\n"}};
  EXPECT_THAT(IncludeViolations(files), IsEmpty());
  files["lib/vault/get.cc"] = "#include \"store/rows.h\"\n";
  EXPECT_THAT(IncludeViolations(files), ElementsAre(HasSubstr("lib/store/engine.h:1: other folders include")));
}

TEST(Includes, SpacesDoNotHideOne) {
  EXPECT_THAT(ViolationsOf("lib/base/b.cc", "<vector>\n  #  include\t\"seal/a.h\""), ElementsAre(HasSubstr("b.cc:3:")));
}

}  // namespace
}  // namespace mseal::test
