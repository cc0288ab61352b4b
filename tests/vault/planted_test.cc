// What a stranger who writes to the disk and also holds the provider may plant: statements, slots, credentials, schemas
// and keys of their own, each correctly sealed. They open rows of meta and key rows, but hold nobody's password.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/writer.h"
#include "crypto/random.h"
#include "format/keys_of_rows.h"
#include "people/statement_bytes.h"
#include "vault/patient_change.h"
#include "vault/schema_book.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

using format::MetaKind;
using store::Table;
using vault::StoreIdentity;

constexpr std::string_view kClerk = "clerk";
constexpr std::string_view kMallory = "mallory";  // of the staff: holds `identity`, and her own password

Bytes NumberId(std::uint64_t number) {
  Bytes id;
  Writer(id).U64(number);
  return id;
}

Bytes SlotId(people::ClassNumber number, people::ClassKeyVersion version, people::PersonNumber person) {
  Bytes id;
  Writer(id).U8(number).U32(version).U32(person);
  return id;
}

Bytes CopyOf(ByteView bytes) { return Bytes(bytes.begin(), bytes.end()); }

// The stored parts of a vault as its planter sees them.
struct Meta {
  store::Rows& rows;
  const keys::MetaTable& table;
  const StoreIdentity& identity;

  std::vector<Bytes> Statements() const {
    std::vector<Bytes> all;
    EXPECT_TRUE(table
                    .ForEach(MetaKind::kStatement,
                             [&](ByteView, const SecretBytes& content) {
                               return all.push_back(CopyOf(content.Reveal())), Status::Ok();
                             })
                    .ok());
    return all;
  }
  people::Chain Chain() const {
    auto chain = people::Chain::Verify(identity.store, Statements());
    EXPECT_TRUE(chain.ok());
    return std::move(*chain);
  }
  Bytes Get(MetaKind kind, ByteView id) const {
    const auto content = table.Get(kind, id);
    EXPECT_TRUE(content.ok());
    return content.ok() ? CopyOf(content->Reveal()) : Bytes{};
  }
  void Put(MetaKind kind, ByteView id, ByteView content) const {
    store::Batch batch;
    table.Put(batch, kind, id, content);
    ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
  }
  void Remove(MetaKind kind, ByteView id) const {
    store::Batch batch;
    table.Delete(batch, kind, id);
    ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
  }
  // A next statement, well-formed and in its place, with whatever signature `seed` gives.
  void Append(const format::StatementBody& body, people::PersonNumber signer, const crypto::SigningSeed& seed) const {
    const std::vector<Bytes> all = Statements();
    const Bytes encoded = format::EncodeStatementBody(body);
    const auto type = static_cast<std::uint8_t>(format::TypeOf(body));
    Bytes statement = format::EncodeStatement(
        {identity.store, all.size() + 1, people::DigestOfStatement(all.back()), type, signer, encoded});
    AppendTo(statement, crypto::Sign(seed, people::SignedMessage(statement)));
    Put(MetaKind::kStatement, NumberId(all.size() + 1), statement);
  }
};

class Planted : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    lab_.AddPerson(kMallory, {"identity"});
    lab_.AddPerson(kClerk, {"identity", "general", "hiv"});
    const Bytes patient = TextField(2, "123-45-6789") + TextField(3, "Martin") + NumberField(10, 2);
    ASSERT_TRUE(lab_.Put(*founder, "alice", "Patient", "1", patient).ok());
    const auto mallory = lab_.LoginAs(kMallory);
    auto call = mallory->Enter();
    mallory_number_ = call->desk().session->identity().person.number;
    mallory_seed_ = crypto::SigningSeed::CopyOf(call->desk().session->identity().keys.seed.Reveal());
  }

  void Plant(const std::function<void(const Meta&)>& work) {
    lab_.WithMeta([&](store::Rows& rows, const keys::MetaTable& table, const StoreIdentity& identity) {
      work({rows, table, identity});
    });
  }

  StatusCode Login(std::string_view person) { return Login(person, PasswordOf(person)); }
  StatusCode Login(std::string_view person, std::string_view password) {
    return lab_.Vault()->Login(person, AsBytes(password), "care").code();
  }

  // Once more without what was planted: the refusals below are not of a laboratory that never opens.
  void ExpectWhole() {
    EXPECT_TRUE(lab_.Open().ok());
    EXPECT_EQ(Login(kClerk), StatusCode::kOk);
  }

  Laboratory lab_;
  people::PersonNumber mallory_number_ = 0;
  crypto::SigningSeed mallory_seed_;
};

format::StatementBody ParsedBody(const Bytes& statement) {
  const auto parsed = format::ParseStatement(statement);
  return *format::ParseStatementBody(parsed->statement.type, parsed->statement.body);
}

// The statement that names the clerk, with another public key, and signed by `seed`; nothing: its old signature.
Bytes WithPublicKey(const Bytes& statement, const crypto::PublicKey& key, const crypto::SigningSeed* seed) {
  const auto parsed = format::ParseStatement(statement);
  auto body = std::get<format::PersonBody>(ParsedBody(statement));
  body.public_key = key;
  format::Statement changed = parsed->statement;
  const Bytes encoded = format::EncodeStatementBody(body);
  changed.body = encoded;
  Bytes bytes = format::EncodeStatement(changed);
  if (seed == nullptr) return AppendTo(bytes, parsed->signature), bytes;
  return AppendTo(bytes, crypto::Sign(*seed, people::SignedMessage(bytes))), bytes;
}

TEST_F(Planted, SwappedPublicKeyOfAPersonIsRefusedAtOpening) {
  const crypto::PublicKey mine = crypto::PublicKeyOf(crypto::PrivateKey(crypto::RandomKey()));
  for (const crypto::SigningSeed* seed :
       {static_cast<const crypto::SigningSeed*>(nullptr), &std::as_const(mallory_seed_)}) {
    Bytes right, id;
    Plant([&](const Meta& meta) {
      const auto all = meta.Statements();
      for (std::size_t i = 1; i < all.size(); ++i) {
        const auto body = ParsedBody(all[i]);
        const auto* person = std::get_if<format::PersonBody>(&body);
        if (person == nullptr || person->name != kClerk) continue;
        right = all[i];
        id = NumberId(i + 1);
      }
      ASSERT_FALSE(right.empty());
      meta.Put(MetaKind::kStatement, id, WithPublicKey(right, mine, seed));
    });
    EXPECT_EQ(lab_.Open().code(), StatusCode::kAuthFailed);
    Plant([&](const Meta& meta) { meta.Put(MetaKind::kStatement, id, right); });
    ExpectWhole();
  }
}

TEST_F(Planted, ForgedGrantIsRefusedAtOpening) {
  std::uint64_t number = 0;
  Plant([&](const Meta& meta) {
    number = meta.Chain().newest_number() + 1;
    const format::GrantBody grant{mallory_number_, *meta.Chain().FindClass("hiv")};
    meta.Append(grant, 1, mallory_seed_);  // in the founder's name
  });
  EXPECT_EQ(lab_.Open().code(), StatusCode::kAuthFailed);
  Plant([&](const Meta& meta) { meta.Remove(MetaKind::kStatement, NumberId(number)); });
  ExpectWhole();
}

TEST_F(Planted, StatementSignedBySomeoneNotEntitledIsRefusedAtOpening) {
  const crypto::SigningSeed seed(crypto::RandomKey());
  const crypto::PublicKey public_key = crypto::PublicKeyOf(crypto::PrivateKey(crypto::RandomKey()));
  const crypto::VerifyKey verify_key = crypto::VerifyKeyOf(seed);
  const KeyBytes key = crypto::RandomKey();
  using Make = std::function<format::StatementBody(const Meta&, const people::Chain&)>;
  const std::vector<Make> wanted = {
      [&](const Meta&, const people::Chain& chain) {
        return format::PersonBody{chain.NextPersonNumber(), 1, "friend", verify_key, public_key};
      },
      [&](const Meta&, const people::Chain& chain) {
        return format::GrantBody{mallory_number_, *chain.FindClass("hiv")};
      },
      [&](const Meta& meta, const people::Chain& chain) {
        const auto hiv = *chain.FindClass("hiv");
        return format::ClassKeyBody{hiv, 2, 0, people::DigestOfClassKey(meta.identity.store, hiv, 2, key.Reveal()), {}};
      },
      [&](const Meta&, const people::Chain&) {
        return format::SchemaBody{2, vault::DigestOfSchema(AsBytes("another"))};
      },
  };
  for (const Make& make : wanted) {
    std::uint64_t number = 0;
    Plant([&](const Meta& meta) {
      const people::Chain chain = meta.Chain();
      number = chain.newest_number() + 1;
      meta.Append(make(meta, chain), mallory_number_, mallory_seed_);
    });
    EXPECT_EQ(lab_.Open().code(), StatusCode::kAuthFailed);
    Plant([&](const Meta& meta) { meta.Remove(MetaKind::kStatement, NumberId(number)); });
  }
  ExpectWhole();
}

TEST_F(Planted, MissingStatementsAreRefusedAtOpening) {
  Bytes newest;
  std::uint64_t number = 0;
  Plant([&](const Meta& meta) {
    number = meta.Chain().newest_number();
    newest = meta.Get(MetaKind::kStatement, NumberId(number));
    meta.Remove(MetaKind::kStatement, NumberId(number));
  });
  EXPECT_EQ(lab_.Open().code(), StatusCode::kStale);  // a valid older chain: the anchor knows better
  Plant([&](const Meta& meta) {
    meta.Put(MetaKind::kStatement, NumberId(number), newest);
    meta.Remove(MetaKind::kStatement, NumberId(number - 1));
  });
  EXPECT_EQ(lab_.Open().code(), StatusCode::kAuthFailed);
}

// A chain of the thief's own, with the clerk's real keys in it and class keys that the thief knows.
void FoundAnew(const Meta& meta) {
  const people::Chain real = meta.Chain();
  const auto stored_schema = meta.Get(MetaKind::kSchema, keys::MetaIdOf({1}));
  const crypto::SigningSeed seed(crypto::RandomKey());
  const crypto::PrivateKey private_key(crypto::RandomKey());
  people::Chain mine;
  std::vector<Bytes> statements;
  const people::Person founder{1, people::PersonKind::kHuman, std::string(Laboratory::kFounder),
                               crypto::VerifyKeyOf(seed), crypto::PublicKeyOf(private_key)};
  const auto add = [&](const Result<Bytes>& statement) {
    ASSERT_TRUE(statement.ok()) << statement.status().message();
    statements.push_back(*statement);
  };
  add(people::Chain::Found(meta.identity.store, meta.identity.suite.now().newest(), founder, seed, mine));
  for (const people::Person* person : real.persons()) {
    if (person->number != 1) add(mine.AddPerson(*person, 1, seed));
  }
  for (const auto& [number, entry] : real.classes()) {
    const KeyBytes key = crypto::RandomKey();
    add(mine.AddClass(number, entry, 1, seed));
    people::ClassKeyEntry named{0, people::DigestOfClassKey(meta.identity.store, number, 1, key.Reveal()), {}};
    if (entry.name == "audit") named.public_half = crypto::PublicKeyOf(private_key);
    add(mine.AddClassKey(number, 1, named, 1, seed));
    for (const people::Person* person : mine.persons()) {
      add(mine.AddGrant(person->number, number, 1, seed));
      const auto slot =
          people::SealToPerson(meta.identity.store, meta.identity.suite, *person, number, 1, key.Reveal());
      meta.Put(MetaKind::kPersonSlot, SlotId(number, 1, person->number), *slot);
    }
  }
  add(mine.AddSchema(1, vault::DigestOfSchema(stored_schema), 1, seed));
  for (std::uint64_t number = 1; number <= real.newest_number(); ++number)
    meta.Remove(MetaKind::kStatement, NumberId(number));
  for (std::size_t i = 0; i < statements.size(); ++i) meta.Put(MetaKind::kStatement, NumberId(i + 1), statements[i]);
}

TEST_F(Planted, ChainFoundedByTheThiefIsRefusedAtEverybodysLogin) {
  Plant(FoundAnew);
  ASSERT_TRUE(lab_.Open().ok());  // consistent by itself: only who knows the founder can tell
  EXPECT_EQ(Login(kClerk), StatusCode::kAuthFailed);
  EXPECT_EQ(Login(kMallory), StatusCode::kAuthFailed);
  EXPECT_EQ(Login(Laboratory::kFounder), StatusCode::kAuthFailed);
}

TEST_F(Planted, ClassKeyOfTheThiefInAPersonSlotIsRefusedAtLogin) {
  const KeyBytes mine = crypto::RandomKey();
  Bytes id, right;
  Plant([&](const Meta& meta) {
    const people::Chain chain = meta.Chain();
    const auto hiv = *chain.FindClass("hiv");
    const people::Person& clerk = *chain.FindPerson(kClerk);
    id = SlotId(hiv, 1, clerk.number);
    right = meta.Get(MetaKind::kPersonSlot, id);
    const auto slot = people::SealToPerson(meta.identity.store, meta.identity.suite, clerk, hiv, 1, mine.Reveal());
    meta.Put(MetaKind::kPersonSlot, id, *slot);
  });
  EXPECT_EQ(Login(kClerk), StatusCode::kAuthFailed);
  EXPECT_EQ(Login(kMallory), StatusCode::kOk);
  Plant([&](const Meta& meta) { meta.Put(MetaKind::kPersonSlot, id, right); });
  ExpectWhole();
}

TEST_F(Planted, SlotOfAnotherPersonOrClassIsRefusedAtLogin) {
  Bytes id, right, of_mallory, of_general;
  Plant([&](const Meta& meta) {
    const people::Chain chain = meta.Chain();
    const auto clerk = chain.FindPerson(kClerk)->number;
    id = SlotId(*chain.FindClass("identity"), 1, clerk);
    right = meta.Get(MetaKind::kPersonSlot, id);
    of_mallory = meta.Get(MetaKind::kPersonSlot, SlotId(*chain.FindClass("identity"), 1, mallory_number_));
    of_general = meta.Get(MetaKind::kPersonSlot, SlotId(*chain.FindClass("general"), 1, clerk));
  });
  for (const Bytes& wrong : {of_mallory, of_general}) {
    Plant([&](const Meta& meta) { meta.Put(MetaKind::kPersonSlot, id, wrong); });
    EXPECT_EQ(Login(kClerk), StatusCode::kAuthFailed);
  }
  Plant([&](const Meta& meta) { meta.Put(MetaKind::kPersonSlot, id, right); });
  ExpectWhole();
}

// A slot without a grant gives nothing, even where the key in it is the right one.
TEST_F(Planted, RightClassKeyInASlotThatNobodyGrantedIsNotUsed) {
  KeyBytes hiv_key;
  {
    const auto clerk = lab_.LoginAs(kClerk);
    auto call = clerk->Enter();
    const auto hiv = *call->core().registry->chain()->FindClass("hiv");
    hiv_key = KeyBytes::CopyOf((*call->desk().session->ClassKeyAt(hiv, 1))->Reveal());
  }
  Plant([&](const Meta& meta) {
    const people::Chain chain = meta.Chain();
    const auto hiv = *chain.FindClass("hiv");
    const people::Person& mallory = *chain.FindPerson(kMallory);
    const auto slot = people::SealToPerson(meta.identity.store, meta.identity.suite, mallory, hiv, 1, hiv_key.Reveal());
    meta.Put(MetaKind::kPersonSlot, SlotId(hiv, 1, mallory.number), *slot);
  });
  const auto mallory = lab_.LoginAs(kMallory);
  const auto record = lab_.Get(*mallory, "alice", "Patient", "1");
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(CopyOf((*record)->message.Reveal()), TextField(3, "Martin"));
  EXPECT_EQ(std::count((*record)->redacted.begin(), (*record)->redacted.end(), "hiv"), 1);
}

TEST_F(Planted, CredentialOfAnotherPersonIsRefused) {
  constexpr std::string_view kKnown = "a password the thief knows";
  Plant([&](const Meta& meta) {
    const people::Chain chain = meta.Chain();
    const auto clerk = chain.FindPerson(kClerk)->number;
    // As it is stored: bound to its person, so the password looks wrong.
    meta.Put(MetaKind::kCredential, keys::MetaIdOf({clerk}),
             meta.Get(MetaKind::kCredential, keys::MetaIdOf({mallory_number_})));
  });
  EXPECT_EQ(Login(kClerk), StatusCode::kWrongSecret);
  // Made anew for the clerk, with the right founder in it but keys that the chain does not name.
  Plant([&](const Meta& meta) {
    const people::Chain chain = meta.Chain();
    const auto clerk = chain.FindPerson(kClerk)->number;
    people::PrivateKeys drawn = people::DrawPrivateKeys();
    drawn.founder_key = chain.founder_key();
    const auto credential = people::SealCredential(meta.identity.store, meta.identity.suite, clerk, drawn,
                                                   AsBytes(kKnown), crypto::kArgon2Floor);
    meta.Put(MetaKind::kCredential, keys::MetaIdOf({clerk}), *credential);
  });
  EXPECT_EQ(Login(kClerk, kKnown), StatusCode::kAuthFailed);
  EXPECT_EQ(Login(kMallory), StatusCode::kOk);
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST_F(Planted, SchemaThatMakesHivPublicIsRefusedAtOpening) {
  const std::string text = Replaced(LabProto(), "hiv = 10 [(medseal.v1.field) = { class: \"hiv\" size: 16 }]",
                                    "hiv = 10 [(medseal.v1.field) = { public: true }]");
  schema::SchemaText wanted;
  wanted.proto = text;
  const auto open_hiv = schema::Schema::Load(wanted);
  ASSERT_TRUE(open_hiv.ok()) << open_hiv.status().message();
  Bytes right;
  Plant([&](const Meta& meta) {
    right = meta.Get(MetaKind::kSchema, keys::MetaIdOf({1}));
    meta.Put(MetaKind::kSchema, keys::MetaIdOf({1}), (*open_hiv)->Stored());
  });
  EXPECT_EQ(lab_.Open().code(), StatusCode::kAuthFailed);
  Plant([&](const Meta& meta) { meta.Put(MetaKind::kSchema, keys::MetaIdOf({1}), right); });
  ExpectWhole();
}

// Mallory holds `identity`: an index key wrapped under it would open for others too, and tell her later numbers.
TEST_F(Planted, IndexKeyOfAnotherClassIsRefused) {
  std::uint32_t family = 0, ssn = 0;
  Plant([&](const Meta& meta) {
    const auto loaded = schema::Schema::LoadStored(meta.Get(MetaKind::kSchema, keys::MetaIdOf({1})));
    for (const schema::FieldPlan& field : (*loaded)->FindType("Patient")->fields) {
      if (field.name == "family") family = field.index_id;
      if (field.name == "ssn") ssn = field.index_id;
    }
    // What Mallory may do with what she holds: her class key wraps a key of hers for the index of `ssn`.
    const people::Chain chain = meta.Chain();
    const auto number = *chain.FindClass("identity");
    auto content = meta.Get(MetaKind::kIndexKey, keys::MetaIdOf({family, vault::kFirstIndexGeneration}));
    const auto credential = meta.Get(MetaKind::kCredential, keys::MetaIdOf({mallory_number_}));
    const auto mine = people::OpenCredential(meta.identity.store, meta.identity.suite, mallory_number_, credential,
                                             AsBytes(PasswordOf(kMallory)));
    const auto slot = meta.Get(MetaKind::kPersonSlot, SlotId(number, 1, mallory_number_));
    const auto class_key = people::OpenPersonSlot(meta.identity.store, meta.identity.suite, mallory_number_,
                                                  mine->private_key, number, 1, slot);
    format::Context context(format::ContextKind::kIndexKey);
    context.Add(format::ContextItem::kStore, meta.identity.store).AddNumber(format::ContextItem::kIndex, ssn);
    context.AddNumber(format::ContextItem::kGeneration, vault::kFirstIndexGeneration);
    context.AddNumber(format::ContextItem::kClass, number).AddNumber(format::ContextItem::kVersion, 1);
    const seal::Place place{.purpose = format::Purpose::kIndexKey,
                            .suite = meta.identity.suite,
                            .context = seal::DigestOf(context),
                            .class_number = number,
                            .number = ssn};
    content.resize(content.size() - format::kWrappedKeySize);  // version, class, class-key version, normaliser
    AppendTo(content, seal::WrapKey(class_key->Reveal(), place, crypto::RandomKey().Reveal()));
    meta.Put(MetaKind::kIndexKey, keys::MetaIdOf({ssn, vault::kFirstIndexGeneration}), content);
  });
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  {
    auto call = founder->Enter();
    const auto& core = call->core();
    const auto number = *core.registry->chain()->FindClass("identity");
    vault::IndexKeys fresh;  // the key itself is in order: its class alone is wrong
    EXPECT_TRUE(fresh.Load(core.identity, *core.meta, *call->desk().session, {ssn}, number).ok());
  }
  EXPECT_EQ(lab_.Find(*founder, "Patient", "ssn", "123-45-6789").code(), StatusCode::kAuthFailed);
  EXPECT_EQ(lab_.Put(*founder, "bob", "Patient", "1", TextField(2, "987-65-4321")).code(), StatusCode::kAuthFailed);
  EXPECT_EQ(lab_.Find(*founder, "Patient", "family", "Martin")->size(), 1u);
}

// A new key in the place of the missing one would find nothing of what is stored, and register everybody twice.
TEST_F(Planted, MissingIndexKeyIsNotMadeAnew) {
  std::uint32_t directory = 0;
  Bytes right;
  Plant([&](const Meta& meta) {
    const auto loaded = schema::Schema::LoadStored(meta.Get(MetaKind::kSchema, keys::MetaIdOf({1})));
    directory = (*loaded)->FindType(schema::kDirectoryType)->fields.front().index_id;
    right = meta.Get(MetaKind::kIndexKey, keys::MetaIdOf({directory, vault::kFirstIndexGeneration}));
    meta.Remove(MetaKind::kIndexKey, keys::MetaIdOf({directory, vault::kFirstIndexGeneration}));
  });
  {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    EXPECT_EQ(lab_.Get(*founder, "alice", "Patient", "1").code(), StatusCode::kKeyUnavailable);
    EXPECT_EQ(lab_.Put(*founder, "alice", "Patient", "1", TextField(3, "Dupont")).code(), StatusCode::kKeyUnavailable);
  }
  Plant([&](const Meta& meta) {
    meta.Put(MetaKind::kIndexKey, keys::MetaIdOf({directory, vault::kFirstIndexGeneration}), right);
  });
  EXPECT_EQ(lab_.Get(*lab_.LoginAs(Laboratory::kFounder), "alice", "Patient", "1").code(), StatusCode::kOk);
}

// ---- a first write of a class under another version of the class key than the slot names

class OtherVersion : public Planted {
 protected:
  // A patient of Mallory's, who holds no `hiv`: its slot is unused.
  void SetUp() override {
    Planted::SetUp();
    const auto mallory = lab_.LoginAs(kMallory);
    ASSERT_TRUE(lab_.Put(*mallory, "bob", "Patient", "1", TextField(3, "Dupont")).ok());
  }

  Bytes KeyRowOf(std::string_view patient) {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    const auto prefix = format::KeyRowPrefix(lab_.HandleOf(*founder, patient));
    for (const StoredRow& row : lab_.AllRows(Table::kKeys)) {
      if (row.key.size() > prefix.size() && std::equal(prefix.begin(), prefix.end(), row.key.begin())) return row.value;
    }
    return {};
  }

  void ExpectRefusedAndNothingReplaced() {
    const Bytes before = KeyRowOf("bob");
    ASSERT_FALSE(before.empty());
    {
      const auto founder = lab_.LoginAs(Laboratory::kFounder);
      EXPECT_EQ(lab_.Put(*founder, "bob", "Patient", "1", NumberField(10, 2), vault::PutMode::kUpdate).code(),
                StatusCode::kKeyUnavailable);
      EXPECT_EQ(lab_.Get(*founder, "bob", "Patient", "1").status().code(), StatusCode::kOk);
      const auto record = lab_.Get(*founder, "bob", "Patient", "1");
      EXPECT_EQ(CopyOf((*record)->message.Reveal()), TextField(3, "Dupont"));
    }
    EXPECT_EQ(KeyRowOf("bob"), before);
  }
};

// The class was rotated and this patient's row waits to be rewritten.
TEST_F(OtherVersion, SlotOfAnOlderVersionIsBroughtForwardByItsFirstWrite) {
  KeyBytes next_key = crypto::RandomKey();
  crypto::SigningSeed seed;
  {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    seed = crypto::SigningSeed::CopyOf(founder->Enter()->desk().session->identity().keys.seed.Reveal());
  }
  Plant([&](const Meta& meta) {
    people::Chain chain = meta.Chain();
    const auto hiv = *chain.FindClass("hiv");
    const people::ClassKeyEntry entry{0, people::DigestOfClassKey(meta.identity.store, hiv, 2, next_key.Reveal()), {}};
    const auto statement = chain.AddClassKey(hiv, 2, entry, 1, seed);
    ASSERT_TRUE(statement.ok());
    meta.Put(MetaKind::kStatement, NumberId(chain.newest_number()), *statement);
    const auto slot =
        people::SealToPerson(meta.identity.store, meta.identity.suite, *chain.FindPerson(1), hiv, 2, next_key.Reveal());
    meta.Put(MetaKind::kPersonSlot, SlotId(hiv, 2, 1), *slot);
  });
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_TRUE(lab_.Put(*founder, "bob", "Patient", "1", NumberField(10, 2), vault::PutMode::kUpdate).ok());
  {
    auto call = founder->Enter();
    vault::Core& core = call->core();
    const auto hiv = *core.registry->chain()->FindClass("hiv");
    const auto bob = core.patients->Reload(lab_.HandleOf(*founder, "bob"));
    EXPECT_EQ((*bob)->row.slots[hiv].class_key_version, 2u);
    EXPECT_EQ((*bob)->row.slots[hiv].state, format::SlotState::kCurrent);
  }
  // What lies under the older version opens still.
  const auto record = lab_.Get(*founder, "alice", "Patient", "1");
  ASSERT_TRUE(record.ok());
  EXPECT_TRUE((*record)->redacted.empty());
}

// Whoever holds the provider writes key rows: one that names a version to come.
TEST_F(OtherVersion, SlotOfAVersionToComeMakesNoDataKey) {
  {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    const auto bob = lab_.HandleOf(*founder, "bob");
    auto call = founder->Enter();
    vault::Core& core = call->core();
    const auto hiv = *core.registry->chain()->FindClass("hiv");
    keys::PatientKeys planted = (*core.patients->Load(bob))->Copy();
    ASSERT_EQ(planted.row.slots[hiv].state, format::SlotState::kUnused);
    planted.row.slots[hiv].class_key_version = 2;
    store::Batch batch;
    core.patients->Put(batch, planted);
    ASSERT_TRUE(core.Commit(batch).ok());
  }
  ExpectRefusedAndNothingReplaced();
}

// A live data key in a slot that now says it is unused: counter and all, the host can write it. The value does not open
// under a data key made again.
TEST_F(OtherVersion, SlotEmptiedByTheHostNeverGivesAValue) {
  {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    const auto alice = lab_.HandleOf(*founder, "alice");
    auto call = founder->Enter();
    vault::Core& core = call->core();
    const auto hiv = *core.registry->chain()->FindClass("hiv");
    keys::PatientKeys planted = (*core.patients->Load(alice))->Copy();
    planted.row.slots[hiv] = {};
    planted.row.slots[hiv].class_key_version = 1;
    store::Batch batch;
    core.patients->Put(batch, planted);
    ASSERT_TRUE(core.Commit(batch).ok());
  }
  lab_.Close();
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_FALSE(lab_.Get(*founder, "alice", "Patient", "1").ok());
}

// ---- rows of another store

class TwoStores : public ::testing::Test {
 protected:
  void SetUp() override {
    for (Laboratory* lab : {&here_, &there_}) {
      const auto founder = lab->LoginAs(Laboratory::kFounder);
      ASSERT_TRUE(lab->Put(*founder, "alice", "Patient", "1", TextField(3, "Martin") + TextField(14, "Lab A")).ok());
      (lab == &here_ ? here_handle_ : there_handle_) = lab->HandleOf(*founder, "alice");
      ASSERT_TRUE(lab->Get(*founder, "alice", "Patient", "1").ok());  // from which a habit comes to be
    }
  }

  static bool BeginsWith(const Bytes& key, ByteView prefix) {
    return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
  }

  Bytes ValueThere(Table table, const Bytes& key) {
    for (const StoredRow& row : there_.AllRows(table)) {
      if (row.key == key) return row.value;
    }
    return {};
  }

  StatusCode Read() {
    const Status opened = here_.Open();
    if (!opened.ok()) return opened.code();
    const auto session = here_.Vault()->Login(Laboratory::kFounder, AsBytes(Laboratory::kPassword), "care");
    if (!session.ok()) return session.code();
    return here_.Patient(**session, "alice").code();
  }

  // Some rows are read only once they are needed.
  StatusCode ReadAndVerify() {
    const StatusCode code = Read();
    return code != StatusCode::kOk ? code : here_.Verify(here_.LoginAs(Laboratory::kFounder).get()).code();
  }

  Laboratory here_;
  Laboratory there_;
  keys::PatientHandle here_handle_{};
  keys::PatientHandle there_handle_{};
};

TEST_F(TwoStores, RowsOfAnotherStoreInThisOnesPlacesAreRefused) {
  ASSERT_EQ(Read(), StatusCode::kOk);
  // Of a patient's rows: the one there in the place of the one here, whatever their keys.
  for (const Table table : {Table::kRecords, Table::kHeads}) {
    const StoredRow here = here_.AllRows(table).front();
    here_.Overwrite(table, here.key, there_.AllRows(table).front().value);
    EXPECT_EQ(Read(), StatusCode::kAuthFailed);
    here_.Overwrite(table, here.key, here.value);
  }
  for (const StoredRow& here : here_.AllRows(Table::kKeys)) {
    for (const StoredRow& there : there_.AllRows(Table::kKeys)) {
      if (there.value.size() != here.value.size()) continue;
      here_.Overwrite(Table::kKeys, here.key, there.value);
      EXPECT_EQ(Read(), StatusCode::kAuthFailed);
    }
    here_.Overwrite(Table::kKeys, here.key, here.value);
  }
  // Rows of meta have the same keys in every store; a person's slots and credential, statements, schema, settings.
  std::set<std::uint8_t> kinds;
  for (const StoredRow& here : here_.AllRows(Table::kMeta)) {
    const auto kind = static_cast<MetaKind>(here.key[4]);
    if (!kinds.insert(here.key[4]).second) continue;  // one of each kind
    const Bytes value = ValueThere(Table::kMeta, here.key);
    if (kind == MetaKind::kProviderCopy) continue;  // its key is another in every store
    if (kind == MetaKind::kHabit) continue;         // begins anew, and an alert says so: alerts_test.cc
    ASSERT_FALSE(value.empty());
    here_.Overwrite(Table::kMeta, here.key, value);
    EXPECT_EQ(ReadAndVerify(), StatusCode::kAuthFailed) << static_cast<int>(kind);
    here_.Overwrite(Table::kMeta, here.key, here.value);
  }
  // Meta key, settings, statement, credential, slot, schema, index key, posting key, tally of marks, known time,
  // provider copy, signing seed, password salt, credential tag, keys of the log, habit.
  EXPECT_EQ(kinds.size(), 16u);
  EXPECT_EQ(Read(), StatusCode::kOk);
}

TEST_F(TwoStores, PatientOfAnotherStoreBroughtAlongWholeIsRefused) {
  for (const Table table : {Table::kRecords, Table::kHeads, Table::kKeys}) {
    for (const StoredRow& row : there_.AllRows(table)) {
      if (table == Table::kKeys && !BeginsWith(row.key, format::KeyRowPrefix(there_handle_))) continue;
      here_.Overwrite(table, row.key, row.value);
    }
  }
  const auto founder = here_.LoginAs(Laboratory::kFounder);
  auto call = founder->Enter();
  const vault::PatientName stranger{{}, &there_handle_};
  EXPECT_FALSE(Drain(vault::ListPatient(call->core(), call->desk(), stranger)).ok());
  EXPECT_EQ(here_.Verify(founder.get()).code(), StatusCode::kAuthFailed);
}

// ---- version and suite of every kind of row

TEST_F(TwoStores, OtherVersionAndSuiteOfEveryKindOfRowAreRefused) {
  const auto founder = here_.LoginAs(Laboratory::kFounder);
  ASSERT_TRUE(here_.Put(*founder, "alice", "Document", "big", TextField(5, std::string(70'000, 'n'))).ok());
  const auto sees = [&] {
    const StatusCode code = Read();
    if (code != StatusCode::kOk) return code;
    const auto session = here_.LoginAs(Laboratory::kFounder);
    const auto found = here_.Find(*session, "Patient", "family", "Martin");
    return found.ok() ? here_.Verify(session.get()).code() : found.code();
  };
  ASSERT_EQ(sees(), StatusCode::kOk);
  std::set<std::vector<std::size_t>> kinds;  // table, first byte(s) of the key that tell the kind, size class
  for (const Table table : {Table::kRecords, Table::kKeys, Table::kHeads, Table::kIndex, Table::kMeta}) {
    for (const StoredRow& row : here_.AllRows(table)) {
      if (row.value.empty()) continue;  // an ordered row is all key
      const std::size_t mark = table == Table::kMeta ? row.key[4] : table == Table::kKeys ? row.key[0] : 0;
      const bool chunk = table == Table::kRecords && row.value[1] == 2;
      if (!kinds.insert({static_cast<std::size_t>(table), mark, chunk}).second) continue;
      if (table == Table::kMeta && mark == static_cast<std::size_t>(MetaKind::kHabit)) continue;  // as above
      for (const std::size_t at : {0, 1}) {
        for (const int value : {0, 2, 255}) {
          Bytes changed = row.value;
          if (changed[at] == value) continue;
          changed[at] = static_cast<std::uint8_t>(value);
          here_.Overwrite(table, row.key, changed);
          EXPECT_NE(sees(), StatusCode::kOk) << static_cast<int>(table) << " " << mark << " " << at << " " << value;
        }
      }
      here_.Overwrite(table, row.key, row.value);
    }
  }
  EXPECT_EQ(kinds.size(), 2u + 2u + 1u + 1u + 16u);
  EXPECT_EQ(sees(), StatusCode::kOk);
}

}  // namespace
}  // namespace mseal::test
