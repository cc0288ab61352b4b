// job declare, list, show, revoke: what programs are declared to read.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "commands.h"
#include "json.h"
#include "names.h"
#include "output.h"
#include "talk.h"
#include "text.h"

namespace cli {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::uint32_t kEveryDay = 0x7f;

std::optional<std::uint32_t> MinuteOf(std::string_view text) {
  std::uint32_t hour = 0, minute = 0;
  const auto number = [](std::string_view digits, std::uint32_t& out) {
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return read.ec == std::errc() && read.ptr == digits.data() + digits.size();
  };
  if (text.size() != 5 || text[2] != ':' || !number(text.substr(0, 2), hour) || !number(text.substr(3), minute))
    return std::nullopt;
  return hour < 24 && minute < 60 ? std::optional(hour * 60 + minute) : std::nullopt;
}

Status ReadWindow(const std::string& text, medseal::DeclaredJob& job) {
  if (text.empty()) return {};
  const std::string_view window = text;
  const auto from = MinuteOf(window.substr(0, 5));
  const auto to = window.size() == 11 && window[5] == '-' ? MinuteOf(window.substr(6)) : std::nullopt;
  if (!from.has_value() || !to.has_value()) return InvalidArgument("--window takes HH:MM-HH:MM, in UTC");
  job.from_minute = *from;
  job.to_minute = *to;
  return {};
}

Result<medseal::DeclaredJob> ReadDeclaration(const DeclareJobArguments& arguments) {
  medseal::DeclaredJob job;
  job.name = arguments.name;
  job.person = arguments.person;
  job.types = arguments.types;
  job.fields = arguments.fields;
  job.patients = arguments.patients;
  CLI_TRY(ReadWindow(arguments.window, job));
  for (const std::string& day : arguments.days)
    job.days |= 1u << (std::find(kDays.begin(), kDays.end(), day) - kDays.begin());
  const auto until = ParseDate(arguments.until);
  if (!until.has_value()) return InvalidArgument("--until takes YYYY-MM-DD");
  job.until_ms = *until;
  return job;
}

const char* StateName(medseal_declared_job_state state) {
  if (state == MEDSEAL_DECLARED_JOB_EXPIRED) return "EXPIRED";
  return state == MEDSEAL_DECLARED_JOB_IN_FORCE ? "in force" : "NOT SIGNED";
}

std::string WindowText(const medseal::DeclaredJob& job) {
  std::string text = fmt::format("{:02}:{:02}-{:02}:{:02}", job.from_minute / 60, job.from_minute % 60,
                                 job.to_minute / 60, job.to_minute % 60);
  if (job.days == kEveryDay) return text;
  for (std::size_t day = 0; day < kDays.size(); ++day) {
    if ((job.days >> day & 1) != 0) text += (text.size() == 11 ? " " : ",") + std::string(kDays[day]);
  }
  return text;
}

void WriteText(const medseal::DeclaredJob& job) {
  WriteLine(fmt::format("{:<16}  {:<10}  {:<12}  {:>9} patients in {}, until {}", Printable(job.name),
                        StateName(job.state), Printable(job.person), Grouped(job.patients), WindowText(job),
                        TimeText(job.until_ms)));
}

void WriteWhole(const medseal::DeclaredJob& job) {
  WriteText(job);
  WriteLine("  types     " + Joined(job.types));
  WriteLine("  fields    " + (job.fields.empty() ? "all" : Joined(job.fields)));
  WriteLine(fmt::format("  declared  {} by {} with {}", TimeText(job.declared_ms), Printable(job.declared_by),
                        Printable(job.second)));
  WriteLine(job.used_ms == 0 ? std::string("  used      never")
                             : fmt::format("  used      {}, {} patients in the window that began {}",
                                           TimeText(job.used_ms), Grouped(job.read), TimeText(job.window_ms)));
}

void WriteJson(const medseal::DeclaredJob& job) {
  JsonLine line("declared_job");
  line.Text("name", job.name).Text("person", job.person);
  line.Text("state", job.state == MEDSEAL_DECLARED_JOB_IN_FORCE  ? "in_force"
                     : job.state == MEDSEAL_DECLARED_JOB_EXPIRED ? "expired"
                                                                 : "not_signed");
  line.List("types", {job.types.begin(), job.types.end()}).List("fields", {job.fields.begin(), job.fields.end()});
  line.Number("patients", job.patients).Text("window", WindowText(job)).Text("until", TimeIso(job.until_ms));
  line.Text("declared_by", job.declared_by).Text("second", job.second).Text("declared", TimeIso(job.declared_ms));
  if (job.used_ms != 0)
    line.Text("used", TimeIso(job.used_ms)).Number("read", job.read).Text("window_began", TimeIso(job.window_ms));
  WriteLine(line.Done());
}

}  // namespace

Outcome DeclareJob(const Common& common, const DeclareJobArguments& arguments) {
  CLI_ASSIGN(const medseal::DeclaredJob job, ReadDeclaration(arguments));
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(session.DeclareJob(job));
    if (common.json) WriteLine(JsonLine("job_declared").Text("name", job.name).Done());
    Say(fmt::format("declared: {} works with --job {}", Printable(job.person), Printable(job.name)));
    return kDone;
  });
}

Outcome RevokeDeclaredJob(const Common& common, const std::string& name) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_TRY(session.RevokeDeclaredJob(name));
    if (common.json) WriteLine(JsonLine("job_revoked").Text("name", name).Done());
    Say("revoked");
    return kDone;
  });
}

Outcome ListDeclaredJobs(const Common& common) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const auto jobs, session.DeclaredJobs());
    for (const medseal::DeclaredJob& job : jobs) common.json ? WriteJson(job) : WriteText(job);
    if (jobs.empty()) Say("no job is declared");
    return kDone;
  });
}

Outcome ShowDeclaredJob(const Common& common, const std::string& name) {
  return WithSession(common, [&](medseal::Session& session) -> Outcome {
    CLI_ASSIGN(const auto jobs, session.DeclaredJobs(name));
    for (const medseal::DeclaredJob& job : jobs) common.json ? WriteJson(job) : WriteWhole(job);
    return kDone;
  });
}

}  // namespace cli
