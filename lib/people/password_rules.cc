// Compares a password with the rules. Whatever is made of it is wiped.
#include "people/password_rules.h"

#include <algorithm>
#include <string>

#include "base/secret_bytes.h"

namespace mseal::people {
namespace {

constexpr std::string_view kOwnWord = "medseal";
constexpr std::size_t kLeastNamePart = 3;  // a shorter name is in too many words
constexpr std::size_t kLeastStem = 4;

constexpr std::string_view kRows[] = {"0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm",
                                      "azertyuiopqsdfghjklmwxcvbn", "qwertzuiopasdfghjklyxcvbnm"};

bool BeginsCharacter(std::uint8_t byte) { return (byte & 0xc0) != 0x80; }

std::uint64_t Characters(ByteView text) {
  return static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), BeginsCharacter));
}

bool IsDigit(std::uint8_t byte) { return byte >= '0' && byte <= '9'; }
bool IsLetter(std::uint8_t byte) { return (byte >= 'a' && byte <= 'z') || byte >= 0x80; }

// Small letters: of ASCII, and of what Latin-1 has beyond it, which is 0xc3 and a byte in UTF-8.
SecretBytes Small(ByteView text) {
  SecretBytes small = SecretBytes::CopyOf(text);
  const MutableBytes bytes = small.Reveal();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool ascii = bytes[i] >= 'A' && bytes[i] <= 'Z';
    const bool latin = i > 0 && bytes[i - 1] == 0xc3 && bytes[i] >= 0x80 && bytes[i] <= 0x9e && bytes[i] != 0x97;
    if (ascii || latin) bytes[i] = static_cast<std::uint8_t>(bytes[i] + 0x20);
  }
  return small;
}

// Small letters and digits alone.
SecretBytes Bare(ByteView text) {
  SecretBytes small = Small(text);
  const MutableBytes bytes = small.Reveal();
  auto* const end = std::remove_if(bytes.data(), bytes.data() + bytes.size(),
                                   [](std::uint8_t byte) { return !IsLetter(byte) && !IsDigit(byte); });
  small.Resize(static_cast<std::size_t>(end - bytes.data()));
  return small;
}

std::string_view WithoutEnd(std::string_view text) {
  while (!text.empty() && !IsLetter(static_cast<std::uint8_t>(text.back()))) text.remove_suffix(1);
  return text;
}

// The shortest beginning that, repeated, is the whole.
ByteView Piece(ByteView text) {
  for (std::size_t size = 1; size <= text.size() / 2; ++size) {
    if (SameBytes(text.subspan(size), text.first(text.size() - size))) return text.first(size);
  }
  return text;
}

// A piece of a row that goes on where it began, forwards or backwards.
bool IsPlainRow(std::string_view text) {
  if (text.empty()) return false;
  return std::any_of(std::begin(kRows), std::end(kRows), [&](std::string_view row) {
    const std::size_t begin = row.find(text.front());
    if (begin == std::string_view::npos) return false;
    bool forwards = true, backwards = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
      forwards = forwards && text[i] == row[(begin + i) % row.size()];
      backwards = backwards && text[i] == row[(begin + row.size() - i % row.size()) % row.size()];
    }
    return forwards || backwards;
  });
}

bool IsOnList(std::string_view text) {
  if (text.empty() || text.front() == '#') return false;
  std::string_view list = kWorstPasswords;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find('\n'), list.size());
    if (list.substr(0, end) == text) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

bool IsOften(std::string_view small, std::string_view bare) {
  const std::string_view stems[] = {WithoutEnd(small), WithoutEnd(bare)};
  const bool by_stem = std::any_of(std::begin(stems), std::end(stems),
                                   [](std::string_view stem) { return stem.size() >= kLeastStem && IsOnList(stem); });
  return by_stem || IsOnList(small) || IsOnList(bare);
}

bool Has(std::string_view bare, std::string_view name) {
  const SecretBytes part = Bare(AsBytes(name));
  return part.size() >= kLeastNamePart && bare.find(AsText(part.Reveal())) != std::string_view::npos;
}

}  // namespace

Status CheckPassword(ByteView password, std::string_view person, std::uint64_t least) {
  if (password.empty()) return Status::InvalidArgument("the password is empty");
  if (Characters(password) < least)
    return Status::InvalidArgument("the password is too short: take " + std::to_string(least) +
                                   " characters or more, such as several words that nobody else would put together");
  const SecretBytes small = Small(password);
  const SecretBytes letters = Bare(password);
  const std::string_view bare = AsText(letters.Reveal());
  if (Characters(Piece(small.Reveal())) < least)
    return Status::InvalidArgument("the password repeats itself: take several words, each another");
  if (IsPlainRow(bare)) return Status::InvalidArgument("the password is a plain row of signs: take several words");
  if (Has(bare, person))
    return Status::InvalidArgument("the name of the person is in the password: take words that say nothing of them");
  if (Has(bare, kOwnWord))
    return Status::InvalidArgument("the name of this software is in the password: take words that say nothing of it");
  if (IsOften(AsText(small.Reveal()), bare))
    return Status::InvalidArgument("the password is one that guessers try first: take several words of your own");
  return Status::Ok();
}

}  // namespace mseal::people
