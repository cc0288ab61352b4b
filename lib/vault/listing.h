// Several records one after the other: what find, range, scan, patient and history give. A listing reads at one point
// in time.
#pragma once

#include <memory>
#include <optional>

#include "vault/patients.h"
#include "vault/read.h"

namespace mseal::vault {

class Listing {
 public:
  virtual ~Listing() = default;
  // The next record, or null at the end.
  virtual Result<std::unique_ptr<OpenedRecord>> Next() = 0;
};
using ListingPtr = std::unique_ptr<Listing>;

// Each borrows core and desk, which must outlive the listing. Errors as medseal.h has them.
Result<ListingPtr> ListFound(Core& core, Desk& desk, std::string_view type, std::string_view field, ByteView value);
Result<ListingPtr> ListRange(Core& core, Desk& desk, std::string_view type, std::string_view field, ByteView first,
                             ByteView last, bool prefix);
Result<ListingPtr> ListPatient(Core& core, Desk& desk, const PatientName& patient);
Result<ListingPtr> ListHistory(Core& core, Desk& desk, const PatientName& patient, std::string_view type,
                               ByteView record_id);
Result<ListingPtr> ListType(Core& core, Desk& desk, std::string_view type,
                            const std::optional<keys::RecordHandle>& after);

}  // namespace mseal::vault
