// A newer schema in a vault that holds records, and grants to people who are already at work.
#include <gtest/gtest.h>

#include "vault/load_schema.h"
#include "vault/two_persons.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

constexpr std::string_view kFirst = R"(
syntax = "proto3";
import "medseal/options.proto";
option (medseal.v1.class) = { name: "identity" };
message Visit {
  option (medseal.v1.record) = { retention: "1y" };
  string name = 1 [(medseal.v1.field) = { class: "identity" find: EXACT normalize: NAME }];
  string note = 2;
}
)";

// A class, a searchable field and a type more.
constexpr std::string_view kSecond = R"(
syntax = "proto3";
import "medseal/options.proto";
option (medseal.v1.class) = { name: "identity" };
option (medseal.v1.class) = { name: "dental" };
message Visit {
  option (medseal.v1.record) = { retention: "1y" };
  string name = 1 [(medseal.v1.field) = { class: "identity" find: EXACT normalize: NAME }];
  string note = 2;
  string tooth = 3 [(medseal.v1.field) = { class: "dental" find: EXACT normalize: ID }];
}
message Bill {
  option (medseal.v1.record) = { retention: "1y" };
  string sum = 1;
}
)";

std::string Replaced(std::string_view in, std::string_view from, std::string_view to) {
  std::string text(in);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  return text.replace(at, from.size(), to);
}

class NewSchema : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson("desk", {"identity", "general"});
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    ASSERT_TRUE(lab_.Put(*founder_, "alice", "Visit", "1", TextField(1, "Martin") + TextField(2, "first")).ok());
  }

  Result<std::uint32_t> Load(vault::Session& session, std::string_view text) {
    MS_ASSIGN(auto call, session.Enter());
    schema::SchemaText wanted;
    wanted.proto = text;
    return vault::LoadSchema(call.core(), call.desk(), wanted);
  }

  Laboratory lab_{crypto::Suite::kChaCha20Poly1305, std::string(kFirst)};
  std::shared_ptr<vault::Session> founder_;
};

TEST_F(NewSchema, OlderRecordsOpenAndNewFieldsAreSealedAndFound) {
  const auto desk = lab_.LoginAs("desk");  // since before
  const auto loaded = Load(*founder_, kSecond);
  ASSERT_TRUE(loaded.ok()) << loaded.status().message();
  EXPECT_EQ(*loaded, 2u);
  const Bytes old = TextField(1, "Martin") + TextField(2, "first");
  EXPECT_EQ(Seen(lab_.Get(*founder_, "alice", "Visit", "1")), old);
  const auto by_desk = lab_.Get(*desk, "alice", "Visit", "1");
  EXPECT_EQ(Seen(by_desk), old);
  EXPECT_TRUE(Redacts(**by_desk, "tooth"));
  // The patient's key row is of a time before the class.
  ASSERT_TRUE(lab_.Put(*founder_, "alice", "Visit", "1", TextField(3, "T-36"), vault::PutMode::kUpdate).ok());
  ASSERT_TRUE(lab_.Put(*desk, "bob", "Visit", "1", TextField(1, "Dupont")).ok());
  ASSERT_TRUE(lab_.Put(*founder_, "bob", "Bill", "1", TextField(1, "12")).ok());
  EXPECT_EQ(Seen(lab_.Get(*founder_, "alice", "Visit", "1")), old + TextField(3, "T-36"));
  EXPECT_EQ(lab_.Find(*founder_, "Visit", "tooth", "t36")->size(), 1u);
  EXPECT_EQ(lab_.Find(*founder_, "Visit", "name", "MARTIN")->size(), 1u);
  EXPECT_EQ(lab_.Find(*desk, "Visit", "tooth", "t36").code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(lab_.Put(*desk, "bob", "Visit", "1", TextField(3, "T-11")).code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
  lab_.Close();
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_EQ(Seen(lab_.Get(*founder_, "alice", "Visit", "1")), old + TextField(3, "T-36"));
  EXPECT_EQ(Seen(lab_.Get(*founder_, "alice", "Visit", "1", 1)), old);
  EXPECT_EQ(Seen(lab_.Get(*founder_, "bob", "Bill", "1")), TextField(1, "12"));
}

// As if the process had died between the new schema and its index keys: the next who holds every class makes them.
TEST_F(NewSchema, IndexKeysOfANewSchemaAreCompletedAtTheNextLogin) {
  ASSERT_TRUE(Load(*founder_, kSecond).ok());
  std::vector<std::uint32_t> indexes;
  {
    auto call = founder_->Enter();
    for (const schema::FieldPlan& field : call->core().schemas.current()->schema->FindType("Visit")->fields) {
      if (field.find) indexes.push_back(field.index_id);
    }
  }
  ASSERT_EQ(indexes.size(), 2u);
  lab_.WithMeta([&](store::Rows& rows, const keys::MetaTable& meta, const vault::StoreIdentity&) {
    store::Batch batch;
    meta.Delete(batch, keys::MetaKind::kIndexKey, keys::MetaIdOf({indexes.back(), vault::kFirstIndexGeneration}));
    ASSERT_TRUE(rows.Commit(batch, store::Durability::kPower).ok());
  });
  founder_ = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_TRUE(lab_.Put(*founder_, "alice", "Visit", "1", TextField(3, "T-36"), vault::PutMode::kUpdate).ok());
  EXPECT_EQ(lab_.Find(*founder_, "Visit", "tooth", "t36")->size(), 1u);
}

TEST_F(NewSchema, OlderRecordReplacedByWhoLacksTheNewClassGetsAVoidGroup) {
  const auto desk = lab_.LoginAs("desk");
  ASSERT_TRUE(Load(*founder_, kSecond).ok());
  ASSERT_TRUE(lab_.Put(*desk, "alice", "Visit", "1", TextField(1, "Martin")).ok());
  EXPECT_EQ(Seen(lab_.Get(*founder_, "alice", "Visit", "1")), TextField(1, "Martin"));
  EXPECT_TRUE(lab_.Verify(founder_.get()).ok());
}

TEST_F(NewSchema, TheSameAgainKeepsItsVersion) {
  EXPECT_EQ(*Load(*founder_, kFirst), 1u);
  EXPECT_EQ(*Load(*founder_, kSecond), 2u);
  EXPECT_EQ(*Load(*founder_, kSecond), 2u);
}

TEST_F(NewSchema, ChangeThatTakesProtectionAwayIsRefusedAndNothingChanges) {
  const std::vector<std::string> refused = {
      Replaced(kFirst, "string note = 2;", "string note = 2 [(medseal.v1.field) = { public: true }];"),
      Replaced(kFirst, "string note = 2;", "string note = 3;"),
      Replaced(kFirst, "string note = 2;", "bytes note = 2;"),
      Replaced(kFirst, "string note = 2;", ""),
      Replaced(kFirst, "normalize: NAME", "normalize: ID"),
      Replaced(kFirst, "class: \"identity\" find", "find"),
      std::string(kSecond) + "nonsense",
  };
  for (const std::string& text : refused) {
    const auto loaded = Load(*founder_, text);
    EXPECT_EQ(loaded.code(), StatusCode::kInvalidArgument) << text;
    EXPECT_NE(loaded.status().message().find("schema.proto:"), std::string::npos) << loaded.status().message();
  }
  EXPECT_EQ(*Load(*founder_, kFirst), 1u);
  EXPECT_EQ(Seen(lab_.Get(*founder_, "alice", "Visit", "1")), TextField(1, "Martin") + TextField(2, "first"));
}

TEST_F(NewSchema, OnlyTheFounderBringsOne) {
  const auto desk = lab_.LoginAs("desk");
  EXPECT_EQ(Load(*desk, kSecond).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(lab_.Put(*founder_, "alice", "Bill", "1", TextField(1, "12")).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(*Load(*founder_, kSecond), 2u);
}

TEST_F(NewSchema, SeventeenthClassIsRefused) {
  const std::string last = "option (medseal.v1.class) = { name: \"identity\" };";
  std::string classes = last;  // four are implicit, one is declared
  for (int i = 0; i < 11; ++i) classes += "option (medseal.v1.class) = { name: \"c" + std::to_string(i) + "\" };";
  const std::string one_more = classes + "option (medseal.v1.class) = { name: \"d\" };";
  EXPECT_FALSE(Load(*founder_, Replaced(kFirst, last, one_more)).ok());
  EXPECT_EQ(*Load(*founder_, kFirst), 1u);
  const auto sixteen = Load(*founder_, Replaced(kFirst, last, classes));
  EXPECT_TRUE(sixteen.ok()) << sixteen.status().message();
  EXPECT_TRUE(lab_.Put(*founder_, "bob", "Visit", "1", TextField(1, "Dupont")).ok());
}

// ---- grants

class Grants : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddPerson("physician", {"identity", "general", "hiv"});
    lab_.AddPerson("desk", {"identity"});
    const auto physician = lab_.LoginAs("physician");
    ASSERT_TRUE(lab_.Put(*physician, "alice", "Patient", "1", TextField(3, "Martin") + NumberField(10, 2)).ok());
  }

  StatusCode Grant(std::string_view by, std::string_view person, std::string_view class_name) {
    const auto session = lab_.LoginAs(by);
    auto call = session->Enter();
    return vault::Grant(call->core(), call->desk(), person, class_name).code();
  }

  Laboratory lab_;
};

TEST_F(Grants, GrantedClassOpensFromTheNextLoginOn) {
  EXPECT_TRUE(Redacts(**lab_.Get(*lab_.LoginAs("desk"), "alice", "Patient", "1"), "hiv"));
  EXPECT_EQ(Grant("physician", "desk", "hiv"), StatusCode::kPermissionDenied);  // marked no_index: another signs too
  {
    const auto physician = lab_.LoginAs("physician");
    ASSERT_TRUE(vault::Join(*physician, Laboratory::kFounder, AsBytes(Laboratory::kPassword)).ok());
    auto call = physician->Enter();  // whoever holds a class may
    EXPECT_TRUE(vault::Grant(call->core(), call->desk(), "desk", "hiv").ok());
  }
  EXPECT_EQ(Seen(lab_.Get(*lab_.LoginAs("desk"), "alice", "Patient", "1")),
            TextField(3, "Martin") + NumberField(10, 2));
  lab_.Close();
  EXPECT_EQ(Seen(lab_.Get(*lab_.LoginAs("desk"), "alice", "Patient", "1")),
            TextField(3, "Martin") + NumberField(10, 2));
}

TEST_F(Grants, GrantsThatMayNotBeAreRefused) {
  EXPECT_EQ(Grant("desk", "desk", "hiv"), StatusCode::kPermissionDenied);
  EXPECT_EQ(Grant("physician", "desk", "genetic"), StatusCode::kPermissionDenied);
  EXPECT_EQ(Grant("founder", "desk", "identity"), StatusCode::kAlreadyExists);
  EXPECT_EQ(Grant("founder", "nobody", "hiv"), StatusCode::kNotFound);
  EXPECT_EQ(Grant("founder", "desk", "no such class"), StatusCode::kNotFound);
  EXPECT_TRUE(Redacts(**lab_.Get(*lab_.LoginAs("desk"), "alice", "Patient", "1"), "hiv"));
}

TEST_F(Grants, OnlyTheFounderAddsPersons) {
  const auto add = [&](std::string_view by, std::string_view name, std::vector<std::string> classes) {
    const auto session = lab_.LoginAs(by);
    auto call = session->Enter();
    people::NewPerson person;
    person.name = name;
    person.classes = std::move(classes);
    person.cost = crypto::kArgon2Floor;
    return vault::AddPerson(call->core(), call->desk(), person, AsBytes(PasswordOf(person.name))).code();
  };
  EXPECT_EQ(add("physician", "friend", {"identity"}), StatusCode::kPermissionDenied);
  EXPECT_EQ(add("founder", "desk", {"identity"}), StatusCode::kAlreadyExists);
  EXPECT_EQ(add("founder", "friend", {"no such class"}), StatusCode::kNotFound);
  EXPECT_EQ(lab_.Vault()->Login("friend", AsBytes(PasswordOf("friend")), "care").code(), StatusCode::kWrongSecret);
  EXPECT_EQ(add("founder", "friend", {}), StatusCode::kOk);
  EXPECT_EQ(Seen(lab_.Get(*lab_.LoginAs("friend"), "alice", "Patient", "1")), Bytes{});
}

}  // namespace
}  // namespace mseal::test
