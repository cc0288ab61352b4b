// Calls the module's functions one at a time, each behind the gate.
#include "keys/pkcs11_session.h"

#include <array>
#include <cstdio>
#include <utility>

#include "base/key_slab.h"
#include "base/writer.h"
#include "crypto/hash.h"
#include "keys/pkcs11_login.h"
#include "keys/pkcs11_module.h"

namespace mseal::keys {
namespace {

constexpr std::size_t kTagSize = 16;
constexpr std::size_t kLongestValue = 4096;  // nothing of ours is as long

CK_BBOOL g_true = CK_TRUE;
CK_BBOOL g_false = CK_FALSE;

template <typename T>
CK_ATTRIBUTE Attribute(CK_ATTRIBUTE_TYPE type, T& value) {
  return {type, &value, sizeof(value)};
}
// The module only reads it.
CK_ATTRIBUTE Attribute(CK_ATTRIBUTE_TYPE type, ByteView bytes) {
  return {type, const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
}
CK_ATTRIBUTE Attribute(CK_ATTRIBUTE_TYPE type, std::string_view text) { return Attribute(type, AsBytes(text)); }

Status NoAnswer() { return Status::KeyUnavailable("the token does not answer"); }

Status Failure(CK_RV answer) {
  char code[32];
  std::snprintf(code, sizeof code, " (CKR 0x%lx)", answer);
  const auto message = [&](const char* what) { return std::string(what) + code; };
  switch (answer) {
    case CKR_OK:
      return Status::Ok();
    case CKR_PIN_LOCKED:
      return Status::WrongSecret(
          "the token has locked its PIN after too many wrong ones: its security officer unlocks it");
    case CKR_PIN_EXPIRED:
      return Status::WrongSecret("the token's PIN has expired and must be changed");
    case CKR_USER_PIN_NOT_INITIALIZED:
      return Status::WrongSecret("the token has no PIN yet");
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
      return Status::WrongSecret("the token takes another PIN");
    case CKR_DEVICE_REMOVED:
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_TOKEN_NOT_RECOGNIZED:
    case CKR_SLOT_ID_INVALID:
    case CKR_SESSION_HANDLE_INVALID:
    case CKR_SESSION_CLOSED:
    case CKR_USER_NOT_LOGGED_IN:
    case CKR_CRYPTOKI_NOT_INITIALIZED:
      return Status::KeyUnavailable(message("the token is gone"));
    case CKR_OBJECT_HANDLE_INVALID:
    case CKR_KEY_HANDLE_INVALID:
      return Status::KeyUnavailable(message("an object is not on the token any more"));
    case CKR_MECHANISM_INVALID:
    case CKR_MECHANISM_PARAM_INVALID:
    case CKR_FUNCTION_NOT_SUPPORTED:
    case CKR_ATTRIBUTE_TYPE_INVALID:
    case CKR_ATTRIBUTE_VALUE_INVALID:
    case CKR_TEMPLATE_INCONSISTENT:
    case CKR_KEY_SIZE_RANGE:
    case CKR_TOKEN_WRITE_PROTECTED:
      return Status::Unsupported(message("the token cannot do what is needed of it"));
    case CKR_DEVICE_MEMORY:
    case CKR_HOST_MEMORY:
    case CKR_SESSION_COUNT:
      return Status::ResourceExhausted(message("the token has no room"));
    default:
      return Status::IoError(message("the token failed"));
  }
}

}  // namespace

struct Pkcs11Session::Parts {
  TokenSlot slot;
  std::shared_ptr<TokenLogin> login;
  std::function<bool()> gate;
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  bool lost = false;
  bool pin_was_judged = true;

  // One call, such as Call(&CK_FUNCTION_LIST::C_DestroyObject, object).
  template <typename Function, typename... Arguments>
  CK_RV Raw(Function function, Arguments... arguments) {
    return (slot.module->functions().*function)(session, arguments...);
  }
  template <typename Function, typename... Arguments>
  Status Call(Function function, Arguments... arguments) {
    if (!gate()) return Closed();
    return Judge(Raw(function, arguments...));
  }
  Status Judge(CK_RV answer) {
    Status status = Failure(answer);
    if (!status.ok()) lost = true;
    return status;
  }
  Status Closed() { return lost = true, NoAnswer(); }

  Status LogIn(ByteView pin) {
    std::lock_guard lock(login->mutex);
    if (!gate()) return NoAnswer();
    MS_TRY(Failure(slot.module->functions().C_OpenSession(slot.slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr,
                                                          nullptr, &session)));
    if (!gate()) return NoAnswer();
    const CK_RV answer = Raw(&CK_FUNCTION_LIST::C_Login, CKU_USER, const_cast<std::uint8_t*>(pin.data()), pin.size());
    if (answer == CKR_USER_ALREADY_LOGGED_IN) {
      pin_was_judged = login->Knows();
      return login->Agrees(pin) ? Status::Ok() : Status::WrongSecret("the token takes another PIN");
    }
    if (answer == CKR_OK) login->Remember(pin);
    return Failure(answer);
  }

  // The last session that a process closes logs it out.
  void Close() {
    std::lock_guard lock(login->mutex);
    if (session != CK_INVALID_HANDLE) slot.module->functions().C_CloseSession(session);
  }

  Result<std::vector<TokenObject>> Find(std::span<CK_ATTRIBUTE> wanted) {
    MS_TRY(Call(&CK_FUNCTION_LIST::C_FindObjectsInit, wanted.data(), wanted.size()));
    std::vector<TokenObject> found;
    std::array<TokenObject, 64> some;
    CK_ULONG count = some.size();
    while (count == some.size()) {
      MS_TRY(Call(&CK_FUNCTION_LIST::C_FindObjects, some.data(), some.size(), &count));
      found.insert(found.end(), some.begin(), some.begin() + std::min<std::size_t>(count, some.size()));
    }
    MS_TRY(Call(&CK_FUNCTION_LIST::C_FindObjectsFinal));
    return found;
  }

  // Nothing where the object has no such attribute, keeps it to itself, or has a longer one than any of ours.
  Result<Bytes> Read(TokenObject object, CK_ATTRIBUTE_TYPE type) {
    if (!gate()) return Closed();
    Bytes value(kLongestValue);
    CK_ATTRIBUTE wanted = {type, value.data(), value.size()};
    const CK_RV answer = Raw(&CK_FUNCTION_LIST::C_GetAttributeValue, object, &wanted, CK_ULONG{1});
    if (answer == CKR_BUFFER_TOO_SMALL || answer == CKR_ATTRIBUTE_SENSITIVE || answer == CKR_ATTRIBUTE_TYPE_INVALID)
      return Bytes();
    MS_TRY(Judge(answer));
    value.resize(std::min<std::size_t>(wanted.ulValueLen, value.size()));
    return value;
  }
};

Pkcs11Session::Pkcs11Session(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Pkcs11Session::~Pkcs11Session() {
  if (ProcessWasForked()) {
    static_cast<void>(parts_.release());  // a forked child has no session: the token is the parent's
  } else {
    parts_->Close();
  }
}

Result<std::unique_ptr<Pkcs11Session>> Pkcs11Session::Open(const TokenUri& uri, ByteView pin,
                                                           std::function<bool()> gate) {
  auto parts = std::make_unique<Parts>();
  MS_ASSIGN(parts->slot, FindToken(uri, gate));
  parts->login = TokenLogin::For(parts->slot.module->file(), parts->slot.slot);
  parts->gate = std::move(gate);
  std::unique_ptr<Pkcs11Session> session(new Pkcs11Session(std::move(parts)));
  MS_TRY(session->parts_->LogIn(pin));
  return session;
}

bool Pkcs11Session::lost() const { return parts_->lost; }
bool Pkcs11Session::pin_was_judged() const { return parts_->pin_was_judged; }

Result<ByteArray<32>> Pkcs11Session::Identity() {
  if (!parts_->gate()) return parts_->Closed();
  CK_TOKEN_INFO info{};
  MS_TRY(parts_->Judge(parts_->slot.module->functions().C_GetTokenInfo(parts_->slot.slot, &info)));
  Bytes named;
  Writer(named).Raw(info.manufacturerID).Raw(info.model).Raw(info.serialNumber);
  return crypto::Hash("medseal.v1.token", named);
}

Result<std::vector<TokenObject>> Pkcs11Session::FindData(std::string_view kind) {
  CK_OBJECT_CLASS data = CKO_DATA;
  CK_ATTRIBUTE wanted[] = {Attribute(CKA_CLASS, data), Attribute(CKA_TOKEN, g_true), Attribute(CKA_APPLICATION, kind)};
  return parts_->Find(wanted);
}

Result<std::vector<TokenObject>> Pkcs11Session::FindData(std::string_view kind, std::string_view label) {
  CK_OBJECT_CLASS data = CKO_DATA;
  CK_ATTRIBUTE wanted[] = {Attribute(CKA_CLASS, data), Attribute(CKA_TOKEN, g_true), Attribute(CKA_APPLICATION, kind),
                           Attribute(CKA_LABEL, label)};
  return parts_->Find(wanted);
}

Result<std::vector<TokenObject>> Pkcs11Session::FindAnything(std::string_view label) {
  CK_ATTRIBUTE wanted[] = {Attribute(CKA_LABEL, label)};
  return parts_->Find(wanted);
}

Result<std::vector<TokenObject>> Pkcs11Session::FindKeys() {
  CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
  CK_KEY_TYPE aes = CKK_AES;
  CK_ATTRIBUTE wanted[] = {Attribute(CKA_CLASS, secret), Attribute(CKA_TOKEN, g_true), Attribute(CKA_KEY_TYPE, aes)};
  return parts_->Find(wanted);
}

Result<std::vector<TokenObject>> Pkcs11Session::FindKeys(ByteView id) {
  CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
  CK_KEY_TYPE aes = CKK_AES;
  CK_ATTRIBUTE wanted[] = {Attribute(CKA_CLASS, secret), Attribute(CKA_TOKEN, g_true), Attribute(CKA_KEY_TYPE, aes),
                           Attribute(CKA_ID, id)};
  return parts_->Find(wanted);
}

Result<Bytes> Pkcs11Session::ReadValue(TokenObject object) { return parts_->Read(object, CKA_VALUE); }

Result<Bytes> Pkcs11Session::ReadId(TokenObject key) { return parts_->Read(key, CKA_ID); }

Result<bool> Pkcs11Session::StaysInside(TokenObject key) {
  CK_BBOOL made_here = CK_FALSE, sensitive = CK_FALSE, extractable = CK_TRUE, never_extractable = CK_FALSE;
  CK_ATTRIBUTE wanted[] = {Attribute(CKA_LOCAL, made_here), Attribute(CKA_ALWAYS_SENSITIVE, sensitive),
                           Attribute(CKA_EXTRACTABLE, extractable),
                           Attribute(CKA_NEVER_EXTRACTABLE, never_extractable)};
  MS_TRY(parts_->Call(&CK_FUNCTION_LIST::C_GetAttributeValue, key, wanted, std::size(wanted)));
  return made_here == CK_TRUE && sensitive == CK_TRUE && extractable == CK_FALSE && never_extractable == CK_TRUE;
}

Result<TokenObject> Pkcs11Session::CreateData(std::string_view kind, std::string_view label, ByteView value) {
  CK_OBJECT_CLASS data = CKO_DATA;
  CK_ATTRIBUTE wanted[] = {Attribute(CKA_CLASS, data),       Attribute(CKA_TOKEN, g_true),
                           Attribute(CKA_PRIVATE, g_true),   Attribute(CKA_MODIFIABLE, g_false),
                           Attribute(CKA_APPLICATION, kind), Attribute(CKA_LABEL, label),
                           Attribute(CKA_VALUE, value)};
  TokenObject object = CK_INVALID_HANDLE;
  MS_TRY(parts_->Call(&CK_FUNCTION_LIST::C_CreateObject, wanted, std::size(wanted), &object));
  return object;
}

Result<TokenObject> Pkcs11Session::GenerateKey(std::string_view label, ByteView id) {
  CK_MECHANISM mechanism = {CKM_AES_KEY_GEN, nullptr, 0};
  CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
  CK_KEY_TYPE aes = CKK_AES;
  CK_ULONG size = kKeySize;
  CK_ATTRIBUTE wanted[] = {
      Attribute(CKA_CLASS, secret),
      Attribute(CKA_KEY_TYPE, aes),
      Attribute(CKA_VALUE_LEN, size),
      Attribute(CKA_TOKEN, g_true),
      Attribute(CKA_PRIVATE, g_true),
      Attribute(CKA_SENSITIVE, g_true),
      Attribute(CKA_ENCRYPT, g_true),
      Attribute(CKA_DECRYPT, g_true),
      Attribute(CKA_EXTRACTABLE, g_false),
      Attribute(CKA_WRAP, g_false),
      Attribute(CKA_UNWRAP, g_false),
      Attribute(CKA_SIGN, g_false),
      Attribute(CKA_VERIFY, g_false),
      Attribute(CKA_MODIFIABLE, g_false),
      Attribute(CKA_COPYABLE, g_false),
      Attribute(CKA_LABEL, label),
      Attribute(CKA_ID, id),
  };
  TokenObject key = CK_INVALID_HANDLE;
  MS_TRY(parts_->Call(&CK_FUNCTION_LIST::C_GenerateKey, &mechanism, wanted, std::size(wanted), &key));
  return key;
}

Status Pkcs11Session::Destroy(TokenObject object) { return parts_->Call(&CK_FUNCTION_LIST::C_DestroyObject, object); }

namespace {

bool SaysChanged(CK_RV answer) {
  return answer == CKR_ENCRYPTED_DATA_INVALID || answer == CKR_ENCRYPTED_DATA_LEN_RANGE ||
         answer == CKR_SIGNATURE_INVALID;
}

// Borrows both.
struct Gcm {
  Gcm(const TokenNonce& nonce, ByteView associated)
      : parameters{const_cast<std::uint8_t*>(nonce.data()),      nonce.size(),      nonce.size() * 8,
                   const_cast<std::uint8_t*>(associated.data()), associated.size(), kTagSize * 8},
        mechanism{CKM_AES_GCM, &parameters, sizeof parameters} {}
  CK_GCM_PARAMS parameters;
  CK_MECHANISM mechanism;
};

}  // namespace

Result<Bytes> Pkcs11Session::Encrypt(TokenObject key, const TokenNonce& nonce, ByteView associated, ByteView content) {
  Gcm gcm(nonce, associated);
  MS_TRY(parts_->Call(&CK_FUNCTION_LIST::C_EncryptInit, &gcm.mechanism, key));
  Bytes message(content.size() + kTagSize);
  CK_ULONG size = message.size();
  MS_TRY(parts_->Call(&CK_FUNCTION_LIST::C_Encrypt, const_cast<std::uint8_t*>(content.data()), content.size(),
                      message.data(), &size));
  if (size != message.size()) return Status::IoError("the token encrypts to another size");
  return message;
}

// Tokens do not agree on how they say that a tag is wrong. What may as well be a failure of the token counts as one
// unless it comes twice from a token that is otherwise well.
Result<SecretBytes> Pkcs11Session::Decrypt(TokenObject key, const TokenNonce& nonce, ByteView associated,
                                           ByteView message) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    Gcm gcm(nonce, associated);
    MS_TRY(parts_->Call(&CK_FUNCTION_LIST::C_DecryptInit, &gcm.mechanism, key));
    if (!parts_->gate()) return parts_->Closed();
    SecretBytes content(message.size());  // a module may write the tag's place too
    CK_ULONG size = content.size();
    const CK_RV answer = parts_->Raw(&CK_FUNCTION_LIST::C_Decrypt, const_cast<std::uint8_t*>(message.data()),
                                     message.size(), content.Reveal().data(), &size);
    if (SaysChanged(answer)) break;
    if (answer == CKR_GENERAL_ERROR || answer == CKR_FUNCTION_FAILED) continue;
    MS_TRY(parts_->Judge(answer));
    content.Resize(std::min<std::size_t>(size, content.size()));
    return content;
  }
  CK_SESSION_INFO info{};
  MS_TRY(parts_->Call(&CK_FUNCTION_LIST::C_GetSessionInfo, &info));
  return Status::AuthFailed("what the token was to decrypt was changed");
}

}  // namespace mseal::keys
