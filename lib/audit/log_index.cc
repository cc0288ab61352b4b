// Sorts the tokens of a segment into pages and finds them there.
#include "audit/log_index.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>

#include "audit/replaced_file.h"
#include "base/reader.h"
#include "base/writer.h"
#include "crypto/hash.h"
#include "format/log_entry.h"

namespace mseal::audit {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kProof = 16;
constexpr std::size_t kItem = 16 + 4 + 4;
constexpr std::size_t kItemsAPage = (kPage - kProof) / kItem;
static_assert(kItemsAPage * kItem + kProof == kPage, "pages are full");

// What fills the last page up: behind all tokens, which are never this.
constexpr std::uint8_t kFiller = 0xff;

struct Item {
  Token token;
  std::uint32_t cell;
  std::uint32_t ordinal;
  auto operator<=>(const Item&) const = default;
};

ByteArray<kProof> ProofOf(KeyView key, const format::LogSegmentHead& head, std::uint64_t page, std::uint64_t pages,
                          ByteView items) {
  Bytes covered;
  Writer(covered).Raw(head.store).U64(head.number).U64(head.first_entry).U64(page).U64(pages).Raw(items);
  return crypto::Prf16(key, "ms.logindex", covered);
}

Result<std::vector<Item>> Collect(const Segment& segment) {
  std::vector<Item> items;
  std::uint32_t ordinal = 0;
  const auto each = [&](std::uint64_t cell, ByteView entry) {
    TokensOf(entry, [&](const Token& token) { items.push_back({token, static_cast<std::uint32_t>(cell), ordinal}); });
    ++ordinal;
    return Status::Ok();
  };
  MS_TRY(segment.ForEach(Segment::kFirstCell, segment.End(), each));
  std::sort(items.begin(), items.end());
  return items;
}

Bytes PagesOf(KeyView key, const format::LogSegmentHead& head, const std::vector<Item>& items) {
  const std::uint64_t pages = std::max<std::uint64_t>(1, (items.size() + kItemsAPage - 1) / kItemsAPage);
  Bytes out;
  out.reserve(pages * kPage);
  for (std::uint64_t page = 0; page < pages; ++page) {
    Bytes content;
    Writer writer(content);
    for (std::size_t i = page * kItemsAPage; i < std::min<std::size_t>((page + 1) * kItemsAPage, items.size()); ++i)
      writer.Raw(items[i].token).U32(items[i].cell).U32(items[i].ordinal);
    content.resize(kPage - kProof, kFiller);
    Writer(out).Raw(ProofOf(key, head, page, pages, content)).Raw(content);
  }
  return out;
}

Item ItemAt(ByteView page, std::size_t i) {
  Reader in(page.subspan(kProof + i * kItem, kItem));
  Item item;
  item.token = in.Fixed<16>();
  item.cell = in.U32();
  item.ordinal = in.U32();
  return item;
}

Status Changed() { return Status::AuthFailed("an index of the log was changed"); }

}  // namespace

void TokensOf(ByteView entry, const VisitToken& visit) {
  const auto kind = format::LogEntryKindOf(entry);
  if (!kind.ok()) return;
  if (*kind == format::LogEntryKind::kAuditKey) {
    const auto key = format::ParseLogAuditKey(entry);
    if (key.ok()) visit(key->id);
  }
  if (*kind != format::LogEntryKind::kAccess) return;
  const auto access = format::ParseLogAccess(entry);
  if (!access.ok()) return;
  visit(access->person_token);
  if (access->what.has_value()) visit(access->patient_token);
}

// One at a time: the log's own thread makes those of full segments, and a question those that it misses.
Status WriteLogIndex(const std::string& path, KeyView key, const Segment& segment) {
  static std::mutex writing;
  const std::lock_guard lock(writing);
  MS_ASSIGN(const auto items, Collect(segment));
  return ReplaceFile(path, PagesOf(key, segment.head(), items), "an index of the log");
}

Result<LogIndex> LogIndex::Open(const std::string& path, KeyView key, const format::LogSegmentHead& head) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0 && errno == ENOENT) return Status::NotFound("a segment of the log has no index");
  if (file < 0) return Status::IoError("the log's index cannot be opened");
  struct stat facts = {};
  const bool known = fstat(file, &facts) == 0 && S_ISREG(facts.st_mode);
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  void* at = MAP_FAILED;
  if (known && size >= kPage && size % kPage == 0) at = mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (at == MAP_FAILED) return Changed();
  LogIndex index(static_cast<const std::uint8_t*>(at), size / kPage, key, head);
  MS_TRY(index.Page(0).status());
  return index;
}

LogIndex::LogIndex(LogIndex&& other) noexcept
    : bytes_(other.bytes_), pages_(other.pages_), key_(std::move(other.key_)), head_(other.head_) {
  other.bytes_ = nullptr;
}

LogIndex::~LogIndex() {
  if (bytes_ != nullptr) munmap(const_cast<std::uint8_t*>(bytes_), pages_ * kPage);
}

Result<ByteView> LogIndex::Page(std::uint64_t number) const {
  const ByteView page(bytes_ + number * kPage, kPage);
  const auto proof = ProofOf(key_.Reveal(), head_, number, pages_, page.subspan(kProof));
  if (!crypto::SameSecret(proof, page.first(kProof))) return Changed();
  return page;
}

Status LogIndex::Find(const Token& token, const std::function<Status(const Place&)>& visit) const {
  std::uint64_t low = 0;  // the last page whose first token is lower, or the first page
  for (std::uint64_t high = pages_; high - low > 1;) {
    const std::uint64_t middle = low + (high - low) / 2;
    MS_ASSIGN(const ByteView page, Page(middle));
    (ItemAt(page, 0).token < token ? low : high) = middle;
  }
  for (std::uint64_t number = low; number < pages_; ++number) {
    MS_ASSIGN(const ByteView page, Page(number));
    for (std::size_t i = 0; i < kItemsAPage; ++i) {
      const Item item = ItemAt(page, i);
      if (item.token > token) return Status::Ok();
      if (item.token == token) MS_TRY(visit({item.cell, item.ordinal}));
    }
  }
  return Status::Ok();
}

}  // namespace mseal::audit
