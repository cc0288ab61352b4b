// Tells file from token and hands over.
#include "keys/provider_uri.h"

#include <string_view>

#include "keys/pkcs11_token.h"

namespace mseal::keys {
namespace {

// What stands before the first colon, unless a slash comes first; none for a bare path.
std::optional<std::string_view> SchemeOf(std::string_view uri) {
  const std::size_t end = uri.find_first_of(":/");
  if (end == std::string_view::npos || uri[end] == '/') return std::nullopt;
  return uri.substr(0, end);
}

Result<ProviderPlace> FilePlace(std::string path) {
  if (path.empty()) return Status::InvalidArgument("the keyring has no path");
  if (path.starts_with("//") && !path.starts_with("///"))
    return Status::InvalidArgument("a keyring on another host cannot be opened");
  return ProviderPlace{std::move(path), std::nullopt};
}

TokenOptions TokenPart(const ProviderOptions& options) { return {options.token_deadline, options.instance}; }

}  // namespace

Result<ProviderPlace> ParseProviderUri(const std::string& uri) {
  const auto scheme = SchemeOf(uri);
  if (!scheme.has_value()) return FilePlace(uri);
  if (*scheme == "file") return FilePlace(uri.substr(scheme->size() + 1));
  if (*scheme != "pkcs11")
    return Status::InvalidArgument("no keyring has this scheme: a path with a colon is written ./a:b");
  MS_ASSIGN(TokenUri token, TokenUri::Parse(uri));
  return ProviderPlace{{}, std::move(token)};
}

Result<bool> IsOnToken(const std::string& uri) {
  MS_ASSIGN(const ProviderPlace place, ParseProviderUri(uri));
  return place.token.has_value();
}

Result<std::unique_ptr<KeyProvider>> CreateProvider(const std::string& uri, const KeyringSecret& secret,
                                                    const StoreId& store, crypto::Suite suite, std::uint32_t epoch,
                                                    const EpochSecret& first, const ProviderOptions& options) {
  MS_ASSIGN(const ProviderPlace place, ParseProviderUri(uri));
  if (place.token.has_value())
    return CreateOnToken(*place.token, secret, store, suite, epoch, first, TokenPart(options));
  return CreateKeyring(place.file, secret, store, suite, epoch, first,
                       {.cost = options.cost, .instance = options.instance}, options.file_io);
}

Result<std::unique_ptr<KeyProvider>> OpenProvider(const std::string& uri, const KeyringSecret& secret,
                                                  const ProviderOptions& options) {
  MS_ASSIGN(const ProviderPlace place, ParseProviderUri(uri));
  if (place.token.has_value()) return OpenOnToken(*place.token, secret, TokenPart(options));
  return OpenKeyring(place.file, secret, options.file_io);
}

Status RemoveProvider(const std::string& uri, const KeyringSecret& secret, const ByteArray<16>& instance,
                      const ProviderOptions& options) {
  MS_ASSIGN(const ProviderPlace place, ParseProviderUri(uri));
  if (place.token.has_value()) return RemoveFromToken(*place.token, secret, instance, TokenPart(options));
  return RemoveKeyring(place.file, instance, options.file_io);
}

Status RemoveHalfMadeProvider(const std::string& uri, const KeyringSecret& secret, const ByteArray<16>& instance,
                              const ProviderOptions& options) {
  MS_ASSIGN(const ProviderPlace place, ParseProviderUri(uri));
  if (!place.token.has_value()) return RemoveHalfMadeKeyring(place.file, instance, options.file_io);
  const Status removed = RemoveFromToken(*place.token, secret, instance, TokenPart(options));
  if (removed.code() == StatusCode::kNotFound) return Status::Ok();
  if (removed.code() != StatusCode::kInvalidArgument) return removed;
  // Somebody else has the name: this one was never begun.
  const auto other = OpenProvider(uri, secret, options);
  return other.ok() && (*other)->instance() != instance ? Status::Ok() : removed;
}

}  // namespace mseal::keys
