// Builds and checks record rows.
#include "vault/row_codec.h"

#include <algorithm>
#include <numeric>

#include "base/writer.h"
#include "format/padding.h"

namespace mseal::vault {
namespace {

using format::ContextItem;
using format::GroupState;
using format::Purpose;

// Type and record id, length-prefixed: what record tags and history keys are computed over. A caller may ask for any
// type; one that is longer than a type can be gets length 0, which no record has, and so finds nothing.
SecretBytes RecordName(std::string_view type, ByteView record_id) {
  SecretBytes name;
  name.Reserve(type.size() + record_id.size() + 16);
  SecretWriter(name).U8(type.size() > format::kLongestType ? 0 : static_cast<std::uint8_t>(type.size()));
  SecretWriter(name).Raw(AsBytes(type)).Raw(record_id);
  return name;
}

Bytes RowKey(const keys::PatientHandle& patient, const ByteArray<16>& suffix) {
  Bytes key;
  key.reserve(patient.size() + suffix.size());
  Writer(key).Raw(patient).Raw(suffix);
  return key;
}

seal::Place HeaderPlace(const StoreIdentity& identity, const RecordPlace& place, ByteView front) {
  format::Context context(format::ContextKind::kHeader);
  context.Add(ContextItem::kStore, identity.store)
      .Add(ContextItem::kPatient, place.patient)
      .Add(ContextItem::kRecordTag, place.tag);
  context.Add(ContextItem::kPublicDigest, crypto::Hash("medseal.v1.front", front));
  return {.purpose = Purpose::kHeader, .suite = identity.suite, .context = seal::DigestOf(context)};
}

seal::Place PaddingPlace(const seal::Place& header_place) {
  seal::Place place = header_place;
  place.purpose = Purpose::kRowPadding;
  return place;
}

seal::Place GroupPlace(const StoreIdentity& identity, const RecordPlace& place, const format::HeaderGroup& group) {
  const bool is_void = group.state == GroupState::kVoid;
  return {.purpose = is_void ? Purpose::kVoidGroup : Purpose::kGroup,
          .suite = identity.suite,
          .context = place.context,
          .class_number = group.class_number,
          .generation = group.generation,
          .number = group.field};
}

Status Refused() { return Status::AuthFailed("record row does not authenticate"); }

// Compares `stored` with the key stream that should be there.
bool SameStream(KeyView key, const seal::Place& place, const seal::Salt& salt, ByteView stored,
                const seal::Commitment* commitment) {
  Bytes expected(stored.size());
  seal::Commitment derived;
  seal::FillMessage(key, place, salt, expected, derived);
  return crypto::SameSecret(expected, stored) && (commitment == nullptr || crypto::SameSecret(derived, *commitment));
}

// The commitment binds the suite: it fits one of them at most.
bool IsVoidGroup(KeyView key, const seal::Place& place, const format::HeaderGroup& group, ByteView stored) {
  return std::any_of(place.suite.begin(), place.suite.end(), [&](const seal::Suite suite) {
    return SameStream(key, place.Under(suite), group.salt, stored, &group.commitment);
  });
}

// Groups tile the body from its start without gap or overlap; returns where the padding begins.
Result<std::size_t> EndOfGroups(const OpenedRow& row) {
  std::vector<const format::HeaderGroup*> order;
  order.reserve(row.header.groups.size());
  for (const format::HeaderGroup& group : row.header.groups) order.push_back(&group);
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->offset < b->offset; });
  std::size_t at = 0;
  for (const format::HeaderGroup* group : order) {
    if (group->offset != at || group->length > row.row.body.size() - at) return Refused();
    at += group->length;
  }
  return at;
}

Status CheckFiller(const StoreIdentity& identity, const keys::PatientKeys& keys, const seal::Place& header_place,
                   const seal::Salt& salt, const OpenedRow& row) {
  MS_ASSIGN(const std::size_t end, EndOfGroups(row));
  const std::size_t front_and_header = row.bytes.size() - row.row.body.size();
  if (row.bytes.size() != format::PaddedRowSize(front_and_header + end)) return Refused();
  if (!SameStream(keys.padding.Reveal(), PaddingPlace(header_place), salt, row.row.body.subspan(end), nullptr))
    return Refused();
  for (const format::HeaderGroup& group : row.header.groups) {
    if (group.state != GroupState::kVoid) continue;
    if (!IsVoidGroup(keys.void_group.Reveal(), GroupPlace(identity, row.place, group), group, row.Message(group)))
      return Refused();
  }
  return Status::Ok();
}

seal::Salt SharedSalt(const RecordPlace& place, std::span<const GroupDraft> drafts) {
  crypto::SaltHedge hedge;
  hedge.AddContext(place.context);
  for (const GroupDraft& draft : drafts) {
    if (draft.how != GroupDraft::How::kSeal) continue;
    hedge.AddKey(draft.key->Reveal()).AddPlaintext(draft.content.Reveal());
  }
  return hedge.Finish();
}

// Follows the shared salt, so that a stuck generator does not give a void the same key stream in another write.
seal::Salt VoidSalt(const keys::PatientKeys& keys, const RecordPlace& place, const seal::Salt& shared,
                    const format::HeaderGroup& group) {
  const ByteArray<5> which = {group.class_number, static_cast<std::uint8_t>(group.field >> 24),
                              static_cast<std::uint8_t>(group.field >> 16), static_cast<std::uint8_t>(group.field >> 8),
                              static_cast<std::uint8_t>(group.field)};
  crypto::SaltHedge hedge;
  hedge.AddKey(keys.void_group.Reveal()).AddContext(place.context).AddPlaintext(shared).AddPlaintext(which);
  return hedge.Finish();
}

// Positions of `count` groups in a random order: where a class stands in the row says nothing.
std::vector<std::size_t> RandomOrder(std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t left = count; left > 1; --left)
    std::swap(order[left - 1], order[crypto::PooledBelow(static_cast<std::uint32_t>(left))]);
  return order;
}

void WriteGroup(const StoreIdentity& identity, const keys::PatientKeys& keys, const RecordPlace& place,
                const seal::Salt& salt, GroupDraft& draft, Bytes& body) {
  format::HeaderGroup& group = draft.header;
  group.offset = static_cast<std::uint32_t>(body.size());
  if (draft.how == GroupDraft::How::kCarry) {
    AppendTo(body, draft.message);
  } else if (draft.how == GroupDraft::How::kSeal) {
    group.state = GroupState::kSealed;
    group.salt = salt;
    body.resize(body.size() + draft.content.size() + crypto::kTagSize);
    seal::SealMessage(draft.key->Reveal(), GroupPlace(identity, place, group), salt, draft.content.Reveal(),
                      MutableBytes(body).subspan(group.offset), group.commitment);
  } else {
    group.state = GroupState::kVoid;
    group.generation = 0;
    group.salt = VoidSalt(keys, place, salt, group);
    body.resize(body.size() + draft.void_size + crypto::kTagSize);
    seal::FillMessage(keys.void_group.Reveal(), GroupPlace(identity, place, group), group.salt,
                      MutableBytes(body).subspan(group.offset), group.commitment);
  }
  group.length = static_cast<std::uint32_t>(body.size() - group.offset);
}

// Header, groups and padding behind the front that `out` holds.
void FinishRow(const StoreIdentity& identity, const keys::PatientKeys& keys, const RecordPlace& place,
               const format::Header& header, ByteView groups, Bytes& out, seal::Commitment& commitment) {
  const seal::Place header_place = HeaderPlace(identity, place, out);
  SecretBytes header_content;
  format::WriteHeader(header, header_content);
  const Bytes sealed = seal::Seal(keys.header.Reveal(), header_place, header_content.Reveal());
  const auto parsed = format::ParseSealed(sealed);  // ours, made a line above: it parses
  commitment = parsed->commitment;
  format::AppendHeader(sealed, out);
  AppendTo(out, groups);
  const std::size_t end = out.size();
  out.resize(format::PaddedRowSize(end));
  seal::Commitment unused;
  seal::FillMessage(keys.padding.Reveal(), PaddingPlace(header_place), parsed->salt, MutableBytes(out).subspan(end),
                    unused);
}

}  // namespace

RecordPlace PlaceRecord(const StoreIdentity& identity, const keys::PatientHandle& patient, const keys::RecordTag& tag) {
  format::Context context(format::ContextKind::kRecord);
  context.Add(ContextItem::kStore, identity.store)
      .Add(ContextItem::kPatient, patient)
      .Add(ContextItem::kRecordTag, tag);
  return {patient, tag, seal::DigestOf(context)};
}

RecordPlace PlaceRecord(const StoreIdentity& identity, const keys::PatientKeys& keys, std::string_view type,
                        ByteView record_id) {
  const SecretBytes name = RecordName(type, record_id);
  return PlaceRecord(identity, keys.handle, crypto::Prf16(keys.tag.Reveal(), "ms.tag", name.Reveal()));
}

Bytes LiveRowKey(const RecordPlace& place) { return RowKey(place.patient, place.tag); }

Bytes HistoryRowKey(const keys::PatientKeys& keys, std::string_view type, ByteView record_id, std::uint64_t version) {
  SecretBytes name = RecordName(type, record_id);
  SecretWriter(name).U64(version);
  return RowKey(keys.handle, crypto::Prf16(keys.tag.Reveal(), "ms.history", name.Reveal()));
}

Bytes ChunkRowKey(const keys::PatientHandle& patient, KeyView tag_key, const ByteArray<16>& stream,
                  std::uint64_t number) {
  Bytes name;
  Writer(name).Raw(stream).U64(number);
  return RowKey(patient, crypto::Prf16(tag_key, "ms.chunk", name));
}

const format::HeaderGroup* OpenedRow::FindGroup(std::uint8_t class_number, std::uint32_t field) const {
  for (const format::HeaderGroup& group : header.groups) {
    // A class_by field is alone in its group, whatever class the data gave it.
    if (field != 0 ? group.field == field : group.field == 0 && group.class_number == class_number) return &group;
  }
  return nullptr;
}

Result<OpenedRow> OpenRow(const StoreIdentity& identity, const keys::PatientKeys& keys, const keys::RecordTag& tag,
                          Bytes bytes) {
  OpenedRow opened;
  opened.bytes = std::move(bytes);
  MS_ASSIGN(opened.row, format::ParseRow(opened.bytes));
  opened.place = PlaceRecord(identity, keys.handle, tag);
  const seal::Place header_place = HeaderPlace(identity, opened.place, opened.row.front);
  MS_ASSIGN(const format::Sealed sealed, format::ParseSealed(opened.row.header));
  MS_ASSIGN(const SecretBytes content, seal::Open(keys.header.Reveal(), header_place, opened.row.header));
  MS_ASSIGN(opened.header, format::ParseHeader(content.Reveal()));
  opened.commitment = sealed.commitment;
  const RecordPlace named = PlaceRecord(identity, keys, opened.header.type, opened.header.record_id.Reveal());
  if (named.tag != tag) return Refused();
  // Padding follows its header. The number is one of ours: the header opened.
  MS_ASSIGN(opened.suite, crypto::SuiteFromNumber(sealed.suite));
  MS_TRY(CheckFiller(identity, keys, header_place.Under(opened.suite), sealed.salt, opened));
  return opened;
}

Status OpenGroup(const StoreIdentity& identity, const OpenedRow& row, const format::HeaderGroup& group,
                 const keys::DataKey& key, SecretBytes& content) {
  const ByteView message = row.Message(group);
  if (message.size() < crypto::kTagSize) return Refused();
  content.Clear();
  content.Resize(message.size() - crypto::kTagSize);
  return seal::OpenMessage(key.Reveal(), GroupPlace(identity, row.place, group), group.salt, group.commitment, message,
                           content.Reveal());
}

void SealRow(const StoreIdentity& identity, const keys::PatientKeys& keys, const RecordPlace& place,
             ByteView public_part, std::span<GroupDraft> drafts, format::Header& header, Bytes& out,
             seal::Commitment& commitment) {
  const seal::Salt salt = SharedSalt(place, drafts);
  Bytes body;
  for (const std::size_t position : RandomOrder(drafts.size()))
    WriteGroup(identity, keys, place, salt, drafts[position], body);
  header.groups.clear();
  for (const GroupDraft& draft : drafts) header.groups.push_back(draft.header);

  format::BeginRow(public_part, out);
  FinishRow(identity, keys, place, header, body, out, commitment);
}

void ResealHeader(const StoreIdentity& identity, const keys::PatientKeys& keys, const OpenedRow& row,
                  const format::Header& header, Bytes& out, seal::Commitment& commitment) {
  std::size_t end = 0;
  for (const format::HeaderGroup& group : header.groups) end = std::max<std::size_t>(end, group.offset + group.length);
  out.assign(row.row.front.begin(), row.row.front.end());
  FinishRow(identity, keys, row.place, header, row.row.body.first(end), out, commitment);
}

}  // namespace mseal::vault
