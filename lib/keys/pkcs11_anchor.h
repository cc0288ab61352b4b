// The anchor in two objects of a token, written in turn, so that a torn write leaves the anchor before it.
#pragma once

#include <string>
#include <vector>

#include "format/anchor.h"
#include "keys/anchor_page.h"
#include "keys/keyring_slots.h"
#include "keys/pkcs11_session.h"
#include "keys/provider.h"

namespace mseal::keys {

// Nothing is kept between calls: each looks at the token anew. KeyProvider says how they answer, Pkcs11Session what a
// token adds. The key is in the epochs and is given with each call.
class Pkcs11Anchor {
 public:
  Pkcs11Anchor(std::string name, const KeyringBinding& binding) : name_(std::move(name)), binding_(binding) {}

  // Of a provider that is being made.
  Status WriteFirst(Pkcs11Session& session, const AnchorKey& key, const Anchor& anchor) const;
  // AuthFailed: neither object is there and authenticates.
  Result<Anchor> Read(Pkcs11Session& session, const AnchorKey& key) const;
  // AuthFailed as Read: an anchor that was lost is not quietly begun anew.
  Status Move(Pkcs11Session& session, const AnchorKey& key, const Anchor& anchor) const;
  // Begins anew with this anchor. InvalidArgument: the one that is there can be read.
  Status Replace(Pkcs11Session& session, const AnchorKey& key, const Anchor& anchor) const;
  // For a provider that is given up.
  Status DestroyAll(Pkcs11Session& session) const;

 private:
  struct Newest {
    std::size_t page = 0;
    format::AnchorContent content;
  };

  Result<std::vector<TokenObject>> FindPage(Pkcs11Session& session, std::size_t page) const;
  Result<format::AnchorContent> ReadPage(Pkcs11Session& session, const AnchorKey& key, std::size_t page) const;
  Result<Newest> FindNewest(Pkcs11Session& session, const AnchorKey& key) const;
  Status WritePage(Pkcs11Session& session, const AnchorKey& key, const Newest& next) const;

  std::string name_;
  KeyringBinding binding_;
};

}  // namespace mseal::keys
