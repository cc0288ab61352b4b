// Finds the messages in an HL7 v2 file and hands each on when its end is seen.
#include <utility>

#include "sources/hl7_record.h"
#include "sources/line_reader.h"
#include "sources/source.h"

namespace mseal::sources {
namespace {

// MLLP's framing bytes, and the mark that a file put behind another may begin with.
constexpr char kBlockStart = 0x0B, kBlockEnd = 0x1C;
constexpr std::string_view kMark = "\xEF\xBB\xBF";

// Lines of a few bytes must not take many times their size in memory.
constexpr std::size_t kMaxSegments = 1'000'000;

bool IsBatchSegment(std::string_view line) {
  for (const std::string_view name : {"FHS", "BHS", "BTS", "FTS"}) {
    if (IsHl7Header(line, name) || line == name) return true;
  }
  return false;
}

bool IsUtf16(std::string_view line) { return line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF"); }

class Hl7File : private Hl7RecordSink {
 public:
  Hl7File(const std::string& path, const Targets& targets, const ReadOptions& options, Sink& sink)
      : path_(path), targets_(targets), options_(options), sink_(sink) {}

  Status Read();

 private:
  struct Place {
    std::size_t offset, size;  // of a segment's text in message_
    std::uint64_t line;
  };

  Status Take(SourceRecord&& record, const Hl7Segment& where) override {
    return sink_.Take(std::move(record), {path_, where.line, std::string(where.name())});
  }
  Status Reject(const Hl7Segment& where, const Status& why) override {
    return sink_.Reject({path_, where.line, std::string(where.name())}, why);
  }
  Status RejectLine(std::uint64_t line, const Status& why) { return sink_.Reject({path_, line, ""}, why); }

  Status ReadLine(Line line);
  Status ReadText(const Line& line);
  Status ReadStray(const Line& line);
  Status TooLong(const Line& line);
  Status Begin(const Line& line);
  Status Add(const Line& line);
  Status Finish();
  Status FinishWhole();

  const std::string& path_;
  const Targets& targets_;
  const ReadOptions& options_;
  Sink& sink_;

  SecretBytes message_;          // the bytes of the message that is being read
  std::vector<Place> segments_;  // empty between messages
  bool too_large_ = false;       // the message that is being read
  bool stray_ = false;           // the last line belonged to no message: said once for all that follow it
  bool is_utf8_ = false;
};

Status Hl7File::FinishWhole() {
  const std::string_view whole = AsText(std::as_const(message_).Reveal());
  Hl7Message message{whole, {}};
  const Hl7Segment header{whole.substr(segments_[0].offset, segments_[0].size), segments_[0].line};
  auto syntax = Hl7Syntax::Of(header, whole, is_utf8_);
  if (!syntax.ok()) return Reject(header, syntax.status());
  for (const Place& place : segments_) {
    const Hl7Segment segment{whole.substr(place.offset, place.size), place.line};
    if (syntax->IsSegment(segment.text)) {
      message.segments.push_back(segment);
    } else {
      MS_TRY(RejectLine(place.line, Status::Corrupt("not a segment")));
    }
  }
  return RecordsOf(message, *syntax, targets_, options_.lab, *this);
}

Status Hl7File::Finish() {
  if (segments_.empty()) return Status::Ok();
  const Status finished =
      too_large_ ? RejectLine(segments_[0].line, Status::ResourceExhausted("message is too large")) : FinishWhole();
  segments_.clear();
  message_.Clear();
  too_large_ = false;
  return finished;
}

// The first segment is noted in any case, since it says that there is a message, and where.
Status Hl7File::Add(const Line& line) {
  too_large_ |=
      line.too_long || message_.size() + line.whole.size() > kMaxOriginalBytes || segments_.size() == kMaxSegments;
  if (too_large_ && !segments_.empty()) return Status::Ok();
  if (line.text.find_first_not_of(' ') != std::string_view::npos) {
    segments_.push_back({message_.size(), line.text.size(), line.number});
  }
  if (!too_large_) message_.Append(AsBytes(line.whole));
  return Status::Ok();
}

Status Hl7File::Begin(const Line& line) {
  MS_TRY(Finish());
  stray_ = false;
  return Add(line);
}

Status Hl7File::ReadStray(const Line& line) {
  if (line.text.empty() || std::exchange(stray_, true)) return Status::Ok();
  return RejectLine(line.number, Status::Corrupt("belongs to no message"));
}

Status Hl7File::ReadText(const Line& line) {
  if (IsHl7Header(line.text, "MSH")) return Begin(line);
  if (IsBatchSegment(line.text)) return stray_ = false, Finish();
  return segments_.empty() ? ReadStray(line) : Add(line);
}

Status Hl7File::TooLong(const Line& line) {
  if (!segments_.empty()) return Add(line);
  return RejectLine(line.number, Status::ResourceExhausted("line is too long"));
}

// Takes the framing off, which also ends the message it stands before or behind.
Status Hl7File::ReadLine(Line line) {
  if (line.too_long) return TooLong(line);
  while (!line.text.empty() && (line.text[0] == kBlockStart || line.text[0] == kBlockEnd)) {
    line.text.remove_prefix(1), line.whole.remove_prefix(1);
    MS_TRY(Finish());
  }
  if (line.text.starts_with(kMark) && IsHl7Header(line.text.substr(kMark.size()), "MSH")) {
    line.text.remove_prefix(kMark.size()), line.whole.remove_prefix(kMark.size());
  }
  const bool is_last = line.text.ends_with(kBlockEnd);
  if (is_last) line.text.remove_suffix(1), line.whole = line.text;
  MS_TRY(ReadText(line));
  return is_last ? Finish() : Status::Ok();
}

Status Hl7File::Read() {
  MS_ASSIGN(LineReader lines, LineReader::Open(path_, LineEnds::kAny, kMaxOriginalBytes));
  std::uint64_t reported = 0;
  for (Line line;;) {
    MS_ASSIGN(const bool more, lines.Next(line));
    if (!more) break;
    is_utf8_ = lines.had_mark();
    if (line.number == 1 && IsUtf16(line.text)) return RejectLine(1, Status::Unsupported("UTF-16"));
    MS_TRY(ReadLine(line));
    if (reported == lines.bytes_read()) continue;
    reported = lines.bytes_read();
    sink_.Progress(reported, lines.bytes_in_all());
  }
  MS_TRY(Finish());
  sink_.Progress(lines.bytes_read(), lines.bytes_in_all());
  return Status::Ok();
}

}  // namespace

Status ReadHl7(const std::string& path, const schema::Schema& schema, const ReadOptions& options, Sink& sink) {
  MS_ASSIGN(const Targets targets, Targets::Of(schema));
  return Hl7File(path, targets, options, sink).Read();
}

}  // namespace mseal::sources
