// A keyring that was made from the format page alone, without the code here, opens.
#include <gmock/gmock.h>

#include "keyring_support.h"
#include "support/vectors.h"

namespace mseal::keys {
namespace {

class KeyringExampleTest : public KeyringTest {
 protected:
  static test::Case Worked(const std::string& file) {
    return test::LoadCases("format/" + file + ".json", "cases").front();
  }
  static void AppendPage(Bytes& file, const test::Case& one) {
    const Bytes page = one.Hex("bytes");
    file.insert(file.end(), page.begin(), page.end());
    file.resize(file.size() + one.Number("zeros"));
  }

  KeyringExampleTest() {
    Bytes keyring, anchor;
    AppendPage(keyring, Worked("keyring_header"));
    AppendPage(keyring, Worked("keyring_slot"));
    keyring.resize(3 * 4096);
    AppendPage(anchor, Worked("anchor_page"));
    anchor.resize(2 * 4096);
    WriteFile(path(), keyring);
    WriteFile(anchor_path(), anchor);
  }
};

TEST_F(KeyringExampleTest, OpensWithItsPassphraseAndGivesSecretAndAnchor) {
  const test::Case content = Worked("epoch_content");
  const test::Case anchor = Worked("anchor_content");
  const auto provider =
      Sure(Open({KeyringSecret::Kind::kPassphrase, SecretBytes::CopyOf(Worked("keyring_header").Hex("passphrase"))}));
  const auto epoch = static_cast<std::uint32_t>(content.Number("epoch"));
  EXPECT_THAT(provider->Epochs(), testing::ElementsAre(epoch));
  EXPECT_EQ(test::ToHex(provider->Open(epoch)->Reveal()), content.Text("secret"));
  const auto read = provider->ReadAnchor();
  ASSERT_TRUE(read.ok());
  EXPECT_EQ((*read)->commit_counter, anchor.Number("commit_counter"));
  EXPECT_EQ((*read)->statement_number, anchor.Number("statement_number"));
  EXPECT_EQ(test::ToHex((*read)->audit_root), anchor.Text("audit_root"));
}

TEST_F(KeyringExampleTest, KeyFileOfTheExampleOpensItsHeader) {
  for (const test::Case& one : test::LoadCases("format/keyring_header.json", "cases")) {
    if (one.Text("name") != "key file") continue;
    Bytes keyring;
    AppendPage(keyring, one);
    keyring.resize(3 * 4096);
    WriteFile(path(), keyring);
    const KeyringSecret secret{KeyringSecret::Kind::kKeyFile, SecretBytes::CopyOf(one.Hex("key_file"))};
    EXPECT_EQ(Open(secret).code(), StatusCode::kCorrupt);  // right secret, but the slots of this example are empty
    EXPECT_EQ(Open(KeyFile(1)).code(), StatusCode::kWrongSecret);
    return;
  }
  FAIL() << "the vector file has no key file";
}

}  // namespace
}  // namespace mseal::keys
