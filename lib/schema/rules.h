// The rules that give a result its class by its codes, labels, segments and words.
//
// A rules file is text, one rule a line; blank lines and what follows a `#` at the start of a line or after a blank are
// comments. Arguments are parted by blanks; one in double quotes may contain blanks.
//
//   order CLASS...                     precedence, highest first; once, before any rule; what matches nothing is
//   `general` system NAME ID...                  a code system and the ways sources name it (URI, OID, HL7 table name)
//   code SYSTEM CODE CLASS             a code; a trailing * makes it a prefix; SYSTEM * means whatever system
//   label SYSTEM CODE CLASS            a confidentiality label, written the same way
//   segment NAME CLASS                 everything that came in such a segment or resource
//   word WORD CLASS                    a word or, in quotes, words in a row, in any text; a trailing * makes the last a
//   prefix
//
// Case never matters; in words accents do not either. Every rule that matches counts and the class highest in `order`
// wins, so that a rule can only ever raise a value above `general`, never lower it. A code or label that comes without
// a system matches the whole codes of all systems, and the prefixes of SYSTEM * only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace mseal::schema {

// Place in the order of precedence, 0 the highest.
using Rank = std::uint32_t;

// Codes of several systems; looking one up copies nothing.
class CodeTable {
 public:
  void Add(std::uint32_t system, std::string code, Rank rank);
  Rank Match(std::uint32_t system, ByteView code, Rank best) const;

 private:
  struct Entry {
    std::uint32_t system;
    std::string code;  // in lower case, without the *
    Rank rank;
  };
  std::unordered_multimap<std::uint64_t, Entry> whole_;  // by hash of the code
  std::vector<Entry> prefixes_[256];                     // by first byte; [0] holds the empty prefix
};

// Words in a row; the last may be the beginning of a word.
class PhraseTable {
 public:
  // `words` are folded.
  void Add(std::vector<std::string> words, bool prefix, Rank rank);
  Rank Match(ByteView folded_text, Rank best) const;

 private:
  struct Entry {
    std::vector<std::string> words;
    bool prefix;
    Rank rank;
  };
  std::unordered_multimap<std::uint64_t, Entry> by_first_word_;  // by the hash of the first word
  std::vector<Entry> by_first_byte_[256];                        // where the first word itself is a prefix
};

// Immutable once parsed.
class Rules {
 public:
  // InvalidArgument with `shown_name`:line for a line that is not a rule.
  static Result<std::shared_ptr<const Rules>> Parse(std::string_view text, const std::string& shown_name);

  // Classes in order of precedence; their ranks are 0, 1, ...
  const std::vector<std::string>& order() const { return order_; }
  // The rank of what no rule knows.
  Rank unknown() const { return static_cast<Rank>(order_.size()); }
  // "file:line" of the line that set the order.
  const std::string& order_place() const { return order_place_; }
  // Each rule as text in one form, sorted, and the class it gives: for comparing two sets of rules.
  const std::vector<std::pair<std::string, std::string>>& listed() const { return listed_; }
  const std::string& shown_name() const { return shown_name_; }

  // Each answers the higher of `best` and what the rules say.
  Rank MatchCode(ByteView system, ByteView code, Rank best) const;
  // A label is written CODE or SYSTEM|CODE.
  Rank MatchLabel(ByteView label, Rank best) const;
  Rank MatchSegment(ByteView segment, Rank best) const;
  Rank MatchText(ByteView text, Rank best) const;

 private:
  friend class RulesParser;
  std::uint32_t SystemOf(ByteView name) const;

  std::string shown_name_;
  std::string order_place_;
  std::vector<std::string> order_;
  std::vector<std::pair<std::string, std::uint32_t>> systems_;  // lower-case name or id, and number
  CodeTable codes_;
  CodeTable labels_;
  CodeTable segments_;
  PhraseTable phrases_;
  std::vector<std::pair<std::string, std::string>> listed_;
};

}  // namespace mseal::schema
