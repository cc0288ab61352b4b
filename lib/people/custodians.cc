// Draws, judges and joins shares, and seals to the key they give.
#include "people/custodians.h"

#include <algorithm>

#include "base/writer.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "format/recovery.h"
#include "format/share.h"
#include "seal/seal.h"

namespace mseal::people {
namespace {

static_assert(crypto::kMostShares == format::kMostShares && crypto::kFewestNeeded == format::kFewestNeeded);

// Not the secret itself: so it leads nowhere from a chain that somebody else founded.
crypto::PrivateKey PrivateKeyFrom(const KeyBytes& secret, const keys::StoreId& store, std::uint32_t set,
                                  const crypto::VerifyKey& founder_key) {
  Bytes named;
  Writer(named).Raw(store).U32(set).Raw(founder_key);
  ByteArray<32> key = crypto::Prf32(secret.Reveal(), "medseal.v1.custo", named);
  const WipeOnExit wipe(key);
  return crypto::PrivateKey::CopyOf(key);
}

ByteArray<32> DigestOf(const format::Share& share) {
  const SecretBytes encoded = format::EncodeShare(share);
  return crypto::Hash("medseal.v1.share", encoded.Reveal());
}

format::ShareChecksum ChecksumOf(const ByteArray<32>& digest) {
  format::ShareChecksum checksum;
  CopyBytes(ByteView(digest).first(checksum.size()), checksum);
  return checksum;
}

seal::Place PlaceOf(const keys::StoreId& store, seal::SuiteSet suite, std::uint32_t set) {
  format::Context context(format::ContextKind::kRecovery);
  context.Add(format::ContextItem::kStore, store).AddNumber(format::ContextItem::kNumber, set);
  return {format::Purpose::kRecovery, suite, seal::DigestOf(context)};
}

}  // namespace

Result<NewCustodians> DrawCustodians(const keys::StoreId& store, const crypto::VerifyKey& founder_key,
                                     std::uint32_t set, std::uint8_t threshold, std::uint8_t count) {
  const KeyBytes secret = crypto::RandomKey();
  MS_ASSIGN(std::vector<crypto::KeyShare> shares, crypto::SplitKey(secret.Reveal(), threshold, count));
  NewCustodians made;
  made.custodians = {set, threshold, crypto::PublicKeyOf(PrivateKeyFrom(secret, store, set, founder_key)), {}};
  for (crypto::KeyShare& share : shares) {
    const format::Share whole{store, set, share.number, count, threshold, std::move(share.bytes)};
    made.custodians.share_digests.push_back(DigestOf(whole));
    made.shares.push_back(format::WriteShareText(whole, ChecksumOf(made.custodians.share_digests.back())));
  }
  return made;
}

Result<Bytes> SealRecovery(const keys::StoreId& store, seal::SuiteSet suite, const Custodians& custodians,
                           const PrivateKeys& founder) {
  const crypto::PrivateKey ephemeral(crypto::RandomKey());
  const crypto::PublicKey ephemeral_public = crypto::PublicKeyOf(ephemeral);
  MS_ASSIGN(const KeyBytes shared, crypto::SharedSecret(ephemeral, custodians.public_key));
  const KeyBytes key = crypto::SlotKey(shared.Reveal(), ephemeral_public, custodians.public_key);
  const SecretBytes content = ContentOf(founder);
  const Bytes sealed = seal::Seal(key.Reveal(), PlaceOf(store, suite, custodians.set), content.Reveal());
  return format::EncodeRecovery({ephemeral_public, sealed});
}

Result<PrivateKeys> OpenRecovery(const keys::StoreId& store, seal::SuiteSet suite, std::uint32_t set,
                                 const crypto::PrivateKey& custodians_key, ByteView recovery) {
  MS_ASSIGN(const format::Recovery parsed, format::ParseRecovery(recovery));
  MS_ASSIGN(const KeyBytes shared, crypto::SharedSecret(custodians_key, parsed.ephemeral));
  const KeyBytes key = crypto::SlotKey(shared.Reveal(), parsed.ephemeral, crypto::PublicKeyOf(custodians_key));
  MS_ASSIGN(const SecretBytes content, seal::Open(key.Reveal(), PlaceOf(store, suite, set), parsed.sealed));
  return KeysIn(content);
}

std::string_view Explain(ShareFault fault) {
  switch (fault) {
    case ShareFault::kNone:
      return "in order";
    case ShareFault::kDamaged:
      return "damaged, or mistyped: this is not the text of a share as it was written";
    case ShareFault::kLaterVersion:
      return "made by a later medseal";
    case ShareFault::kOtherStore:
      return "a share of another store";
    case ShareFault::kOtherSet:
      return "of another set of shares than the newest, which alone counts";
    case ShareFault::kChanged:
      return "changed: its checksum fits, but it is not the share that was handed out";
    case ShareFault::kDoubled:
      return "given twice: the same share came before";
  }
  return "unknown";
}

ShareFault BroughtShares::Judge(ByteView text, crypto::KeyShare& share) const {
  auto parsed = format::ParseShareText(text);
  if (parsed.code() == StatusCode::kUnsupportedVersion) return ShareFault::kLaterVersion;
  if (!parsed.ok()) return ShareFault::kDamaged;
  const ByteArray<32> digest = DigestOf(parsed->share);
  if (ChecksumOf(digest) != parsed->checksum) return ShareFault::kDamaged;
  if (parsed->share.store != store_) return ShareFault::kOtherStore;
  if (parsed->share.set != custodians_.set) return ShareFault::kOtherSet;
  const std::size_t index = parsed->share.number - 1u;
  if (index >= custodians_.share_digests.size() || custodians_.share_digests[index] != digest)
    return ShareFault::kChanged;
  share = {parsed->share.number, std::move(parsed->share.bytes)};
  return ShareFault::kNone;
}

ShareFault BroughtShares::Add(ByteView text) {
  crypto::KeyShare share;
  const ShareFault fault = Judge(text, share);
  if (fault != ShareFault::kNone) return fault;
  const auto same = [&](const crypto::KeyShare& known) { return known.number == share.number; };
  if (std::any_of(shares_.begin(), shares_.end(), same)) return ShareFault::kDoubled;
  shares_.push_back(std::move(share));
  return ShareFault::kNone;
}

Result<crypto::PrivateKey> BroughtShares::Join(const crypto::VerifyKey& founder_key) const {
  if (good() < custodians_.threshold) {
    return Status::InvalidArgument("good shares needed: " + std::to_string(custodians_.threshold) +
                                   ", missing: " + std::to_string(custodians_.threshold - good()));
  }
  std::vector<const crypto::KeyShare*> joined;
  for (const crypto::KeyShare& share : shares_) joined.push_back(&share);
  MS_ASSIGN(const KeyBytes secret, crypto::JoinShares(joined));
  crypto::PrivateKey key = PrivateKeyFrom(secret, store_, custodians_.set, founder_key);
  if (crypto::PublicKeyOf(key) == custodians_.public_key) return key;
  return Status::AuthFailed("the shares do not give the key that the chain of statements names");
}

}  // namespace mseal::people
