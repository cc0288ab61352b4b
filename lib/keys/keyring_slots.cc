// Keeps two epoch secrets in their places. FORMAT.md, "Keyring file".
#include "keys/keyring_slots.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/random.h"

namespace mseal::keys {
namespace {

// Whole pages, so that no write begins or ends inside the other slot's.
Status PutPage(File& file, std::size_t slot, ByteView page) {
  MS_TRY(file.WriteAt(format::KeyringSlotOffset(slot), page));
  MS_TRY(file.Sync());
  if (!file.CheckOnMedium(format::KeyringSlotOffset(slot), page).ok()) {
    return Status::IoError("a keyring slot does not read back as written");
  }
  MS_ASSIGN(const FileFacts facts, file.Look());
  return facts.links > 0 ? Status::Ok() : Status::IoError("the keyring file was removed");
}

}  // namespace

seal::Place KeyringPlace(const KeyringBinding& binding, std::uint64_t number) {
  format::Context context(format::ContextKind::kKeyring);
  context.Add(format::ContextItem::kStore, binding.store)
      .Add(format::ContextItem::kInstance, binding.instance)
      .AddNumber(format::ContextItem::kNumber, number);
  return {format::Purpose::kKeyring, binding.suite, seal::DigestOf(context)};
}

Bytes SealKeyringSlot(KeyView key, const KeyringBinding& binding, std::size_t slot, std::uint32_t epoch,
                      const EpochSecret& secret, const AnchorKey& anchor_key) {
  const SecretBytes content = format::EncodeEpochContent({epoch, secret.Reveal(), anchor_key.Reveal()});
  const seal::Place place = KeyringPlace(binding, format::KeyringSlotNumber(slot));
  return format::EncodeKeyringSlot(seal::Seal(key, place, content.Reveal()));
}

// Random bytes first: a medium that keeps no zeros, only the note that there are some, might leave the old block as it
// was. Zeros then, since they say that the slot is free.
Status OverwriteKeyringSlot(File& file, std::size_t slot) {
  Bytes page(format::kKeyringPage);
  crypto::SystemRandom(page);
  MS_TRY(PutPage(file, slot, page));
  return PutPage(file, slot, Bytes(format::kKeyringPage));
}

Result<std::optional<KeyringSlots::Opened>> KeyringSlots::Read(std::size_t slot) const {
  Bytes page(format::kKeyringPage);
  MS_TRY(file_.ReadAt(format::KeyringSlotOffset(slot), page));
  MS_ASSIGN(const std::optional<ByteView> sealed, format::ParseKeyringSlot(page));
  if (!sealed.has_value()) return std::optional<Opened>();
  const seal::Place place = KeyringPlace(binding_, format::KeyringSlotNumber(slot));
  MS_ASSIGN(const SecretBytes content, seal::Open(key_.Reveal(), place, *sealed));
  MS_ASSIGN(const format::EpochContent parts, format::ParseEpochContent(content.Reveal()));
  Opened opened{parts.epoch, {}, {}};
  CopyBytes(parts.secret, opened.secret.Fill());
  CopyBytes(parts.anchor_key, opened.anchor_key.Fill());
  return std::optional(std::move(opened));
}

KeyringSlots::Slot KeyringSlots::LookAt(std::size_t slot) {
  Result<std::optional<Opened>> read = Read(slot);
  // What could not be read may be whole: it is never taken for free, as a damaged one is.
  if (read.code() == StatusCode::kIoError) return {State::kUnreadable, slots_[slot].epoch};
  if (!read.ok()) return {State::kDamaged, {}};
  if (!read->has_value()) return {State::kEmpty, {}};
  anchor_key_ = std::move((*read)->anchor_key);
  return {State::kHolds, (*read)->epoch};
}

Status KeyringSlots::Inspect() {
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) slots_[slot] = LookAt(slot);
  if (Find(State::kHolds).has_value()) return Status::Ok();
  if (Find(State::kUnreadable).has_value()) return Status::IoError("the slots of the keyring cannot be read");
  if (Find(State::kDamaged).has_value()) return Status::AuthFailed("no slot of the keyring opens");
  return Status::Corrupt("the keyring holds no secret");
}

std::vector<std::uint32_t> KeyringSlots::Epochs() const {
  std::vector<std::uint32_t> epochs;
  for (const Slot& slot : slots_) {
    if (slot.epoch.has_value()) epochs.push_back(*slot.epoch);
  }
  std::ranges::sort(epochs);
  return epochs;
}

bool KeyringSlots::Damaged() const { return Find(State::kDamaged).has_value() || Find(State::kUnreadable).has_value(); }

std::optional<std::size_t> KeyringSlots::Find(State state) const {
  const auto found = std::ranges::find(slots_, state, &Slot::state);
  if (found == slots_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - slots_.begin());
}

std::optional<std::size_t> KeyringSlots::FindEpoch(std::uint32_t epoch) const {
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot].state == State::kHolds && slots_[slot].epoch == epoch) return slot;
  }
  return std::nullopt;
}

Result<EpochSecret> KeyringSlots::Open(std::uint32_t epoch) const {
  Status missing = Status::KeyUnavailable("this epoch's secret is not in the keyring");
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    Result<std::optional<Opened>> read = Read(slot);
    if (read.ok() && read->has_value() && (*read)->epoch == epoch) return std::move((*read)->secret);
    if (read.code() == StatusCode::kIoError) missing = read.status();
    // The damaged slot may be the one that was asked for.
    else if (!read.ok())
      missing = Status::AuthFailed("a slot of the keyring does not open");
  }
  return missing;
}

Result<std::size_t> KeyringSlots::PlaceToWrite(std::uint32_t epoch) const {
  if (Find(State::kUnreadable).has_value()) return Status::IoError("a slot of the keyring cannot be read");
  if (FindEpoch(epoch).has_value()) return Status::AlreadyExists("this epoch's secret is in the keyring");
  if (const auto empty = Find(State::kEmpty)) return *empty;
  if (const auto damaged = Find(State::kDamaged)) return *damaged;
  return Status::AlreadyExists("both slots of the keyring are in use");
}

Status KeyringSlots::Write(std::uint32_t epoch, const EpochSecret& secret) {
  MS_TRY(Inspect());
  MS_ASSIGN(const std::size_t slot, PlaceToWrite(epoch));
  const Status written = WriteAndReadBack(slot, epoch, secret);
  if (written.ok()) {
    slots_[slot] = {State::kHolds, epoch};
    return written;
  }
  OverwriteKeyringSlot(file_, slot)
      .Ignore("the first failure is the one to tell; what is left is this secret or damaged");
  Inspect().Ignore("likewise");
  return written;
}

Status KeyringSlots::WriteAndReadBack(std::size_t slot, std::uint32_t epoch, const EpochSecret& secret) {
  MS_TRY(PutPage(file_, slot, SealKeyringSlot(key_.Reveal(), binding_, slot, epoch, secret, anchor_key_)));
  MS_ASSIGN(const std::optional<Opened> opened, Read(slot));
  if (opened.has_value() && crypto::SameSecret(opened->secret.Reveal(), secret.Reveal())) return Status::Ok();
  return Status::IoError("a keyring slot does not open as written");
}

Result<std::size_t> KeyringSlots::PlaceToDestroy(std::uint32_t epoch) const {
  if (const auto held = FindEpoch(epoch)) {
    const bool other_holds = slots_[1 - *held].state == State::kHolds;
    return other_holds ? Result(*held) : Status::InvalidArgument("the only epoch secret in the keyring");
  }
  // Beside a later epoch, what does not open is what an interrupted call left of this one: bits of a secret, so
  // overwritten too.
  const auto damaged = Find(State::kDamaged);
  const auto held = Find(State::kHolds);
  if (damaged.has_value() && held.has_value() && slots_[*held].epoch > epoch) return *damaged;
  if (Find(State::kUnreadable).has_value()) return Status::IoError("a slot of the keyring cannot be read");
  return Status::NotFound("this epoch's secret is not in the keyring");
}

Result<Bytes> KeyringSlots::SealedUnder(KeyView key) const {
  Bytes pages;
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    auto read = Read(slot);
    if (read.code() == StatusCode::kIoError) return read.status();
    Bytes page(format::kKeyringPage);
    if (read.ok() && read->has_value()) {
      const Opened& opened = **read;
      page = SealKeyringSlot(key, binding_, slot, opened.epoch, opened.secret, opened.anchor_key);
    }
    pages.insert(pages.end(), page.begin(), page.end());
  }
  return pages;
}

Status KeyringSlots::Destroy(std::uint32_t epoch) {
  MS_TRY(Inspect());
  MS_ASSIGN(const std::size_t slot, PlaceToDestroy(epoch));
  const Status overwritten = OverwriteKeyringSlot(file_, slot);
  if (overwritten.ok()) {
    slots_[slot] = {State::kEmpty, {}};
    return overwritten;
  }
  Inspect().Ignore("the first failure is the one to tell");
  return overwritten;
}

}  // namespace mseal::keys
