// Persons who log in with a PKCS#11 token, and what those cannot do who have the disk, another token, or this one
// without its PIN.
#include "keys/person_token.h"

#include <gmock/gmock.h>
#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>

#include <array>

#include "format/credential.h"
#include "format/job.h"
#include "keys/pkcs11_module.h"
#include "keys/pkcs11_session.h"
#include "keys_support/soft_token.h"
#include "keys_support/token_shim.h"
#include "people/policy.h"
#include "vault/jobs.h"
#include "vault/new_secret.h"
#include "vault/rotate_person.h"
#include "vault/set_policy.h"
#include "vault/suite_change.h"
#include "vault/two_persons.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

using keys::MetaKind;
using keys::PersonToken;
using people::LoginSecret;

constexpr std::string_view kNurse = "nurse";

class PersonTokens : public ::testing::Test {
 protected:
  ~PersonTokens() override {
    shim_.FailNever();
    shim_.GiveKeysAway(false);
  }
  static std::string Uri(const std::string& token = "medseal") {
    return "pkcs11:token=" + token + "?module-path=" MEDSEAL_TOKEN_SHIM;
  }
  static std::unique_ptr<PersonToken> Token(const std::string& label = "medseal") {
    auto token = PersonToken::Open(Uri(label), AsBytes("1234"));
    EXPECT_TRUE(token.ok()) << token.status().message();
    return token.ok() ? std::move(*token) : nullptr;
  }
  static std::size_t KeysOn(const std::string& label = "medseal") {
    const auto uri = keys::TokenUri::ParseToken(Uri(label));
    const auto session = keys::Pkcs11Session::Open(*uri, AsBytes("1234"), [] { return true; });
    return (*session)->FindKeys()->size();
  }
  Status Add(std::string_view name, PersonToken* token, std::vector<std::string> classes = {"general"}) {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    auto call = founder->Enter();
    people::NewPerson person;
    person.name = name;
    person.classes = std::move(classes);
    return vault::AddPerson(call->core(), call->desk(), person, LoginSecret::Token(token));
  }
  void AddNurse() {
    const Status added = Add(kNurse, Token().get());
    ASSERT_TRUE(added.ok()) << added.message();
  }
  Result<std::shared_ptr<vault::Session>> Login(std::string_view person, const LoginSecret& secret) {
    vault::LoginRequest request;
    request.person = person;
    request.secret = secret;
    request.use.purpose = "care";
    return lab_.Vault()->Login(request);
  }
  StatusCode LoginCode(std::string_view person, PersonToken* token) {
    return Login(person, LoginSecret::Token(token)).code();
  }
  // Nothing asked of the token yet.
  static std::unique_ptr<PersonToken> Locked(const std::string& pin = "1234") {
    auto token = PersonToken::At(Uri(), AsBytes(pin));
    EXPECT_TRUE(token.ok()) << token.status().message();
    return token.ok() ? std::move(*token) : nullptr;
  }
  std::uint32_t FailuresOf(std::string_view person) {
    auto call = lab_.Vault()->Enter();
    vault::Core& core = call->core();
    return core.attempts.StateOf(core, core.registry->chain()->FindPerson(person)->number).failures;
  }
  void LockOut(std::string_view person) {
    auto call = lab_.Vault()->Enter();
    vault::Core& core = call->core();
    for (auto turn = core.attempts.Begin(core, person); turn->turn == vault::LoginAttempts::Turn::kGo;
         turn = core.attempts.Begin(core, person))
      core.attempts.Failed(core, *turn);
  }
  Bytes CredentialOf(std::string_view person) {
    auto call = lab_.Vault()->Enter();
    const auto number = call->core().registry->chain()->FindPerson(person)->number;
    const auto row = call->core().meta->Get(MetaKind::kCredential, keys::MetaIdOf({number}));
    return Bytes(row->Reveal().begin(), row->Reveal().end());
  }
  Status Open(ByteView credential, PersonToken* token) {
    auto call = lab_.Vault()->Enter();
    vault::Core& core = call->core();
    const auto number = core.registry->chain()->FindPerson(kNurse)->number;
    return people::OpenCredential(core.identity.store, core.identity.suite.now(), number, credential,
                                  LoginSecret::Token(token))
        .status();
  }

  keys::SoftToken token_;
  keys::ShimControls& shim_ = keys::ControlsOfShim(MEDSEAL_TOKEN_SHIM);
  Laboratory lab_;
};

TEST_F(PersonTokens, WhoeverHasTheTokenAndItsPinWorks) {
  AddNurse();
  const auto token = Token();
  const auto nurse = Login(kNurse, LoginSecret::Token(token.get()));
  ASSERT_TRUE(nurse.ok()) << nurse.status().message();
  EXPECT_TRUE(lab_.Put(**nurse, "alice", "LabResult", "r", TextField(13, "fasting")).ok());
  EXPECT_TRUE(lab_.Get(**nurse, "alice", "LabResult", "r").ok());
  lab_.Close();
  EXPECT_EQ(LoginCode(kNurse, Token().get()), StatusCode::kOk);
}

TEST_F(PersonTokens, NothingElseOpensAndEverythingIsAnsweredAlike) {
  AddNurse();
  token_.Make("other");
  lab_.AddPerson("physician", {"general"});
  const auto own = Token(), other = Token("other");
  const auto refused = [&](std::string_view person, const LoginSecret& secret) {
    const auto login = Login(person, secret);
    EXPECT_EQ(login.code(), StatusCode::kWrongSecret) << person;
    return std::string(login.status().message());
  };
  const std::string said = refused(kNurse, AsBytes("willow copper tunnel"));
  EXPECT_EQ(refused(kNurse, LoginSecret::Token(other.get())), said) << "a token that has no key of theirs";
  EXPECT_EQ(refused(kNurse, LoginSecret::Token(nullptr)), said) << "a PIN that was not taken";
  EXPECT_EQ(refused("nobody", LoginSecret::Token(own.get())), said);
  EXPECT_EQ(refused("physician", LoginSecret::Token(own.get())), said) << "somebody who has a password";
  EXPECT_EQ(PersonToken::Open(Uri(), AsBytes("4321")).code(), StatusCode::kWrongSecret);
  EXPECT_EQ(PersonToken::Open(Uri(), {}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(PersonToken::Open("pkcs11:token=medseal;object=o", AsBytes("1234")).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(PersonToken::Open(Uri("absent"), AsBytes("1234")).code(), StatusCode::kKeyUnavailable);
}

// PKCS#11 logs in a process: whoever did so outside of this library leaves the token taking any PIN.
TEST_F(PersonTokens, PinThatTheTokenDoesNotLookAtOpensNobody) {
  AddNurse();
  CK_FUNCTION_LIST* const module = p11_kit_module_load(MEDSEAL_TOKEN_SHIM, 0);
  ASSERT_NE(module, nullptr);
  ASSERT_EQ(p11_kit_module_initialize(module), CKR_OK);
  std::array<CK_SLOT_ID, 8> slots{};
  CK_ULONG count = slots.size();
  ASSERT_EQ(module->C_GetSlotList(CK_TRUE, slots.data(), &count), CKR_OK);
  std::string pin = "1234";
  std::vector<CK_SESSION_HANDLE> sessions;
  for (CK_ULONG i = 0; i < count; ++i) {
    CK_SESSION_HANDLE session = 0;
    if (module->C_OpenSession(slots[i], CKF_SERIAL_SESSION, nullptr, nullptr, &session) != CKR_OK) continue;
    sessions.push_back(session);
    module->C_Login(session, CKU_USER, reinterpret_cast<CK_UTF8CHAR*>(pin.data()), pin.size());
  }
  ASSERT_FALSE(sessions.empty());
  EXPECT_EQ(PersonToken::Open(Uri(), AsBytes("4321")).code(), StatusCode::kKeyUnavailable);
  EXPECT_EQ(PersonToken::Open(Uri(), AsBytes("1234")).code(), StatusCode::kKeyUnavailable) << "it is not known to be the one";
  for (const CK_SESSION_HANDLE session : sessions) module->C_CloseSession(session);
  p11_kit_module_finalize(module);
  p11_kit_module_release(module);
  EXPECT_EQ(PersonToken::Open(Uri(), AsBytes("4321")).code(), StatusCode::kWrongSecret);
  EXPECT_EQ(LoginCode(kNurse, Token().get()), StatusCode::kOk);
}

TEST_F(PersonTokens, OneTokenServesOnePerson) {
  AddNurse();
  EXPECT_EQ(Add("physician", Token().get()).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(KeysOn(), 1u);
  EXPECT_EQ(LoginCode(kNurse, Token().get()), StatusCode::kOk);
  token_.Make("other");
  EXPECT_TRUE(Add("physician", Token("other").get()).ok());
  EXPECT_EQ(LoginCode("physician", Token("other").get()), StatusCode::kOk);
  EXPECT_EQ(LoginCode("physician", Token().get()), StatusCode::kWrongSecret);
}

// Whoever writes to the disk and has the provider gives the nurse's credential to somebody who may do more.
TEST_F(PersonTokens, CredentialOpensAsItsPersonsAlone) {
  AddNurse();
  const Bytes credential = CredentialOf(kNurse);
  lab_.WithMeta([&](store::Rows&, const keys::MetaTable& meta, const vault::StoreIdentity&) {
    store::Batch batch;
    meta.Put(batch, MetaKind::kCredential, keys::MetaIdOf({people::kFounder}), credential);
    ASSERT_TRUE(meta.Commit(batch, store::Durability::kProcess).ok());
  });
  EXPECT_EQ(LoginCode(Laboratory::kFounder, Token().get()), StatusCode::kWrongSecret);
  EXPECT_EQ(LoginCode(kNurse, Token().get()), StatusCode::kOk);
}

TEST_F(PersonTokens, EveryChangedBitOfTheCredentialIsRefused) {
  AddNurse();
  const auto token = Token();
  const Bytes credential = CredentialOf(kNurse);
  ASSERT_TRUE(Open(credential, token.get()).ok());
  for (std::size_t bit = 0; bit < credential.size() * 8; ++bit) {
    Bytes changed = credential;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    EXPECT_FALSE(Open(changed, token.get()).ok()) << bit;
  }
  for (std::size_t size = 0; size < credential.size(); ++size)
    EXPECT_FALSE(Open(ByteView(credential).first(size), token.get()).ok()) << size;
  EXPECT_TRUE(Open(credential, token.get()).ok());
}

TEST_F(PersonTokens, TokenWhoseKeyIsGoneOpensNothing) {
  AddNurse();
  const auto token = Token();
  const auto store = lab_.Vault()->Enter()->core().identity.store;
  ASSERT_TRUE(token->DestroyKeys({9, 9, 9}).ok()) << "of another store";
  EXPECT_EQ(LoginCode(kNurse, token.get()), StatusCode::kOk);
  ASSERT_TRUE(token->DestroyKeys(store).ok());
  EXPECT_EQ(LoginCode(kNurse, token.get()), StatusCode::kWrongSecret);
}

TEST_F(PersonTokens, TokenThatIsPulledOutIsUnavailableAndOpenSessionsGoOn) {
  AddNurse();
  const auto before = Token();
  const auto nurse = Login(kNurse, LoginSecret::Token(before.get()));
  ASSERT_TRUE(nurse.ok());
  shim_.FailAll("C_DecryptInit", CKR_DEVICE_REMOVED);
  EXPECT_EQ(LoginCode(kNurse, before.get()), StatusCode::kKeyUnavailable);
  EXPECT_TRUE(lab_.Put(**nurse, "alice", "LabResult", "r", TextField(13, "fasting")).ok());
  shim_.FailNever();
  EXPECT_EQ(LoginCode(kNurse, before.get()), StatusCode::kKeyUnavailable) << "what state it is in is not known";
  EXPECT_EQ(LoginCode(kNurse, Token().get()), StatusCode::kOk);
}

TEST_F(PersonTokens, TokenThatFailsLocksNobodyOut) {
  AddNurse();
  ASSERT_EQ(LoginCode(kNurse, Locked("4321").get()), StatusCode::kWrongSecret);
  for (const char* call : {"C_OpenSession", "C_Login", "C_FindObjectsInit", "C_DecryptInit", "C_Decrypt"}) {
    shim_.FailAll(call, CKR_DEVICE_REMOVED);
    EXPECT_EQ(LoginCode(kNurse, Locked().get()), StatusCode::kKeyUnavailable) << call;
    shim_.FailNever();
    EXPECT_EQ(FailuresOf(kNurse), 1u) << call << ": neither counted, nor is what was counted forgotten";
  }
  const std::uint64_t most = lab_.Vault()->Enter()->core().registry->chain()->policy(people::policy::kLoginAttempts);
  shim_.FailAll("C_DecryptInit", CKR_DEVICE_REMOVED);
  for (std::uint64_t i = 0; i < most; ++i) EXPECT_EQ(LoginCode(kNurse, Locked().get()), StatusCode::kKeyUnavailable);
  shim_.FailNever();
  EXPECT_EQ(LoginCode(kNurse, Locked().get()), StatusCode::kOk) << "each turn was given back";
  EXPECT_EQ(FailuresOf(kNurse), 0u);
}

// Whoever reaches the login of a host that a token is plugged into.
TEST_F(PersonTokens, PinIsGuessedInTurnAndNotAtAllWhileItsPersonIsLockedOut) {
  AddNurse();
  std::uint64_t tried = shim_.Calls("C_Login");
  const auto guess = Locked("4321");
  EXPECT_EQ(LoginCode(kNurse, guess.get()), StatusCode::kWrongSecret);
  EXPECT_EQ(LoginCode(kNurse, guess.get()), StatusCode::kWrongSecret);
  EXPECT_EQ(shim_.Calls("C_Login"), ++tried) << "each of them is tried once";
  EXPECT_EQ(FailuresOf(kNurse), 2u);
  for (const std::string_view name : {kNurse, std::string_view("nobody")}) {
    LockOut(name);
    EXPECT_EQ(LoginCode(name, Locked().get()), StatusCode::kWrongSecret);
    EXPECT_EQ(LoginCode(name, Locked("4321").get()), StatusCode::kWrongSecret);
    EXPECT_EQ(shim_.Calls("C_Login"), tried) << name;
  }
}

TEST_F(PersonTokens, PinOfANewTokenIsGuessedNoOftenerThanPolicySays) {
  lab_.AddPerson(kNurse, {"general"});
  const auto nurse = lab_.LoginAs(kNurse);
  const std::uint64_t most = lab_.Vault()->Enter()->core().registry->chain()->policy(people::policy::kLoginAttempts);
  const auto rotate = [&](const std::string& pin) {
    return vault::RotatePerson(*nurse, kNurse, LoginSecret::Token(Locked(pin).get()), {}).code();
  };
  for (std::uint64_t i = 0; i < most; ++i) EXPECT_EQ(rotate("4321"), StatusCode::kWrongSecret);
  const std::uint64_t tried = shim_.Calls("C_Login");
  EXPECT_EQ(rotate("1234"), StatusCode::kPermissionDenied);
  EXPECT_EQ(shim_.Calls("C_Login"), tried);
}

// PKCS#11 logs in a process: what comes after looks at no PIN.
TEST_F(PersonTokens, PinThatTheTokenDoesNotLookAtOpensNothing) {
  AddNurse();
  const auto uri = keys::TokenUri::ParseToken(Uri());
  const auto slot = keys::FindToken(*uri, [] { return true; });
  ASSERT_TRUE(slot.ok()) << slot.status().message();
  const CK_FUNCTION_LIST& host = slot->module->functions();
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  ASSERT_EQ(host.C_OpenSession(slot->slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session), CKR_OK);
  std::string pin = "1234";
  ASSERT_EQ(host.C_Login(session, CKU_USER, reinterpret_cast<CK_UTF8CHAR*>(pin.data()), pin.size()), CKR_OK);
  EXPECT_EQ(LoginCode(kNurse, Locked("4321").get()), StatusCode::kKeyUnavailable);
  EXPECT_EQ(LoginCode(kNurse, Locked().get()), StatusCode::kKeyUnavailable) << "nor is the right one told from it";
  EXPECT_EQ(FailuresOf(kNurse), 0u);
  host.C_CloseSession(session);
  EXPECT_EQ(LoginCode(kNurse, Locked("4321").get()), StatusCode::kWrongSecret);
  EXPECT_EQ(LoginCode(kNurse, Locked().get()), StatusCode::kOk);
}

TEST_F(PersonTokens, TokenThatWasNotUnlockedDoesNothing) {
  const auto token = Locked("4321");
  EXPECT_EQ(token->MakeKey({1}).code(), StatusCode::kKeyUnavailable);
  EXPECT_EQ(token->Unlock().code(), StatusCode::kWrongSecret);
  EXPECT_EQ(token->MakeKey({1}).code(), StatusCode::kKeyUnavailable);
  EXPECT_EQ(token->Decrypt({}, {}, {}, {}).code(), StatusCode::kKeyUnavailable);
}

TEST_F(PersonTokens, RegistrationThatFailsLeavesNoKeyAndNoPerson) {
  for (const char* call : {"C_GenerateKey", "C_EncryptInit", "C_Encrypt"}) {
    shim_.FailAll(call, CKR_DEVICE_ERROR);
    EXPECT_FALSE(Add(kNurse, Token().get()).ok()) << call;
    shim_.FailNever();
    EXPECT_EQ(KeysOn(), 0u) << call;
  }
  for (const char* call : {"C_GenerateKey", "C_EncryptInit"}) {
    shim_.FailAll(call, CKR_MECHANISM_INVALID);
    EXPECT_EQ(Add(kNurse, Token().get()).code(), StatusCode::kUnsupported) << call;
    shim_.FailNever();
    EXPECT_EQ(KeysOn(), 0u) << call;
  }
  shim_.GiveKeysAway(true);
  EXPECT_EQ(Add(kNurse, Token().get()).code(), StatusCode::kUnsupported);
  shim_.GiveKeysAway(false);
  EXPECT_EQ(Add(kNurse, nullptr).code(), StatusCode::kWrongSecret);
  EXPECT_EQ(Add(kNurse, Token().get(), {"no such class"}).code(), StatusCode::kNotFound);
  EXPECT_EQ(lab_.Vault()->Enter()->core().registry->chain()->FindPerson(kNurse), nullptr);
  AddNurse();
  EXPECT_EQ(KeysOn(), 1u);
}

TEST_F(PersonTokens, KeyThatADyingCallLeftGoesWithTheNextOne) {
  AddNurse();
  auto dying = Token();
  const auto store = lab_.Vault()->Enter()->core().identity.store;
  ASSERT_TRUE(dying->MakeKey(store).ok());
  shim_.FailAll("C_DestroyObject", CKR_DEVICE_ERROR);
  dying.reset();
  shim_.FailNever();
  ASSERT_EQ(KeysOn(), 2u);
  EXPECT_EQ(LoginCode(kNurse, Token().get()), StatusCode::kOk);
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_TRUE(vault::RotatePerson(*founder, kNurse, LoginSecret::Token(Token().get()), {}).ok());
  EXPECT_EQ(KeysOn(), 1u);
}

// It takes two persons to give such a class, and the second has not signed.
TEST_F(PersonTokens, KeyOfARegistrationThatWaitsForApprovalIsDestroyed) {
  lab_.AddAuditor("auditor");
  EXPECT_EQ(Add(kNurse, Token().get(), {"hiv"}).code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(KeysOn(), 0u);
}

TEST_F(PersonTokens, OneGoesFromPasswordToTokenAndBackAndWhatWasOpensNothing) {
  lab_.AddPerson(kNurse, {"general"});
  const auto change = [&](const LoginSecret& now, const LoginSecret& next) {
    const auto session = Login(kNurse, now);
    if (!session.ok()) return session.status();
    return vault::ChangeOwnSecret(**session, now, next, crypto::kArgon2Floor);
  };
  const std::string password = PasswordOf(kNurse);
  const Status to_token = change(AsBytes(password), LoginSecret::Token(Token().get()));
  ASSERT_TRUE(to_token.ok()) << to_token.message();
  EXPECT_EQ(Login(kNurse, AsBytes(password)).code(), StatusCode::kWrongSecret);
  const Bytes first = CredentialOf(kNurse);
  const auto token = Token(), same = Token();
  ASSERT_TRUE(change(LoginSecret::Token(token.get()), LoginSecret::Token(same.get())).ok()) << "another key on it";
  EXPECT_EQ(KeysOn(), 1u);
  EXPECT_EQ(Open(first, Token().get()).code(), StatusCode::kWrongSecret) << "nor does a copy from before open";
  EXPECT_EQ(change(LoginSecret::Token(Token().get()), AsBytes(password)).code(), StatusCode::kInvalidArgument)
      << "the password of before is remembered";
  ASSERT_TRUE(change(LoginSecret::Token(Token().get()), AsBytes(PasswordOf("their next"))).ok());
  EXPECT_EQ(KeysOn(), 0u);
  EXPECT_EQ(LoginCode(kNurse, Token().get()), StatusCode::kWrongSecret);
  EXPECT_TRUE(Login(kNurse, AsBytes(PasswordOf("their next"))).ok());
}

TEST_F(PersonTokens, TokenOfAKeyringServesNobodyAndAPersonsNoKeyring) {
  const auto uri = keys::TokenUri::Parse("pkcs11:token=medseal;object=clinic?module-path=" MEDSEAL_TOKEN_SHIM);
  keys::KeyringSecret pin;
  pin.bytes = SecretBytes::CopyOf(AsBytes("1234"));
  keys::EpochSecret secret;
  const auto create = [&] {
    return keys::CreateOnToken(*uri, pin, {1}, crypto::Suite::kChaCha20Poly1305, 1, secret).code();
  };
  ASSERT_EQ(create(), StatusCode::kOk);
  EXPECT_EQ(Add(kNurse, Token().get()).code(), StatusCode::kInvalidArgument);
  token_.Make("other");
  ASSERT_TRUE(Add(kNurse, Token("other").get()).ok());
  const auto persons = keys::TokenUri::Parse("pkcs11:token=other;object=clinic?module-path=" MEDSEAL_TOKEN_SHIM);
  EXPECT_EQ(keys::CreateOnToken(*persons, pin, {1}, crypto::Suite::kChaCha20Poly1305, 1, secret).code(),
            StatusCode::kInvalidArgument);
}

TEST_F(PersonTokens, SecondPersonSignsByTheirToken) {
  lab_.AddAuditor("auditor");
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_TRUE(vault::RotatePerson(*founder, "auditor", LoginSecret::Token(Token().get()), {}).ok());
  const auto set = [&] {
    auto call = founder->Enter();
    return vault::SetPolicy(call->core(), call->desk(), people::policy::kLoginAttempts, 50);
  };
  EXPECT_EQ(set().code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(vault::Join(*founder, "auditor", LoginSecret::Token(nullptr)).code(), StatusCode::kWrongSecret);
  ASSERT_TRUE(vault::Join(*founder, "auditor", LoginSecret::Token(Token().get())).ok());
  EXPECT_TRUE(set().ok());
}

TEST_F(PersonTokens, CredentialFollowsTheSuiteWithoutAnotherKey) {
  if (!crypto::CheckSuite(crypto::Suite::kAes256Gcm).ok()) GTEST_SKIP() << "this processor does one suite alone";
  AddNurse();
  const Bytes before = CredentialOf(kNurse);
  {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    std::uint32_t number = 0;
    ASSERT_TRUE(vault::StartSuiteChange(*founder, crypto::Suite::kAes256Gcm, number).ok());
  }
  EXPECT_EQ(LoginCode(kNurse, Token().get()), StatusCode::kOk);
  const auto renewed = CredentialOf(kNurse);
  EXPECT_NE(renewed, before);
  EXPECT_EQ(format::ParseCredential(renewed)->token_key, format::ParseCredential(before)->token_key);
  EXPECT_EQ(LoginCode(kNurse, Token().get()), StatusCode::kOk);
  EXPECT_EQ(KeysOn(), 1u);
}

}  // namespace
}  // namespace mseal::test
