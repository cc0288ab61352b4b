// Purposes and masks of the schema: who sees what of a field, and what they cannot find out or destroy by other ways.
#include <gmock/gmock.h>

#include "vault/administer.h"
#include "vault/break_glass.h"
#include "vault/read.h"
#include "vault/upload.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using people::Operation;
using people::Operations;
using vault::PutMode;

constexpr std::string_view kClerk = "clerk";
constexpr std::string_view kRole = "masked";

constexpr const char* kSchema = R"(syntax = "proto3";
import "medseal/options.proto";
option (medseal.v1.class) = { name: "identity" };
option (medseal.v1.class) = { name: "hiv" no_index: true };
option (medseal.v1.class) = { name: "genetic" no_index: true };
option (medseal.v1.class) = { name: "reproductive" no_index: true };
option (medseal.v1.class) = { name: "mental" no_index: true };
option (medseal.v1.class) = { name: "narrative" no_index: true };
message Coded { string code = 1 [(medseal.v1.field) = { rule: CODE }]; string system = 2 [(medseal.v1.field) = { rule: SYSTEM }]; }
message Visit {
  option (medseal.v1.record) = {};
  string nir = 1 [(medseal.v1.field) = { class: "identity" find: EXACT normalize: ID mask: LAST4 }];
  string name = 2 [(medseal.v1.field) = { class: "identity" find: EXACT normalize: NAME }];
  string finding = 3 [(medseal.v1.field) = { purposes: ["care", "x-board"] find: EXACT normalize: NAME }];
  string price = 4 [(medseal.v1.field) = { purposes: ["billing"] }];
  Coded coded = 5 [(medseal.v1.field) = { class_by: RULES purposes: ["care"] }];
  string room = 6;
}
)";

class VaultMasks : public testing::Test {
 protected:
  VaultMasks() {
    care_ = Login("care");
    billing_ = Login("billing");
    EXPECT_TRUE(Put(*care_, Whole()).ok());
    EXPECT_TRUE(Put(*billing_, TextField(4, "52 euro"), PutMode::kUpdate).ok());
  }

  std::shared_ptr<vault::Session> Login(const std::string& purpose) {
    auto session = lab_.Vault()->Login(Laboratory::kFounder, AsBytes(Laboratory::kPassword), purpose);
    EXPECT_TRUE(session.ok());
    return *session;
  }
  static Bytes Whole() {
    return TextField(1, "285022A12345673") + TextField(2, "Curie") + TextField(3, "anaemia") +
           TextField(5,
                     "\x0a\x03"
                     "abc") +
           TextField(6, "12");
  }
  Status Put(vault::Session& session, const Bytes& message, PutMode mode = PutMode::kReplace) {
    return lab_.Put(session, "p", "Visit", "v", message, mode);
  }
  static Bytes MessageOf(const vault::OpenedRecord& record) {
    return Bytes(record.message.Reveal().begin(), record.message.Reveal().end());
  }
  std::unique_ptr<vault::OpenedRecord> Get(vault::Session& session, bool masked = false) {
    auto call = session.Enter();
    const auto patient = lab_.HandleOf(session, "p");
    auto got =
        vault::RecordReader(call->core(), call->desk(), nullptr, masked).Read(patient, "Visit", AsBytes("v"), 0, {});
    EXPECT_TRUE(got.ok()) << got.status().message();
    return std::move(*got);
  }
  StatusCode ReadValue(vault::Session& session, std::string_view field) {
    auto call = session.Enter();
    SecretBytes out;
    std::uint64_t size = 0;
    const auto patient = lab_.HandleOf(session, "p");
    return vault::RecordReader(call->core(), call->desk())
        .ReadValue(patient, "Visit", AsBytes("v"), field, 0, 100, out, size)
        .code();
  }
  StatusCode Upload(vault::Session& session, std::string_view field) {
    auto call = session.Enter();
    return vault::Upload::Begin(call->core(), call->desk(), {AsBytes("p"), nullptr}, "Visit", AsBytes("v"), field)
        .code();
  }
  // Of the person, whose role lets them see masks of the class alone, beside what `more` says of it. Every other class is
  // granted.
  std::shared_ptr<vault::Session> MaskedReader(const std::string& class_name, Operations more = {}) {
    std::vector<std::string> others;
    const auto chain = care_->Enter()->core().registry->chain();
    for (const auto& [number, entry] : chain->classes()) {
      if (entry.name != class_name && entry.name != "audit" && entry.name != "directory") others.push_back(entry.name);
    }
    lab_.AddPerson(kClerk, others);
    Define(class_name, more | Operation::kReadMasked);
    EXPECT_TRUE(vault::GiveRole(*care_, kClerk, kRole).ok());
    return LoginOf(kClerk);
  }
  void Define(const std::string& class_name, Operations operations) {
    const Status defined = vault::DefineRole(*care_, kRole, operations, {class_name});
    EXPECT_TRUE(defined.ok()) << defined.message();
  }
  std::shared_ptr<vault::Session> LoginOf(std::string_view person) {
    auto session = lab_.Vault()->Login(person, AsBytes(PasswordOf(person)), "care");
    EXPECT_TRUE(session.ok()) << session.status().message();
    return *session;
  }

  Laboratory lab_{crypto::Suite::kChaCha20Poly1305, kSchema};
  std::shared_ptr<vault::Session> care_, billing_;
};

TEST_F(VaultMasks, AFieldOfAnotherPurposeIsRedacted) {
  const auto care = Get(*care_), billing = Get(*billing_);
  EXPECT_THAT(care->redacted, ElementsAre("price"));
  EXPECT_EQ(MessageOf(*care), Whole());
  EXPECT_THAT(billing->redacted, ElementsAre("finding", "coded"));
  EXPECT_EQ(MessageOf(*billing),
            TextField(1, "285022A12345673") + TextField(2, "Curie") + TextField(4, "52 euro") + TextField(6, "12"));
  EXPECT_THAT(Get(*Login("x-board"))->redacted, ElementsAre("price", "coded"));
}

TEST_F(VaultMasks, ListingsAndHistoryRedactAlike) {
  ASSERT_TRUE(Put(*care_, TextField(6, "14"), PutMode::kUpdate).ok());
  const auto all = lab_.Patient(*billing_, "p");
  ASSERT_TRUE(all.ok());
  EXPECT_THAT((*all)[0]->redacted, ElementsAre("finding", "coded"));
  const auto found = lab_.Find(*billing_, "Visit", "name", "curie");
  ASSERT_TRUE(found.ok());
  EXPECT_THAT((*found)[0]->redacted, ElementsAre("finding", "coded"));
  const auto old = lab_.Get(*billing_, "p", "Visit", "v", 1);
  ASSERT_TRUE(old.ok());
  EXPECT_EQ(MessageOf(**old), TextField(1, "285022A12345673") + TextField(2, "Curie") + TextField(6, "12"));
}

TEST_F(VaultMasks, AFieldOfAnotherPurposeIsNeitherSearchedNorReadInPart) {
  EXPECT_TRUE(lab_.Find(*care_, "Visit", "finding", "anaemia").ok());
  EXPECT_EQ(lab_.Find(*billing_, "Visit", "finding", "anaemia").code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(ReadValue(*care_, "finding"), StatusCode::kOk);
  EXPECT_EQ(ReadValue(*billing_, "finding"), StatusCode::kPermissionDenied);
}

TEST_F(VaultMasks, AFieldOfAnotherPurposeIsNotWritten) {
  for (const PutMode mode : {PutMode::kReplace, PutMode::kUpdate}) {
    EXPECT_EQ(Put(*billing_, TextField(3, "other"), mode).code(), StatusCode::kPermissionDenied);
    EXPECT_EQ(Put(*billing_, TextField(5, "\x0a\x01x"), mode).code(), StatusCode::kPermissionDenied);
  }
  EXPECT_EQ(Upload(*care_, "price"), StatusCode::kPermissionDenied);
  EXPECT_EQ(Upload(*billing_, "price"), StatusCode::kOk);
  EXPECT_EQ(MessageOf(*Get(*care_)), Whole());
}

TEST_F(VaultMasks, AFieldOfAnotherPurposeIsNotCleared) {
  auto call = billing_->Enter();
  const std::string_view clear[] = {"finding"};
  vault::PutItem item{{AsBytes("p"), nullptr}, {}};
  item.request.type = "Visit";
  item.request.record_id = AsBytes("v");
  item.request.mode = PutMode::kUpdate;
  item.request.clear = clear;
  std::vector<vault::PutAnswer> answers;
  EXPECT_EQ(vault::PutAll(call->core(), call->desk(), {&item, 1}, answers).code(), StatusCode::kPermissionDenied);
}

// Who replaces a record without seeing all of it would destroy what they cannot see.
TEST_F(VaultMasks, AReplaceKeepsWhatItsPurposeDoesNotSee) {
  ASSERT_TRUE(Put(*billing_, TextField(2, "Sklodowska") + TextField(4, "60 euro")).ok());
  EXPECT_EQ(MessageOf(*Get(*care_)), TextField(2, "Sklodowska") + TextField(3, "anaemia") +
                                         TextField(5,
                                                   "\x0a\x03"
                                                   "abc"));
  EXPECT_EQ(MessageOf(*Get(*billing_)), TextField(2, "Sklodowska") + TextField(4, "60 euro"));
  const auto found = lab_.Find(*care_, "Visit", "finding", "anaemia");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->size(), 1u) << "its place in the index went";
  EXPECT_TRUE(lab_.Verify(care_.get()).ok());
}

TEST_F(VaultMasks, AReplaceKeepsALargeValueThatItDoesNotSee) {
  const std::string large(200'000, 'x');
  ASSERT_TRUE(Put(*care_, TextField(3, "short") + TextField(6, large)).ok());
  const Bytes seen = TextField(4, large);
  ASSERT_TRUE(Put(*billing_, seen, PutMode::kUpdate).ok());
  ASSERT_TRUE(Put(*care_, TextField(6, "12")).ok());
  EXPECT_EQ(MessageOf(*Get(*billing_)), seen + TextField(6, "12"));
  EXPECT_TRUE(lab_.Verify(billing_.get()).ok());
}

TEST_F(VaultMasks, VerifyReadsWhatItsSessionMayNotSee) {
  ASSERT_TRUE(Put(*billing_, TextField(4, std::string(200'000, 'x')), PutMode::kUpdate).ok());
  const auto rows = lab_.AllRows(store::Table::kRecords);
  const auto chunk = std::ranges::max_element(rows, {}, [](const StoredRow& row) { return row.value.size(); });
  Bytes changed = chunk->value;
  changed[changed.size() / 2] ^= 1;
  EXPECT_TRUE(lab_.Verify(Login("care").get()).ok());
  lab_.Overwrite(store::Table::kRecords, chunk->key, changed);
  EXPECT_EQ(lab_.Verify(Login("care").get()).code(), StatusCode::kAuthFailed);
}

TEST_F(VaultMasks, WhoAsksForMasksGetsThem) {
  const auto masked = Get(*care_, true);
  EXPECT_THAT(masked->masked, ElementsAre("nir"));
  EXPECT_EQ(MessageOf(*masked), TextField(1, "****5673") + TextField(2, "Curie") + TextField(3, "anaemia") +
                                    TextField(5,
                                              "\x0a\x03"
                                              "abc") +
                                    TextField(6, "12"));
  EXPECT_THAT(Get(*care_)->masked, IsEmpty());
}

TEST_F(VaultMasks, AMaskedClassShowsMasksAndNothingElseOfIt) {
  const auto clerk = MaskedReader("identity");
  const auto masked = Get(*clerk);
  EXPECT_THAT(masked->masked, ElementsAre("nir"));
  EXPECT_THAT(masked->redacted, ElementsAre("name", "price"));
  EXPECT_EQ(MessageOf(*masked), TextField(1, "****5673") + TextField(3, "anaemia") +
                                    TextField(5,
                                              "\x0a\x03"
                                              "abc") +
                                    TextField(6, "12"));
  const auto all = lab_.Patient(*clerk, "p");
  EXPECT_EQ(MessageOf(*(*all)[0]), MessageOf(*masked));
  ASSERT_TRUE(Put(*care_, TextField(6, "14"), PutMode::kUpdate).ok());
  EXPECT_EQ(MessageOf(**lab_.Get(*clerk, "p", "Visit", "v", 1)), MessageOf(*masked)) << "of history";
  EXPECT_THAT(Get(*care_)->masked, IsEmpty()) << "another session's";
}

TEST_F(VaultMasks, AMaskedClassIsNeitherSearchedNorReadInPart) {
  const auto clerk = MaskedReader("identity", Operation::kSearch);
  for (const char* field : {"nir", "name"}) {
    EXPECT_EQ(lab_.Find(*clerk, "Visit", field, "curie").code(), StatusCode::kPermissionDenied) << field;
    EXPECT_EQ(ReadValue(*clerk, field), StatusCode::kPermissionDenied) << field;
  }
}

TEST_F(VaultMasks, WhoeverMayReadTooSeesAllOfTheClass) {
  const auto clerk = MaskedReader("identity", Operation::kRead);
  EXPECT_THAT(Get(*clerk)->masked, IsEmpty());
  EXPECT_EQ(MessageOf(*Get(*clerk)), Whole());
  Define("identity", Operation::kReadMasked);
  EXPECT_THAT(Get(*clerk)->masked, ElementsAre("nir")) << "what is taken is gone at once";
  ASSERT_TRUE(vault::Grant(care_->Enter()->core(), care_->Enter()->desk(), kClerk, "identity").ok());
  EXPECT_EQ(MessageOf(*Get(*LoginOf(kClerk))), Whole());
}

TEST_F(VaultMasks, BrokenGlassShowsWhatWasMasked) {
  const auto clerk = MaskedReader("identity", Operation::kBreakGlass);
  EXPECT_THAT(Get(*clerk)->masked, ElementsAre("nir"));
  {
    auto call = clerk->Enter();
    std::uint64_t number = 0;
    const Status broken = vault::BreakGlass(call->core(), call->desk(), "identity", "unconscious", 0, number);
    ASSERT_TRUE(broken.ok()) << broken.message();
  }
  EXPECT_EQ(MessageOf(*Get(*clerk)), Whole());
}

// Unknown numbers lie under `general` and have no mask.
TEST_F(VaultMasks, AMaskedGeneralClassShowsNoFieldThatTheSchemaDoesNotKnow) {
  ASSERT_TRUE(Put(*care_, TextField(6, "12") + TextField(99, "unknown")).ok());
  EXPECT_EQ(MessageOf(*Get(*care_)), TextField(6, "12") + TextField(99, "unknown"));
  const auto clerk = MaskedReader("general");
  EXPECT_THAT(Get(*clerk)->redacted, ElementsAre("finding", "price", "coded", "room"));
  EXPECT_EQ(MessageOf(*Get(*clerk)), Bytes{});
}

}  // namespace
}  // namespace mseal::test
