// Writes and reads approvals.
#include "format/approval.h"

#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"

namespace mseal::format {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kHighestAction = 7;
constexpr std::size_t kPadding = 512;
constexpr std::string_view kLabel = "medseal.v1.approval";

void WriteAction(const Action& action, SecretWriter& writer) {
  writer.U8(static_cast<std::uint8_t>(action.kind)).U64(action.value);
  writer.Prefixed16(AsBytes(action.name)).Prefixed16(AsBytes(action.object));
  writer.U32(static_cast<std::uint32_t>(action.patients.size()));
  for (const ByteArray<16>& patient : action.patients) writer.Raw(patient);
}

Action ReadAction(Reader& in) {
  Action action;
  const std::uint8_t kind = in.U8();
  action.kind = static_cast<ActionKind>(kind == 0 || kind > kHighestAction ? 1 : kind);
  if (kind == 0 || kind > kHighestAction) in.Fail();
  action.value = in.U64();
  action.name = AsText(in.Prefixed16());
  action.object = AsText(in.Prefixed16());
  const std::uint32_t count = in.U32();
  if (count > kMostPatientsOfAnAction || in.remaining() < count * std::size_t{16}) in.Fail();
  for (std::uint32_t i = 0; in.ok() && i < count; ++i) action.patients.push_back(in.Fixed<16>());
  const auto& patients = action.patients;
  if (std::adjacent_find(patients.begin(), patients.end(), std::greater_equal<>()) != patients.end()) in.Fail();
  return action;
}

void WriteSignedPart(const Approval& approval, SecretWriter& writer) {
  writer.Raw(approval.nonce).U32(approval.asked_by).U64(approval.asked_ms).U64(approval.expires_ms);
  writer.U8(approval.needed);
  WriteAction(approval.action, writer);
}

void ReadSignatures(Reader& in, Approval& approval) {
  const std::uint8_t count = in.U8();
  if (count > kMostSignatures) in.Fail();
  for (std::uint8_t i = 0; in.ok() && i < count; ++i) {
    const std::uint32_t person = in.U32();
    const bool known = std::any_of(approval.signatures.begin(), approval.signatures.end(),
                                   [&](const ApprovalSignature& one) { return one.person == person; });
    if (person == 0 || known) in.Fail();
    approval.signatures.push_back({person, in.Fixed<64>()});
  }
}

bool EndIsWhole(const Approval& approval) {
  const bool open = approval.state == ApprovalState::kOpen;
  return open == (approval.ended_by == 0) && open == (approval.ended_ms == 0);
}

}  // namespace

Bytes ApprovalSigned(const ByteArray<16>& store, std::uint64_t number, const Approval& approval) {
  SecretBytes content;
  SecretWriter writer(content);
  WriteSignedPart(approval, writer);
  Bytes message;
  Writer(message).Prefixed8(AsBytes(kLabel)).Raw(store).U64(number).Prefixed(content.Reveal());
  return message;
}

SecretBytes WriteApproval(const Approval& approval) {
  SecretBytes content;
  SecretWriter writer(content);
  writer.U8(kVersion).U8(static_cast<std::uint8_t>(approval.state)).U32(approval.ended_by).U64(approval.ended_ms);
  WriteSignedPart(approval, writer);
  writer.U8(static_cast<std::uint8_t>(approval.signatures.size()));
  for (const ApprovalSignature& one : approval.signatures) writer.U32(one.person).Raw(one.signature);
  content.Resize((content.size() + kPadding - 1) / kPadding * kPadding);
  return content;
}

Result<Approval> ParseApproval(ByteView content) {
  Reader in(content);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) return Status::UnsupportedVersion("an approval");
  Approval approval;
  const std::uint8_t state = in.U8();
  if (state == 0 || state > 3) in.Fail();
  approval.state = static_cast<ApprovalState>(in.ok() ? state : 1);
  approval.ended_by = in.U32();
  approval.ended_ms = in.U64();
  approval.nonce = in.Fixed<16>();
  approval.asked_by = in.U32();
  approval.asked_ms = in.U64();
  approval.expires_ms = in.U64();
  approval.needed = in.U8();
  approval.action = ReadAction(in);
  ReadSignatures(in, approval);
  const ByteView padding = in.Rest();
  const bool clean = std::all_of(padding.begin(), padding.end(), [](std::uint8_t byte) { return byte == 0; });
  const bool padded = padding.size() < kPadding && content.size() % kPadding == 0;
  if (approval.asked_by == 0 || approval.needed == 0 || approval.needed > kMostSignatures || !EndIsWhole(approval) ||
      approval.expires_ms <= approval.asked_ms || !in.ok() || !clean || !padded)
    return Status::Corrupt("an approval is not well-formed");
  return approval;
}

}  // namespace mseal::format
