// medseal.h: mandates.
#include "vault/mandates.h"

#include "abi/call.h"
#include "abi/handles.h"
#include "abi/on_record.h"

namespace mseal::abi {
namespace {

static_assert(static_cast<int>(format::MandateDirection::kImport) == MEDSEAL_MANDATE_IMPORT &&
              static_cast<int>(format::MandateDirection::kExport) == MEDSEAL_MANDATE_EXPORT);

Result<format::MandateTake> ReadTake(const medseal_mandate_take& given) {
  MS_ASSIGN(const medseal_mandate_take known, Read(&given));
  MS_TRY(Require(known.field_count == 0 || known.fields != nullptr, "the list of fields is missing"));
  format::MandateTake take{std::string(Text(known.type)), {}};
  for (std::size_t i = 0; i < known.field_count; ++i) take.fields.emplace_back(Text(known.fields[i]));
  return take;
}

Result<format::MandateRecipient> ReadRecipient(const medseal_mandate_recipient& given) {
  MS_ASSIGN(const medseal_mandate_recipient known, Read(&given));
  MS_TRY(Require(known.key != nullptr, "a recipient's key is missing"));
  format::MandateRecipient recipient{{}, std::string(Text(known.name))};
  CopyBytes({known.key, recipient.key.size()}, recipient.key);
  return recipient;
}

Result<format::Mandate> ReadMandate(const medseal_mandate& known) {
  MS_TRY(RequireOneOf(known.direction, MEDSEAL_MANDATE_IMPORT, MEDSEAL_MANDATE_EXPORT, "there is no such direction"));
  MS_TRY(Require(known.take_count == 0 || known.takes != nullptr, "the list of what is taken is missing"));
  MS_TRY(Require(known.recipient_count == 0 || known.recipients != nullptr, "the list of recipients is missing"));
  MS_TRY(Require(known.patient_count == 0 || known.patients != nullptr, "the list of patients is missing"));
  format::Mandate mandate;
  mandate.direction = static_cast<format::MandateDirection>(known.direction);
  mandate.from = Text(known.from);
  mandate.to = Text(known.to);
  mandate.purpose = Text(known.purpose);
  for (std::size_t i = 0; i < known.take_count; ++i) {
    MS_ASSIGN(format::MandateTake take, ReadTake(known.takes[i]));
    mandate.takes.push_back(std::move(take));
  }
  for (std::size_t i = 0; i < known.recipient_count; ++i) {
    MS_ASSIGN(format::MandateRecipient recipient, ReadRecipient(known.recipients[i]));
    mandate.recipients.push_back(std::move(recipient));
  }
  mandate.since = Text(known.since);
  mandate.until = Text(known.until);
  mandate.keeps_unknown = known.keep_unknown != 0;
  mandate.most_rows = known.most_rows;
  mandate.expires_ms = known.expires_ms;
  mandate.erase_by = Text(known.erase_by);
  mandate.signers = known.signers;
  return mandate;
}

void Tell(const vault::Core& core, const vault::MandateView& view, medseal_mandate_callback callback, void* context) {
  const auto chain = core.registry->chain();
  std::vector<const char*> names;
  for (const people::PersonNumber number : view.counting) names.push_back(NameOf(*chain, number));
  medseal_mandate_info info{};
  info.size = sizeof(info);
  info.text = Lend(AsBytes(view.text));
  CopyBytes(view.mandate.id, info.id);
  info.direction = static_cast<medseal_mandate_direction>(view.mandate.direction);
  info.signers = names.data();
  info.signer_count = names.size();
  info.needed = view.needed;
  info.expired = view.expired ? 1 : 0;
  info.expires_ms = view.mandate.expires_ms;
  callback(context, &info);
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_mandate_new(medseal_session* session, const medseal_mandate* mandate, medseal_buffer** text,
                                 medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(session != nullptr && text != nullptr, "session and text are needed"));
    *text = nullptr;
    MS_ASSIGN(const medseal_mandate known, Read(mandate));
    MS_ASSIGN(format::Mandate draft, ReadMandate(known));
    std::vector<ByteView> patients;
    for (std::size_t i = 0; i < known.patient_count; ++i) patients.push_back(View(known.patients[i]));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    MS_ASSIGN(const std::string made, vault::MakeMandate(call.core(), std::move(draft), patients));
    *text = new medseal_buffer{SecretBytes::CopyOf(AsBytes(made))};
    return Status::Ok();
  });
}

medseal_code medseal_mandate_sign(medseal_session* session, medseal_bytes file, medseal_buffer** signed_file,
                                  medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kApproval, "signs a mandate", error, [&]() -> Status {
    MS_TRY(Require(signed_file != nullptr, "a place for the signed mandate is needed"));
    *signed_file = nullptr;
    MS_ASSIGN(vault::Call call, session->session->Enter());
    MS_ASSIGN(const std::string out, vault::SignMandate(call.core(), call.desk(), AsText(View(file))));
    *signed_file = new medseal_buffer{SecretBytes::CopyOf(AsBytes(out))};
    return Status::Ok();
  });
}

medseal_code medseal_mandate_verify(medseal_vault* vault, medseal_bytes file, medseal_mandate_callback callback,
                                    void* context, medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(vault != nullptr, "there is no vault"));
    MS_ASSIGN(vault::Call call, vault->vault->Enter());
    MS_ASSIGN(const vault::MandateView view, vault::JudgeMandate(call.core(), AsText(View(file))));
    if (callback != nullptr) Tell(call.core(), view, callback, context);
    return vault::CheckInForce(view);
  });
}
