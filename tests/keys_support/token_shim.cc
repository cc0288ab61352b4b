// A PKCS#11 module that forwards to SoftHSM. Built as a module of its own; the controls are in it.
#include "keys_support/token_shim.h"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#include <cstdlib>
#include <vector>

namespace mseal::keys {

namespace {

ShimControls g_controls;
CK_FUNCTION_LIST* g_real = nullptr;  // as SoftHSM has it
CK_FUNCTION_LIST g_told;             // with what the controls change
CK_FUNCTION_LIST g_shim;             // behind the controls

// One function of the module: told, forwarded, told again.
template <auto Member, const char* Name, typename... Arguments>
CK_RV Forward(Arguments... arguments) {
  if (const CK_RV told = g_controls.Before(Name); told != CKR_OK) return told;
  const CK_RV answer = (g_told.*Member)(arguments...);
  const CK_RV told = g_controls.After();
  return told != CKR_OK ? told : answer;
}

template <auto Member, const char* Name, typename... Arguments>
void Put(CK_RV (*CK_FUNCTION_LIST::*)(Arguments...)) {
  g_shim.*Member = &Forward<Member, Name, Arguments...>;
}

CK_RV GenerateKey(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_ATTRIBUTE* wanted, CK_ULONG count,
                  CK_OBJECT_HANDLE* key) {
  static CK_BBOOL yes = CK_TRUE;
  std::vector<CK_ATTRIBUTE> changed(wanted, wanted + count);
  for (CK_ATTRIBUTE& each : changed) {
    if (each.type == CKA_EXTRACTABLE && g_controls.giving_keys_away()) each.pValue = &yes;
  }
  return g_real->C_GenerateKey(session, mechanism, changed.data(), changed.size(), key);
}

#define SHIM_FORWARD(function)                     \
  static constexpr char k##function[] = #function; \
  Put<&CK_FUNCTION_LIST::function, k##function>(&CK_FUNCTION_LIST::function)

void Fill() {
  g_told = *g_real;
  g_told.C_GenerateKey = &GenerateKey;
  g_shim = *g_real;
  SHIM_FORWARD(C_Initialize);
  SHIM_FORWARD(C_Finalize);
  SHIM_FORWARD(C_GetSlotList);
  SHIM_FORWARD(C_GetTokenInfo);
  SHIM_FORWARD(C_OpenSession);
  SHIM_FORWARD(C_CloseSession);
  SHIM_FORWARD(C_GetSessionInfo);
  SHIM_FORWARD(C_Login);
  SHIM_FORWARD(C_FindObjectsInit);
  SHIM_FORWARD(C_FindObjects);
  SHIM_FORWARD(C_FindObjectsFinal);
  SHIM_FORWARD(C_GetAttributeValue);
  SHIM_FORWARD(C_CreateObject);
  SHIM_FORWARD(C_DestroyObject);
  SHIM_FORWARD(C_GenerateKey);
  SHIM_FORWARD(C_EncryptInit);
  SHIM_FORWARD(C_Encrypt);
  SHIM_FORWARD(C_DecryptInit);
  SHIM_FORWARD(C_Decrypt);
}

void LoadReal() {
  void* const module = dlopen(MEDSEAL_SOFTHSM, RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) std::abort();  // no test can go on without the real token
  const auto list = reinterpret_cast<CK_C_GetFunctionList>(dlsym(module, "C_GetFunctionList"));
  if (list == nullptr || list(&g_real) != CKR_OK) std::abort();
  Fill();
}

}  // namespace
}  // namespace mseal::keys

extern "C" {

__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  if (mseal::keys::g_real == nullptr) mseal::keys::LoadReal();
  *list = &mseal::keys::g_shim;
  return CKR_OK;
}

__attribute__((visibility("default"))) mseal::keys::ShimControls* ShimControlsHere() {
  return &mseal::keys::g_controls;
}
}
