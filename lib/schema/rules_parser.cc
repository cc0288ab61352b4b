// Reads a rules file.
#include <algorithm>
#include <map>

#include "base/secret_bytes.h"
#include "schema/fold.h"
#include "schema/rules.h"
#include "schema/rules_systems.h"

namespace mseal::schema {
namespace {

std::string Folded(std::string_view text) {
  SecretBytes folded;
  return Fold(AsBytes(text), Marks::kDrop, folded) ? std::string(AsText(std::as_const(folded).Reveal()))
                                                   : std::string();
}

std::string Lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return text;
}

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// The arguments of a line; nothing when a quote is left open.
std::optional<std::vector<std::string>> Arguments(std::string_view line) {
  std::vector<std::string> arguments;
  while (true) {
    while (!line.empty() && IsBlank(line[0])) line.remove_prefix(1);
    if (line.empty() || line[0] == '#') return arguments;
    const bool quoted = line[0] == '"';
    if (quoted) line.remove_prefix(1);
    const auto ends = [&](char c) { return quoted ? c == '"' : IsBlank(c); };
    const std::size_t size = static_cast<std::size_t>(std::ranges::find_if(line, ends) - line.begin());
    if (quoted && size == line.size()) return std::nullopt;
    arguments.emplace_back(line.substr(0, size));
    line.remove_prefix(std::min(line.size(), size + (quoted ? 1 : 0)));
  }
}

// The words of a `word` rule; the * is dealt with before.
std::vector<std::string> WordsOf(const std::string& folded) {
  std::vector<std::string> words;
  bool parted = true;
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t start = at;
    const bool part = !IsWordCharacter(NextCharacter(AsBytes(folded), at));
    if (!part && parted) words.emplace_back();
    if (!part) words.back() += folded.substr(start, at - start);
    parted = part;
  }
  return words;
}

}  // namespace

class RulesParser {
 public:
  explicit RulesParser(Rules& rules) : rules_(rules) {}

  Status Parse(std::string_view text) {
    while (!text.empty()) {
      const std::size_t size = std::min(text.find('\n'), text.size());
      ++line_;
      MS_TRY(ParseLine(text.substr(0, size)));
      text.remove_prefix(std::min(text.size(), size + 1));
    }
    std::ranges::sort(rules_.listed_);
    return Status::Ok();
  }

 private:
  using Arguments = std::vector<std::string>;

  std::string Place() const { return rules_.shown_name_ + ":" + std::to_string(line_); }
  Status Refuse(const std::string& why) const { return Status::InvalidArgument(Place() + ": " + why); }

  Status ParseLine(std::string_view line) {
    const auto arguments = schema::Arguments(line);
    if (!arguments) return Refuse("a quote is left open");
    if (arguments->empty()) return Status::Ok();
    const std::string& kind = (*arguments)[0];
    if (kind == "order") return Order(*arguments);
    if (kind == "system") return System(*arguments);
    if (kind == "code") return Code(*arguments, rules_.codes_);
    if (kind == "label") return Code(*arguments, rules_.labels_);
    if (kind == "segment") return Segment(*arguments);
    if (kind == "word") return Word(*arguments);
    return Refuse("a line begins with order, system, code, label, segment or word");
  }

  Status Order(const Arguments& arguments) {
    if (!rules_.order_.empty()) return Refuse("the order is given twice");
    for (const std::string& name : std::vector(arguments.begin() + 1, arguments.end())) {
      if (std::ranges::count(rules_.order_, name) != 0) return Refuse("a class stands twice in the order");
      rules_.order_.push_back(name);
    }
    rules_.order_place_ = Place();
    return Status::Ok();
  }

  Status System(const Arguments& arguments) {
    if (arguments.size() < 2) return Refuse("system NAME ID...");
    for (std::size_t i = 1; i < arguments.size(); ++i) {
      const std::string name = Lower(std::string(AsText(SystemName(AsBytes(arguments[i])))));
      if (std::ranges::count(rules_.systems_, name, &std::pair<std::string, std::uint32_t>::first) != 0) {
        return Refuse("a system's name or id is given twice");
      }
      rules_.systems_.emplace_back(name, next_system_);
    }
    ++next_system_;
    return Status::Ok();
  }

  Status Code(const Arguments& arguments, CodeTable& table) {
    if (arguments.size() != 4) return Refuse(arguments[0] + " SYSTEM CODE CLASS");
    const std::uint32_t system = arguments[1] == "*" ? kAnySystem : rules_.SystemOf(AsBytes(arguments[1]));
    if (system == kUnknownSystem) return Refuse("the code system has no `system` line before");
    MS_ASSIGN(const Rank rank, RankOf(arguments[3]));
    const std::string code = Lower(arguments[2]);
    if (code.empty() || code.find('*') < code.size() - 1) return Refuse("a * stands at the end of a code only");
    table.Add(system, code, rank);
    // By the system's number: two names of one system make the same rule.
    List({arguments[0], system == kAnySystem ? "*" : FirstName(system), code}, arguments[3]);
    return Status::Ok();
  }

  Status Segment(const Arguments& arguments) {
    if (arguments.size() != 3) return Refuse("segment NAME CLASS");
    MS_ASSIGN(const Rank rank, RankOf(arguments[2]));
    rules_.segments_.Add(kAnySystem, Lower(arguments[1]), rank);
    List({arguments[0], Lower(arguments[1])}, arguments[2]);
    return Status::Ok();
  }

  Status Word(const Arguments& arguments) {
    if (arguments.size() != 3) return Refuse("word WORD CLASS");
    MS_ASSIGN(const Rank rank, RankOf(arguments[2]));
    std::string_view text = arguments[1];
    const bool prefix = text.ends_with('*');
    if (prefix) text.remove_suffix(1);
    std::vector<std::string> words = WordsOf(Folded(text));
    if (words.empty() || text.find('*') != std::string_view::npos)
      return Refuse("a word has letters, and a * at its end only");
    std::vector<std::string> key{arguments[0]};
    key.insert(key.end(), words.begin(), words.end());
    if (prefix) key.emplace_back("*");
    List(key, arguments[2]);
    rules_.phrases_.Add(std::move(words), prefix, rank);
    return Status::Ok();
  }

  Result<Rank> RankOf(const std::string& name) const {
    const auto at = std::ranges::find(rules_.order_, name);
    if (at == rules_.order_.end()) return Refuse("class `" + name + "` is not in the order");
    return static_cast<Rank>(at - rules_.order_.begin());
  }

  std::string FirstName(std::uint32_t system) const {
    return std::ranges::find(rules_.systems_, system, &std::pair<std::string, std::uint32_t>::second)->first;
  }

  void List(const std::vector<std::string>& key, const std::string& class_name) {
    std::string joined;
    for (const std::string& part : key) joined += joined.empty() ? part : " " + part;
    rules_.listed_.emplace_back(joined, class_name);
  }

  Rules& rules_;
  std::size_t line_ = 0;
  std::uint32_t next_system_ = kFirstSystem;
};

Result<std::shared_ptr<const Rules>> Rules::Parse(std::string_view text, const std::string& shown_name) {
  auto rules = std::make_shared<Rules>();
  rules->shown_name_ = shown_name;
  MS_TRY(RulesParser(*rules).Parse(text));
  return std::shared_ptr<const Rules>(std::move(rules));
}

}  // namespace mseal::schema
