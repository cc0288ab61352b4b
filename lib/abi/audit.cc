// medseal.h: questions to the log of accesses.
#include "abi/call.h"
#include "abi/handles.h"
#include "audit/access.h"
#include "vault/certificate_text.h"
#include "vault/held_exposure.h"
#include "vault/log_queries.h"

namespace mseal::abi {
namespace {

// Names of the classes and fields that an entry has by number; they live as long as this.
class Names {
 public:
  explicit Names(vault::Core& core) : core_(core), chain_(core.registry->chain()) {}

  const char* Person(std::uint32_t number) const {
    const people::Person* person = chain_->FindPerson(number);
    return person == nullptr ? nullptr : person->name.c_str();
  }
  void Classes(std::uint16_t bits, std::vector<const char*>& out) const {
    out.clear();
    for (const auto& [number, entry] : chain_->classes()) {
      if ((bits >> number & 1) != 0) out.push_back(entry.name.c_str());
    }
  }
  // By the schema of then, where it can be read, since numbers of later ones may mean something else.
  void Fields(const audit::OpenedEntry& entry, std::vector<const char*>& out) {
    out.clear();
    const schema::TypePlan* type = TypeOf(entry);
    for (const std::uint32_t number : entry.fields) {
      const schema::FieldPlan* field = type == nullptr ? nullptr : type->FindField(number);
      out.push_back(field == nullptr ? "(unknown)" : field->name.c_str());
    }
  }

 private:
  const schema::TypePlan* TypeOf(const audit::OpenedEntry& entry) {
    auto known = schemas_.find(entry.schema_version);
    if (known == schemas_.end()) {
      auto loaded = entry.schema_version == 0 ? Result<std::shared_ptr<const vault::ActiveSchema>>(nullptr)
                                              : vault::LoadActiveSchema(*core_.meta, *chain_, entry.schema_version);
      known = schemas_.emplace(entry.schema_version, loaded.ok() ? *loaded : nullptr).first;
    }
    return known->second == nullptr ? nullptr : known->second->schema->FindType(entry.type);
  }

  vault::Core& core_;
  std::shared_ptr<const people::Chain> chain_;
  std::map<std::uint32_t, std::shared_ptr<const vault::ActiveSchema>> schemas_;
};

// One entry as the callback sees it, and what its pointers show.
class ShownEntry {
 public:
  explicit ShownEntry(vault::Core& core) : core_(core), names_(core) {}

  const medseal_audit_entry& Show(const audit::OpenedEntry& entry) {
    names_.Classes(entry.classes, classes_);
    names_.Classes(entry.redacted, redacted_);
    names_.Fields(entry, fields_);
    session_ = vault::HexOf(entry.session);
    info_ = {};
    info_.size = sizeof(info_);
    info_.index = entry.index;
    info_.time_ms = entry.time_ms;
    info_.session = session_.c_str();
    info_.person = names_.Person(entry.person);
    info_.operation = audit::NameOf(entry.operation).data();
    info_.outcome = audit::NameOf(entry.outcome).data();
    info_.code = static_cast<medseal_code>(entry.code);
    info_.incident = entry.incident;
    info_.number = entry.number;
    info_.purpose = entry.purpose.c_str();
    info_.origin = entry.origin.c_str();
    info_.on_behalf_of = entry.on_behalf_of.c_str();
    info_.detail = entry.detail.c_str();
    info_.has_patient = entry.patient.has_value() ? 1 : 0;
    if (entry.patient.has_value()) std::memcpy(info_.patient_handle, entry.patient->data(), entry.patient->size());
    info_.what = static_cast<medseal_audit_what>(entry.what);
    info_.type = entry.type.c_str();
    info_.record = Lend(entry.record_id.Reveal());
    info_.record_version = entry.record_version;
    info_.classes = classes_.data();
    info_.class_count = classes_.size();
    info_.redacted_classes = redacted_.data();
    info_.redacted_class_count = redacted_.size();
    info_.fields = fields_.data();
    info_.field_count = fields_.size();
    info_.canary = entry.patient.has_value() && core_.WasPlanted(*entry.patient) ? 1 : 0;
    return info_;
  }

 private:
  vault::Core& core_;
  Names names_;
  std::vector<const char*> classes_, redacted_, fields_;
  std::string session_;
  medseal_audit_entry info_{};
};

Result<vault::LogQuery> ReadQuery(vault::Call& call, const medseal_audit_query& known) {
  vault::LogQuery query;
  query.person = Text(known.person);
  query.since_ms = known.since_ms;
  if (known.until_ms != 0) query.until_ms = known.until_ms;
  query.from_index = known.from_index;
  if (known.operation != nullptr) {
    query.operation = audit::OperationNamed(known.operation);
    MS_TRY(Require(query.operation.has_value(), "there is no such operation"));
  }
  if (known.outcome != nullptr) {
    query.outcome = audit::OutcomeNamed(known.outcome);
    MS_TRY(Require(query.outcome.has_value(), "there is no such outcome"));
  }
  if (known.patient == nullptr) return query;
  MS_ASSIGN(const medseal_ref ref, Read(known.patient));
  keys::PatientHandle place;
  MS_ASSIGN(const vault::PatientName name, PatientOf(ref, place));
  MS_ASSIGN(query.patient, vault::FindPatient(call.core(), call.desk(), name));
  return query;
}

Status Entries(medseal_session* session, const medseal_audit_query* query, medseal_audit_callback callback,
               void* context) {
  MS_TRY(Require(session != nullptr && callback != nullptr, "session and callback are needed"));
  MS_ASSIGN(const medseal_audit_query known, ReadOptional(query));
  MS_ASSIGN(vault::Call call, session->session->Enter());
  MS_ASSIGN(const vault::LogQuery wanted, ReadQuery(call, known));
  ShownEntry shown(call.core());
  return vault::QueryLog(call.core(), call.desk(), wanted, [&](const audit::OpenedEntry& entry) {
    return callback(context, &shown.Show(entry)) == 0 ? Status::Ok()
                                                      : Status::Cancelled("the callback ended the listing");
  });
}

Status ShowExposure(vault::Core& core, const vault::Exposure& exposure, medseal_exposed_callback callback,
                    void* context, medseal_exposure_summary* summary) {
  Names names(core);
  std::vector<const char*> classes;
  medseal_exposure_summary filled{};
  filled.reads = exposure.reads;
  filled.fields = exposure.fields;
  filled.searches = exposure.searches;
  filled.unknown = exposure.unknown;
  filled.asserted = exposure.asserted;
  for (const auto& [handle, patient] : exposure.patients) {
    const bool planted = core.WasPlanted(handle);
    ++(planted ? filled.canaries : filled.patients);
    filled.reads -= planted ? patient.reads : 0;
    filled.fields -= planted ? patient.fields : 0;
    filled.asserted -= planted ? patient.asserted : 0;
    filled.unknown -= planted ? patient.unknown : 0;
  }
  for (const auto& [handle, patient] : exposure.patients) {
    names.Classes(patient.classes, classes);
    medseal_exposed_patient info{};
    info.size = sizeof(info);
    std::memcpy(info.patient_handle, handle.data(), handle.size());
    info.classes = classes.data();
    info.class_count = classes.size();
    info.reads = patient.reads;
    info.fields = patient.fields;
    info.first_ms = patient.first_ms;
    info.last_ms = patient.last_ms;
    info.canary = core.WasPlanted(handle) ? 1 : 0;
    if (callback != nullptr && callback(context, &info) != 0)
      return Status::Cancelled("the callback ended the listing");
  }
  Write(filled, summary);
  return Status::Ok();
}

// Patients of a backup or key, each as it is found.
class ShownHeld {
 public:
  ShownHeld(vault::Core& core, medseal_exposed_callback callback, void* context)
      : core_(core), names_(core), callback_(callback), context_(context) {}

  Status Show(const vault::HeldPatient& held) {
    if (callback_ == nullptr) return Status::Ok();
    names_.Classes(held.classes, classes_);
    names_.Classes(held.not_assessed, not_assessed_);
    medseal_exposed_patient info{};
    info.size = sizeof(info);
    std::memcpy(info.patient_handle, held.patient.data(), held.patient.size());
    info.classes = classes_.data();
    info.class_count = classes_.size();
    info.reads = held.records;
    info.fields = held.fields;
    info.first_ms = held.first_ms;
    info.last_ms = held.last_ms;
    info.canary = core_.WasPlanted(held.patient) ? 1 : 0;
    info.not_assessed = not_assessed_.data();
    info.not_assessed_count = not_assessed_.size();
    return callback_(context_, &info) == 0 ? Status::Ok() : Status::Cancelled("the callback ended the listing");
  }

 private:
  vault::Core& core_;
  Names names_;
  medseal_exposed_callback callback_;
  void* context_;
  std::vector<const char*> classes_, not_assessed_;
};

Status HeldExposure(vault::Call& call, const medseal_audit_query& known, medseal_exposed_callback callback,
                    void* context, medseal_exposure_summary* summary) {
  ShownHeld shown(call.core(), callback, context);
  const vault::VisitHeld visit = [&](const vault::HeldPatient& held) { return shown.Show(held); };
  vault::HeldSummary found;
  MS_TRY(known.of_backup != 0
             ? vault::ExposureOfBackup(call.core(), call.desk(), std::string(Text(known.backup_place)), known.backup,
                                       visit, found)
             : vault::ExposureOfKey(call.core(), call.desk(), Text(known.key_class), known.key_version, visit, found));
  medseal_exposure_summary filled{};
  filled.patients = found.patients;
  filled.reads = found.records;
  filled.fields = found.fields;
  filled.canaries = found.canaries;
  filled.backup = found.backup;
  filled.not_assessed = found.not_assessed;
  filled.erased = found.erased;
  filled.unreadable = found.unreadable;
  Write(filled, summary);
  return Status::Ok();
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_audit_entries(medseal_session* session, const medseal_audit_query* query,
                                   medseal_audit_callback callback, void* context, medseal_error* error) {
  return Run(error, [&] { return Entries(session, query, callback, context); });
}

medseal_code medseal_exposure(medseal_session* session, const medseal_audit_query* query,
                              medseal_exposed_callback callback, void* context, medseal_exposure_summary* summary,
                              medseal_error* error) {
  return Run(error, [&]() -> Status {
    MS_TRY(Require(session != nullptr, "there is no session"));
    MS_ASSIGN(const medseal_audit_query known, Read(query));
    const bool of_held = known.of_backup != 0 || known.key_class != nullptr;
    const int asked = (known.person != nullptr) + (known.of_backup != 0) + (known.key_class != nullptr);
    MS_TRY(Require(asked == 1, "an exposure is of a person, of a backup or of a class key"));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    if (of_held) return HeldExposure(call, known, callback, context, summary);
    MS_ASSIGN(const vault::Exposure exposure,
              vault::ExposureOfPerson(call.core(), call.desk(), known.person, known.since_ms,
                                      known.until_ms == 0 ? ~std::uint64_t{0} : known.until_ms));
    return ShowExposure(call.core(), exposure, callback, context, summary);
  });
}
