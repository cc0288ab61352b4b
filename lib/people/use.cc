// Which purposes and names a session may state.
#include "people/use.h"

#include "base/bytes.h"
#include "base/purposes.h"
#include "format/clean_name.h"

namespace mseal::people {
namespace {

Status CheckAsserted(std::string_view text) {
  if (text.empty() || format::IsCleanText(AsBytes(text), kLongestAsserted)) return Status::Ok();
  return Status::InvalidArgument("on_behalf_of and origin are at most 128 bytes of clean text");
}

}  // namespace

Status CheckUse(const Use& use) {
  if (use.purpose.empty())
    return Status::InvalidArgument("a purpose of use is needed: care, billing, research, admin, ...");
  if (!IsPurpose(use.purpose))
    return Status::InvalidArgument(
        "there is no such purpose of use: care, billing, research, admin, emergency, migration, audit, "
        "patient_request, public_health, or x- and a name of your own");
  if (!use.job.empty() && !format::IsCleanName(AsBytes(use.job)))
    return Status::InvalidArgument("the name of a job is 1 to 64 bytes of clean text");
  MS_TRY(CheckAsserted(use.on_behalf_of));
  return CheckAsserted(use.origin);
}

}  // namespace mseal::people
