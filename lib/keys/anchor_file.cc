// Reads the newest page and writes the other. FORMAT.md, "Anchor".
#include "keys/anchor_file.h"

#include "keys/anchor_page.h"
#include "keys/new_file.h"

namespace mseal::keys {
namespace {

Status Lost() { return Status::AuthFailed("the anchor is gone or was changed"); }

}  // namespace

std::string AnchorPathOf(const std::string& keyring_path) { return keyring_path + ".anchor"; }

Bytes FirstAnchor(const AnchorKey& key, const KeyringBinding& binding, const Anchor& anchor) {
  Bytes pages = format::EncodeAnchorPage(SealAnchor(key, binding, AnchorContentOf(anchor, 1)));
  pages.resize(format::kAnchorSize);
  return pages;
}

// By name each time: a file that was removed, or put back, while this one was open shows.
Status AnchorFile::Open() {
  file_.reset();
  Result<File> file = File::Open(io_, path_);
  if (file.code() == StatusCode::kNotFound || file.code() == StatusCode::kCorrupt) return Lost();
  if (!file.ok()) return file.status();
  file_.emplace(std::move(*file));
  return Status::Ok();
}

Result<std::optional<format::AnchorContent>> AnchorFile::ReadPage(const AnchorKey& key, std::size_t page) const {
  Bytes bytes(format::kAnchorPage);
  MS_TRY(file_->ReadAt(page * format::kAnchorPage, bytes));
  MS_ASSIGN(const std::optional<ByteView> sealed, format::ParseAnchorPage(bytes));
  if (!sealed.has_value()) return std::optional<format::AnchorContent>();
  MS_ASSIGN(const format::AnchorContent content, OpenAnchor(key, binding_, *sealed));
  return std::optional(content);
}

Result<AnchorFile::Newest> AnchorFile::FindNewest(const AnchorKey& key) const {
  std::optional<Newest> newest;
  for (std::size_t page = 0; page < format::kAnchorPages; ++page) {
    const auto read = ReadPage(key, page);
    // A page that cannot be read now may be the newest: no answer is better than an older one.
    if (read.code() == StatusCode::kIoError) return read.status();
    if (!read.ok() || !read->has_value()) continue;
    if (!newest.has_value() || (*read)->counter > newest->content.counter) newest = {page, **read};
  }
  if (!newest.has_value()) return Lost();
  return *newest;
}

Result<Anchor> AnchorFile::Read(const AnchorKey& key) {
  newest_.reset();  // after a failure the next move asks again
  MS_TRY(Open());
  MS_ASSIGN(newest_, FindNewest(key));
  return AnchorOf(newest_->content);
}

Status AnchorFile::Move(const AnchorKey& key, const Anchor& anchor) {
  if (!newest_.has_value()) MS_TRY(Read(key).status());
  const Newest next{1 - newest_->page, AnchorContentOf(anchor, newest_->content.counter + 1)};
  const Bytes page = format::EncodeAnchorPage(SealAnchor(key, binding_, next.content));
  MS_TRY(file_->WriteAt(next.page * format::kAnchorPage, page));
  MS_TRY(file_->SyncData());
  MS_ASSIGN(const FileFacts facts, file_->Look());
  if (facts.links == 0) return Status::IoError("the anchor file was removed");
  newest_ = next;
  return Status::Ok();
}

Status AnchorFile::Replace(const AnchorKey& key, const Anchor& anchor) {
  const Status lost = Read(key).status();
  if (lost.ok()) return Status::InvalidArgument("the anchor is not lost");
  if (lost.code() != StatusCode::kAuthFailed) return lost;
  NewFile fresh(io_, path_);
  MS_TRY(fresh.Write(FirstAnchor(key, binding_, anchor)));
  const int removed = io_.Unlink(path_);
  static_cast<void>(removed);  // nothing there, or Publish finds it there and says so
  MS_TRY(fresh.Publish());
  fresh.Keep();
  return SyncFolderOf(io_, path_);
}

}  // namespace mseal::keys
