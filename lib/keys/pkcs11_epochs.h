// The epochs that a token holds: for each a key that stays inside and a content encrypted under it, made, opened and
// destroyed together.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "format/token.h"
#include "keys/keyring_slots.h"
#include "keys/pkcs11_session.h"
#include "keys/provider.h"

namespace mseal::keys {

// For one thread. KeyProvider says how the calls answer, Pkcs11Session what a token adds. The session is given with
// each call; after another one was opened, Inspect comes first.
class Pkcs11Epochs {
 public:
  Pkcs11Epochs(std::string name, const format::TokenHeader& header) : name_(std::move(name)), header_(header) {}

  // Looks at all of them on the token.
  //   AuthFailed  none opens;  Corrupt  there is none
  Status Inspect(Pkcs11Session& session);
  const AnchorKey& anchor_key() const { return anchor_key_; }  // known once Inspect succeeded

  std::vector<std::uint32_t> Epochs() const;  // ascending, as last seen
  bool Damaged() const;                       // as last seen
  // One decryption by the token.
  Result<EpochSecret> Open(Pkcs11Session& session, std::uint32_t epoch) const;
  Status Write(Pkcs11Session& session, std::uint32_t epoch, const EpochSecret& secret);
  // The first of a provider that is being made.
  Status WriteFirst(Pkcs11Session& session, std::uint32_t epoch, const EpochSecret& secret, AnchorKey anchor_key);
  Status Destroy(Pkcs11Session& session, std::uint32_t epoch);
  // Each epoch's secret under a key that the token makes now, read back; then the keys from before are destroyed. At
  // every moment one of the two opens it. What an interrupted call left is removed by the next.
  Status Rekey(Pkcs11Session& session);
  // Whether or not it opens.
  Result<bool> AnythingThere(Pkcs11Session& session) const;
  // The only one too: for a provider that is given up.
  Status DestroyAll(Pkcs11Session& session);

 private:
  // A content, which opens with one of the keys of its epoch or with none.
  struct Content {
    TokenObject object = 0;
    Bytes value;
  };
  // What there is of one epoch: one key and one content, or two of each when new ones were about to take their place.
  struct Place {
    std::vector<TokenObject> keys;
    std::vector<Content> contents;
    std::size_t key = 0;  // which two belong together, when it holds
    std::size_t content = 0;
    bool holds = false;
    bool Half() const { return keys.empty() || contents.empty(); }
    bool Whole() const { return holds && keys.size() == 1 && contents.size() == 1; }
  };
  struct Opened {
    EpochSecret secret;
    AnchorKey anchor_key;
  };

  using Places = std::map<std::uint32_t, Place>;

  Status Look(Pkcs11Session& session);
  Result<Places> Collect(Pkcs11Session& session) const;  // what is there, whether or not it opens
  Status CollectKeys(Pkcs11Session& session, Places& places) const;
  Status CollectContents(Pkcs11Session& session, Places& places) const;
  Status Judge(Pkcs11Session& session, std::uint32_t epoch, Place& place);
  Result<bool> JudgeKey(Pkcs11Session& session, std::uint32_t epoch, Place& place, std::size_t key);
  Result<Opened> OpenWith(Pkcs11Session& session, std::uint32_t epoch, TokenObject key, const Content& content) const;
  Result<Opened> OpenPlace(Pkcs11Session& session, std::uint32_t epoch, const Place& place) const;
  std::size_t Holding() const;
  Status MakeRoom(Pkcs11Session& session, std::uint32_t epoch);
  Status Make(Pkcs11Session& session, std::uint32_t epoch, const EpochSecret& secret);
  Status WriteAndReadBack(Pkcs11Session& session, std::uint32_t epoch, const EpochSecret& secret);
  Status Remove(Pkcs11Session& session, std::uint32_t epoch);
  Status RekeyEpoch(Pkcs11Session& session, std::uint32_t epoch);
  Result<Place> NewIn(Pkcs11Session& session, std::uint32_t epoch, const Place& before) const;

  std::string name_;
  format::TokenHeader header_;
  AnchorKey anchor_key_;
  Places places_;  // as last seen; what is being made or destroyed does not hold
};

}  // namespace mseal::keys
