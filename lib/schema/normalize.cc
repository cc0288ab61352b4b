// The normalisers: each brings the ways one value is written to a single form.
#include "schema/normalize.h"

#include <algorithm>

#include "schema/fold.h"

namespace mseal::schema {
namespace {

// Raised when a normaliser gives another form than before: the index is then of another generation.
constexpr std::uint32_t kRevision = 1;

bool IsDigit(std::uint8_t byte) { return byte >= '0' && byte <= '9'; }

// Blanks and what people put between the parts of a number.
bool IsSeparator(char32_t character) {
  return character <= ' ' || character == '-' || character == '.' || character == '/' || character == '_' ||
         character == 0xa0 || (character >= 0x2000 && character <= 0x2015) || character == 0x202f ||
         character == 0x3000;
}

void AppendWithoutSeparators(ByteView text, SecretBytes& out) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    if (!IsSeparator(NextCharacter(text, at))) out.Append(text.subspan(start, at - start));
  }
}

// Folded once more at the end: an accent may have stood behind a separator.
Normalized AsId(ByteView value, bool suspect) {
  SecretBytes folded, joined;
  Normalized id{{}, suspect};
  if (!Fold(value, Marks::kKeep, folded)) return {SecretBytes::CopyOf(value), true};
  AppendWithoutSeparators(std::as_const(folded).Reveal(), joined);
  if (!Fold(std::as_const(joined).Reveal(), Marks::kKeep, id.value)) return {SecretBytes::CopyOf(value), true};
  return id;
}

// Words parted by single blanks.
Normalized AsName(ByteView value) {
  SecretBytes folded;
  Normalized name;
  if (!Fold(value, Marks::kDrop, folded)) return AsId(value, true);
  const ByteView text = std::as_const(folded).Reveal();
  bool parted = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    if (!IsWordCharacter(NextCharacter(text, at))) {
      parted = !name.value.empty();
      continue;
    }
    if (parted) name.value.Append(AsBytes(" "));
    parted = false;
    name.value.Append(text.subspan(start, at - start));
  }
  return name;
}

constexpr std::size_t kNirSize = 13;
constexpr std::size_t kNirSizeWithKey = 15;

// Sex, year, month, department (2a and 2b are Corsica), commune, number: digits all but the department's second.
bool LooksLikeNir(ByteView nir) {
  if (nir.size() != kNirSize && nir.size() != kNirSizeWithKey) return false;
  const bool corsica = nir[5] == '2' && (nir[6] == 'a' || nir[6] == 'b');
  for (std::size_t i = 0; i < nir.size(); ++i) {
    if (!IsDigit(nir[i]) && !(i == 6 && corsica)) return false;
  }
  return nir[0] != '0' && nir[0] != '9';
}

// 97 less the remainder of the number, in which 2A counts as 19 and 2B as 18.
std::uint32_t NirKey(ByteView nir) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < kNirSize; ++i) {
    if (i == 6 && !IsDigit(nir[6])) {
      number = number - 2 + 1;  // the department's first digit, read as 1
      number = number * 10 + (nir[6] == 'a' ? 9 : 8);
    } else {
      number = number * 10 + (nir[i] - '0');
    }
  }
  return static_cast<std::uint32_t>(97 - number % 97);
}

// Fifteen characters: a missing key is added, a wrong one kept and flagged.
Normalized AsNir(ByteView value) {
  Normalized nir = AsId(value, false);
  const ByteView text = std::as_const(nir.value).Reveal();
  if (text.empty()) return nir;
  if (!LooksLikeNir(text)) return nir.suspect = true, std::move(nir);
  const std::uint32_t key = NirKey(text);
  const ByteArray<2> digits{static_cast<std::uint8_t>('0' + key / 10), static_cast<std::uint8_t>('0' + key % 10)};
  if (text.size() == kNirSize) {
    nir.value.Append(digits);
  } else {
    nir.suspect = !SameBytes(text.subspan(kNirSize), digits);
  }
  return nir;
}

std::uint32_t Number(ByteView digits) {
  std::uint32_t number = 0;
  for (const std::uint8_t digit : digits) number = number * 10 + (digit - '0');
  return number;
}

std::uint32_t DaysIn(std::uint32_t month, std::uint32_t year) {
  constexpr ByteArray<12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// Four, six or eight digits that are a day, month or year of the calendar.
bool IsCalendarDate(ByteView digits) {
  const std::uint32_t year = Number(digits.first(4));
  if (digits.size() == 4) return year != 0;
  const std::uint32_t month = Number(digits.subspan(4, 2));
  if (month < 1 || month > 12) return false;
  if (digits.size() == 6) return year != 0;
  const std::uint32_t day = Number(digits.subspan(6, 2));
  return year != 0 && day >= 1 && day <= DaysIn(month, year);
}

bool IsTimeOfDay(ByteView rest) {
  return std::ranges::all_of(rest, [](std::uint8_t byte) {
    return IsDigit(byte) || byte == ':' || byte == '.' || byte == ',' || byte == '+' || byte == '-' || byte == 'Z' ||
           byte == 'z';
  });
}

std::size_t DigitRun(ByteView text) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, IsDigit) - text.begin());
}

// The digits of the date in `text` go to `digits`; returns how many there are, or 0 when it is no date.
std::size_t IsoDigits(ByteView text, ByteArray<8>& digits) {
  std::size_t count = 4;
  CopyBytes(text.first(4), digits);
  ByteView rest = text.subspan(4);
  while (count < 8 && rest.size() >= 3 && rest[0] == '-' && DigitRun(rest.subspan(1, 2)) == 2) {
    CopyBytes(rest.subspan(1, 2), MutableBytes(digits).subspan(count));
    count += 2;
    rest = rest.subspan(3);
  }
  const bool time = count == 8 && !rest.empty() && (rest[0] == 'T' || rest[0] == 't' || rest[0] == ' ');
  return rest.empty() || (time && IsTimeOfDay(rest.subspan(1))) ? count : 0;
}

std::size_t Hl7Digits(ByteView text, std::size_t run, ByteArray<8>& digits) {
  if (run % 2 != 0 || run > 14 || !IsTimeOfDay(text.subspan(run))) return 0;
  const std::size_t count = std::min<std::size_t>(run, 8);
  CopyBytes(text.first(count), digits);
  return count;
}

ByteView Trimmed(ByteView text) {
  while (!text.empty() && text.front() <= ' ') text = text.subspan(1);
  while (!text.empty() && text.back() <= ' ') text = text.first(text.size() - 1);
  return text;
}

Normalized AsDate(ByteView value) {
  const ByteView text = Trimmed(value);
  ByteArray<8> digits{};
  const WipeOnExit wipe(digits);
  const std::size_t run = DigitRun(text);
  const std::size_t count = run == 4 ? IsoDigits(text, digits) : run > 4 ? Hl7Digits(text, run, digits) : 0;
  const ByteView found = ByteView(digits).first(count);
  if (count == 0 || !IsCalendarDate(found)) return AsId(value, !text.empty());
  Normalized date;
  date.value.Append(found.first(4));
  for (std::size_t at = 4; at < count; at += 2) {
    date.value.Append(AsBytes("-"));
    date.value.Append(found.subspan(at, 2));
  }
  return date;
}

}  // namespace

Normalized Normalize(Normalizer normalizer, ByteView value) {
  switch (normalizer) {
    case Normalizer::kNir:
      return AsNir(value);
    case Normalizer::kName:
      return AsName(value);
    case Normalizer::kDate:
      return AsDate(value);
    case Normalizer::kId:
      return AsId(value, false);
    case Normalizer::kAsIs:
      break;
  }
  return {SecretBytes::CopyOf(value), false};
}

std::uint32_t NormalizerVersion() { return kRevision << 16 | FoldVersion(); }

}  // namespace mseal::schema
