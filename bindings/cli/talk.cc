#include "talk.h"

#include <fmt/core.h>
#include <stdio.h>
#include <unistd.h>

#include "json.h"
#include "text.h"

namespace cli {
namespace {

bool g_json = false;
bool g_progress_shows = false;

void HideProgress() {
  if (g_progress_shows) fputs("\r\033[K", stderr);
  g_progress_shows = false;
}

void Line(const std::string& text) {
  HideProgress();
  fputs((text + "\n").c_str(), stderr);  // fmt's own printing throws where stderr cannot be written
}

// What a person does next, by code; the message says where.
const char* Advice(medseal_code code) {
  switch (code) {
    case MEDSEAL_NO_VAULT:
      return "make one with `medseal init`, or name another with --store or MEDSEAL_STORE";
    case MEDSEAL_LOCKED:
      return "wait for the other process or stop it; one process at a time has a vault open";
    case MEDSEAL_WRONG_SECRET:
      return "check the passphrase or PIN of the keyring (--keyring-passphrase-file; a token locks after a few wrong "
             "PINs), "
             "the person's name (--person) and the password file (--password-file)";
    case MEDSEAL_STALE:
      return "put the newest copy of the store back, or look at this one with --accept-stale (read-only)";
    case MEDSEAL_AUTH_FAILED:
    case MEDSEAL_CORRUPT:
      return "look whether --keyring names this store's keyring; if the store itself is damaged, do not write to it, "
             "run `medseal verify` and restore what it names";
    case MEDSEAL_PERMISSION_DENIED:
      return "log in as somebody who may: the founder, or for a class whoever holds it (medseal person list, person "
             "grant); a second person logs in with --with NAME; a legal hold ends with `medseal release`";
    case MEDSEAL_KEY_UNAVAILABLE:
      return "once what the message names is there (a keyring or token: --keyring), run the same command again; a job "
             "goes on with `medseal rotate resume`";
    case MEDSEAL_CANCELLED:
      return "what was acknowledged stays; the same command goes on from there, a job with `medseal rotate resume`";
    case MEDSEAL_ALREADY_EXISTS:
      return "nothing was changed; choose another name or path, or finish what is under way: medseal rotate status, "
             "rotate resume";
    case MEDSEAL_CONFLICT:
      return "somebody was faster, or a job is under way (medseal rotate status): look at the newest state, then "
             "repeat";
    case MEDSEAL_NOT_FOUND:
      return "what there is: medseal schema show, person list, rotate status, backup list, provider copy list";
    case MEDSEAL_SUITE_UNAVAILABLE:
      return "use a machine with AES instructions, or make the vault with --suite chacha20";
    case MEDSEAL_UNSUPPORTED_VERSION:
      return "open it with a newer medseal";
    default:
      return nullptr;
  }
}

}  // namespace

void SetTalk(bool json) { g_json = json; }

void Say(const std::string& notice) {
  if (!g_json) Line(notice);
}

void Warn(const std::string& warning) {
  if (g_json) return Line(JsonLine("warning").Text("message", warning).Done());
  Line("warning: " + warning);
}

void SayRejected(const std::string& place, const std::string& why, medseal_code code) {
  if (!g_json) return Line(place + ": " + why);
  Line(JsonLine("rejected").Text("place", place).Text("code", medseal_code_name(code)).Text("message", why).Done());
}

void SayFailed(const Error& error) {
  const char* advice = Advice(error.code());
  const std::string incident = error.incident() == 0 ? "" : fmt::format("{:016x}", error.incident());
  if (g_json) {
    JsonLine line("error");
    line.Text("code", error.code_name())
        .Number("exit_code", static_cast<std::uint64_t>(medseal_exit_code(error.code())));
    line.Text("message", error.message());
    if (advice != nullptr) line.Text("advice", advice);
    if (!incident.empty()) line.Text("incident", incident);
    return Line(line.Done());
  }
  Line(fmt::format("medseal: {}: {}", error.code_name(), error.message()));
  if (advice != nullptr) Line(fmt::format("  next: {}", advice));
  if (!incident.empty()) Line(fmt::format("  incident {}", incident));
}

ProgressLine::ProgressLine(std::string what, std::string unit) : what_(std::move(what)), unit_(std::move(unit)) {}
ProgressLine::~ProgressLine() { HideProgress(); }

std::string ProgressLine::Text(std::uint64_t done, std::uint64_t in_all, std::uint64_t records, double seconds) const {
  const bool is_bytes = unit_ == "bytes";
  const std::uint64_t counted = is_bytes ? records : done;
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(counted) / seconds);
  const std::string speed = fmt::format("{} {}, {}/s", Grouped(counted), is_bytes ? "records" : unit_, Grouped(rate));
  if (in_all == 0 || done == 0) return fmt::format("{}: {}", what_, speed);
  const std::uint64_t sure = std::min(done, in_all);
  const double left = seconds * static_cast<double>(in_all - sure) / static_cast<double>(done);
  const std::string amount = is_bytes ? Size(sure) + " of " + Size(in_all) : "of " + Grouped(in_all);
  return fmt::format("{}: {}%  {}  {}  {} left", what_, 100 * sure / in_all, amount, speed, Duration(left));
}

void ProgressLine::Update(std::uint64_t done, std::uint64_t in_all, std::uint64_t records) {
  static const bool terminal = isatty(STDERR_FILENO) == 1;
  const Clock::time_point now = Clock::now();
  if (!terminal || g_json || now - drawn_ < std::chrono::milliseconds(100)) return;
  drawn_ = now;
  const double seconds = std::max(0.001, std::chrono::duration<double>(now - begin_).count());
  fputs(("\r\033[K" + Text(done, in_all, records, seconds)).c_str(), stderr);
  fflush(stderr);
  g_progress_shows = true;
}

}  // namespace cli
