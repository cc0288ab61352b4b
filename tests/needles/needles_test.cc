// The search that later tests trust when they say "nothing was found": every form is found, a near miss is not.
#include "support/needles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <set>
#include <system_error>

using namespace std::string_literals;

namespace mseal::test {
namespace {

constexpr std::string_view kMarker = "Alice-Marker-01";

struct Planted {
  NeedleForm form;
  std::string_view text;
};

// Written out by base64(1), xxd(1) and iconv(1) rather than by the code under test. The marker decides these
// characters alone; what stands before and after them is up to its neighbours.
const Planted kForms[] = {
    {NeedleForm::kRaw, "Alice-Marker-01"},
    {NeedleForm::kBase64, "QWxpY2UtTWFya2VyLTAx"},
    {NeedleForm::kBase64, "BbGljZS1NYXJrZXItMD"},
    {NeedleForm::kBase64, "FsaWNlLU1hcmtlci0wM"},
    {NeedleForm::kHexLower, "416c6963652d4d61726b65722d3031"},
    {NeedleForm::kHexUpper, "416C6963652D4D61726B65722D3031"},
    {NeedleForm::kUtf16Le, std::string_view("A\0l\0i\0c\0e\0-\0M\0a\0r\0k\0e\0r\0-\0000\0001\0", 30)},
    {NeedleForm::kUtf16Be, std::string_view("\0A\0l\0i\0c\0e\0-\0M\0a\0r\0k\0e\0r\0-\0000\0001", 30)},
};

Needles Searching(std::string_view needle) {
  Needles needles;
  EXPECT_TRUE(needles.Add(needle));
  return needles;
}

std::vector<NeedleHit> Search(const Needles& needles, std::string_view text) {
  return needles.SearchBytes(AsBytes(text));
}

class NeedlesInFiles : public testing::Test {
 protected:
  NeedlesInFiles() { std::filesystem::create_directories(directory_); }
  ~NeedlesInFiles() override { std::filesystem::remove_all(directory_); }

  void Write(const std::filesystem::path& name, std::string_view content) {
    std::filesystem::create_directories((directory_ / name).parent_path());
    std::ofstream(directory_ / name, std::ios::binary) << content;
  }

  const std::filesystem::path directory_ =
      std::filesystem::path(testing::TempDir()) / ("medseal-needles-" + std::to_string(std::random_device{}()));
};

TEST(Needles, EveryFormIsFoundWhereItStands) {
  const Needles needles = Searching(kMarker);
  for (const Planted& planted : kForms) {
    const std::string text = std::string(777, '\x5a') + std::string(planted.text) + "and more";
    const std::vector<NeedleHit> hits = Search(needles, text);
    ASSERT_EQ(hits.size(), 1u) << FormName(planted.form) << " " << planted.text;
    EXPECT_EQ(hits[0].form, planted.form);
    EXPECT_EQ(hits[0].offset, 777u);
    EXPECT_EQ(hits[0].needle, 0u);
  }
}

TEST(Needles, OneWrongByteIsNoHit) {
  const Needles needles = Searching(kMarker);
  for (const Planted& planted : kForms) {
    for (std::size_t i = 0; i < planted.text.size(); ++i) {
      std::string text(planted.text);
      text[i] = static_cast<char>(text[i] ^ 0x20);
      EXPECT_TRUE(Search(needles, text).empty()) << FormName(planted.form) << " with byte " << i << " changed";
    }
  }
}

TEST(Needles, OneMissingByteIsNoHit) {
  const Needles needles = Searching(kMarker);
  for (const Planted& planted : kForms) {
    EXPECT_TRUE(Search(needles, planted.text.substr(1)).empty()) << FormName(planted.form);
    EXPECT_TRUE(Search(needles, planted.text.substr(0, planted.text.size() - 1)).empty()) << FormName(planted.form);
  }
}

TEST(Needles, Base64IsFoundInTheUrlAlphabetToo) {
  const Needles needles = Searching("\xff\xfe\xfd\xfb\xef\xbf>>>>ab");
  EXPECT_EQ(Search(needles, "\"//79+++/Pj4+PmFi\"").size(), 1u);
  EXPECT_EQ(Search(needles, "\"__79---_Pj4-PmFi\"").size(), 1u);
}

TEST(Needles, AccentsAreFoundAsUtf16) {
  const Needles needles = Searching("zo\xc3\xa9-Lef\xc3\xa8vre \xf0\x9f\xa9\xb8");
  std::string text;
  for (const char16_t unit : std::u16string_view(u"zo\u00e9-Lef\u00e8vre \U0001FA78")) {
    text += {static_cast<char>(unit & 0xFF), static_cast<char>(unit >> 8)};
  }
  const std::vector<NeedleHit> hits = Search(needles, text);
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].form, NeedleForm::kUtf16Le);
}

TEST(Needles, BytesThatAreNotTextAreFoundRawAndWidened) {
  const std::string key = "\x80\x01\xff\xc3\x28\x00\x7f\x90\x11"s;
  std::string widened;
  for (const char byte : key) widened += {'\0', byte};
  const std::vector<NeedleHit> hits = Search(Searching(key), key + "|" + widened);
  ASSERT_EQ(hits.size(), 2u);
  EXPECT_EQ(hits[0].form, NeedleForm::kRaw);
  EXPECT_EQ(hits[1].form, NeedleForm::kUtf16Be);
}

TEST(Needles, ShorterThanEightBytesIsRefused) {
  Needles needles;
  EXPECT_FALSE(needles.Add("1234567"));
  EXPECT_EQ(needles.size(), 0u);
  EXPECT_TRUE(needles.Add("12345678"));
  EXPECT_EQ(needles.size(), 1u);
  EXPECT_EQ(Search(needles, "12345678").size(), 1u);
}

TEST(Needles, NeedlesThatBeginAlikeAreToldApart) {
  Needles needles;
  for (int i = 0; i < 5000; ++i) ASSERT_TRUE(needles.Add("urn:uuid:patient-" + std::to_string(10000 + i)));
  const std::vector<NeedleHit> hits = Search(needles, "urn:uuid:urn:uuid:patient-14321 urn:uuid:patient-9999");
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].needle, 4321u);
  EXPECT_EQ(hits[0].offset, 9u);
}

TEST(Needles, ANeedleInsideALongerOneIsFoundWithIt) {
  Needles needles;
  ASSERT_TRUE(needles.Add("Rue de la Paix 12"));
  ASSERT_TRUE(needles.Add("de la Paix"));
  EXPECT_EQ(Search(needles, "12 Rue de la Paix 12 bis").size(), 2u);
  EXPECT_EQ(Search(needles, "12 Rue de la Paix").size(), 1u);
}

// Twenty thousand needles, one form of each planted in random bytes: all are found, and nothing else is.
TEST(Needles, AllOfTwentyThousandAreFoundAndNothingElse) {
  std::mt19937_64 random(20210223);
  const auto draw = [&](std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    return bytes;
  };
  Needles needles;
  std::string text;
  for (std::size_t i = 0; i < 20'000; ++i) {
    const std::string needle = draw(8 + i % 40);
    ASSERT_TRUE(needles.Add(needle));
    text += draw(i % 17) + needle + draw(i % 5);
  }
  std::multiset<std::size_t> found;
  for (const NeedleHit& hit : Search(needles, text)) {
    EXPECT_EQ(hit.form, NeedleForm::kRaw);
    found.insert(hit.needle);
  }
  ASSERT_EQ(found.size(), needles.size());
  EXPECT_EQ(std::set(found.begin(), found.end()).size(), needles.size());
  EXPECT_TRUE(Search(needles, draw(4 << 20)).empty());
}

TEST_F(NeedlesInFiles, FoundAtEveryOffsetAroundAPageAndAtTheEnd) {
  const Needles needles = Searching(kMarker);
  for (std::size_t before = 4096 - kMarker.size(); before <= 4096; ++before) {
    Write("page", std::string(before, 'x') + std::string(kMarker));
    const std::vector<NeedleHit> hits = needles.SearchTree(directory_);
    ASSERT_EQ(hits.size(), 1u) << before;
    EXPECT_EQ(hits[0].offset, before);
  }
}

TEST_F(NeedlesInFiles, EveryFileBelowIsSearchedAndNamed) {
  Write("000004.log", "clean");
  Write("empty", "");
  Write("a/b/c/OPTIONS", "x Alice-Marker-01 y");
  Write("lost/.hidden", "416c6963652d4d61726b65722d3031");
  std::set<std::string> files;
  for (const NeedleHit& hit : Searching(kMarker).SearchTree(directory_)) files.insert(hit.file.filename());
  EXPECT_THAT(files, testing::ElementsAre(".hidden", "OPTIONS"));
}

TEST_F(NeedlesInFiles, ANameIsSearchedLikeContent) {
  Write("export/Alice-Marker-01.json", "clean");
  const std::vector<NeedleHit> hits = Searching(kMarker).SearchTree(directory_);
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_TRUE(hits[0].in_path);
}

TEST_F(NeedlesInFiles, LinksAreNotFollowed) {
  Write("elsewhere/secret", kMarker);
  std::filesystem::create_directories(directory_ / "searched");
  std::filesystem::create_symlink(directory_ / "elsewhere/secret", directory_ / "searched/link");
  EXPECT_TRUE(Searching(kMarker).SearchTree(directory_ / "searched").empty());
}

TEST_F(NeedlesInFiles, ADirectoryThatIsNotThereIsNotClean) {
  EXPECT_THROW((void)Searching(kMarker).SearchTree(directory_ / "missing"), std::system_error);
}

}  // namespace
}  // namespace mseal::test
