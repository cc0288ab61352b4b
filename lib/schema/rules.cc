// Looking up codes, labels, segments and words in the rules. Values are plaintext: they are compared where they lie.
#include "schema/rules.h"

#include <algorithm>

#include "base/secret_bytes.h"
#include "schema/fold.h"
#include "schema/rules_systems.h"

namespace mseal::schema {
namespace {

std::uint8_t Lower(std::uint8_t byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<std::uint8_t>(byte + ('a' - 'A')) : byte;
}

// FNV-1a of the bytes in lower case. Speed is all that is asked of it: the tables hold rules, not what comes in.
std::uint64_t HashOf(ByteView text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const std::uint8_t byte : text) hash = (hash ^ Lower(byte)) * 0x100000001b3;
  return hash;
}

bool StartsWith(ByteView text, std::string_view lower_prefix) {
  return text.size() >= lower_prefix.size() &&
         std::ranges::equal(text.first(lower_prefix.size()), AsBytes(lower_prefix), {}, Lower);
}

bool Equals(ByteView text, std::string_view lower) { return text.size() == lower.size() && StartsWith(text, lower); }

bool SystemsMeet(std::uint32_t rule, std::uint32_t value) {
  return rule == value || rule == kAnySystem || value == kAnySystem;
}

ByteView Trimmed(ByteView text) {
  while (!text.empty() && text.front() <= ' ') text = text.subspan(1);
  while (!text.empty() && text.back() <= ' ') text = text.first(text.size() - 1);
  return text;
}

// The next run of letters and digits from `at` on, which is moved behind it; empty at the end.
ByteView NextWord(ByteView text, std::size_t& at) {
  std::size_t start = at;
  while (at < text.size()) {
    const std::size_t before = at;
    if (IsWordCharacter(NextCharacter(text, at))) continue;
    if (before > start) return text.subspan(start, before - start);
    start = at;
  }
  return text.subspan(start);
}

// Whether the words of `entry` from `word` on stand at the front of `text`.
bool Continues(const std::vector<std::string>& words, std::size_t word, bool prefix, ByteView text) {
  for (std::size_t at = 0; word < words.size(); ++word) {
    const ByteView next = NextWord(text, at);
    const bool last = word + 1 == words.size();
    if (last && prefix ? !StartsWith(next, words[word]) : !Equals(next, words[word])) return false;
  }
  return true;
}

}  // namespace

void CodeTable::Add(std::uint32_t system, std::string code, Rank rank) {
  if (!code.ends_with('*')) {
    const std::uint64_t hash = HashOf(AsBytes(code));
    whole_.emplace(hash, Entry{system, std::move(code), rank});
    return;
  }
  code.pop_back();
  const std::uint8_t first = code.empty() ? 0 : static_cast<std::uint8_t>(code[0]);
  prefixes_[first].push_back({system, std::move(code), rank});
}

Rank CodeTable::Match(std::uint32_t system, ByteView code, Rank best) const {
  code = Trimmed(code);
  if (code.empty()) return best;
  const auto consider = [&](const Entry& entry, bool same) {
    if (same && entry.rank < best && SystemsMeet(entry.system, system)) best = entry.rank;
  };
  const auto [from, to] = whole_.equal_range(HashOf(code));
  for (auto at = from; at != to; ++at) consider(at->second, Equals(code, at->second.code));
  // Without a system the beginning of a code says little: F is mental health in one system and anything in another.
  const auto consider_prefix = [&](const Entry& entry) {
    consider(entry, (system != kAnySystem || entry.system == kAnySystem) && StartsWith(code, entry.code));
  };
  std::ranges::for_each(prefixes_[Lower(code[0])], consider_prefix);
  std::ranges::for_each(prefixes_[0], consider_prefix);
  return best;
}

void PhraseTable::Add(std::vector<std::string> words, bool prefix, Rank rank) {
  const std::string& first = words[0];
  if (words.size() == 1 && prefix) {
    by_first_byte_[static_cast<std::uint8_t>(first[0])].push_back({std::move(words), prefix, rank});
  } else {
    const std::uint64_t hash = HashOf(AsBytes(first));
    by_first_word_.emplace(hash, Entry{std::move(words), prefix, rank});
  }
}

Rank PhraseTable::Match(ByteView folded_text, Rank best) const {
  std::size_t at = 0;
  for (ByteView word = NextWord(folded_text, at); !word.empty(); word = NextWord(folded_text, at)) {
    for (const Entry& entry : by_first_byte_[word[0]]) {
      if (entry.rank < best && StartsWith(word, entry.words[0])) best = entry.rank;
    }
    const auto [from, to] = by_first_word_.equal_range(HashOf(word));
    for (auto entry = from; entry != to; ++entry) {
      const auto& [words, prefix, rank] = entry->second;
      if (rank < best && Equals(word, words[0]) && Continues(words, 1, prefix, folded_text.subspan(at))) best = rank;
    }
  }
  return best;
}

ByteView SystemName(ByteView name) {
  name = Trimmed(name);
  for (const std::string_view prefix : {"http://", "https://", "www.", "urn:oid:"}) {
    if (StartsWith(name, prefix)) name = name.subspan(prefix.size());
  }
  return !name.empty() && name.back() == '/' ? name.first(name.size() - 1) : name;
}

std::uint32_t Rules::SystemOf(ByteView name) const {
  name = SystemName(name);
  if (name.empty()) return kAnySystem;
  const auto at = std::ranges::find_if(systems_, [&](const auto& system) { return Equals(name, system.first); });
  return at != systems_.end() ? at->second : kUnknownSystem;
}

Rank Rules::MatchCode(ByteView system, ByteView code, Rank best) const {
  return codes_.Match(SystemOf(system), code, best);
}

Rank Rules::MatchLabel(ByteView label, Rank best) const {
  const std::size_t bar = AsText(label).rfind('|');
  if (bar == std::string_view::npos) return labels_.Match(kAnySystem, label, best);
  return labels_.Match(SystemOf(label.first(bar)), label.subspan(bar + 1), best);
}

Rank Rules::MatchSegment(ByteView segment, Rank best) const { return segments_.Match(kAnySystem, segment, best); }

Rank Rules::MatchText(ByteView text, Rank best) const {
  SecretBytes folded;
  if (text.empty() || best == 0 || !Fold(text, Marks::kDrop, folded)) return best;
  return phrases_.Match(std::as_const(folded).Reveal(), best);
}

}  // namespace mseal::schema
