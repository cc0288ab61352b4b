// Stores, lists and reviews broken glass.
#include "vault/break_glass.h"

#include "base/clock.h"
#include "base/writer.h"
#include "format/clean_name.h"
#include "people/policy.h"

namespace mseal::vault {
namespace {

using format::BrokenGlass;
using keys::MetaKind;
using people::Operation;

constexpr std::uint64_t kMinute = 60'000;
constexpr std::uint64_t kHour = 60 * kMinute;

Bytes IdOf(std::uint64_t number) {
  Bytes id;
  Writer(id).U64(number);
  return id;
}

Status CheckText(std::string_view text) {
  return format::IsCleanText(AsBytes(text), format::kLongestGlassText)
             ? Status::Ok()
             : Status::InvalidArgument("a reason or verdict is 1 to 240 bytes of text without control characters");
}

Status CheckHuman(const people::Person& person) {
  return person.kind == people::PersonKind::kHuman
             ? Status::Ok()
             : Status::PermissionDenied("a glass is broken and reviewed by humans: a service is in no need");
}

// The one class that the person may break the glass for.
Result<people::ClassNumber> OnlyClassOf(const people::Chain& chain, people::PersonNumber person) {
  std::optional<people::ClassNumber> only;
  for (const auto& [number, entry] : chain.classes()) {
    const people::Operations operations = chain.OperationsOn(person, number);
    if (!operations.Has(Operation::kBreakGlass) || operations.Has(Operation::kRead)) continue;
    if (only.has_value()) return Status::InvalidArgument("say which class: there is more than one behind glass");
    only = number;
  }
  if (!only.has_value()) return Status::PermissionDenied("the person may break the glass for no class");
  return *only;
}

Result<people::ClassNumber> ClassNamed(const people::Chain& chain, people::PersonNumber person, std::string_view name) {
  const auto number = chain.FindClass(name);
  const people::Operations operations = number.has_value() ? chain.OperationsOn(person, *number) : people::Operations();
  if (operations.Has(Operation::kRead)) return Status::AlreadyExists("the person may read this class at any time");
  if (operations.Has(Operation::kBreakGlass)) return *number;
  return Status::PermissionDenied("the person may not break the glass for this class");
}

Result<people::ClassNumber> ClassToOpen(const Core& core, const Desk& desk, std::string_view name) {
  const auto chain = core.registry->chain();
  const people::PersonNumber person = desk.session->identity().person.number;
  MS_ASSIGN(const people::ClassNumber number,
            name.empty() ? OnlyClassOf(*chain, person) : ClassNamed(*chain, person, name));
  if (desk.session->Holds(number)) return number;
  return Status::PermissionDenied("the session does not hold the class: it is there at the next login");
}

Result<std::uint64_t> MinutesOf(const Core& core, std::uint64_t asked) {
  const std::uint64_t most = core.registry->chain()->policy(people::policy::kBreakGlassMinutes);
  if (asked > most) return Status::InvalidArgument("longer than policy lets a broken glass last");
  return asked == 0 ? most : asked;
}

Status Store(Core& core, std::uint64_t number, const BrokenGlass& glass) {
  store::Batch batch;
  core.meta->Put(batch, MetaKind::kBrokenGlass, IdOf(number), format::WriteBrokenGlass(glass).Reveal());
  MS_TRY(core.CommitAs(batch, store::Durability::kPower));
  return core.anchor->Move();
}

bool MayReview(const Desk& desk) {
  return desk.session->MayOverVault(Operation::kAudit) || desk.session->MayOverVault(Operation::kAdminister);
}

}  // namespace

Status BreakGlass(Core& core, Desk& desk, std::string_view class_name, std::string_view reason, std::uint64_t minutes,
                  std::uint64_t& number) {
  MS_TRY(core.CheckWritable());
  MS_TRY(CheckHuman(desk.session->identity().person));
  MS_TRY(CheckText(reason));
  MS_ASSIGN(const people::ClassNumber opened, ClassToOpen(core, desk, class_name));
  MS_ASSIGN(const std::uint64_t allowed, MinutesOf(core, minutes));
  const std::uint64_t until = PassedMs() + allowed * kMinute;
  const std::lock_guard lock(core.numbered_mutex);
  std::uint64_t newest = 0;
  MS_TRY(ForEachBrokenGlass(core, [&](const GlassReview& review) {
    newest = review.number;
    return Status::Ok();
  }));
  const std::uint64_t now = NowMs();
  BrokenGlass glass;
  glass.person = desk.session->identity().person.number;
  glass.class_number = opened;
  glass.from_ms = now;
  glass.until_ms = now + allowed * kMinute;
  glass.reason = SecretBytes::CopyOf(AsBytes(reason));
  number = newest + 1;
  MS_TRY(Store(core, number, glass));
  desk.session->BreakGlass(opened, until);
  return Status::Ok();
}

std::string OnlyClassBehindGlass(const Core& core, const Desk& desk) {
  const auto chain = core.registry->chain();
  const auto only = OnlyClassOf(*chain, desk.session->identity().person.number);
  return only.ok() ? chain->classes().at(*only).name : std::string();
}

Status ForEachBrokenGlass(const Core& core, const std::function<Status(const GlassReview&)>& visit) {
  const std::uint64_t patience = core.registry->chain()->policy(people::policy::kBreakGlassReviewHours) * kHour;
  std::uint64_t last = 0;
  return core.meta->ForEach(MetaKind::kBrokenGlass, [&](ByteView id, const SecretBytes& content) -> Status {
    if (!SameBytes(id, IdOf(++last))) return Status::AuthFailed("a row of broken glass is missing: it was taken away");
    GlassReview review;
    MS_ASSIGN(review.glass, format::ParseBrokenGlass(content.Reveal()));
    review.number = last;
    review.overdue = review.glass.open() && NowMs() > review.glass.from_ms + patience;
    return visit(review);
  });
}

Status ListBrokenGlass(const Core& core, const Desk& desk, const std::function<Status(const GlassReview&)>& visit) {
  const bool all = MayReview(desk);
  const people::PersonNumber own = desk.session->identity().person.number;
  return ForEachBrokenGlass(core, [&](const GlassReview& review) {
    return all || review.glass.person == own ? visit(review) : Status::Ok();
  });
}

Status ReviewBrokenGlass(Core& core, Desk& desk, std::uint64_t number, std::string_view verdict) {
  MS_TRY(core.CheckWritable());
  const people::Person& reviewer = desk.session->identity().person;
  if (!MayReview(desk)) return Status::PermissionDenied("only who may audit or administer reviews a broken glass");
  MS_TRY(CheckHuman(reviewer));
  MS_TRY(CheckText(verdict));
  const std::lock_guard lock(core.numbered_mutex);
  const auto content = core.meta->Get(MetaKind::kBrokenGlass, IdOf(number));
  if (content.code() == StatusCode::kNotFound) return Status::NotFound("there is no broken glass of that number");
  MS_TRY(content.status());
  MS_ASSIGN(BrokenGlass glass, format::ParseBrokenGlass(content->Reveal()));
  if (!glass.open()) return Status::AlreadyExists("it was reviewed already");
  if (glass.person == reviewer.number)
    return Status::PermissionDenied("whoever broke the glass does not review it: a second person does");
  glass.reviewed_by = reviewer.number;
  glass.reviewed_ms = NowMs();
  glass.verdict = SecretBytes::CopyOf(AsBytes(verdict));
  return Store(core, number, glass);
}

}  // namespace mseal::vault
