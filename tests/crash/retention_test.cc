// The process that lets go is killed between patients, again and again: the next run goes on, and nothing is broken.
#include "vault/retention.h"

#include <signal.h>

#include "base/clock.h"
#include "crash/mortal.h"
#include "vault_support/laboratory.h"

namespace mseal::test {
namespace {

constexpr std::uint64_t kDay = 24ull * 60 * 60 * 1000;
constexpr std::uint64_t kBegin = 1'700'000'000'000;
constexpr int kPatients = 20;

// How the retainer ended: the signal that killed it, or 0.
int KilledAfter(const Laboratory& lab, std::uint64_t now_ms, int patients) {
  return RunMortal(
             {MEDSEAL_CRASH_RETAINER, lab.store(), lab.keyring(), std::to_string(now_ms), std::to_string(patients)})
      .signal;
}

TEST(KilledRetention, GoesOnWithTheNextRunAndLeavesNothingBroken) {
  SetClockForTests(kBegin);
  Laboratory lab(crypto::Suite::kChaCha20Poly1305,
                 "syntax = \"proto3\"; import \"medseal/options.proto\";"
                 "message Note { option (medseal.v1.record) = { retention: \"10d\" };"
                 "  string text = 1 [(medseal.v1.field) = { find: EXACT normalize: ID }]; }");
  lab.AddPerson("witness", {});
  {
    const auto founder = lab.LoginAs(Laboratory::kFounder);
    for (int i = 0; i < kPatients; ++i) {
      const std::string patient = "patient " + std::to_string(i);
      for (const char* text : {"first", "second"})
        ASSERT_TRUE(lab.Put(*founder, patient, "Note", "1", TextField(1, text)).ok());
    }
  }
  lab.Close();
  const std::uint64_t now = kBegin + 10 * kDay;
  SetClockForTests(now);
  for (int left = kPatients; left > 0;) {
    const int die_after = 1 + left % 3;
    const int signal = KilledAfter(lab, now, die_after);
    left -= signal == SIGKILL ? die_after : left;
    const auto founder = lab.LoginAs(Laboratory::kFounder);
    EXPECT_TRUE(lab.Verify(founder.get()).ok());
    const auto found = lab.Find(*founder, "Note", "text", "second");
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->size(), static_cast<std::size_t>(left));
    lab.Close();
  }
  SetClockForTests(0);
}

}  // namespace
}  // namespace mseal::test
