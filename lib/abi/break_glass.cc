// medseal.h: breaking the glass, and its review.
#include "vault/break_glass.h"

#include "abi/call.h"
#include "abi/handles.h"
#include "abi/on_record.h"

namespace mseal::abi {
namespace {

medseal_broken_glass InfoOf(const vault::GlassReview& review, const people::Chain& chain) {
  const format::BrokenGlass& glass = review.glass;
  const auto entry = chain.classes().find(glass.class_number);
  medseal_broken_glass info{};
  info.size = sizeof(info);
  info.number = review.number;
  info.person = NameOf(chain, glass.person);
  info.class_name = entry == chain.classes().end() ? "" : entry->second.name.c_str();
  info.from_ms = glass.from_ms;
  info.until_ms = glass.until_ms;
  info.reason = Lend(glass.reason.Reveal());
  info.overdue = review.overdue ? 1 : 0;
  if (glass.open()) return info;
  info.reviewed_by = NameOf(chain, glass.reviewed_by);
  info.reviewed_ms = glass.reviewed_ms;
  info.verdict = Lend(glass.verdict.Reveal());
  return info;
}

// As given or, where it need not be, as it is: the log says which class was opened.
std::string ClassNamed(medseal_session* session, const char* given) {
  if (session == nullptr || !Text(given).empty()) return std::string(Text(given));
  auto call = session->session->Enter();
  return call.ok() ? vault::OnlyClassBehindGlass(call->core(), call->desk()) : std::string();
}

}  // namespace
}  // namespace mseal::abi

using namespace mseal;
using namespace mseal::abi;

medseal_code medseal_break_glass(medseal_session* session, const char* class_name, const char* reason,
                                 std::uint64_t minutes, std::uint64_t* number, medseal_error* error) {
  return Run(error, [&] {
    const std::string opened = ClassNamed(session, class_name);
    return OnRecordAt(session, audit::Operation::kBreakGlass, opened, [&]() -> Status {
      MS_ASSIGN(vault::Call call, session->session->Enter());
      std::uint64_t given = 0;
      MS_TRY(vault::BreakGlass(call.core(), call.desk(), opened, Text(reason), minutes, given));
      if (number != nullptr) *number = given;
      return Status::Ok();
    });
  });
}

medseal_code medseal_broken_glasses(medseal_session* session, medseal_broken_glass_callback callback, void* context,
                                    medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kList, "broken glass", error, [&]() -> Status {
    MS_TRY(Require(callback != nullptr, "a callback is needed"));
    MS_ASSIGN(vault::Call call, session->session->Enter());
    return vault::ListBrokenGlass(call.core(), call.desk(), [&](const vault::GlassReview& review) {
      const auto chain = call.core().registry->chain();
      const medseal_broken_glass info = InfoOf(review, *chain);
      return callback(context, &info) == 0 ? Status::Ok() : Status::Cancelled("the callback ended the listing");
    });
  });
}

medseal_code medseal_break_glass_review(medseal_session* session, std::uint64_t number, const char* verdict,
                                        medseal_error* error) {
  return RunOnRecord(session, audit::Operation::kApproval, "review of a broken glass", error, [&]() -> Status {
    MS_ASSIGN(vault::Call call, session->session->Enter());
    return vault::ReviewBrokenGlass(call.core(), call.desk(), number, Text(verdict));
  });
}
