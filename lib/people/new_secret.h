// What somebody is to log in with from now on, and how passwords are compared of which nothing may be kept that helps
// guessing. FORMAT.md, "Credential tag" and "Password salt".
#pragma once

#include <string>

#include "crypto/password.h"
#include "keys/ids.h"
#include "people/chain.h"
#include "people/login_secret.h"

namespace mseal::people {

// Whose it is to be.
struct SecretOwner {
  PersonNumber number = 0;  // 0: a person who is being added
  std::string name;
};

// A secret that Registry::Judge let pass. Borrows it.
struct NewSecret {
  LoginSecret secret;
  crypto::Argon2Cost cost;
  format::CredentialTag tag;  // by which nobody else comes to it
  ByteArray<32> mark{};       // of a password: by which its person does not take it again
};

// A password as it is compared: slow, under the store's own salt.
Result<KeyBytes> StretchForComparing(const format::PasswordSalt& salt, ByteView password);
// What nobody makes or compares but who holds everyone's class: not who has disk and provider.
ByteArray<32> TagOfPassword(KeyView class_key, KeyView stretched);
// What lies in the person's credential, where nobody else sees it.
ByteArray<32> MarkOfPassword(const keys::StoreId& store, KeyView stretched);

// Whether the mark is among those of `past`, and `past` with it as the newest, no more than `most` of them.
bool HasMark(ByteView past, const ByteArray<32>& mark);
SecretBytes WithMark(ByteView past, const ByteArray<32>& mark, std::uint64_t most);

}  // namespace mseal::people
