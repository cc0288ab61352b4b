// The person slot's layout, against an example that was made from the format page alone.
#include "format/person_slot.h"

#include <gtest/gtest.h>

#include "crypto/exchange.h"
#include "format/key_vectors.h"
#include "seal/seal.h"

namespace mseal::format {
namespace {

using test::BytesOf;
using test::Case;
using test::ToHex;
using test::WorkedCase;

TEST(PersonSlotFormat, EveryCaseEndsWithItsCode) { test::ExpectEveryCaseEndsWithItsCode("person_slot", "person slot"); }

TEST(PersonSlotFormat, PageShowsTheExample) { test::ExpectPageShows("person_slot"); }

TEST(PersonSlotFormat, ExampleIsTakenApartAndOpens) {
  const Case one = WorkedCase("person_slot");
  const Bytes bytes = BytesOf(one);
  const auto slot = ParsePersonSlot(bytes);
  ASSERT_TRUE(slot.ok());
  EXPECT_EQ(ToHex(slot->ephemeral), one.Text("ephemeral"));
  EXPECT_EQ(ToHex(slot->sealed), one.Text("sealed"));
  const auto mine = crypto::PrivateKey::CopyOf(one.Fixed<32>("private_key"));
  EXPECT_EQ(ToHex(crypto::PublicKeyOf(mine)), one.Text("public_key"));
  const auto shared = crypto::SharedSecret(mine, slot->ephemeral);
  ASSERT_TRUE(shared.ok());
  const KeyBytes key = crypto::SlotKey(shared->Reveal(), slot->ephemeral, crypto::PublicKeyOf(mine));
  EXPECT_EQ(ToHex(key.Reveal()), one.Text("slot_key"));
  Context context(ContextKind::kPersonSlot);
  context.Add(ContextItem::kStore, one.Hex("store")).AddNumber(ContextItem::kClass, one.Number("class_number"));
  context.AddNumber(ContextItem::kVersion, one.Number("class_key_version"));
  context.AddNumber(ContextItem::kPerson, one.Number("person"));
  const auto class_number = static_cast<std::uint8_t>(one.Number("class_number"));
  const seal::Place place{Purpose::kPersonSlot, seal::Suite::kChaCha20Poly1305, seal::DigestOf(context), class_number};
  const auto class_key = seal::UnwrapKey(key.Reveal(), place, slot->sealed);
  ASSERT_TRUE(class_key.ok());
  EXPECT_EQ(ToHex(class_key->Reveal()), one.Text("class_key"));
}

}  // namespace
}  // namespace mseal::format
