// Lays proofs out and reads them.
#include "log_proof_text.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "json.h"
#include "output.h"
#include "secrets.h"

namespace cli {
namespace {

constexpr std::size_t kHash = 32;

std::optional<std::vector<std::uint8_t>> BytesOf(std::string_view hex) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (hex.size() != 2 * kHash) return std::nullopt;
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const auto high = kDigits.find(hex[i]), low = kDigits.find(hex[i + 1]);
    if (high == kDigits.npos || low == kDigits.npos) return std::nullopt;
    out.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return out;
}

bool TakeNumber(const std::string& text, std::uint64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

bool TakeHash(const std::string& text, std::vector<std::uint8_t>& out) {
  const auto bytes = BytesOf(text);
  if (bytes) out.insert(out.end(), bytes->begin(), bytes->end());
  return bytes.has_value();
}

bool TakeLeaf(const std::string& text, medseal::AuditProof& out) {
  const auto bytes = BytesOf(text);
  if (bytes) std::copy(bytes->begin(), bytes->end(), out.leaf.begin());
  return bytes.has_value();
}

// One member; those that are not known are passed over.
bool Take(const Leaf& leaf, std::string_view kind, medseal::AuditProof& out) {
  if (leaf.path == "proof") return leaf.value == kind;
  if (leaf.path == "from") return TakeNumber(leaf.value, out.from);
  if (leaf.path == "size") return TakeNumber(leaf.value, out.tree_size);
  if (leaf.path == "leaf") return TakeLeaf(leaf.value, out);
  if (leaf.path.starts_with("hashes[")) return TakeHash(leaf.value, out.hashes);
  if (leaf.path == "checkpoint") out.checkpoint = leaf.value;
  return true;
}

}  // namespace

void WriteCheckpoint(const medseal::Buffer& note, bool json) {
  const std::string_view text = medseal::AsText(note.bytes());
  if (json) return WriteLine(JsonLine("audit_checkpoint").Text("checkpoint", text).Done());
  Write(text);
}

std::string HexText(medseal::ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) text += {kDigits[byte >> 4], kDigits[byte & 15]};
  return text;
}

Result<std::string> ReadText(const std::string& path) {
  CLI_ASSIGN(const Secret content, ReadFile(path));
  return std::string(content.text());
}

Result<std::string> ReadVerifierKey(const std::string& argument) {
  if (!argument.starts_with('@')) return argument;
  CLI_ASSIGN(const std::string text, ReadText(argument.substr(1)));
  return text.substr(0, text.find_first_of("\r\n"));
}

std::string ProofJson(std::string_view kind, const medseal::AuditProof& proof) {
  std::vector<std::string> hashes;
  for (std::size_t at = 0; at < proof.hashes.size(); at += kHash)
    hashes.push_back(HexText(medseal::ByteView(proof.hashes).subspan(at, kHash)));
  JsonLine line("audit_proof");
  line.Text("proof", kind).Number("from", proof.from).Number("size", proof.tree_size);
  if (kind == "inclusion") line.Text("leaf", HexText(proof.leaf));
  return line.List("hashes", {hashes.begin(), hashes.end()}).Text("checkpoint", proof.checkpoint).Done();
}

Result<medseal::AuditProof> ParseProof(std::string_view kind, std::string_view json) {
  const Error corrupt(MEDSEAL_CORRUPT, "this is no proof of that kind");
  const auto leaves = Leaves(json);
  if (!leaves.ok()) return corrupt;
  medseal::AuditProof proof;
  for (const Leaf& leaf : *leaves) {
    if (!Take(leaf, kind, proof)) return corrupt;
  }
  return proof;
}

}  // namespace cli
