// Who can bring a mandate into force, and what those cannot who edit one, sign it without being asked, or bring it to
// another vault.
#include "vault/mandates.h"

#include <gmock/gmock.h>

#include "audit/note.h"
#include "base/clock.h"
#include "people/policy.h"
#include "vault/roles.h"
#include "vault/rotate_person.h"
#include "vault/two_persons.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class Mandates : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.AddAuditor("grace");
    founder_ = lab_.LoginAs(Laboratory::kFounder);
    grace_ = lab_.LoginAs("grace");
    lab_.AddPerson("nurse", {"general"});
  }
  void TearDown() override { SetClockForTests(0); }

  static format::Mandate Draft() {
    format::Mandate draft;
    draft.from = "HEXALAB 4";
    draft.to = "this vault";
    draft.purpose = "migration";
    draft.takes = {{"Patient", {"family", "given"}}, {"LabResult", {"result"}}};
    draft.most_rows = 1000;
    draft.expires_ms = (NowMs() / 1000 + 3600) * 1000;
    return draft;
  }
  Result<std::string> Make(const format::Mandate& draft, std::vector<ByteView> patients = {}) {
    return vault::MakeMandate(founder_->Enter()->core(), draft, patients);
  }
  std::string Made() {
    const auto text = Make(Draft());
    EXPECT_TRUE(text.ok()) << text.status().message();
    return *text;
  }
  static Result<std::string> Sign(vault::Session& session, std::string_view file) {
    auto call = session.Enter();
    return vault::SignMandate(call->core(), call->desk(), file);
  }
  Result<vault::MandateView> Judge(std::string_view file) {
    return vault::JudgeMandate(founder_->Enter()->core(), file);
  }
  StatusCode InForce(std::string_view file) {
    const auto view = Judge(file);
    return view.ok() ? vault::CheckInForce(*view).code() : view.code();
  }
  // By founder and auditor.
  std::string Signed() { return *Sign(*grace_, *Sign(*founder_, Made())); }

  Laboratory lab_;
  std::shared_ptr<vault::Session> founder_, grace_;
};

TEST_F(Mandates, AsManyAsPolicySaysBringOneIntoForce) {
  const std::string text = Made();
  EXPECT_THAT(text, HasSubstr("take: Patient: family, given\n"));
  EXPECT_THAT(text, HasSubstr("signers at least: 2\n"));
  EXPECT_THAT(Judge(text)->counting, IsEmpty());
  EXPECT_EQ(InForce(text), StatusCode::kPermissionDenied);
  const std::string one = *Sign(*founder_, text);
  EXPECT_EQ(InForce(one), StatusCode::kPermissionDenied);
  EXPECT_EQ(Sign(*founder_, one).code(), StatusCode::kAlreadyExists);
  const std::string two = *Sign(*grace_, one);
  EXPECT_EQ(InForce(two), StatusCode::kOk);
  EXPECT_EQ(Judge(two)->counting.size(), 2u);
  EXPECT_EQ(Judge(two)->text, text);
}

TEST_F(Mandates, ASecondPersonAtTheSessionSignsAlong) {
  const auto both = lab_.LoginWith("grace");
  EXPECT_EQ(InForce(*Sign(*both, Made())), StatusCode::kOk);
}

TEST_F(Mandates, WhoMayNotSignDoesNot) {
  const auto nurse = lab_.LoginAs("nurse");
  EXPECT_EQ(Sign(*nurse, Made()).code(), StatusCode::kPermissionDenied);
  // With other software they sign all the same: it counts for nothing.
  const std::string text = Made();
  auto call = nurse->Enter();
  const std::string by_hand =
      audit::SignNote(text, "medseal.person-3/" + audit::HexText(call->core().identity.store),
                      call->desk().session->identity().keys.seed);
  EXPECT_THAT(Judge(by_hand)->counting, IsEmpty());
}

TEST_F(Mandates, EveryChangedByteOfASignedOneIsSeen) {
  const std::string file = Signed();
  auto call = founder_->Enter();
  for (std::size_t i = 0; i < file.size(); ++i) {
    std::string changed = file;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto view = vault::JudgeMandate(call->core(), changed);
    EXPECT_TRUE(!view.ok() || !vault::CheckInForce(*view).ok()) << i;
  }
  const auto edit = [&](std::string_view before, std::string_view after) {
    std::string edited = file;
    edited.replace(edited.find(before), before.size(), after);
    return vault::JudgeMandate(call->core(), edited).code();
  };
  EXPECT_EQ(edit("rows at most: 1000", "rows at most: 9000"), StatusCode::kAuthFailed);
  EXPECT_EQ(edit("family, given", "family, given, nir"), StatusCode::kAuthFailed);
  EXPECT_EQ(edit("dropped", "sealed"), StatusCode::kAuthFailed);
}

TEST_F(Mandates, SignaturesOfAnotherMandateCountForNone) {
  const std::string first = Signed(), second = Made();
  EXPECT_EQ(InForce(second + first.substr(first.find("\n\n") + 1)), StatusCode::kAuthFailed);
}

TEST_F(Mandates, ADisabledSignerAndOneWithOtherKeysCountNoMore) {
  const std::string file = Signed();
  ASSERT_TRUE(vault::RotatePerson(*founder_, "grace", AsBytes(PasswordOf("their next")), crypto::kArgon2Floor).ok());
  EXPECT_EQ(Judge(file)->counting.size(), 1u);
  EXPECT_EQ(InForce(file), StatusCode::kPermissionDenied);
  const auto again = lab_.Vault()->Login("grace", AsBytes(PasswordOf("their next")), "care");
  ASSERT_TRUE(again.ok());
  const auto renewed = Sign(**again, file);
  ASSERT_TRUE(renewed.ok()) << renewed.status().message();
  EXPECT_EQ(InForce(*renewed), StatusCode::kOk);
  ASSERT_TRUE(vault::ChangePeople(*founder_, [](people::Registry& registry, const people::Identity& who) {
                return registry.Disable(who, "grace");
              }).ok());
  EXPECT_EQ(InForce(*renewed), StatusCode::kPermissionDenied);
}

TEST_F(Mandates, WhatIsOverOrOfAClockSetBackIsNotInForce) {
  const std::string file = Signed();
  const std::uint64_t now = NowMs();
  SetClockForTests(now + 2 * 3'600'000);
  EXPECT_TRUE(Judge(file)->expired);
  EXPECT_EQ(InForce(file), StatusCode::kPermissionDenied);
  EXPECT_EQ(Sign(*founder_, file).code(), StatusCode::kPermissionDenied);
  SetClockForTests(now - 24 * 3'600'000);
  EXPECT_EQ(InForce(file), StatusCode::kPermissionDenied);
  SetClockForTests(now);
  EXPECT_EQ(InForce(file), StatusCode::kOk);
}

TEST_F(Mandates, AnotherVaultsIsRefused) {
  const std::string file = Signed();
  Laboratory other;
  auto call = other.Vault()->Enter();
  EXPECT_EQ(vault::JudgeMandate(call->core(), file).code(), StatusCode::kInvalidArgument);
}

TEST_F(Mandates, WhatTheSchemaDoesNotHaveIsNotMandated) {
  format::Mandate draft = Draft();
  draft.takes = {{"Patient", {"family", "shoe_size"}}};
  const auto field = Make(draft);
  EXPECT_EQ(field.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(field.status().message()), HasSubstr("Patient.shoe_size"));
  draft.takes = {{"Shoe", {"size"}}};
  EXPECT_EQ(Make(draft).code(), StatusCode::kInvalidArgument);
  draft.takes = {};
  EXPECT_EQ(Make(draft).code(), StatusCode::kInvalidArgument);
  draft = Draft();
  draft.expires_ms = 1000;
  EXPECT_EQ(Make(draft).code(), StatusCode::kInvalidArgument);
  draft = Draft();
  draft.direction = format::MandateDirection::kExport;
  EXPECT_EQ(Make(draft).code(), StatusCode::kInvalidArgument) << "for nobody";
  draft = Draft();
  draft.takes[0].fields.assign(1000, std::string(100, 'a'));
  EXPECT_EQ(Make(draft).code(), StatusCode::kInvalidArgument);
}

TEST_F(Mandates, PatientsOfAListAreTheseInAnyOrderOnce) {
  const ByteView a = AsBytes("alice"), b = AsBytes("bob"), c = AsBytes("carol");
  const auto digest = [](std::vector<ByteView> patients, std::uint8_t id = 1) {
    return vault::DigestOfPatients({id}, patients);
  };
  EXPECT_EQ(digest({a, b}), digest({b, a, b}));
  EXPECT_EQ(digest({a, b}).count, 2u);
  EXPECT_FALSE(digest({a, b}) == digest({a, c}));
  EXPECT_FALSE(digest({a, b}) == digest({AsBytes("alicebob")}));
  EXPECT_FALSE(digest({a, b}).digest == digest({a, b}, 2).digest) << "of another mandate";
  const auto text = Make(Draft(), {a, b});
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, HasSubstr("patients: 2 of the list with digest "));
  EXPECT_THAT(*text, testing::Not(HasSubstr("alice")));
}

TEST_F(Mandates, APolicyThatAsksForMoreAsksForThemOfOlderOnesToo) {
  const std::string file = Signed();
  lab_.SetPolicy("grace", people::policy::kApprovals, 3);
  EXPECT_EQ(Judge(file)->needed, 3u);
  EXPECT_EQ(InForce(file), StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace mseal::test
