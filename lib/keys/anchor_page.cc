// Binds an anchor to store and instance.
#include "keys/anchor_page.h"

namespace mseal::keys {
namespace {

seal::Place PlaceOf(const KeyringBinding& binding) {
  format::Context context(format::ContextKind::kAnchor);
  context.Add(format::ContextItem::kStore, binding.store).Add(format::ContextItem::kInstance, binding.instance);
  return {format::Purpose::kAnchor, binding.suite, seal::DigestOf(context)};
}

}  // namespace

format::AnchorContent AnchorContentOf(const Anchor& anchor, std::uint64_t counter) {
  return {counter, anchor.epoch, anchor.commit_counter, anchor.statement_number, anchor.audit_size, anchor.audit_root};
}

Anchor AnchorOf(const format::AnchorContent& content) {
  return {content.epoch, content.commit_counter, content.statement_number, content.audit_size, content.audit_root};
}

Bytes SealAnchor(const AnchorKey& key, const KeyringBinding& binding, const format::AnchorContent& content) {
  return seal::Seal(key.Reveal(), PlaceOf(binding), format::EncodeAnchorContent(content));
}

Result<format::AnchorContent> OpenAnchor(const AnchorKey& key, const KeyringBinding& binding, ByteView sealed) {
  MS_ASSIGN(const SecretBytes content, seal::Open(key.Reveal(), PlaceOf(binding), sealed));
  return format::ParseAnchorContent(content.Reveal());
}

}  // namespace mseal::keys
