// Reads the newest object and writes the other. FORMAT.md, "PKCS#11 token".
#include "keys/pkcs11_anchor.h"

#include <optional>

#include "format/token.h"

namespace mseal::keys {
namespace {

Status Lost() { return Status::AuthFailed("the anchor is gone or was changed"); }

// Of what a page holds, not of the token.
bool IsDamage(StatusCode code) {
  return code == StatusCode::kAuthFailed || code == StatusCode::kCorrupt || code == StatusCode::kUnsupportedVersion;
}

}  // namespace

Result<std::vector<TokenObject>> Pkcs11Anchor::FindPage(Pkcs11Session& session, std::size_t page) const {
  return session.FindData(format::kTokenAnchorKind, format::TokenAnchorLabel(name_, page));
}

Result<format::AnchorContent> Pkcs11Anchor::ReadPage(Pkcs11Session& session, const AnchorKey& key,
                                                     std::size_t page) const {
  MS_ASSIGN(const auto objects, FindPage(session, page));
  if (objects.size() != 1) return Lost();
  MS_ASSIGN(const Bytes sealed, session.ReadValue(objects.front()));
  return OpenAnchor(key, binding_, sealed);
}

Result<Pkcs11Anchor::Newest> Pkcs11Anchor::FindNewest(Pkcs11Session& session, const AnchorKey& key) const {
  std::optional<Newest> newest;
  for (std::size_t page = 0; page < format::kAnchorPages; ++page) {
    const auto content = ReadPage(session, key, page);
    // A page that cannot be read now may be the newest: no answer is better than an older one.
    if (!content.ok() && !IsDamage(content.code())) return content.status();
    if (!content.ok()) continue;
    if (!newest.has_value() || content->counter > newest->content.counter) newest = {page, *content};
  }
  if (!newest.has_value()) return Lost();
  return *newest;
}

Result<Anchor> Pkcs11Anchor::Read(Pkcs11Session& session, const AnchorKey& key) const {
  MS_ASSIGN(const Newest newest, FindNewest(session, key));
  return AnchorOf(newest.content);
}

// Destroyed and made anew, since tokens do not change values in place. Until it is there again the other page serves.
Status Pkcs11Anchor::WritePage(Pkcs11Session& session, const AnchorKey& key, const Newest& next) const {
  MS_ASSIGN(const auto before, FindPage(session, next.page));
  for (const TokenObject each : before) MS_TRY(session.Destroy(each));
  const std::string label = format::TokenAnchorLabel(name_, next.page);
  return session.CreateData(format::kTokenAnchorKind, label, SealAnchor(key, binding_, next.content)).status();
}

Status Pkcs11Anchor::WriteFirst(Pkcs11Session& session, const AnchorKey& key, const Anchor& anchor) const {
  return WritePage(session, key, {0, AnchorContentOf(anchor, 1)});
}

Status Pkcs11Anchor::Move(Pkcs11Session& session, const AnchorKey& key, const Anchor& anchor) const {
  MS_ASSIGN(const Newest newest, FindNewest(session, key));
  return WritePage(session, key, {1 - newest.page, AnchorContentOf(anchor, newest.content.counter + 1)});
}

Status Pkcs11Anchor::Replace(Pkcs11Session& session, const AnchorKey& key, const Anchor& anchor) const {
  const Status lost = Read(session, key).status();
  if (lost.ok()) return Status::InvalidArgument("the anchor is not lost");
  if (lost.code() != StatusCode::kAuthFailed) return lost;
  MS_TRY(DestroyAll(session));
  return WriteFirst(session, key, anchor);
}

Status Pkcs11Anchor::DestroyAll(Pkcs11Session& session) const {
  for (std::size_t page = 0; page < format::kAnchorPages; ++page) {
    MS_ASSIGN(const auto objects, FindPage(session, page));
    for (const TokenObject each : objects) MS_TRY(session.Destroy(each));
  }
  return Status::Ok();
}

}  // namespace mseal::keys
