// Loads through p11-kit and goes through the slots.
#include "keys/pkcs11_module.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>
#include <stdlib.h>

#include <optional>
#include <vector>

namespace mseal::keys {
namespace {

Status NoAnswer() { return Status::KeyUnavailable("the token does not answer"); }

Result<std::vector<std::unique_ptr<Pkcs11Module>>> LoadOne(const std::string& path) {
  CK_FUNCTION_LIST* const functions = p11_kit_module_load(path.c_str(), 0);
  if (functions == nullptr) return Status::KeyUnavailable("the token's PKCS#11 module cannot be loaded");
  std::vector<std::unique_ptr<Pkcs11Module>> modules;
  MS_ASSIGN(auto started, Pkcs11Module::Start(functions));
  modules.push_back(std::move(started));
  return modules;
}

// One that does not start hides no token of another.
std::vector<std::unique_ptr<Pkcs11Module>> LoadConfigured() {
  std::vector<std::unique_ptr<Pkcs11Module>> modules;
  CK_FUNCTION_LIST** const all = p11_kit_modules_load(nullptr, 0);
  for (CK_FUNCTION_LIST** each = all; each != nullptr && *each != nullptr; ++each) {
    auto started = Pkcs11Module::Start(*each);
    if (started.ok()) modules.push_back(std::move(*started));
  }
  free(all);
  return modules;
}

Result<std::vector<std::unique_ptr<Pkcs11Module>>> Load(const std::string& path) {
  if (path.empty()) return LoadConfigured();
  return LoadOne(path);
}

std::vector<CK_SLOT_ID> SlotsWithTokens(const CK_FUNCTION_LIST& functions) {
  CK_ULONG count = 0;
  if (functions.C_GetSlotList(CK_TRUE, nullptr, &count) != CKR_OK) return {};
  std::vector<CK_SLOT_ID> slots(count);
  if (functions.C_GetSlotList(CK_TRUE, slots.data(), &count) != CKR_OK) return {};
  slots.resize(std::min<std::size_t>(count, slots.size()));
  return slots;
}

bool HoldsToken(const CK_FUNCTION_LIST& functions, CK_SLOT_ID slot, const TokenUri& uri) {
  CK_TOKEN_INFO info{};
  return functions.C_GetTokenInfo(slot, &info) == CKR_OK && p11_kit_uri_match_token_info(uri.token(), &info) == 1;
}

}  // namespace

Result<std::unique_ptr<Pkcs11Module>> Pkcs11Module::Start(CK_FUNCTION_LIST* functions) {
  std::unique_ptr<Pkcs11Module> module(new Pkcs11Module(functions));
  module->started_ = p11_kit_module_initialize(functions) == CKR_OK;
  if (!module->started_) return Status::KeyUnavailable("the token's PKCS#11 module does not start");
  return module;
}

Pkcs11Module::~Pkcs11Module() {
  if (started_) p11_kit_module_finalize(functions_);
  p11_kit_module_release(functions_);
}

std::string Pkcs11Module::file() const {
  const std::unique_ptr<char, void (*)(void*)> name(p11_kit_module_get_filename(functions_), free);
  return name == nullptr ? std::string() : std::string(name.get());
}

Result<TokenSlot> FindToken(const TokenUri& uri, const std::function<bool()>& gate) {
  if (!gate()) return NoAnswer();
  MS_ASSIGN(auto modules, Load(uri.module_path()));
  std::optional<TokenSlot> found;
  for (auto& module : modules) {
    if (!gate()) return NoAnswer();
    const CK_FUNCTION_LIST& functions = module->functions();
    for (const CK_SLOT_ID slot : SlotsWithTokens(functions)) {
      if (!gate()) return NoAnswer();
      if (!HoldsToken(functions, slot, uri)) continue;
      if (found.has_value()) return Status::InvalidArgument("several tokens have this name: add serial= to the URI");
      found.emplace(TokenSlot{std::move(module), slot});
    }
  }
  if (!found.has_value()) return Status::KeyUnavailable("no such token is there");
  return std::move(*found);
}

}  // namespace mseal::keys
