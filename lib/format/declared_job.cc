// Parses and lays out declared jobs.
#include "format/declared_job.h"

#include "base/reader.h"
#include "base/writer.h"
#include "format/clean_name.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::string_view kLabel = "medseal.v1.declaredjob";

bool ReadNames(Reader& in, std::vector<std::string>& names) {
  const std::uint8_t count = in.U8();
  for (std::uint8_t i = 0; in.ok() && i < count; ++i) {
    const ByteView name = in.Prefixed16();
    if (name.empty()) return false;
    names.emplace_back(AsText(name));
  }
  return in.ok();
}

void WriteNames(const std::vector<std::string>& names, Writer& out) {
  out.U8(LengthAs<std::uint8_t>(names.size()));
  for (const std::string& name : names) out.Prefixed16(AsBytes(name));
}

void WriteUnsigned(const DeclaredJob& job, Bytes& content) {
  Writer out(content);
  out.U8(kVersion).Prefixed8(AsBytes(job.name)).U32(job.person).U32(job.by).U32(job.second);
  out.U64(job.declared_ms).U64(job.until_ms).U32(job.patients).U16(job.from).U16(job.to).U8(job.days);
  WriteNames(job.types, out);
  WriteNames(job.fields, out);
}

bool IsSound(const DeclaredJob& job) {
  return IsCleanName(AsBytes(job.name)) && job.person != 0 && job.by != 0 && job.second != 0 && job.by != job.second &&
         job.from < kMinutesOfADay && job.to < kMinutesOfADay && job.days != 0 && job.days <= kEveryDay &&
         !job.types.empty();
}

}  // namespace

Bytes WriteDeclaredJob(const DeclaredJob& job) {
  Bytes content;
  WriteUnsigned(job, content);
  Writer(content).Raw(job.signature).Raw(job.second_signature).U64(job.used_ms).U64(job.window_ms).U32(job.read);
  return content;
}

Result<DeclaredJob> ParseDeclaredJob(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("declared job");
  DeclaredJob job;
  job.name = std::string(AsText(in.Prefixed8()));
  job.person = in.U32();
  job.by = in.U32();
  job.second = in.U32();
  job.declared_ms = in.U64();
  job.until_ms = in.U64();
  job.patients = in.U32();
  job.from = in.U16();
  job.to = in.U16();
  job.days = in.U8();
  if (!ReadNames(in, job.types) || !ReadNames(in, job.fields))
    return Status::Corrupt("a declared job is not well-formed");
  job.signature = in.Fixed<64>();
  job.second_signature = in.Fixed<64>();
  job.used_ms = in.U64();
  job.window_ms = in.U64();
  job.read = in.U32();
  if (!in.Done() || !IsSound(job)) return Status::Corrupt("a declared job is not well-formed");
  return job;
}

Bytes DeclaredJobSigned(const ByteArray<16>& store, const DeclaredJob& job) {
  Bytes content;
  WriteUnsigned(job, content);
  Bytes message;
  Writer(message).Prefixed8(AsBytes(kLabel)).Raw(store).Prefixed(content);
  return message;
}

}  // namespace mseal::format
