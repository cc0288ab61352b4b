// Lets p11-kit parse and takes no more than this library serves.
#include "keys/pkcs11_uri.h"

#include <p11-kit/uri.h>

#include "base/bytes.h"

namespace mseal::keys {
namespace {

// A label that CKA_LABEL and messages can bear, with room behind it for what names the parts.
constexpr std::size_t kLongestObject = 128;

Status Refused(const char* why) { return Status::InvalidArgument(std::string("the URI of the token ") + why); }

// p11-kit keeps a query that it does not know for others; here it would be a slip that goes unnoticed.
bool HasOtherQuery(const std::string& text) {
  const std::size_t query = text.find('?');
  if (query == std::string::npos) return false;
  return text.compare(query, 13, "?module-path=") != 0 || text.find('&', query) != std::string::npos;
}

bool NamesToken(p11_kit_uri* uri) {
  const unsigned char first = p11_kit_uri_get_token_info(uri)->label[0];
  return first != 0 && first != ' ';
}

Status CheckUnused(p11_kit_uri* uri) {
  if (p11_kit_uri_get_pin_value(uri) != nullptr || p11_kit_uri_get_pin_source(uri) != nullptr)
    return Refused("may not hold a PIN: it comes by prompt, file or descriptor");
  CK_ULONG count = 0;
  p11_kit_uri_get_attributes(uri, &count);
  const bool more = count > 1 || p11_kit_uri_any_unrecognized(uri) != 0 || p11_kit_uri_get_module_name(uri) != nullptr;
  return more ? Refused("has parts that are not known here") : Status::Ok();
}

}  // namespace

Result<TokenUri> TokenUri::ParseAny(const std::string& text) {
  TokenUri parsed(std::shared_ptr<p11_kit_uri>(p11_kit_uri_new(), p11_kit_uri_free));
  p11_kit_uri* const uri = parsed.uri_.get();
  if (p11_kit_uri_parse(text.c_str(), P11_KIT_URI_FOR_OBJECT_ON_TOKEN, uri) != P11_KIT_URI_OK)
    return Refused("does not parse");
  MS_TRY(CheckUnused(uri));
  if (HasOtherQuery(text)) return Refused("has a query that is not known here");
  if (!NamesToken(uri)) return Refused("names no token");
  const CK_ATTRIBUTE* const object = p11_kit_uri_get_attribute(uri, CKA_LABEL);
  if (object != nullptr && object->ulValueLen > kLongestObject) return Refused("has too long an object");
  if (object != nullptr) parsed.object_.assign(static_cast<const char*>(object->pValue), object->ulValueLen);
  const char* const path = p11_kit_uri_get_module_path(uri);
  if (path != nullptr) parsed.module_path_ = path;
  if (path != nullptr && *path != '/') return Refused("has a module-path that does not begin with /");
  return parsed;
}

Result<TokenUri> TokenUri::Parse(const std::string& text) {
  MS_ASSIGN(TokenUri parsed, ParseAny(text));
  if (parsed.object_.empty()) return Refused("names no object");
  return parsed;
}

Result<TokenUri> TokenUri::ParseToken(const std::string& text) {
  MS_ASSIGN(TokenUri parsed, ParseAny(text));
  if (!parsed.object_.empty()) return Refused("names an object: what a person logs in with is a token alone");
  return parsed;
}

}  // namespace mseal::keys
