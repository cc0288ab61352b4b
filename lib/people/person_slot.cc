// Seals a class key to a person and opens it. A sealed box of the library would not commit to its key, so the exchange
// gives a key and the seal does the rest.
#include "people/person_slot.h"

#include "crypto/random.h"
#include "format/person_slot.h"
#include "seal/seal.h"

namespace mseal::people {
namespace {

seal::Place PlaceOf(const keys::StoreId& store, seal::SuiteSet suite, ClassNumber number, ClassKeyVersion version,
                    PersonNumber person) {
  format::Context context(format::ContextKind::kPersonSlot);
  context.Add(format::ContextItem::kStore, store)
      .AddNumber(format::ContextItem::kClass, number)
      .AddNumber(format::ContextItem::kVersion, version)
      .AddNumber(format::ContextItem::kPerson, person);
  return {format::Purpose::kPersonSlot, suite, seal::DigestOf(context), number};
}

}  // namespace

Result<Bytes> SealToPerson(const keys::StoreId& store, seal::SuiteSet suite, const Person& person, ClassNumber number,
                           ClassKeyVersion version, KeyView class_key) {
  const crypto::PrivateKey ephemeral(crypto::RandomKey());
  const crypto::PublicKey ephemeral_public = crypto::PublicKeyOf(ephemeral);
  MS_ASSIGN(const KeyBytes shared, crypto::SharedSecret(ephemeral, person.public_key));
  const KeyBytes key = crypto::SlotKey(shared.Reveal(), ephemeral_public, person.public_key);
  const seal::Place place = PlaceOf(store, suite, number, version, person.number);
  return format::EncodePersonSlot({ephemeral_public, seal::WrapKey(key.Reveal(), place, class_key)});
}

Result<KeyBytes> OpenPersonSlot(const keys::StoreId& store, seal::SuiteSet suite, PersonNumber person,
                                const crypto::PrivateKey& mine, ClassNumber number, ClassKeyVersion version,
                                ByteView slot) {
  MS_ASSIGN(const format::PersonSlot parsed, format::ParsePersonSlot(slot));
  MS_ASSIGN(const KeyBytes shared, crypto::SharedSecret(mine, parsed.ephemeral));
  const KeyBytes key = crypto::SlotKey(shared.Reveal(), parsed.ephemeral, crypto::PublicKeyOf(mine));
  return seal::UnwrapKey(key.Reveal(), PlaceOf(store, suite, number, version, person), parsed.sealed);
}

}  // namespace mseal::people
