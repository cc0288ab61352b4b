// A store's people for tests: a founder, others, their keys, and the chain that names them.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "people/chain.h"
#include "people/credential.h"

namespace mseal::people {

inline constexpr keys::StoreId kStore = {0xa1, 0xa2};
inline constexpr keys::StoreId kOtherStore = {0xb1, 0xb2};
inline constexpr crypto::Suite kSuite = crypto::Suite::kChaCha20Poly1305;

// A person with private keys of their own.
struct Someone {
  explicit Someone(PersonNumber number, std::string name, PersonKind kind = PersonKind::kHuman)
      : keys(DrawPrivateKeys()),
        person{number, kind, std::move(name), crypto::VerifyKeyOf(keys.seed), crypto::PublicKeyOf(keys.private_key)} {}
  PrivateKeys keys;
  Person person;
};

// A chain and its statements as they are stored. Expectations stop a test at the line that made them.
class ChainTest : public testing::Test {
 protected:
  enum : ClassNumber { kGeneral = 0, kHiv = 1 };

  ChainTest() {
    Keep(Chain::Found(kStore, kSuite, founder_.person, founder_.keys.seed, chain_));
    Keep(chain_.AddPerson(doctor_.person, 1, founder_.keys.seed));
    Keep(chain_.AddPerson(clerk_.person, 1, founder_.keys.seed));
    Keep(chain_.AddClass(kGeneral, {"general", false}, 1, founder_.keys.seed));
    Keep(chain_.AddClass(kHiv, {"hiv", true}, 1, founder_.keys.seed));
    Keep(chain_.AddClassKey(kGeneral, 1, {0, {1}, {}}, 1, founder_.keys.seed));
    Keep(chain_.AddClassKey(kHiv, 1, {0, {2}, {}}, 1, founder_.keys.seed));
    Keep(chain_.AddGrant(2, kHiv, 1, founder_.keys.seed));
    Keep(chain_.AddGrant(3, kGeneral, 1, founder_.keys.seed));
    Keep(chain_.AddSchema(1, {3}, 1, founder_.keys.seed));
  }

  void Keep(Result<Bytes> statement) {
    ASSERT_TRUE(statement.ok()) << statement.status().message();
    statements_.push_back(std::move(*statement));
  }
  StatusCode Verify(const std::vector<Bytes>& statements) const { return Chain::Verify(kStore, statements).code(); }

  Someone founder_{1, "Ada Founder"};
  Someone doctor_{2, "Dr. Émile Ναι"};
  Someone clerk_{3, "front desk", PersonKind::kService};
  Chain chain_;
  std::vector<Bytes> statements_;
};

}  // namespace mseal::people
