// What the doctor finds, and no longer finds once it was put right.
#include "vault/doctor.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "base/clock.h"
#include "base/writer.h"
#include "format/approval.h"
#include "format/login_attempts.h"
#include "people/policy.h"
#include "vault/backup.h"
#include "vault/break_glass.h"
#include "vault/examine_host.h"
#include "vault/examine_store.h"
#include "vault/provider_copies.h"
#include "vault/roles.h"
#include "vault/rotation.h"
#include "vault/set_policy.h"
#include "vault_support/records.h"

namespace mseal::test {
namespace {

using people::Operation;
using vault::Severity;
using Codes = std::multiset<std::string>;

constexpr std::uint64_t kDay = 24 * 3'600'000ull;

class Doctor : public ::testing::Test {
 protected:
  void TearDown() override { SetClockForTests(0); }

  std::vector<vault::Finding> Findings(vault::Session* session = nullptr, const vault::SecretFiles& files = {}) {
    auto found = vault::Examine(*lab_.Vault(), session, files);
    if (!found.ok()) return ADD_FAILURE() << found.status().message(), std::vector<vault::Finding>{};
    return std::move(*found);
  }
  Codes Found(vault::Session* session = nullptr, const vault::SecretFiles& files = {}) {
    Codes codes;
    for (const vault::Finding& finding : Findings(session, files)) codes.emplace(finding.code);
    return codes;
  }
  std::string TextOf(std::string_view code, vault::Session* session = nullptr) {
    for (const vault::Finding& finding : Findings(session)) {
      if (finding.code == code) return finding.text;
    }
    return {};
  }
  static bool Has(const Codes& codes, const std::string& code) { return codes.contains(code); }

  Laboratory lab_;
};

TEST_F(Doctor, WhatWaitsForSignaturesIsToldOfAndSoIsASignatureThatIsNone) {
  EXPECT_TRUE(Has(Found(), "approvals_out_of_reach"));
  lab_.AddAuditor("grace");
  EXPECT_FALSE(Has(Found(), "approvals_out_of_reach"));
  EXPECT_FALSE(Has(Found(), "approvals_open"));
  {
    const auto founder = lab_.LoginAs(Laboratory::kFounder);
    auto call = founder->Enter();
    EXPECT_FALSE(vault::SetPolicy(call->core(), call->desk(), people::policy::kLoginAttempts, 50).ok());
  }
  EXPECT_TRUE(Has(Found(), "approvals_open"));
  EXPECT_FALSE(Has(Found(), "approvals_unsound"));
  {
    auto call = lab_.Vault()->Enter();
    Bytes id;
    Writer(id).U64(1);
    const auto row = call->core().meta->Get(keys::MetaKind::kApproval, id);
    auto approval = format::ParseApproval(row->Reveal());
    approval->action.value = 100;  // as whoever has the key of meta may
    store::Batch batch;
    call->core().meta->Put(batch, keys::MetaKind::kApproval, id, format::WriteApproval(*approval).Reveal());
    ASSERT_TRUE(call->core().CommitAs(batch, store::Durability::kPower).ok());
  }
  EXPECT_TRUE(Has(Found(), "approvals_unsound"));
}

TEST_F(Doctor, ANewVaultLacksWhatALossWouldTakeAway) {
  const Codes found = Found();
  for (const char* code : {"provider_copies_few", "backup_places_few", "custodians_missing"})
    EXPECT_TRUE(Has(found, code)) << code;
  for (const char* code : {"epoch_old", "class_key_old", "job_waiting", "break_glass_open", "not_examined"})
    EXPECT_FALSE(Has(found, code)) << code;
}

TEST_F(Doctor, ASecondCopyOfTheProviderIsEnoughUntilItIsGone) {
  const std::string copy = (lab_.folder() / "copy").string();
  {
    auto call = lab_.Vault()->Enter();
    keys::KeyringSecret secret;
    secret.bytes = SecretBytes::CopyOf(AsBytes(Laboratory::kPassphrase));
    const auto uri = vault::FullUri(copy);
    ASSERT_TRUE(uri.ok());
    ASSERT_TRUE(vault::AddProviderCopy(call->core(), lab_.store(), *uri, secret, crypto::kArgon2Floor).ok());
  }
  EXPECT_FALSE(Has(Found(), "provider_copies_few"));
  EXPECT_FALSE(Has(Found(), "provider_copy_unreachable"));
  std::filesystem::remove(copy);
  EXPECT_TRUE(Has(Found(), "provider_copy_unreachable"));
}

TEST_F(Doctor, BackupsGoStaleAndPlacesGoAway) {
  for (const char* name : {"one", "two"}) {
    auto call = lab_.Vault()->Enter();
    ASSERT_TRUE(
        vault::RegisterPlace(call->core(), lab_.store(), (lab_.folder() / name).string(), format::PlaceKind::kBackups)
            .ok());
  }
  Codes found = Found();
  EXPECT_FALSE(Has(found, "backup_places_few"));
  EXPECT_EQ(found.count("backup_none"), 2u);
  {
    auto call = lab_.Vault()->Enter();
    std::vector<vault::BackupMade> made;
    ASSERT_TRUE(vault::CreateBackups(call->core(), {}, nullptr, made).ok());
  }
  found = Found();
  EXPECT_FALSE(Has(found, "backup_none") || Has(found, "backup_stale") || Has(found, "bundle_unusable"));
  SetClockForTests(NowMs() + 9 * kDay);
  EXPECT_EQ(Found().count("backup_stale"), 2u);
  std::filesystem::remove_all(lab_.folder() / "two");
  EXPECT_TRUE(Has(Found(), "backup_place_unreachable"));
}

TEST_F(Doctor, KeysAgeUntilTheyAreRotated) {
  SetClockForTests(NowMs() + 366 * kDay);
  EXPECT_TRUE(Has(Found(), "epoch_old"));
  EXPECT_FALSE(Has(Found(), "class_key_old"));
  SetClockForTests(NowMs() + 731 * kDay);
  const std::size_t classes = lab_.Vault()->Enter()->core().registry->chain()->classes().size();
  EXPECT_EQ(Found().count("class_key_old"), classes);
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  std::uint32_t job = 0;
  ASSERT_TRUE(vault::StartClassRotation(*founder, "hiv", {}, job).ok());
  EXPECT_EQ(Found().count("class_key_old"), classes - 1);
  SetClockForTests(NowMs() + 2 * kDay);
  EXPECT_TRUE(Has(Found(), "job_waiting"));
}

TEST_F(Doctor, NamesPersonsToWhoMayAskTheLogAlone) {
  lab_.AddPerson("nurse", {"identity"});
  EXPECT_FALSE(Has(Found(), "account_never_used"));
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  EXPECT_EQ(TextOf("account_never_used", founder.get()), "nurse has never logged in");
  {
    const auto nurse = lab_.LoginAs("nurse");
    const Codes asked = Found(nurse.get());
    EXPECT_TRUE(Has(asked, "log_not_asked"));
    EXPECT_FALSE(Has(asked, "account_never_used"));
  }
  EXPECT_FALSE(Has(Found(founder.get()), "account_never_used"));
  SetClockForTests(NowMs() + 91 * kDay);
  EXPECT_EQ(TextOf("account_unused", founder.get()).substr(0, 7), "founder");
}

TEST_F(Doctor, TellsTheShareOfReadsThatAreOnlyAsserted) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_TRUE(lab_.Put(*founder, "alice", "Patient", "1", TextField(3, "Martin")).ok());
  ASSERT_TRUE(lab_.Get(*founder, "alice", "Patient", "1").ok());
  EXPECT_FALSE(Has(Found(founder.get()), "asserted_reads"));
  const auto portal = lab_.Vault()->Login(
      {Laboratory::kFounder, AsBytes(Laboratory::kPassword), {.purpose = "care", .on_behalf_of = "dr. martin"}});
  ASSERT_TRUE(portal.ok());
  ASSERT_TRUE(lab_.Get(**portal, "alice", "Patient", "1").ok());
  EXPECT_EQ(TextOf("asserted_reads", founder.get()).substr(0, 6), "1 of 2");
}

TEST_F(Doctor, FindsRolesOfNobodyAndReadersOfEverything) {
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  ASSERT_TRUE(vault::ChangePeople(*founder, [](people::Registry& registry, const people::Identity& who) {
                return registry.DefineRole(who, "eraser", Operation::kErase, {});
              }).ok());
  EXPECT_EQ(TextOf("role_unused"), "nobody has the role eraser");
  EXPECT_FALSE(Has(Found(), "reads_everything"));
  std::vector<std::string> all;
  const auto chain = lab_.Vault()->Enter()->core().registry->chain();
  for (const auto& [number, entry] : chain->classes()) {
    if (entry.name != "directory") all.push_back(entry.name);
  }
  lab_.AddPerson("chief", all);
  EXPECT_EQ(TextOf("reads_everything"), "somebody reads every class");
  EXPECT_EQ(TextOf("reads_everything", founder.get()), "chief reads every class");
}

TEST_F(Doctor, FollowsABrokenGlassUntilItsReview) {
  lab_.AddPerson("nurse", {});
  const auto founder = lab_.LoginAs(Laboratory::kFounder);
  const auto change = [&](const std::function<Status(people::Registry&, const people::Identity&)>& work) {
    ASSERT_TRUE(vault::ChangePeople(*founder, work).ok());
  };
  change([](auto& registry, const auto& who) {
    return registry.DefineRole(who, "in need", Operation::kBreakGlass, {"hiv"});
  });
  change([](auto& registry, const auto& who) { return registry.GiveRole(who, "nurse", "in need"); });
  std::uint64_t number = 0;
  {
    const auto nurse = lab_.LoginAs("nurse");
    auto call = nurse->Enter();
    ASSERT_TRUE(vault::BreakGlass(call->core(), call->desk(), "hiv", "unconscious", 0, number).ok());
  }
  EXPECT_TRUE(Has(Found(), "break_glass_open"));
  SetClockForTests(NowMs() + 4 * kDay);
  EXPECT_TRUE(Has(Found(), "break_glass_overdue"));
  EXPECT_FALSE(Has(Found(), "break_glass_open"));
  {
    auto call = founder->Enter();
    ASSERT_TRUE(vault::ReviewBrokenGlass(call->core(), call->desk(), number, "in order").ok());
  }
  EXPECT_FALSE(Has(Found(), "break_glass_overdue"));
}

TEST_F(Doctor, WhatCannotBeExaminedIsRed) {
  lab_.WithMeta([](store::Rows& rows, const keys::MetaTable& meta, const vault::StoreIdentity&) {
    store::Batch batch;
    meta.Put(batch, keys::MetaKind::kBrokenGlass, keys::MetaIdOf({0, 2}), Bytes(1));  // number 1 was taken away
    ASSERT_TRUE(rows.Commit(batch, store::Durability::kProcess).ok());
  });
  EXPECT_TRUE(Has(Found(), "not_examined"));
  EXPECT_TRUE(Has(Found(), "custodians_missing"));  // the others look all the same
}

TEST_F(Doctor, TellsThatANameIsLockedOut) {
  lab_.WithMeta([](store::Rows& rows, const keys::MetaTable& meta, const vault::StoreIdentity&) {
    store::Batch batch;
    meta.Put(batch, keys::MetaKind::kLoginAttempts, keys::MetaIdOf({1}),
             format::EncodeLoginAttempts({{}, 10, NowMs()}));
    ASSERT_TRUE(rows.Commit(batch, store::Durability::kProcess).ok());
  });
  EXPECT_TRUE(Has(Found(), "login_locked_out"));
  SetClockForTests(NowMs() + kDay);
  EXPECT_FALSE(Has(Found(), "login_locked_out"));
}

TEST_F(Doctor, ASecretBesideTheStoreIsRed) {
  const std::string file = (lab_.folder() / "passphrase").string();
  std::ofstream(file) << "secret";
  EXPECT_FALSE(Has(Found(), "secret_on_same_device"));
  EXPECT_EQ(Found(nullptr, {file, file}).count("secret_on_same_device"), 2u);
  EXPECT_TRUE(Has(Found(), "keyring_on_same_device"));
  EXPECT_FALSE(Has(Found(), "keyring_readable"));
  std::filesystem::permissions(lab_.keyring(), std::filesystem::perms::others_read, std::filesystem::perm_options::add);
  EXPECT_TRUE(Has(Found(), "keyring_readable"));
}

TEST_F(Doctor, ListsWhatTheSchemaKeepsInClear) {
  const Codes found = Found();
  EXPECT_TRUE(Has(found, "field_public"));
  EXPECT_EQ(TextOf("field_public").find("hiv"), std::string::npos);
}

Codes CodesOf(const vault::Findings& findings) {
  Codes codes;
  for (const vault::Finding& finding : findings) codes.emplace(finding.code);
  return codes;
}

TEST(JudgingTheHost, CoreDumpsAreRedWhereTheyAreWrittenAndYellowWhereAProgramTakesThem) {
  const auto judged = [](bool dumpable, std::uint64_t limit, std::string_view pattern) {
    vault::Findings findings;
    vault::JudgeCoreDumps(dumpable, limit, pattern, findings);
    return CodesOf(findings);
  };
  EXPECT_EQ(judged(true, 0, "core\n"), Codes{});
  EXPECT_EQ(judged(true, 1, "core\n"), Codes{"core_dumps"});
  EXPECT_EQ(judged(true, 0, "|/usr/lib/taker %P\n"), Codes{"core_dumps_piped"});
  EXPECT_EQ(judged(true, 1, "|/usr/lib/taker %P\n"), Codes{"core_dumps"});
  EXPECT_EQ(judged(false, 1, "core\n"), Codes{});
}

TEST(JudgingTheHost, LibrariesOfRocksDbAreCountedOnce) {
  const std::string one = "7f00-7f01 r--p 0 08:01 11 /usr/lib/librocksdb.so.7.8.3\n";
  const std::string again = "7f01-7f02 r-xp 0 08:01 11 /usr/lib/librocksdb.so.7.8.3\n";
  const std::string other = "7f03-7f04 r--p 0 08:01 12 /opt/host/librocksdb.so.8.1\n";
  EXPECT_EQ(vault::CountRocksLibraries(""), 0u);
  EXPECT_EQ(vault::CountRocksLibraries("7f05-7f06 rw-p 0 00:00 0\n"), 0u);
  EXPECT_EQ(vault::CountRocksLibraries(one + again), 1u);
  EXPECT_EQ(vault::CountRocksLibraries(one + again + other), 2u);
  EXPECT_EQ(vault::CountRocksLibraries(other.substr(0, other.size() - 1)), 1u);
}

TEST(JudgingFreshness, OnlyWhatIsAsAnchoredIsQuiet) {
  const auto judged = [](vault::Freshness freshness) {
    vault::Findings findings;
    vault::ExamineFreshness({freshness, 0}, findings);
    return CodesOf(findings);
  };
  EXPECT_EQ(judged(vault::Freshness::kFresh), Codes{});
  EXPECT_EQ(judged(vault::Freshness::kFreshUpTo), Codes{"not_closed"});
  EXPECT_EQ(judged(vault::Freshness::kOlder), Codes{"older_than_anchor"});
  EXPECT_EQ(judged(vault::Freshness::kUnverified), Codes{"freshness_unverified"});
}

}  // namespace
}  // namespace mseal::test
